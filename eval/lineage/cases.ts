import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { type DialectId, dialectOf } from '../../src/sql/dialect.js';
import { readSchema, type LabelledSchema } from './schema.js';

/** One output as labelled: its sources, each with its mask level; `?` where two readers would disagree on the level. */
export interface LabelledOutput {
  /** `_` where the dialect leaves the name open. */
  name: string;
  /** `schema.table.column` → level. */
  sources: Map<string, string>;
}

/** One statement with what a person says of it. */
export interface LabelledCase {
  id: string;
  /** `postgres/ctes.sql:12`, for messages. */
  place: string;
  dialect: DialectId;
  schema: LabelledSchema;
  sql: string;
  /** Not looked at while the program is tuned: a third of all cases, chosen by a hash of the id. */
  heldOut: boolean;
  /** Written columns where `writes` is set, else outputs. */
  shown: LabelledOutput[];
  returns: LabelledOutput[];
  /** `role schema.table.column`; roles are those of `Use`. */
  grouping: Set<string>;
  conditions: Set<string>;
  /** Columns that the text names and that neither flow nor decide: a server counts them all the same. */
  mentioned: Set<string>;
  /** Columns that decide in a way that the roles have no word for: beside the labelled uses any use of them is right. */
  maybe: Set<string>;
  /** `output <- column` that count as shown or as a filter: what COUNT_IF counts. Both readings are sound, one of them is due. */
  either: { output: string; column: string }[];
  /** Every table that is read or written, `schema.name`. */
  tables: Set<string>;
  writes: string | null;
  uncertain: boolean;
  /** What flows and what decides cannot be known and is not compared; tables and the warning are. */
  outputsOpen: boolean;
  /** Why the server's own record says less or more; null where it must agree. */
  server: string | null;
}

const ROLES: Record<string, string> = {
  filter: 'filter', join: 'join', having: 'having', qualify: 'qualify', window: 'window', when: 'case', order: 'order', group: 'group', distinct: 'distinct',
};
const SOURCE = /((?:"[^"]+"|[^\s,:."]+)(?:\.(?:"[^"]+"|[^\s,:."]+))*)(?::([a-z?-]+))?/g;

/**
 * Reads the case files. A case is a comment block and its statement:
 *
 *     -- case cte-column-list            id, unique over all files
 *     -- shown b <- customer.phone:raw   an output and its sources; `raw` may be left out; `t.*` stands for every column of t
 *     -- group, distinct                 columns that group
 *     -- filter, join, having, qualify, window, when, order    columns that decide; `when` is a condition of CASE
 *     -- also                            columns that are named and do neither
 *     -- either n t.c                    t.c is shown by n, or filters: what COUNT_IF counts
 *     -- maybe                           columns whose use no role describes (LIMIT BY)
 *     -- reads, writes, also-writes      tables, where the columns do not tell
 *     -- returns b <- …                  what RETURNING gives; then `shown` are the written columns
 *     -- uncertain                       a warning is due
 *     -- outputs-open                    only tables and the warning are compared
 *     -- server WHY                      why the server's record differs
 *
 * `dialect` and `ddl` hold until the next one; a table without a schema is of the DDL's,
 * `~table` one that no schema is known of.
 */
export function readCases(): LabelledCase[] {
  const root = new URL('./', import.meta.url);
  const cases = readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== 'schema')
    .flatMap((folder) => readdirSync(new URL(`${folder.name}/`, root)).toSorted().map((name) => `${folder.name}/${name}`))
    .flatMap((name) => readFile(name, readFileSync(new URL(name, root), 'utf8')));
  const ids = new Set<string>();
  for (const { id, place } of cases) {
    if (ids.has(id)) throw new Error(`${place}: two cases are called ${id}`);
    ids.add(id);
  }
  return cases;
}

function readFile(name: string, text: string): LabelledCase[] {
  const cases: LabelledCase[] = [];
  let dialect: DialectId | null = null;
  let schema: LabelledSchema | null = null;
  let current: LabelledCase | null = null;
  text.split('\n').forEach((line, index) => {
    const place = `${name}:${index + 1}`;
    const directive = /^-- ([a-z-]+)(?: (.*))?$/.exec(line);
    const [, word = '', rest = ''] = directive ?? [];
    if (word === 'dialect') dialect = dialectOf(rest)?.id ?? fail(place, `no dialect is called ${rest}`);
    else if (word === 'ddl') schema = readSchema(rest);
    else if (word === 'case') {
      if (!dialect || !schema) return fail(place, 'a dialect and a DDL come first');
      current = emptyCase(rest, place, dialect, schema);
      cases.push(current);
    } else if (current === null) return;
    else if (directive && current.sql === '') label(current, word, rest, place);
    else current.sql += `${line}\n`;
  });
  for (const one of cases) finish(one);
  return cases;
}

