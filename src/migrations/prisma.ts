import { Reading, type MigrationReader } from './reading.js';
import { addStatements } from './sql-steps.js';

/** Prisma Migrate writes plain SQL into a folder for each migration: `migrations/20260314101500_add_note/migration.sql`. */
const NAME = /(?:^|\/)(\d{8,})_[^/]*\/migration\.sql$/i;

export const reader: MigrationReader = {
  recognises: ({ path }) => (NAME.test(path) ? 2 : 0),
  read({ path, text }) {
    const reading = new Reading(text);
    addStatements(text, reading);
    return { version: NAME.exec(path)?.[1] ?? null, steps: reading.steps, problems: reading.problems };
  },
};
