import { createHash } from 'node:crypto';
import { z } from 'zod';
import { ownCommonForm } from '../stores/expressions/common.js';
import type { ColumnForm, EngineExpressions } from '../stores/expressions/expression.js';
import type { DescribedColumn } from '../stores/description.js';
import type { BucketHash, RunResult } from './run.js';

/** A result that cannot be hashed; the message is one line for people. */
export class NotHashable extends Error {
  override readonly name = 'NotHashable';
}

/** More parts than any report has periods. */
export const BUCKETS_MAX = 10_000;

export interface HashedColumn {
  name: string;
  form: ColumnForm;
}

/** How the result of a query is hashed. */
export interface HashPlan {
  columns: HashedColumn[];
  bucket: HashedColumn | null;
  /** A condition on the rows of the result, as SQL. */
  condition: string | null;
  /** Columns whose values are compared to ten significant digits only. */
  floats: string[];
}

export interface HashOptions {
  bucket: string | null;
  /** The column that is cut at the watermark. */
  at: string | null;
  watermark_epoch_seconds: number | null;
}

/**
 * @throws NotHashable for a column that two results cannot be compared by, for two columns of one name, and for columns that the result does not have
 */
export function hashPlan(described: readonly DescribedColumn[], options: HashOptions, expressions: EngineExpressions): HashPlan {
  if (described.length === 0) throw new NotHashable('the query gives no column');
  const twice = described.find(({ name }, index) => described.findIndex((other) => other.name === name) < index);
  if (twice !== undefined) throw new NotHashable(`two columns of the result are called ${twice.name}: give each a name of its own`);
  const columns = described.map(({ name, type }) => {
    const form = expressions.formOf(type);
    if (form === null) throw new NotHashable(`column ${name} is of type ${type}, which has no one way to be written: cast it in the query`);
    return { name, form };
  });
  const named = (flag: string, name: string): HashedColumn => {
    const found = columns.find((column) => column.name === name);
    if (found === undefined) throw new NotHashable(`${flag}: the result has no column ${name}; it has ${columns.map((column) => column.name).slice(0, 12).join(', ')}`);
    return found;
  };
  const bucket = options.bucket === null ? null : named('--bucket', options.bucket);
  if (bucket !== null && !['date', 'timestamp', 'integer', 'text'].includes(bucket.form.kind)) throw new NotHashable(`--bucket takes a period: a date, a time, a whole number or a text, and ${bucket.name} is of kind ${bucket.form.kind}`);
  const at = options.at === null ? null : named('--at', options.at);
  return {
    columns, bucket,
    condition: at === null || options.watermark_epoch_seconds === null ? null : heldTo(at, options.watermark_epoch_seconds, expressions),
    floats: columns.filter(({ form }) => form.kind === 'float').map(({ name }) => name),
  };
}

/** The day of the watermark is not whole: of days only those before it count. */
function heldTo({ name, form }: HashedColumn, epoch_seconds: number, expressions: EngineExpressions): string {
  if (form.kind !== 'timestamp' && form.kind !== 'date') throw new NotHashable(`--at takes a date or a time, and ${name} is of kind ${form.kind}`);
  return `${expressions.name(name)} ${form.kind === 'date' ? '<' : '<='} ${expressions.moment(epoch_seconds, form)}`;
}

/** One row a part, or one for all. */
export const hashRow = z.object({ label: z.string().nullable(), row_count: z.string(), first_sum: z.string(), second_sum: z.string() });
export type HashRow = z.output<typeof hashRow>;

/**
 * Counts and hashes the rows of a query in the engine, whatever their order: sums of digests of each row, twice with different digests
 * of 60 bits, so that no row travels and a row that is there twice counts twice.
 *
 * @param query one SELECT without a semicolon
 */
export function hashSql(query: string, plan: HashPlan, expressions: EngineExpressions): string {
  const { name, canonical, digest, digestSum, digits, rowText, text } = expressions;
  const texts = plan.columns.map((column) => canonical(name(column.name), column.form, ownCommonForm(column.form)));
  const label = plan.bucket === null ? null : labelOf(plan.bucket, expressions);
  const columns = [
    `${label ?? 'NULL'} AS label`,
    `${digits('count(*)')} AS row_count`,
    `${digestSum(digest(rowText(texts)))} AS first_sum`,
    `${digestSum(digest(rowText([...texts, text('2')])))} AS second_sum`,
  ];
  const end = label === null ? '' : ` GROUP BY 1 LIMIT ${BUCKETS_MAX + 1}`;
  return `SELECT ${columns.join(', ')} FROM (\n${query}\n) AS tidemark_report${plan.condition === null ? '' : ` WHERE ${plan.condition}`}${end}`;
}

function labelOf({ name, form }: HashedColumn, { engine, name: quoted }: EngineExpressions): string {
  const type = engine === 'postgres' ? 'text' : 'varchar';
  // `to_char` and `strftime` rather than a cast: a moment in the session's own writing would be another label elsewhere.
  if (form.kind !== 'timestamp') return `CAST(${quoted(name)} AS ${type})`;
  const utc = form.zoned ? `(${quoted(name)} AT TIME ZONE 'UTC')` : quoted(name);
  return engine === 'postgres' ? `to_char(${utc}, 'YYYY-MM-DD"T"HH24:MI:SS')` : `strftime(${utc}, '%Y-%m-%dT%H:%M:%S')`;
}

/** What reads as a period: a date, a time, a year, a month, a quarter, a week, or a number of few digits. */
const PERIOD = /^(?:\d{1,6}|\d{4}-\d\d(?:-\d\d)?(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?)?|\d{4}[- ]?[QWHM]\d{1,2}|[QWH]\d{1,2}[- ]?\d{4})$/i;

/**
 * The result of all rows, and of each part.
 * @throws NotHashable where there are more parts than BUCKETS_MAX
 */
export function resultOf(rows: readonly HashRow[], plan: HashPlan): RunResult {
  if (rows.length > BUCKETS_MAX) throw new NotHashable(`--bucket ${plan.bucket?.name ?? ''} gives more than ${BUCKETS_MAX} parts: name a column of periods`);
  const columns = plan.columns.map(({ name, form }) => [name, ownCommonForm(form)]);
  const hashOf = (of: readonly HashRow[]): { rows: string; hash: string } => {
    const sum = (key: 'row_count' | 'first_sum' | 'second_sum'): string => of.reduce((total, row) => total + BigInt(row[key]), 0n).toString();
    const count = sum('row_count');
    return { rows: count, hash: `tm1:${createHash('sha256').update(JSON.stringify([columns, count, sum('first_sum'), sum('second_sum')])).digest('hex')}` };
  };
  const buckets: BucketHash[] = plan.bucket === null ? [] : rows.map((row) => {
    const hashed = hashOf([row]);
    return { label: keptLabel(row.label, hashed.hash), ...hashed };
  });
  return { ...hashOf(rows), buckets: buckets.sort((one, other) => (one.label < other.label ? -1 : 1)) };
}

/** A text that is no period may be the value of a row: its part is called by its hash, which tells nothing of it. */
function keptLabel(label: string | null, hash: string): string {
  if (label === null) return 'NULL';
  return PERIOD.test(label) ? label.replace(/T00:00:00$/, '') : `part ${hash.slice('tm1:'.length, 'tm1:'.length + 12)}`;
}