function emptyCase(id: string, place: string, dialect: DialectId, schema: LabelledSchema): LabelledCase {
  const heldOut = (createHash('sha256').update(id).digest()[0] ?? 0) % 3 === 0;
  return {
    id, place, dialect, schema, sql: '', heldOut, shown: [], returns: [], grouping: new Set(), conditions: new Set(), mentioned: new Set(), maybe: new Set(), either: [], tables: new Set(),
    writes: null, uncertain: false, outputsOpen: false, server: null,
  };
}

function label(one: LabelledCase, word: string, rest: string, place: string): void {
  const role = ROLES[word];
  const columns = (): string[] => sources(word === 'either' ? rest.slice(rest.indexOf(' ')) : rest, one, place).map(([source]) => source);
  const tables = (): string[] => rest.split(/\s+/).map((table) => qualified(table, one.schema));
  if (word === 'shown' || word === 'returns') one[word].push(...outputs(rest, one, place));
  else if (role === 'group' || role === 'distinct') for (const column of columns()) one.grouping.add(`${role} ${column}`);
  else if (role !== undefined) for (const column of columns()) one.conditions.add(`${role} ${column}`);
  else if (word === 'also') for (const column of columns()) one.mentioned.add(column);
  else if (word === 'either') one.either.push({ output: rest.split(' ')[0] ?? '', column: columns().at(-1) ?? '' });
  else if (word === 'maybe') for (const column of columns()) one.maybe.add(column);
  else if (word === 'reads' || word === 'also-writes') for (const table of tables()) one.tables.add(table);
  else if (word === 'writes') one.writes = tables()[0] ?? null;
  else if (word === 'uncertain') one.uncertain = true;
  else if (word === 'outputs-open') one.outputsOpen = true;
  else if (word === 'server') one.server = rest;
  else fail(place, `no label is called ${word}`);
}

function finish(one: LabelledCase): void {
  one.sql = one.sql.trim();
  if (one.sql === '') fail(one.place, 'a case without a statement');
  const columns = [
    ...[...one.shown, ...one.returns].flatMap(({ sources: from }) => [...from.keys()]),
    ...[...one.grouping, ...one.conditions].map((use) => use.slice(use.indexOf(' ') + 1)),
    ...one.mentioned,
    ...one.either.map(({ column }) => column),
  ];
  for (const column of columns) one.tables.add(column.slice(0, column.lastIndexOf('.')));
  if (one.writes !== null) one.tables.add(one.writes);
}

function outputs(text: string, one: LabelledCase, place: string): LabelledOutput[] {
  const at = text.indexOf('<-');
  if (at >= 0) return [{ name: text.slice(0, at).trim(), sources: new Map(sources(text.slice(at + 2), one, place)) }];
  // `t.*` alone: one output a column, under its own name.
  return sources(text, one, place).map(([source, level]) => ({ name: source.split('.').slice(2).join('.'), sources: new Map([[source, level]]) }));
}

function sources(text: string, one: LabelledCase, place: string): [source: string, level: string][] {
  return [...text.matchAll(SOURCE)].flatMap(([, name = '', level = 'raw']): [string, string][] => {
    const parts = [...name.matchAll(/"([^"]+)"|([^."]+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
    if (parts.length < 2) fail(place, `${name} names no table`);
    const column = parts.at(-1) ?? '';
    const table = qualified(parts.slice(0, -1).join('.'), one.schema);
    const known = one.schema.tables.get(table);
    if (known && column === '*') return known.map((each) => [`${table}.${each}`, level]);
    if (known && !known.includes(column)) fail(place, `${table} has no column ${column}`);
    if (!known && parts.length === 2 && !name.startsWith('~')) fail(place, `no table is called ${table}`);
    return [[`${table}.${column}`, level]];
  });
}

function qualified(table: string, schema: LabelledSchema): string {
  const plain = table.replaceAll('"', '');
  // A table that the catalogue does not know has no schema unless the text gives one.
  if (plain.startsWith('~')) return plain.slice(1);
  return plain.includes('.') ? plain : `${schema.name}.${plain}`;
}

function fail(place: string, message: string): never {
  throw new Error(`eval/lineage/${place}: ${message}`);
}
