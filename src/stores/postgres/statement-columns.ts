/**
 * Where each counter is, newest name first. Extension 1.8 renamed total_time to total_exec_time and brought planning and
 * WAL, 1.9 toplevel (PostgreSQL 18, F.32; `pg_stat_statements--1.7--1.8.sql` and following).
 */
const SOURCES = {
  calls: ['calls'],
  execution_ms: ['total_exec_time', 'total_time'],
  planning_ms: ['total_plan_time'],
  rows: ['rows'],
  shared_blocks_hit: ['shared_blks_hit'],
  shared_blocks_read: ['shared_blks_read'],
  temp_blocks_read: ['temp_blks_read'],
  temp_blocks_written: ['temp_blks_written'],
  wal_bytes: ['wal_bytes'],
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
  const names: readonly string[] = SOURCES[counter];
  const name = names.find((candidate) => available.has(candidate));
  return name === undefined ? null : `s.${name}`;
}

/** The select list for the columns that the extension's view has. With track_planning off the planning time is 0, not known. */
export function statementColumns(available: ReadonlySet<string>, tracksPlanning: boolean): StatementColumns {
  const counters = COUNTERS.map((alias) => {
    const counter = alias !== 'planning_ms' || tracksPlanning ? statementCounter(available, alias) : null;
    return `${counter ?? 'null'}::float8 as ${alias}`;
  });
  const toplevel = available.has('toplevel') ? 's.toplevel' : 'true';
  return { sql: [`${toplevel} as toplevel`, ...counters].join(', '), toplevel, hasWindow: available.has('toplevel') };
}
