import type { EpochSeconds } from '../model/live.js';
import { emptyAggregate, type Aggregate, type Aggregates, type Sum } from './aggregate.js';
import { canonical, distance, isWithinRounding, isWithinShare, toNumber } from './decimal.js';
import type { KeyedDigest } from './digest.js';
import type { Bucket, Period } from './periods.js';
import type { SideShape, SumShape } from './side.js';

/**
 * Floating-point sums of the same values in another order: the error is at most n·2^-53 of the sum of magnitudes (Higham,
 * Accuracy and Stability of Numerical Algorithms, 2nd edition, section 4.2), 1e-9 for ten million rows.
 */
const FLOAT_TOLERANCE = 1e-9;

export interface SumReading {
  column: string;
  equal: boolean;
  /** Distance relative to the source, three digits; null where the source is zero or not finite. */
  gap_ratio: number | null;
  /** True where the sums differ by no more than rounding each row to the coarser side's decimals can explain. */
  rounding: boolean;
}

export interface PeriodReading {
  period: string;
  ends_at: EpochSeconds;
  /** How much of it lies below the cut: only that is compared. */
  judged: 'whole' | 'part' | 'none';
  /** Of what is compared; of the whole period where nothing is. */
  source_rows: number;
  target_rows: number;
  /** Rows of the source above the cut that the target does not have yet. */
  late_rows: number;
  equal: boolean;
  sums: SumReading[];
  source_digest: string;
  target_digest: string;
  /** Of the differences themselves; null where there is none. */
  gap_digest: string | null;
}

export interface Sides {
  source: { shape: SideShape; aggregates: Aggregates };
  target: { shape: SideShape; aggregates: Aggregates };
}

/** Compares one period. No sum leaves this function: what it gives tells whether and by how much, relatively. */
export function comparePeriod(period: Period, buckets: readonly Bucket[], sides: Sides, tolerance_ratio: number, digest: KeyedDigest): PeriodReading {
  const judged = buckets.find((bucket) => bucket.period === period && !bucket.late);
  const late = buckets.find((bucket) => bucket.period === period && bucket.late);
  const source = aggregateOf(sides.source, judged ?? late);
  const target = aggregateOf(sides.target, judged ?? late);
  const lateRows = late === undefined ? 0 : aggregateOf(sides.source, late).rows - aggregateOf(sides.target, late).rows;
  const columns = sides.source.shape.sums.map((shape, index) =>
    compareSums(shape, sides.target.shape.sums[index], source.sums[index], target.sums[index], { rows: Math.max(source.rows, target.rows), tolerance_ratio }),
  );
  const sameRows = Math.abs(source.rows - target.rows) <= tolerance_ratio * source.rows;
  const equal = sameRows && columns.every((column) => column.reading.equal);
  // Between two cuts the same period holds other rows.
  const place = [sides.source.shape.place, period.label, judged === undefined || judged.to === period.ends_at ? '' : judged.to];
  return {
    period: period.label,
    ends_at: period.ends_at,
    judged: judged === undefined ? 'none' : late === undefined ? 'whole' : 'part',
    source_rows: source.rows,
    target_rows: target.rows,
    late_rows: Math.max(0, lateRows),
    equal,
    sums: judged === undefined ? [] : columns.map(({ reading }) => ({ ...reading, rounding: reading.rounding && source.rows === target.rows })),
    source_digest: digest.of(['source', ...place, source.rows, ...source.sums.map(textOf)]),
    target_digest: digest.of(['target', ...place, target.rows, ...target.sums.map(textOf)]),
    gap_digest: equal ? null : digest.of(['gap', target.rows - source.rows, ...columns.map(({ gap }) => gap)]),
  };
}

function aggregateOf({ shape, aggregates }: Sides['source'], bucket: Bucket | undefined): Aggregate {
  return (bucket === undefined ? undefined : aggregates.get(bucket.from)) ?? emptyAggregate(shape.sums);
}

function compareSums(
  source: SumShape,
  target: SumShape | undefined,
  left: Sum | undefined,
  right: Sum | undefined,
  { rows, tolerance_ratio }: { rows: number; tolerance_ratio: number },
): { reading: SumReading; gap: string } {
  if (target === undefined || left === undefined || right === undefined) throw new Error(`no sum of ${source.column}`);
  const places = coarserScale([source, target], [left, right]);
  if (left.kind === 'exact' && right.kind === 'exact') {
    const gap = distance(left.value, right.value);
    const equal = isWithinShare(gap, tolerance_ratio, left.value);
    const rounding = !equal && places !== null && isWithinRounding(gap, rows, places);
    return { reading: { column: source.column, equal, gap_ratio: ratio(toNumber(gap), toNumber(left.value)), rounding }, gap: canonical(gap) };
  }
  const [a, b] = [asFloat(left), asFloat(right)];
  const gap = Math.abs(a.value - b.value);
  const magnitude = Math.max(a.magnitude, b.magnitude);
  const finite = Number.isFinite(a.value) && Number.isFinite(b.value);
  const equal = finite ? gap <= Math.max(FLOAT_TOLERANCE * (Number.isFinite(magnitude) ? magnitude : 0), tolerance_ratio * Math.abs(a.value)) : Object.is(a.value, b.value);
  const rounding = !equal && finite && places !== null && gap <= (rows * 10 ** -places) / 2 + FLOAT_TOLERANCE * magnitude;
  return { reading: { column: source.column, equal, gap_ratio: finite ? ratio(gap, a.value) : null, rounding }, gap: quantised(gap, magnitude) };
}

/** The decimals of the coarser side where the two have different ones; null where both are equally fine. */
function coarserScale(shapes: readonly [SumShape, SumShape], sums: readonly [Sum, Sum]): number | null {
  const scales = shapes.map((shape, index) => {
    const sum = sums[index];
    if (shape.kind === 'float') return Number.POSITIVE_INFINITY;
    return shape.scale ?? (sum?.kind === 'exact' ? sum.value.scale : 0);
  });
  const [a = 0, b = 0] = scales;
  return a === b ? null : Math.min(a, b);
}

function asFloat(sum: Sum): { value: number; magnitude: number } {
  if (sum.kind === 'float') return sum;
  const value = toNumber(sum.value);
  return { value, magnitude: Math.abs(value) };
}

/** Three digits: enough to tell a cent from a day's revenue, too few to tell the revenue. */
function ratio(gap: number, of: number): number | null {
  if (gap === 0) return 0;
  const value = gap / Math.abs(of);
  return of === 0 || !Number.isFinite(value) ? null : Number(value.toPrecision(3));
}

function textOf(sum: Sum): string {
  return sum.kind === 'exact' ? canonical(sum.value) : quantised(sum.value, sum.magnitude);
}

/** A floating-point number without the digits that depend on the order of adding. */
function quantised(value: number, magnitude: number): string {
  if (!Number.isFinite(value) || !Number.isFinite(magnitude) || magnitude === 0) return String(value);
  return `${Math.round(value / (magnitude * FLOAT_TOLERANCE))} of ${magnitude.toPrecision(6)}`;
}
