import type { StatementStatistics } from '../model/statement.js';
import { WORKLOAD_CLASSES, type Work, type WorkloadClass } from '../model/workload.js';
import { SHARED } from './join/evidence.js';
import type { Access, StoreBoundary } from './boundary.js';

/** One piece of work of the statistics, with who sent it. The portions of a store add up to all that it did. */
export interface Portion {
  row: StatementStatistics;
  queryIds: readonly string[];
  /** Under whom it is counted; null for an entry that nobody could be joined to. */
  access: Access | null;
  /** Others who may have sent it just as well. */
  sharers: readonly Access[];
  class: WorkloadClass;
  work: Work;
}

const COUNTERS = ['calls', 'rows', 'execution_ms', 'blocks', 'blocks_read', 'temp_bytes'] as const;
const RARE_COUNTERS = ['planning_ms', 'wal_bytes'] as const;

/**
 * The work of a store, each piece once. Several cards that nothing tells apart share an entry: it is counted under the surest of
 * them, the first by name. What a function runs (`pg_stat_statements.track = all`) is in the entry of the statement that calls
 * it: of such an entry no more is counted than statements of the same role, database and server spent whose own text tells
 * nothing of tables (`SELECT app.monthly_report($1)`, CALL, DO), and those are counted less by as much.
 */
export function portionsOf({ accesses, readRows, totals }: StoreBoundary): Portion[] {
  const senders = new Map<StatementStatistics, Access[]>();
  for (const access of accesses) {
    for (const row of access.rows) senders.set(row, [...(senders.get(row) ?? []), access]);
  }
  const portions = readRows.map(({ row, queryIds }): Portion => {
    const [access = null, ...sharers] = (senders.get(row) ?? []).toSorted((a, b) => compareSenders(a, b, row));
    return { row, queryIds: queryIds ?? (row.queryId === null ? [] : [row.queryId]), access, sharers, class: classOf(access), work: workOf(row, totals.block_bytes) };
  });
  return withNested(portions);
}

/** As judged; unknown where nobody could be joined to an entry. */
export function classOf(access: Access | null): WorkloadClass {
  return WORKLOAD_CLASSES.find((name) => name === access?.statement.class) ?? 'unknown';
}

/** Nothing was run; what the server does not count stays unknown. */
export function noWork(kept: Pick<Work, (typeof RARE_COUNTERS)[number]> = { planning_ms: 0, wal_bytes: 0 }): Work {
  return {
    calls: 0, rows: 0, execution_ms: 0, blocks: 0, blocks_read: 0, temp_bytes: 0,
    planning_ms: kept.planning_ms === null ? null : 0, wal_bytes: kept.wal_bytes === null ? null : 0,
  };
}

/** Of a counter that not all have, what those have that do. */
export function sumOfWork(works: Iterable<Work>, kept?: Pick<Work, (typeof RARE_COUNTERS)[number]>): Work {
  const total = noWork(kept ?? { planning_ms: null, wal_bytes: null });
  for (const work of works) {
    for (const name of COUNTERS) total[name] += work[name];
    for (const name of RARE_COUNTERS) {
      const value = work[name];
      if (value !== null) total[name] = (total[name] ?? 0) + value;
    }
  }
  return total;
}

/** A part of it, by counter. */
export function partOfWork(work: Work, part: (name: keyof Work) => number): Work {
  const share = { ...work };
  for (const name of COUNTERS) share[name] = work[name] * part(name);
  for (const name of RARE_COUNTERS) {
    const value = work[name];
    share[name] = value === null ? null : value * part(name);
  }
  return share;
}

export function workOf(row: StatementStatistics, block_bytes: number): Work {
  return {
    calls: row.calls,
    rows: row.rows,
    execution_ms: row.execution_ms,
    planning_ms: row.planning_ms,
    blocks: row.sharedBlocksHit + row.sharedBlocksRead,
    blocks_read: row.sharedBlocksRead,
    temp_bytes: row.tempBlocksWritten * block_bytes,
    wal_bytes: row.wal_bytes,
  };
}

function compareSenders(a: Access, b: Access, row: StatementStatistics): number {
  const sure = ({ links, doubtful }: Access): number => (doubtful.includes(row) ? -1 : Math.max(links[0]?.confidence ?? 0, SHARED));
  return sure(b) - sure(a) || compareText(a.consumer.name, b.consumer.name) || compareText(a.statement.head, b.statement.head);
}

/** Takes what functions ran off those who called them. */
function withNested(portions: readonly Portion[]): Portion[] {
  if (portions.every(({ row }) => row.toplevel)) return [...portions];
  const groups = new Map<string, Portion[]>();
  for (const portion of portions) {
    const key = JSON.stringify([portion.row.role, portion.row.database]);
    groups.set(key, [...(groups.get(key) ?? []), portion]);
  }
  const parts = new Map<Portion, (name: keyof Work) => number>();
  for (const group of groups.values()) {
    const callers = group.filter(({ row, access }) => row.toplevel && tellsNoTable(access));
    const nested = group.filter(({ row }) => !row.toplevel);
    const spent = sumOfWork(callers.map(({ work }) => work));
    const ran = sumOfWork(nested.map(({ work }) => work));
    const moved = (name: keyof Work): number => Math.min(spent[name] ?? 0, ran[name] ?? 0);
    for (const portion of callers) parts.set(portion, (name) => (isNumber(spent[name]) && name !== 'calls' && name !== 'rows' ? 1 - moved(name) / spent[name] : 1));
    for (const portion of nested) parts.set(portion, (name) => (isNumber(ran[name]) && name !== 'calls' && name !== 'rows' ? moved(name) / ran[name] : 0));
  }
  return portions.map((portion) => {
    const part = parts.get(portion);
    return part ? { ...portion, work: partOfWork(portion.work, part) } : portion;
  });
}

/** Calls of functions and procedures and blocks of code: what they run stands elsewhere. */
function tellsNoTable(access: Access | null): boolean {
  if (access === null) return false;
  const { part, statement } = access;
  if (part?.statement.type === 'utility') return part.statement.verb === 'do' || part.statement.verb === 'call' || part.statement.verb === 'execute';
  return statement.kind === 'select' && part !== null && part.resolution.base.size === 0 && part.resolution.unknownRelations.size === 0;
}

function isNumber(value: number | null): value is number {
  return value !== null && value > 0;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
