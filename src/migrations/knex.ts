import type { MigrationReader } from './reading.js';

/** Migrations of Knex are programs of JavaScript; what they do is not read yet, and said so ("Migrations", Knex.js guide 3). */
export const reader: MigrationReader = {
  recognises: ({ path, text }) => (/\.[cm]?[jt]s$/.test(path) && /\bknex\b/i.test(text) && /\b(?:exports\.up|export\s+(?:async\s+)?(?:function\s+up|const\s+up)|up\s*[:=])/.test(text) ? 2 : 0),
  read: ({ path }) => ({
    version: /(?:^|\/)(\d{8,})_[^/]*$/.exec(path)?.[1] ?? null,
    steps: [],
    problems: [{ line: 1, message: 'a migration of Knex is a program, which is not read; give the SQL that it sends (KNEX_DEBUG, or migrate:up against a test database with logging)' }],
  }),
};
