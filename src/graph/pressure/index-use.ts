import type { IndexUseFacts } from '../../facts/index-use.js';
import type { Subject } from '../../facts/subjects.js';
import type { Catalog, Index } from '../../model/catalog.js';
import type { RelationStatistics } from '../../model/pressure.js';
import { relationKey } from '../../sql/schema-index.js';
import type { Access, StoreBoundary } from '../boundary.js';
import { type SubjectInput, subject } from '../subject.js';
import { countedDays, windowDays } from './counted-since.js';
import { hidesNested, unseenStatements } from './unseen.js';

/**
 * Scans a call of the statements that are known, up to which they explain all scans: parallel workers count theirs each, and
 * what is joined to a few rows scans for each of them.
 */
const SCANS_PER_CALL_MAX = 4;

const SEARCHED: ReadonlySet<string> = new Set(['filter', 'join', 'order']);

interface Scene {
  input: SubjectInput;
  /** By table: every statement that reads or writes it. */
  accesses: Map<string, Access[]>;
  statistics: Map<string, RelationStatistics>;
  unseen: string | null;
  hidesNested: boolean;
}

/** One subject for each valid index of an operational store that is used, as the server counts. */
export function indexSubjects(input: SubjectInput): Subject[] {
  const { boundary, facts: storeFacts, takenAt } = input;
  const { store } = boundary;
  if (store.role !== 'operational' || store.relationStatistics === undefined) return [];
  const scene: Scene = {
    input,
    accesses: byTable(boundary),
    statistics: new Map(store.relationStatistics.map((statistics) => [relationKey(statistics), statistics])),
    unseen: unseenStatements(boundary, takenAt),
    hidesNested: hidesNested(boundary),
  };
  return store.catalog.indexes.flatMap((index) => {
    if (!index.valid || index.scans === null || index.scans === 0) return [];
    const facts = factsOf(index, scene);
    return [subject('index', { index_use: facts, store: storeFacts }, { consumer: '', owner: null, store: store.name, relation: facts.name, locations: [] })];
  });
}

function factsOf(index: Index, scene: Scene): IndexUseFacts {
  const { input: { boundary, takenAt }, statistics } = scene;
  const { store } = boundary;
  const relation = relationKey({ schema: index.schema, name: index.relation });
  const touching = scene.accesses.get(relation) ?? [];
  const reports = touching.filter((access) => access.rows.length > 0 && isOfReports(access) && serves(index, relation, access));
  const others = touching.filter((access) => !isOfReports(access) && mightServe(index, relation, access, boundary));
  const report_calls = reports.reduce((sum, { cost }) => sum + (cost.known ? cost.calls : 0), 0);
  const unseen = scene.unseen ?? unexplained(index, report_calls, scene);
  const entries = entriesOf(statistics.get(relation));
  const days = countedDays(store, takenAt);
  return {
    name: relationKey({ schema: index.schema, name: index.name }),
    relation,
    columns: index.columns.map((column) => column ?? 'an expression'),
    predicate: index.predicate ?? '',
    constrains: index.unique || index.primary || isOfConstraint(index, store.catalog),
    supports_foreign_key: supportsForeignKey(index, store.catalog),
    size_bytes: index.size_bytes ?? Number.NaN,
    scans: index.scans ?? Number.NaN,
    since: (store.databaseStatistics?.since ?? '').slice(0, 10),
    reports: namesOf(reports),
    report_statements: reports.length,
    report_calls,
    // One other statement that is known is enough to know that there are others.
    other_statements: others.length === 0 && unseen !== null ? Number.NaN : others.length,
    unseen: unseen ?? '',
    entries,
    entries_per_day: days > 0 ? entries / days : Number.NaN,
    writers: namesOf(touching.filter(({ statement, rows }) => rows.length > 0 && statement.writes.includes(relation))),
  };
}

/** Reports and loads: by their class, or by who sends them. A page of a dashboard that is read by key is a report as well. */
function isOfReports({ statement, consumer }: Access): boolean {
  return statement.class === 'analytical' || consumer.kind === 'card' || ['reporting', 'person', 'loader'].includes(consumer.role_purpose);
}

