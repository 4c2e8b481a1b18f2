import { z } from 'zod';
import type { EpochSeconds } from '../model/live.js';
import type { LiveSession } from '../stores/live.js';
import { addDecimals, parseDecimal, ZERO, type Decimal } from './decimal.js';
import type { Bucket, PeriodUnit } from './periods.js';
import { columnOf, rangeValues, sqlFor, type SideShape, type SumShape } from './side.js';

/**
 * A sum as it was read. The sum of no values is zero. `magnitude` is the sum of the absolute values, which bounds what the
 * order of adding can change; NaN and infinities of an exact column come as `float`.
 */
export type Sum = { kind: 'exact'; value: Decimal } | { kind: 'float'; value: number; magnitude: number };

export interface Aggregate {
  rows: number;
  sums: Sum[];
}

/** By the start of the bucket. Buckets in which there are no rows are missing. */
export type Aggregates = Map<EpochSeconds, Aggregate>;

const row = z.object({
  bucket: z.coerce.number().optional(),
  starts_at: z.coerce.number().optional(),
  late: z.boolean().optional(),
  row_count: z.coerce.number(),
  sums: z.array(z.string().nullable()),
});

/** Numbers come as text and flags as numbers, by engine. */
const plainRow = z.looseObject({
  starts_at: z.coerce.number(),
  late: z.union([z.boolean(), z.literal([0, 1]).transform((flag) => flag === 1), z.literal(['0', '1', 'true', 'false']).transform((flag) => flag === '1' || flag === 'true')]),
  row_count: z.coerce.number(),
});
const sumText = z.union([z.string(), z.number().transform(String), z.null()]);

interface Range {
  buckets: readonly Bucket[];
  from: EpochSeconds;
  to: EpochSeconds;
}

/** Counts and sums of the rows from `from` up to but without `to`, by bucket. @throws what the session throws. */
export async function readAggregates(session: LiveSession, shape: SideShape, unit: PeriodUnit, range: Range, deadline_ms: number): Promise<Aggregates> {
  const rows = await readRows(session, shape, unit, range, deadline_ms);
  const result: Aggregates = new Map();
  for (const { bucket, starts_at, late, row_count, sums } of rows) {
    const place =
      bucket === undefined ? range.buckets.find(({ period, ...side }) => period.starts_at === starts_at && side.late === late) : range.buckets[bucket - 1];
    if (place === undefined) throw new Error('the store answered with a period that was not asked for');
    result.set(place.from, { rows: row_count, sums: parseSums(shape.sums, sums) });
  }
  return result;
}

async function readRows(session: LiveSession, shape: SideShape, unit: PeriodUnit, range: Range, deadline_ms: number): Promise<z.infer<typeof row>[]> {
  const sql = aggregatesSql(session, shape, unit, range);
  if (session.engine === 'postgres') return session.query(row, sql, { deadline_ms });
  const rows = await session.query(plainRow, sql, { deadline_ms });
  const count = sumTexts(shape).length;
  return rows.map(({ starts_at, late, row_count, ...others }) => ({ starts_at, late, row_count, sums: Array.from({ length: count }, (_, index) => sumText.parse(others[sumName(index)] ?? null)) }));
}

/** The text that `readAggregates` runs. */
export function aggregatesSql(session: LiveSession, shape: SideShape, unit: PeriodUnit, range: Range): string {
  if (session.engine !== 'postgres') return periodsSql(shape, unit, range);
  const values = { ...rangeValues(shape, range.from, range.to), ...boundaryValues(shape, range.buckets), sums: `array[${sumTexts(shape).join(', ')}]::text[]` };
  return sqlFor(session, 'periods', values);
}

function sumName(index: number): string {
  return `sum_${index}`;
}

/** Count and sums by period and side of the cut. */
function periodsSql(shape: SideShape, unit: PeriodUnit, { buckets, from, to }: Range): string {
  const { expressions, time } = shape;
  const values = rangeValues(shape, from, to);
  const cut = buckets.find(({ late }) => late)?.from ?? buckets.at(-1)?.to ?? 0;
  const columns = [
    `${expressions.periodStart(unit, values.time, time)} as ${expressions.name('starts_at')}`,
    `${values.time} >= ${expressions.moment(cut, time)} as ${expressions.name('late')}`,
    `${expressions.digits('count(*)')} as ${expressions.name('row_count')}`,
    ...sumTexts(shape).map((sum, index) => `${sum} as ${expressions.name(sumName(index))}`),
  ];
  return `select ${columns.join(', ')} from ${values.relation} where ${values.time} >= ${values.from} and ${values.time} < ${values.to}${values.living} group by 1, 2`;
}

function boundaryValues({ side, time, expressions }: SideShape, buckets: readonly Bucket[]): Record<string, string> {
  const type = time.kind === 'date' ? 'date' : time.zoned ? 'timestamptz' : 'timestamp';
  const boundaries = [...buckets.map(({ from }) => from), buckets.at(-1)?.to ?? 0];
  return { bucket_time: `${columnOf(expressions, side.time_column)}::${type}`, boundaries: `array[${boundaries.map((at) => expressions.moment(at, time)).join(', ')}]` };
}

function sumTexts({ sums, expressions }: SideShape): string[] {
  return sums.flatMap(({ column, kind, form }) => {
    const name = columnOf(expressions, column);
    return kind === 'float' ? [expressions.floatSum(name), expressions.floatSum(`abs(${name})`)] : [expressions.exactSum(name, form)];
  });
}

function parseSums(shapes: readonly SumShape[], texts: readonly (string | null)[]): Sum[] {
  let at = 0;
  return shapes.map(({ kind }): Sum => {
    const text = texts[at++] ?? null;
    if (kind === 'float') {
      const magnitude = texts[at++] ?? null;
      return { kind: 'float', value: parseFloating(text), magnitude: parseFloating(magnitude) };
    }
    if (text === null) return { kind: 'exact', value: ZERO };
    const value = parseDecimal(text);
    if (value !== null) return { kind: 'exact', value };
    return { kind: 'float', value: parseFloating(text), magnitude: Number.POSITIVE_INFINITY };
  });
}

/** PostgreSQL prints `Infinity` and `NaN`, DuckDB `inf` and `nan`. */
function parseFloating(text: string | null): number {
  if (text === null) return 0;
  const special = /^(-?)inf(?:inity)?$/i.exec(text);
  if (special) return special[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return Number(text);
}

/** Adds what was read of the same buckets in another part. */
export function mergeAggregates(into: Aggregates, more: Aggregates): void {
  for (const [from, aggregate] of more) {
    const known = into.get(from);
    into.set(from, known === undefined ? aggregate : { rows: known.rows + aggregate.rows, sums: known.sums.map((sum, index) => addSums(sum, aggregate.sums[index])) });
  }
}

function addSums(a: Sum, b: Sum | undefined): Sum {
  if (b === undefined) return a;
  if (a.kind === 'exact' && b.kind === 'exact') return { kind: 'exact', value: addDecimals(a.value, b.value) };
  const [left, right] = [a, b].map((sum) => (sum.kind === 'float' ? sum : { value: Number.NaN, magnitude: Number.POSITIVE_INFINITY }));
  return { kind: 'float', value: (left?.value ?? 0) + (right?.value ?? 0), magnitude: (left?.magnitude ?? 0) + (right?.magnitude ?? 0) };
}

/** What a bucket without rows has. */
export function emptyAggregate(shapes: readonly SumShape[]): Aggregate {
  return { rows: 0, sums: shapes.map(({ kind }) => (kind === 'exact' ? { kind, value: ZERO } : { kind, value: 0, magnitude: 0 })) };
}
