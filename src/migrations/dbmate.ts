import { numberOf, readMarked } from './marked-sql.js';
import type { MigrationReader } from './reading.js';

/** dbmate's marks ("Creating Migrations", README of dbmate 2), which sql-migrate of Go writes with a plus: `-- +migrate Up`. */
const MARKS = { up: /^--\s*(?:migrate:up|\+migrate\s+up)\b/i, down: /^--\s*(?:migrate:down|\+migrate\s+down)\b/i };

export const reader: MigrationReader = {
  recognises: ({ path, text }) => (/\.sql$/i.test(path) && /^--\s*(?:migrate:up|\+migrate\s+up)\b/im.test(text) ? 2 : 0),
  read: (file) => readMarked(file, MARKS, numberOf(file.path)),
};
