import { numberOf, readMarked } from './marked-sql.js';
import type { MigrationReader } from './reading.js';

/** goose's annotations ("SQL migrations", documentation of goose 3). */
const MARKS = { up: /^--\s*\+goose\s+up\b/i, down: /^--\s*\+goose\s+down\b/i, begin: /^--\s*\+goose\s+statementbegin\b/i, end: /^--\s*\+goose\s+statementend\b/i };

export const reader: MigrationReader = {
  recognises: ({ path, text }) => (/\.sql$/i.test(path) && /^--\s*\+goose\s+up\b/im.test(text) ? 2 : 0),
  read: (file) => readMarked(file, MARKS, numberOf(file.path)),
};
