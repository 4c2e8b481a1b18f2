import type { StatementStatistics } from '../model/statement.js';
import { type FactsOf, type GroupSchema, unknownFacts } from './schema.js';

export const schema = {
  known: { type: 'bool', doc: 'whether the statement was found in the statistics of its store' },
  calls: { type: 'number', doc: 'calls in the window of the statistics' },
  total_ms: { type: 'number', unit: 'ms', doc: 'execution time, all calls' },
  mean_ms: { type: 'number', unit: 'ms', doc: 'execution time of a call' },
  blocks: { type: 'number', doc: 'shared blocks touched, from cache or disk, all calls' },
  blocks_per_call: { type: 'number', doc: 'shared blocks touched by a call' },
  bytes_per_call: { type: 'number', unit: 'bytes', doc: 'blocks a call in bytes' },
  rows_per_call: { type: 'number', doc: 'rows returned or written by a call; unknown where a history of queries tells of none, since not every engine counts them' },
  temp_bytes: { type: 'number', unit: 'bytes', doc: 'temporary files written, all calls' },
  temp_bytes_per_call: { type: 'number', unit: 'bytes', doc: 'temporary files written by a call' },
  temp_share: { type: 'number', unit: 'share', doc: 'part of all temporary files that the statements of the store wrote' },
  rows_per_block: { type: 'number', doc: 'rows returned or written for each shared block touched' },
  planning_ms_per_call: { type: 'number', unit: 'ms', doc: 'planning time of a call; unknown where the server does not count it' },
  longest_ms: { type: 'number', unit: 'ms', doc: 'the longest execution' },
  deviation_ms: { type: 'number', unit: 'ms', doc: 'standard deviation of the execution time' },
  jit_ms_per_call: { type: 'number', unit: 'ms', doc: 'compiling for JIT, which the execution time contains; unknown before PostgreSQL 15' },
  wal_bytes_per_call: { type: 'number', unit: 'bytes', doc: 'write-ahead log that a call writes' },
  parallel_workers_per_call: { type: 'number', doc: 'parallel workers launched for a call; unknown before PostgreSQL 18' },
  block_share: { type: 'number', unit: 'share', doc: 'part of all blocks that the store touched' },
  scans_known: { type: 'bool', doc: 'the engine keeps a history of queries and tells what each read' },
  scanned_bytes: { type: 'number', unit: 'bytes', doc: 'what all calls read, in an engine that keeps a history of queries; unknown elsewhere and where it does not tell' },
  billed_bytes: { type: 'number', unit: 'bytes', doc: 'what all calls are charged for; unknown where the engine charges by time' },
  failures: { type: 'number', doc: 'runs that ended in an error, which calls leave out; unknown where there was none, or where only counters are kept' },
  time_share: { type: 'number', unit: 'share', doc: 'part of all execution time of the store' },
} as const satisfies GroupSchema;

export type CostFacts = FactsOf<typeof schema>;

/** Sums over all statements of a store, tidemark's own left out. */
export interface StoreTotals {
  blocks: number;
  execution_ms: number;
  temp_bytes: number;
  block_bytes: number;
}

export function totalsOf(statements: readonly StatementStatistics[], block_bytes: number): StoreTotals {
  return {
    blocks: sum(statements, blocksOf),
    execution_ms: sum(statements, (statement) => statement.execution_ms),
    temp_bytes: sum(statements, (statement) => statement.tempBlocksWritten) * block_bytes,
    block_bytes,
  };
}

/** The cost of one statement: of its rows in the statistics, which may be several, one a role. */
export function extract(rows: readonly StatementStatistics[], totals: StoreTotals): CostFacts {
  const calls = sum(rows, (row) => row.calls);
  if (calls === 0) return { ...unknownFacts(schema), known: false };
  // An engine that does not tell what it read has no blocks either.
  const blocks = rows.some((row) => row.scanned_bytes === null) ? Number.NaN : sum(rows, blocksOf);
  const total_ms = sum(rows, (row) => row.execution_ms);
  const temp_bytes = sum(rows, (row) => row.tempBlocksWritten) * totals.block_bytes;
  return {
    known: true,
    calls,
    total_ms,
    mean_ms: total_ms / calls,
    blocks,
    blocks_per_call: blocks / calls,
    bytes_per_call: (blocks / calls) * totals.block_bytes,
    rows_per_call: rowsOf(rows) / calls,
    temp_bytes,
    temp_bytes_per_call: temp_bytes / calls,
    temp_share: totals.temp_bytes > 0 ? temp_bytes / totals.temp_bytes : Number.NaN,
    rows_per_block: blocks > 0 ? sum(rows, (row) => row.rows) / blocks : Number.NaN,
    planning_ms_per_call: sum(rows, (row) => counted(row.planning_ms)) / calls,
    longest_ms: Math.max(...rows.map((row) => counted(row.longest_ms))),
    deviation_ms: Math.max(...rows.map((row) => counted(row.deviation_ms))),
    jit_ms_per_call: sum(rows, (row) => counted(row.jit_ms)) / calls,
    wal_bytes_per_call: sum(rows, (row) => counted(row.wal_bytes)) / calls,
    parallel_workers_per_call: sum(rows, (row) => counted(row.parallelWorkers)) / calls,
    block_share: totals.blocks > 0 || Number.isNaN(blocks) ? blocks / totals.blocks : 0,
    scans_known: rows.every((row) => typeof row.scanned_bytes === 'number'),
    scanned_bytes: sum(rows, (row) => counted(row.scanned_bytes)),
    billed_bytes: sum(rows, (row) => counted(row.billed_bytes)),
    failures: sum(rows, (row) => counted(row.failures)) || Number.NaN,
    time_share: totals.execution_ms > 0 ? total_ms / totals.execution_ms : 0,
  };
}

/** A history has 0 also where its engine counts no rows, as those of an export. */
function rowsOf(rows: readonly StatementStatistics[]): number {
  const total = sum(rows, (row) => row.rows);
  return total === 0 && rows.some(({ scanned_bytes }) => scanned_bytes !== undefined) ? Number.NaN : total;
}

export function blocksOf(statement: StatementStatistics): number {
  return statement.sharedBlocksHit + statement.sharedBlocksRead;
}

/** A counter that this server does not keep is unknown, never 0. */
function counted(value: number | null | undefined): number {
  return value ?? Number.NaN;
}

function sum(rows: readonly StatementStatistics[], value: (row: StatementStatistics) => number): number {
  return rows.reduce((total, row) => total + value(row), 0);
}
