import { type GrowthFacts, schema } from '../../facts/growth.js';
import { durationSeconds } from '../../facts/role-settings.js';
import { unknownFacts } from '../../facts/schema.js';
import type { Subject } from '../../facts/subjects.js';
import type { Thresholds } from '../../model/thresholds.js';
import type { RelationStatistics } from '../../model/pressure.js';
import { relationKey } from '../../sql/schema-index.js';
import { formatQuantity } from '../../text/quantity.js';
import type { Access, StoreBoundary } from '../boundary.js';
import { type SubjectInput, subject } from '../subject.js';
import { countedDays, takenAt_ms } from './counted-since.js';
import { type Extent, extentOf } from './open-range.js';

/** A day and a night tell nothing of a week; two of each at least show whether a table grows. */
const OBSERVED_DAYS_MIN = 2;
/** A table that has more than doubled since may have been filled in one go: then it takes longer to tell how it grows. */
const OBSERVED_DAYS_MIN_OF_NEW = 14;
const NEW_SHARE = 0.5;
/** Nearly every row came since: a restored or copied table counts all of them at once, and nobody can tell it from one that grew. */
const FILLED_SHARE = 0.95;
/** More rows came than there are: it was emptied without a DELETE. */
const EMPTIED_SHARE = 1.2;
/** A call that touches less of the tables than this does not read them whole, whatever its text says. */
const MEASURED_SHARE_MIN = 0.5;
/** What is smaller may be anything yet. */
const BYTES_MIN = 2 ** 20;

const DAY_MS = 86_400_000;

interface Scene {
  boundary: StoreBoundary;
  thresholds: Thresholds;
  statistics: Map<string, RelationStatistics>;
  leading: Map<string, Set<string>>;
  /** Tables with an index on an expression: what it can narrow is not known. */
  byExpression: Set<string>;
  days: number;
  since: string;
  taken_ms: number;
}

/** One subject for each statement that reads a growing table whole and is not too much yet. */
export function growthSubjects(input: SubjectInput): Subject[] {
  const { boundary, thresholds, facts: storeFacts, takenAt } = input;
  const { store } = boundary;
  const { relationStatistics } = store;
  if (relationStatistics === undefined || store.role === 'warehouse') return [];
  const scene: Scene = {
    boundary, thresholds,
    statistics: new Map(relationStatistics.map((statistics) => [relationKey(statistics), statistics])),
    ...indexesOf(boundary),
    days: countedDays(store, takenAt),
    since: (store.databaseStatistics?.since ?? '').slice(0, 10),
    taken_ms: takenAt_ms(store, takenAt),
  };
  return boundary.accesses.flatMap((access) => {
    const growth = growthOf(access, scene);
    if (growth === null) return [];
    const { statement, cost, consumer, query, links } = access;
    return [subject('growth', { statement, cost, consumer, store: storeFacts, growth }, {
      consumer: consumer.name, owner: consumer.owner === '' ? null : consumer.owner, store: store.name, relation: growth.relation, locations: query ? [query.origin] : [],
      ...(links.length > 0 ? { links } : {}),
    })];
  });
}

/** A table that a statement reads whole. */
interface Read {
  relation: string;
  extent: Extent;
  rows: number;
  bytes: number;
  rows_per_day: number;
}

/** Null where its cost does not grow with a table, where it is too much already, and where nothing was measured. */
function growthOf(access: Access, scene: Scene): GrowthFacts | null {
  const { statement, cost } = access;
  if (!cost.known || statement.class === 'unknown' || statement.status === 'unparsed' || stopsEarly(access)) return null;
  const reads = readsOf(access, scene);
  const tables_bytes = sum(reads, ({ bytes }) => bytes);
  // What was measured decides: an index that the text does not show, or a sample of the pages, gives itself away by the blocks.
  if (!(tables_bytes >= BYTES_MIN && cost.bytes_per_call >= MEASURED_SHARE_MIN * tables_bytes)) return null;
  // What it writes is measured as well, and does not grow as the table does.
  const bytes = statement.writes.length > 0 ? tables_bytes : Math.max(cost.bytes_per_call, tables_bytes);
  if (bytes >= scene.thresholds.analytical_bytes_per_call) return null;
  // Sums and joins grow with the rows that they are made of.
  const scale = bytes / tables_bytes;
  const perDay = ({ bytes: own, rows, rows_per_day }: Read): number => scale * own * (rows_per_day / rows);
  const bytes_per_day = sum(reads, perDay);
  if (bytes_per_day <= 0) return null;
  const [most] = reads.toSorted((a, b) => (perDay(b) || 0) - (perDay(a) || 0));
  if (most === undefined) return null;
  return {
    ...unknownFacts(schema),
    ...crossingOf(access, { bytes, bytes_per_day }, scene),
    relation: most.relation,
    relations: reads.map(({ relation }) => relation).sort(),
    way: most.extent === 'open' ? 'all but a fixed part' : 'all',
    rows: most.rows,
    rows_per_day: most.rows_per_day,
    since: scene.since,
    observed_days: scene.days,
    bytes,
    bytes_per_day,
  };
}

