import type { Catalog } from '../model/catalog.js';
import type { MigrationFile, MigrationPlace, SchemaChange, UnknownChange } from '../model/migration.js';
import { createReader } from '../sql/parse/postgres/ddl-reader.js';
import { type ChangeRecorder, DEFAULT_SCHEMA, DdlState } from '../sql/parse/postgres/ddl-state.js';
import { plainText } from '../text/plain-text.js';
import { settled } from './settle.js';

/** How much of a statement is shown for it. */
const SHOWN_LENGTH_MAX = 160;

export interface AppliedMigrations {
  /** The catalogue as it is once all files have run. */
  after: Catalog;
  /** In the order in which they are made. */
  changes: SchemaChange[];
  /** What may change anything, and what the server would refuse. */
  unknown: UnknownChange[];
  /** In which names without a schema were looked for, at the end of the last file. */
  searchPath: string[];
}

/**
 * What migrations make of a catalogue of PostgreSQL, statement by statement. The catalogue that is given stays as it is. A statement that
 * the server would refuse is told in `unknown`, and what it wants is done all the same, so that what follows can be read.
 *
 * @param files in the order in which they run
 * @param options.searchPath in which names without a schema are looked for; the database's setting where it is left out, `public` without one
 */
export async function applyMigrations(catalog: Catalog, files: readonly MigrationFile[], options: { searchPath?: readonly string[] } = {}): Promise<AppliedMigrations> {
  const changes: SchemaChange[] = [];
  const unknown: UnknownChange[] = [];
  const definitions = new Map<SchemaChange, string | null>();
  let place: MigrationPlace = { file: '', line: 1, text: '' };
  const recorder: ChangeRecorder = {
    changed: (change) => {
      const told: SchemaChange = { place, ...change };
      changes.push(told);
      if (change.kind === 'relation-dropped' || change.kind === 'relation-added') definitions.set(told, definitionOf(state.catalog, change.relation));
    },
    unknown: (why) => void unknown.push({ place, why }),
  };
  const state: DdlState = new DdlState({ catalog: structuredClone(catalog), recorder });
  const searchPath = options.searchPath ?? pathOf(catalog);
  state.path = searchPath;
  const reader = await createReader(state);
  for (const file of files) {
    // Each file has a session of its own.
    state.path = searchPath;
    for (const entry of inLineOrder(file)) {
      place = { file: file.path, line: entry.line, text: plainText('sql' in entry ? (entry.writtenAs ?? entry.sql).slice(0, 20 * SHOWN_LENGTH_MAX).replace(/\s+/g, ' ') : '', SHOWN_LENGTH_MAX) };
      if ('sql' in entry) reader.read(entry.sql, 0);
      else unknown.push({ place, why: entry.message });
    }
  }
  const { relations, functions } = state.catalog;
  relations.sort((a, b) => compare(a.schema, b.schema) || compare(a.name, b.name));
  functions.sort((a, b) => compare(a.schema, b.schema) || compare(a.name, b.name));
  return { after: state.catalog, changes: settled(changes, definitions), unknown, searchPath: [...state.path] };
}

/** A relation that goes is told of while it is there, one that comes once it is. */
function definitionOf({ relations }: Catalog, key: string): string | null {
  return relations.find(({ schema, name }) => `${schema}.${name}` === key)?.definition ?? null;
}

/** Steps and problems as the file has them. */
function inLineOrder({ steps, problems }: MigrationFile): (MigrationFile['steps'][number] | MigrationFile['problems'][number])[] {
  return [...steps, ...problems].sort((a, b) => a.line - b.line);
}

/** The search path that the database has for every session; `"$user"` is nobody's whom a catalogue knows. */
function pathOf({ settings }: Catalog): string[] {
  const schemas = (settings['search_path'] ?? '').split(',').map((schema) => schema.trim().replace(/^"(.*)"$/, '$1')).filter((schema) => schema !== '' && schema !== '$user');
  return schemas.length > 0 ? schemas : [DEFAULT_SCHEMA];
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