/** Whether an index helps a statement in the way that is certain: by its first column, and within its predicate. */
function serves(index: Index, relation: string, { part }: Access): boolean {
  const [leading] = index.columns;
  if (!leading || part === null) return false;
  // No index finds rows by what they are grouped by.
  const used = conditionsOn(relation, part.resolution.uses.filter(({ kind, role }) => kind === 'condition' && SEARCHED.has(role)));
  return used.has(leading) && (index.predicate === null || columnsNamed(index.predicate, used).size > 0);
}

/**
 * Whether a statement might use an index in any way that PostgreSQL knows: by one of its columns (skip scan, PostgreSQL 18),
 * by its predicate, for its order, for the least or greatest value. What is not understood of it may.
 */
function mightServe(index: Index, relation: string, { part, statement }: Access, { reader }: StoreBoundary): boolean {
  if (part === null || statement.status !== 'parsed' || index.columns.includes(null)) return true;
  const used = conditionsOn(relation, part.resolution.uses);
  for (const { flows } of statement.aggregates.length > 0 ? part.resolution.outputs : []) {
    for (const column of flows.keys()) if (column.startsWith(`${relation}.`)) used.add(column.slice(relation.length + 1));
  }
  const columns = new Set((reader.index.get(relation)?.columns ?? []).map(({ name }) => name));
  const served = [...index.columns.flatMap((column) => column ?? []), ...(index.predicate === null ? [] : columnsNamed(index.predicate, columns))];
  return served.some((column) => used.has(column));
}

function conditionsOn(relation: string, uses: readonly { column: string }[]): Set<string> {
  return new Set(uses.flatMap(({ column }) => (column.startsWith(`${relation}.`) ? [column.slice(relation.length + 1)] : [])));
}

/** Those of the columns that a predicate names. */
function columnsNamed(predicate: string, columns: ReadonlySet<string>): Set<string> {
  const words = new Set([...predicate.matchAll(/"((?:[^"]|"")+)"|[\p{L}_][\p{L}\p{N}_$]*/gu)].map(([word, quoted]) => quoted?.replaceAll('""', '"') ?? word));
  return new Set([...columns].filter((column) => words.has(column)));
}

/**
 * Statements of functions have no entries of their own where only the top level is tracked. They may use any index, unless the
 * statements that are known explain its scans.
 */
function unexplained(index: Index, report_calls: number, { input, hidesNested: hides }: Scene): string | null {
  if (!hides) return null;
  const { boundary: { store }, takenAt } = input;
  const scans_per_day = (index.scans ?? Number.NaN) / countedDays(store, takenAt);
  const calls_per_day = report_calls / windowDays(store, takenAt);
  return scans_per_day <= SCANS_PER_CALL_MAX * calls_per_day ? null : 'statements within functions are not tracked';
}

/** An update that stays on its page and changes no indexed column writes no entry ("Heap-Only Tuples", PostgreSQL 18, 66.7). */
function entriesOf(statistics: RelationStatistics | undefined): number {
  if (statistics === undefined) return Number.NaN;
  return statistics.rowsInserted + Math.max(0, statistics.rowsUpdated - statistics.rowsUpdatedInPlace);
}

function isOfConstraint({ schema, relation, name }: Index, { constraints }: Catalog): boolean {
  return constraints.some((constraint) => constraint.schema === schema && constraint.relation === relation && constraint.name === name);
}

function supportsForeignKey({ schema, relation, columns }: Index, { constraints }: Catalog): boolean {
  return constraints.some((constraint) => {
    if (constraint.kind !== 'foreign_key' || constraint.schema !== schema || constraint.relation !== relation) return false;
    // Any order of its columns at the head of the index will do; the first alone finds few rows already.
    return constraint.columns.some((column) => column === columns[0]);
  });
}

function namesOf(accesses: readonly Access[]): string[] {
  return [...new Set(accesses.map(({ consumer }) => consumer.name))].sort();
}

/** By every table that a statement reads or writes, through views too. */
function byTable({ accesses }: StoreBoundary): Map<string, Access[]> {
  const tables = new Map<string, Access[]>();
  for (const access of accesses) {
    for (const key of new Set([...access.statement.relations, ...access.statement.writes])) {
      const known = tables.get(key);
      if (known) known.push(access);
      else tables.set(key, [access]);
    }
  }
  return tables;
}
