import { z } from 'zod';
import type { EpochSeconds } from '../model/live.js';
import type { LiveSession } from '../stores/live.js';
import { addDecimals, parseDecimal, ZERO, type Decimal } from './decimal.js';
import type { Bucket, PeriodUnit } from './periods.js';
import { columnOf, rangeValues, sqlFor, timeLiteral, type SideShape, type SumShape } from './side.js';

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

/** Counts and sums of the rows from `from` up to but without `to`, by bucket. @throws what the session throws. */
export async function readAggregates(
  session: LiveSession,
  shape: SideShape,
  unit: PeriodUnit,
  { buckets, from, to }: { buckets: readonly Bucket[]; from: EpochSeconds; to: EpochSeconds },
  deadline_ms: number,
): Promise<Aggregates> {
  const values = { ...rangeValues(shape, from, to), ...bucketValues(session, shape, unit, buckets), sums: sumList(session, shape.sums) };
  const rows = await session.query(row, sqlFor(session, 'periods', values), { deadline_ms });
  const result: Aggregates = new Map();
  for (const { bucket, starts_at, late, row_count, sums } of rows) {
    const place =
      bucket === undefined ? buckets.find(({ period, ...side }) => period.starts_at === starts_at && side.late === late) : buckets[bucket - 1];
    if (place === undefined) throw new Error('the store answered with a period that was not asked for');
    result.set(place.from, { rows: row_count, sums: parseSums(shape.sums, sums) });
  }
  return result;
}

function bucketValues(session: LiveSession, shape: SideShape, unit: PeriodUnit, buckets: readonly Bucket[]): Record<string, string> {
  const time = columnOf(shape.side.time_column);
  if (session.engine === 'duckdb') {
    const naive = shape.time === 'zoned' ? `make_timestamp(epoch_us(${time}))` : shape.time === 'naive' ? `${time}::timestamp` : time;
    const cut = buckets.find(({ late }) => late)?.from ?? buckets.at(-1)?.to ?? 0;
    return { unit, bucket_time: naive, cut: timeLiteral(shape.time, cut) };
  }
  const type = { zoned: 'timestamptz', naive: 'timestamp', date: 'date' }[shape.time];
  const boundaries = [...buckets.map(({ from }) => from), buckets.at(-1)?.to ?? 0];
  // From the constants of the single type: `'2026-11-21 00:00:00.000+00'`.
  const elements = boundaries.map((at) => timeLiteral(shape.time, at).replace(/::\w+$/, '').replaceAll("'", '"'));
  return { bucket_time: `${time}::${type}`, boundaries: `'{${elements.join(',')}}'::${type}[]` };
}

function sumList(session: LiveSession, sums: readonly SumShape[]): string {
  const [text, float, open, close, empty] =
    session.engine === 'duckdb' ? ['varchar', 'double', '[', ']', '[]::varchar[]'] : ['text', 'float8', 'array[', ']', 'array[]::text[]'];
  const parts = sums.flatMap(({ column, kind }) => {
    const name = columnOf(column);
    if (kind === 'float') return [`sum(${name}::${float})::${text}`, `sum(abs(${name}::${float}))::${text}`];
    // Money prints in the format of lc_monetary unless it is made a number.
    return [session.engine === 'duckdb' ? `sum(${name})::${text}` : `sum(${name})::numeric::${text}`];
  });
  return parts.length === 0 ? empty : `${open}${parts.join(', ')}${close}`;
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
