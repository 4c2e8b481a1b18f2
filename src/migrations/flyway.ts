import { Reading, type MigrationReader } from './reading.js';
import { addStatements } from './sql-steps.js';

/**
 * Flyway's SQL migrations ("Migrations", Flyway documentation 11): `V2.1__add_note.sql`, `R__views.sql`, and `U…` for the undo, which is
 * no part of a deployment. Callbacks (`afterMigrate.sql` …) run around all of them.
 */
const NAME = /(?:^|\/)([VUBR])(\d[\d._]*)?__[^/]*\.sql$/i;
const CALLBACK = /(?:^|\/)(?:before|after)(?:each)?\w*(?:__[^/]*)?\.sql$/i;

export const reader: MigrationReader = {
  recognises: ({ path }) => (NAME.test(path) || (CALLBACK.test(path) && /migration|flyway/i.test(path)) ? 2 : 0),
  read({ path, text }) {
    const [, prefix = '', number = ''] = NAME.exec(path) ?? [];
    const kind = prefix.toUpperCase();
    const version = kind === 'R' || kind === '' ? `R ${path.replace(/^.*\//, '')}` : `V${number.replaceAll('_', '.').replace(/\.+$/, '')}`;
    if (kind === 'U') return { version: null, steps: [], problems: [] };
    const reading = new Reading(text);
    if (kind === '') reading.problem('a callback of Flyway: when and how often it runs is not followed', 0);
    addStatements(withPlaceholders(text, reading), reading);
    return { version, steps: reading.steps, problems: reading.problems };
  },
};

/** `${schema}` is put in by Flyway's configuration, which is not here: each stands as a name of its own, and its line is a problem. */
function withPlaceholders(text: string, reading: Reading): string {
  return text.replace(/\$\{([^}\n]{1,100})\}/g, (written: string, name: string, offset: number) => {
    reading.problem(`the placeholder \${${name}} has a value in the configuration of Flyway only: what the statement names is not known`, offset);
    return name.replace(/\W/g, '_').padEnd(written.length, ' ');
  });
}
