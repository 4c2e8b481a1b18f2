import type { Engine } from '../model/store.js';
import { expressionsOf } from '../stores/expressions/index.js';
import type { ColumnForm } from '../stores/expressions/expression.js';
import { PERIODS_MAX, periodStart, type Period } from './period.js';

const DAY_SECONDS = 86_400;
/** Closed periods, those that are open still, and some with dates in the future. */
const ROWS_MAX = PERIODS_MAX + 40;

/** What is asked of a store about the closed periods of one metric. */
export interface HistoryQuestion {
  metric: string;
  owner: string | null;
  store: string;
  engine: Engine;
  /** `schema.name`. */
  relation: string;
  product: string | null;
  provisional_seconds: number;
  period: Period;
  time: { column: string; form: TimeForm; /** IANA name; null takes UTC. */ zone: string | null };
  /** One aggregate expression. */
  value: string;
  /** What stands behind WHERE; null counts all. */
  where: string | null;
  /** The metric as one statement that gives its present value: it is checked before anything is asked. */
  whole: string;
  /** What its definition is made of, for its digest: another text is another history. */
  definition: string;
}

export type TimeForm = Extract<ColumnForm, { kind: 'timestamp' | 'date' }>;

/** A metric of which nothing is remembered, and why, in words that follow its name. */
export interface NotAsked {
  metric: string;
  store: string | null;
  why: string;
}

/**
 * One statement that gives the value of each period: `bucket` in seconds since 1970, `value` as text, and `kind` as the engine calls its
 * type. Open periods are asked for too, as a later row is what shows that a period was loaded to its end.
 */
export function historySql({ engine, relation, period, time, value, where }: HistoryQuestion, now_seconds: number): string {
  const expressions = expressionsOf(engine);
  const point = relation.indexOf('.');
  const column = expressions.name(time.column);
  const zoned = time.zone !== null && time.form.kind === 'timestamp' && time.form.zoned;
  const moment = zoned ? `(${column} AT TIME ZONE ${expressions.text(time.zone ?? 'UTC')})` : column;
  const form: TimeForm = zoned ? { kind: 'timestamp', zoned: false, digits: 6 } : time.form;
  // A day of any zone begins within a day of that of UTC.
  const from_seconds = periodStart(period, now_seconds, -PERIODS_MAX) - DAY_SECONDS;
  const range = `${column} >= ${expressions.moment(from_seconds, time.form)} AND ${column} < ${expressions.moment(now_seconds + DAY_SECONDS, time.form)}`;
  const kind = engine === 'postgres' ? `pg_typeof(${closed(value)})::text` : `typeof(${closed(value)})`;
  return [
    `SELECT ${expressions.periodStart(period, moment, form)} AS bucket, (${closed(value)})::${engine === 'postgres' ? 'text' : 'varchar'} AS value, ${kind} AS kind`,
    `FROM ${expressions.relation({ schema: relation.slice(0, point), name: relation.slice(point + 1) })}`,
    `WHERE ${range}${where === null ? '' : ` AND (${closed(where)})`}`,
    `GROUP BY 1 ORDER BY 1 DESC LIMIT ${ROWS_MAX}`,
  ].join('\n');
}

/** A comment at the end of a text must not swallow what follows. */
function closed(text: string): string {
  const trimmed = text.trim();
  return trimmed.includes('--') ? `${trimmed}\n` : trimmed;
}