/** A page of rows ends before the table does. */
function stopsEarly({ statement }: Access): boolean {
  return statement.limited && statement.aggregates.length === 0 && !statement.grouped && !statement.windowed && !statement.distinct;
}

function readsOf({ part }: Access, scene: Scene): Read[] {
  return [...(part?.reach ?? [])].flatMap(([relation, { reach }]): Read[] => {
    const statistics = scene.statistics.get(relation);
    const leading = scene.leading.get(relation) ?? new Set();
    if (part === null || reach !== 'scan' || statistics === undefined || statistics.heap_bytes === null || statistics.rowsLive <= 0) return [];
    const filtered = part.resolution.uses.some(({ column, role }) => role === 'filter' && column.startsWith(`${relation}.`));
    const extent = filtered && scene.byExpression.has(relation) ? 'bounded' : extentOf(part.statement, relation, part.resolution.uses, leading);
    return extent === 'bounded' ? [] : [{ relation, extent, rows: statistics.rowsLive, bytes: statistics.heap_bytes, rows_per_day: rowsPerDay(statistics, scene.days) }];
  });
}

/** NaN where what was counted does not tell how the table grows; 0 where it does not, or is emptied now and then. */
function rowsPerDay({ rowsInserted, rowsDeleted, rowsLive }: RelationStatistics, days: number): number {
  const added = rowsInserted - rowsDeleted;
  if (added <= 0 || added > EMPTIED_SHARE * rowsLive) return 0;
  if (added > FILLED_SHARE * rowsLive) return Number.NaN;
  const enough = added > NEW_SHARE * rowsLive ? OBSERVED_DAYS_MIN_OF_NEW : OBSERVED_DAYS_MIN;
  return days >= enough ? added / days : Number.NaN;
}

/** When it touches too much, or takes longer than its role may, whichever comes first. Both are taken to grow as the rows do. */
function crossingOf({ cost, consumer }: Access, { bytes, bytes_per_day }: { bytes: number; bytes_per_day: number }, { boundary, thresholds, taken_ms }: Scene): Pick<GrowthFacts, 'days' | 'date' | 'limit'> {
  const bytes_max = thresholds.analytical_bytes_per_call;
  const timeout_seconds = timeoutOf(consumer.role, boundary);
  const crossings = [{ days: (bytes_max - bytes) / bytes_per_day, limit: `${formatQuantity(bytes_max, 'bytes') ?? ''} a call` }];
  if (timeout_seconds > 0 && cost.mean_ms > 0 && cost.mean_ms < timeout_seconds * 1000) {
    const factor = (timeout_seconds * 1000) / cost.mean_ms;
    crossings.push({ days: ((factor - 1) * bytes) / bytes_per_day, limit: `the ${formatQuantity(timeout_seconds, 'seconds') ?? ''} of its statement_timeout` });
  }
  const [first] = crossings.toSorted((a, b) => a.days - b.days);
  if (first === undefined) return { days: Number.NaN, date: '', limit: '' };
  const moment = new Date(taken_ms + first.days * DAY_MS);
  // Centuries from now a date has no four digits and no meaning.
  return { ...first, date: Number.isNaN(moment.getTime()) || moment.getUTCFullYear() > 9999 ? '' : moment.toISOString().slice(0, 10) };
}

/** In force for the role; NaN where that is not known, 0 for none. */
function timeoutOf(role: string, { store: { catalog } }: StoreBoundary): number {
  const own = catalog.roles.find(({ name }) => name === role)?.settings['statement_timeout'];
  return durationSeconds(own ?? catalog.settings['statement_timeout']);
}

function indexesOf({ store }: StoreBoundary): Pick<Scene, 'leading' | 'byExpression'> {
  const leading = new Map<string, Set<string>>();
  const byExpression = new Set<string>();
  for (const { schema: of, relation, columns: [first], valid } of store.catalog.indexes) {
    const key = relationKey({ schema: of, name: relation });
    if (!valid || first === undefined) continue;
    if (first === null) byExpression.add(key);
    else leading.set(key, (leading.get(key) ?? new Set()).add(first));
  }
  return { leading, byExpression };
}

function sum<T>(values: readonly T[], of: (value: T) => number): number {
  return values.reduce((total, value) => total + of(value), 0);
}
