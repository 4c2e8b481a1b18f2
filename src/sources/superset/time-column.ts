import { SAMPLE_DATE, SAMPLE_DATE_AFTER } from '../../template/placeholder.js';

/** ISO 8601 durations of `time_grain_sqla` (`superset/db_engine_specs/postgres.py`). */
const TIME_GRAINS: Readonly<Record<string, string>> = { PT1S: 'second', PT1M: 'minute', PT1H: 'hour', P1D: 'day', P1W: 'week', P1M: 'month', P3M: 'quarter', P1Y: 'year' };
const NO_RANGE = /^\s*no filter\s*$/i;
/** Engines whose times Superset writes as PostgreSQL does (`PostgresBaseEngineSpec.convert_dttm`); the default is one of them. */
const LIKE_POSTGRES = /^(?:postgres\w*|redshift|cockroachdb|netezza|vertica|risingwave|)$/;

/** The start of the period in which a time falls; the time itself where the grain is not one of PostgreSQL's. */
export function truncated(sql: string, timeGrain: string | null): string {
  const unit = timeGrain === null || !Object.hasOwn(TIME_GRAINS, timeGrain) ? undefined : TIME_GRAINS[timeGrain];
  return unit === undefined ? sql : `DATE_TRUNC('${unit}', ${sql})`;
}

/** Which ends a range of time has: `Last week` and `2025-01-01 : 2026-01-01` both, `2025-01-01 : ` the first. */
export function endsOf(range: string): { since: boolean; until: boolean } {
  if (range.trim() === '' || NO_RANGE.test(range)) return { since: false, until: false };
  const colon = range.indexOf(' : ');
  if (colon < 0) return { since: !/^\s*:/.test(range), until: !/:\s*$/.test(range) };
  return { since: range.slice(0, colon).trim() !== '', until: range.slice(colon + 3).trim() !== '' };
}

/** Predicates of a range on a column (`get_time_filter` in `superset/models/helpers.py`); the days themselves are examples. */
export function rangeOn(sql: string, type: string | null, range: string, engine: string | null): string[] {
  const { since, until } = endsOf(range);
  return [...(since ? [`${sql} >= ${timeLiteral(SAMPLE_DATE, type, engine)}`] : []), ...(until ? [`${sql} < ${timeLiteral(SAMPLE_DATE_AFTER, type, engine)}`] : [])];
}

function timeLiteral(day: string, type: string | null, engine: string | null): string {
  if (!LIKE_POSTGRES.test((engine ?? '').toLowerCase())) return `TIMESTAMP '${day} 00:00:00'`;
  if (type !== null && /^(?:timestamp|datetime)/i.test(type)) return `TO_TIMESTAMP('${day} 00:00:00.000000', 'YYYY-MM-DD HH24:MI:SS.US')`;
  if (type !== null && /^date/i.test(type)) return `TO_DATE('${day}', 'YYYY-MM-DD')`;
  return `'${day} 00:00:00.000000'`;
}
