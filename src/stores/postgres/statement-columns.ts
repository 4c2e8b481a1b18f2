/**
 * Where each counter is, newest name first; several columns in brackets are added up. Extension 1.8 renamed total_time to
 * total_exec_time (max_time, stddev_time likewise) and brought planning and WAL, 1.9 toplevel, 1.10 JIT, 1.11 stats_since, 1.12
 * parallel workers (PostgreSQL 18, F.32; `pg_stat_statements--1.7--1.8.sql` and following). Deforming of tuples for JIT
 * (jit_deform_time, 1.11) is left out: the server counts it within jit_generation_time (ExplainPrintJIT in explain.c, 17).
 */
const SOURCES = {
  calls: ['calls'],
  execution_ms: ['total_exec_time', 'total_time'],
  planning_ms: ['total_plan_time'],
  rows: ['rows'],
  shared_blocks_hit: ['shared_blks_hit'],
  shared_blocks_read: ['shared_blks_read'],
  shared_blocks_dirtied: ['shared_blks_dirtied'],
  temp_blocks_read: ['temp_blks_read'],
  temp_blocks_written: ['temp_blks_written'],
  wal_bytes: ['wal_bytes'],
  longest_ms: ['max_exec_time', 'max_time'],
  deviation_ms: ['stddev_exec_time', 'stddev_time'],
  jit_ms: [['jit_generation_time', 'jit_inlining_time', 'jit_optimization_time', 'jit_emission_time']],
  parallel_workers: ['parallel_workers_launched'],
} as const;
const COUNTERS = Object.keys(SOURCES).filter((name): name is keyof typeof SOURCES => name in SOURCES);

export interface StatementColumns {
  /** The select list, one alias a counter; a counter that this version lacks is null. */
  sql: string;
  /** The expression for `toplevel`. */
  toplevel: string;
  /** True where pg_stat_statements_info tells since when the counters run. */
  hasWindow: boolean;
}

/** The expression for one counter by what the extension's view has; null where this version lacks it. */
export function statementCounter(available: ReadonlySet<string>, counter: keyof typeof SOURCES): string | null {
  const sources: readonly (string | readonly string[])[] = SOURCES[counter];
  for (const source of sources) {
    const columns = typeof source === 'string' ? [source] : source;
    if (columns.every((column) => available.has(column))) return columns.map((column) => `s.${column}`).join(' + ');
  }
  return null;
}

/** The select list for the columns that the extension's view has. With track_planning off the planning time is 0, not known. */
export function statementColumns(available: ReadonlySet<string>, tracksPlanning: boolean): StatementColumns {
  const counters = COUNTERS.map((alias) => {
    const counter = alias !== 'planning_ms' || tracksPlanning ? statementCounter(available, alias) : null;
    return `(${counter ?? 'null'})::float8 as ${alias}`;
  });
  const toplevel = available.has('toplevel') ? 's.toplevel' : 'true';
  // A number costs the server a tenth of a time in words.
  const since = available.has('stats_since') ? "date_part('epoch', s.stats_since)" : 'null::float8';
  return { sql: [`${toplevel} as toplevel`, ...counters, `${since} as since`].join(', '), toplevel, hasWindow: available.has('toplevel') };
}
