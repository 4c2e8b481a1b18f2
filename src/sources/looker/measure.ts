import { enclosed } from './names.js';

/** The parts of a measure, as SQL. */
export interface MeasureParts {
  type: string;
  /** Null where the measure has none. */
  sql: string | null;
  /** Conditions of its `filters`, all of which must hold. */
  conditions: readonly string[];
  /** `sql_distinct_key`. */
  distinctKey: string | null;
  percentile: string | null;
  /** The primary key of its view, where joins multiply its rows. */
  primaryKey: string | null;
}

/** Measures that calculate with what the database gives; Looker asks for what they are based on. */
const ON_RESULTS = new Set(['percent_of_total', 'percent_of_previous', 'running_total', 'period_over_period']);
/** Expressions over other measures: aggregated already. */
const AGGREGATED = new Set(['number', 'string', 'date', 'yesno', 'time', 'int']);

export interface Frame {
  before: string;
  after: string;
}

/** What stands around the SQL of a measure in what Looker sends (reference of measure types); `sql` null counts rows. */
export function aggregateFrame(parts: MeasureParts): Frame {
  const { type, conditions, distinctKey, percentile } = parts;
  const filtered: Frame =
    conditions.length === 0 ? { before: '', after: '' } : { before: `CASE WHEN ${conditions.join(' AND ')} THEN `, after: '\nEND' };
  const around = (before: string, after: string): Frame => ({ before: before + filtered.before, after: filtered.after + after });
  // Looker adds a hash of the key so that each row counts once; what is read is the key.
  const distinct = distinctKey === null ? '' : ` FILTER (WHERE ${enclosed(distinctKey)} IS NOT NULL)`;
  switch (type) {
    case 'count':
      return around('COUNT(', ')');
    case 'count_distinct':
      return around('COUNT(DISTINCT ', `)${distinct}`);
    case 'sum':
    case 'min':
    case 'max':
      return around(`${type.toUpperCase()}(`, `)${distinct}`);
    case 'average':
      return around('AVG(', `)${distinct}`);
    case 'sum_distinct':
      return around('SUM(DISTINCT ', `)${distinct}`);
    case 'average_distinct':
      return around('AVG(DISTINCT ', `)${distinct}`);
    case 'median':
    case 'median_distinct':
      return around('PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY ', `)${distinct}`);
    case 'percentile':
    case 'percentile_distinct':
      return around(`PERCENTILE_CONT(${fraction(percentile)}) WITHIN GROUP (ORDER BY `, `)${distinct}`);
    case 'list':
      return around('STRING_AGG(DISTINCT CAST(', " AS text), '|RECORD|')");
  }
  return AGGREGATED.has(type) || ON_RESULTS.has(type) ? { before: '', after: '' } : around('', '');
}

/**
 * The whole statement around the SQL of a `sum_distinct` or `average_distinct` over one relation: one value for each value of the key
 * (Looker adds a hash of the key to each value and takes it off again: what has no key is not counted). Null for other types.
 */
export function distinctStatement(parts: MeasureParts, relation: string, alias: string): Frame | null {
  const { type, conditions, distinctKey } = parts;
  if (distinctKey === null || (type !== 'sum_distinct' && type !== 'average_distinct')) return null;
  const value =
    type === 'sum_distinct'
      ? 'COALESCE(SUM(each_key.measured), 0)'
      : 'CAST(SUM(each_key.measured) AS DOUBLE PRECISION) / NULLIF(COUNT(DISTINCT CASE WHEN each_key.measured IS NOT NULL THEN each_key.counted END), 0)';
  const filter = conditions.length === 0 ? { before: '', after: '' } : { before: `CASE WHEN ${conditions.join(' AND ')} THEN `, after: '\nEND' };
  return {
    before: `SELECT ${value} AS value FROM (SELECT DISTINCT ${enclosed(distinctKey)} AS counted, ${filter.before}`,
    after: `${filter.after} AS measured FROM ${relation} AS ${alias}) AS each_key WHERE each_key.counted IS NOT NULL`,
  };
}

export function measureSql(parts: MeasureParts): string | null {
  const { type, sql, primaryKey, conditions } = parts;
  const { before, after } = aggregateFrame(parts);
  if (type !== 'count') return sql === null ? null : before + sql + after;
  if (primaryKey !== null) return aggregateFrame({ ...parts, type: 'count_distinct' }).before + primaryKey + after;
  if (conditions.length === 0) return 'COUNT(*)';
  return `${before}${sql ?? '1'}${after}`;
}

function fraction(percentile: string | null): string {
  const number = Number(percentile ?? '50');
  return Number.isFinite(number) && number >= 0 && number <= 100 ? String(number / 100) : '0.5';
}
