import { Reading, type MigrationReader } from './reading.js';
import { addStatements } from './sql-steps.js';

/** A plain file of SQL, as psql runs it; also `db/structure.sql` and what `sqlmigrate` prints. */
export const reader: MigrationReader = {
  recognises: ({ path }) => (/\.sql$/i.test(path) ? 1 : 0),
  read({ text }) {
    const reading = new Reading(text);
    addStatements(text, reading);
    return { version: null, steps: reading.steps, problems: reading.problems };
  },
};
