import type { ClosedBucket, ClosedPeriods } from '../model/closed-period.js';
import type { RestatementRecord } from '../model/control-record.js';
import { boundsOf } from './period.js';

/** One change of a closed period, between two looks. */
export interface Change {
  bucket: string;
  /** When the value before was seen last, and when the new one was seen first, ISO 8601. */
  after: string;
  before: string;
  /** Its rows are gone. */
  emptied: boolean;
  verdict: 'explained' | 'understated' | 'unexplained';
  /** The restatement that explains it, or that should have named it. */
  restatement: RestatementRecord | null;
  /** What that restatement leaves out. */
  leavesOut: 'period' | 'product' | null;
}

/** Clocks of the store and of tidemark are not one. */
const CLOCKS_APART_SECONDS = 300;
/** How a row of the article's table says that a run changed nothing. */
const NOT_DONE = /fail|abort|cancel|error|reject|plan|draft|pending|propos|rolled/i;

/** A metric with every name by which a restatement may say that it changed it: see `namesOf`. */
export interface NamedMetric {
  metric: ClosedPeriods;
  names: ReadonlySet<string>;
}

/** Every change of a closed period of a metric, oldest bucket first, each with the restatement that explains it. */
export function changesOf(named: NamedMetric, restatements: readonly RestatementRecord[]): Change[] {
  const done = restatements.filter(({ status }) => status === null || !NOT_DONE.test(status));
  const bare = named.metric.buckets.flatMap((bucket) => stepsOf(bucket));
  return bare.map((change) => explained(change, bare, named, done));
}

type Step = Pick<Change, 'bucket' | 'after' | 'before' | 'emptied'>;

function stepsOf({ bucket, hashes, firstSeenAt }: ClosedBucket): Step[] {
  return hashes.slice(1).map(({ at, hash }, index) => {
    const previous = hashes[index];
    return { bucket, after: previous?.lastSeenAt ?? previous?.at ?? firstSeenAt, before: at, emptied: hash === '' };
  });
}

function explained(step: Step, all: readonly Step[], named: NamedMetric, restatements: readonly RestatementRecord[]): Change {
  const { metric } = named;
  const near = restatements.filter((one) => isBetween(one.executedAt, step));
  const own = near.filter((one) => isNamed(one, named));
  const covering = own.find((one) => covers(one, metric, step.bucket));
  if (covering !== undefined) return { ...step, verdict: 'explained', restatement: covering, leavesOut: null };
  const short = own[0];
  if (short !== undefined) return { ...step, verdict: 'understated', restatement: short, leavesOut: 'period' };
  // Of another product it is the same correction only where its period is that of all that changed with it.
  const together = all.filter(({ before, after }) => before === step.before && after === step.after);
  const other = near.find((one) => one.periodStart !== null && one.periodEnd !== null && together.every(({ bucket }) => covers(one, metric, bucket)));
  if (other !== undefined) return { ...step, verdict: 'understated', restatement: other, leavesOut: 'product' };
  return { ...step, verdict: 'unexplained', restatement: null, leavesOut: null };
}

/** A run of which no time is recorded may have been at any: that it is incomplete is told of the restatement itself. */
function isBetween(executedAt: string | null, { after, before }: Step): boolean {
  const at = executedAt === null ? Number.NaN : Date.parse(executedAt);
  if (!Number.isFinite(at)) return true;
  return at >= Date.parse(after) - CLOCKS_APART_SECONDS * 1000 && at <= Date.parse(before) + CLOCKS_APART_SECONDS * 1000;
}

/**
 * The metric by its own name, its product, and the relations that it reads with the products of these: what a restatement of a table changed, a
 * view over it shows.
 *
 * @param below `schema.name` of what it reads
 * @param products of its store
 */
export function namesOf({ product, relation, metric }: Pick<ClosedPeriods, 'product' | 'relation' | 'metric'>, below: readonly string[], products: readonly { name: string; relation: string | null }[]): ReadonlySet<string> {
  const relations = [relation, ...below];
  const own = products.flatMap((one) => (one.relation !== null && relations.includes(one.relation) ? [one.name] : []));
  const bare = relations.map((name) => name.slice(name.indexOf('.') + 1));
  return new Set([product ?? '', metric, ...relations, ...bare, ...own].filter((name) => name !== '').map(folded));
}

/** Whether a restatement says that it changed the metric. */
export function isNamed({ products }: RestatementRecord, { names }: NamedMetric): boolean {
  return products.some((name) => names.has(folded(name)));
}

/** `Order revenue` and `order_revenue` are one. */
function folded(name: string): string {
  return name.normalize('NFC').trim().toLowerCase().replace(/[\s_-]+/g, '_');
}

/** Whether its period reaches into the bucket; one that names no end of it is taken to reach everywhere. */
export function covers({ periodStart, periodEnd }: RestatementRecord, { period }: Pick<ClosedPeriods, 'period'>, bucket: string): boolean {
  const { from, to } = boundsOf(period, bucket);
  const starts = periodStart === null ? Number.NEGATIVE_INFINITY : Date.parse(periodStart) / 1000;
  const ends = periodEnd === null ? Number.POSITIVE_INFINITY : Date.parse(periodEnd) / 1000;
  return !(starts >= to) && !(ends < from);
}

/** Of restatements of a metric's product those that were run while its periods were remembered: whether any of these is another since. */
export function restatementsWithoutChange(metrics: readonly ClosedPeriods[], restatements: readonly RestatementRecord[]): RestatementRecord[] {
  return restatements.filter((one) => {
    const at = one.executedAt === null ? Number.NaN : Date.parse(one.executedAt);
    if (!Number.isFinite(at) || one.periodStart === null || one.periodEnd === null || (one.status !== null && NOT_DONE.test(one.status))) return false;
    const margin = CLOCKS_APART_SECONDS * 1000;
    const looked = metrics.flatMap((metric) => metric.buckets.filter((bucket) => covers(one, metric, bucket.bucket)));
    if (looked.length === 0 || !metrics.every((metric) => isWithin(one, metric))) return false;
    // Every period that it names must have been seen before it and after it.
    const isSeen = looked.every(({ firstSeenAt, lastSeenAt }) => Date.parse(firstSeenAt) < at - margin && Date.parse(lastSeenAt) > at + margin);
    return isSeen && looked.every((bucket) => stepsOf(bucket).every((step) => !isBetween(one.executedAt, step)));
  });
}

/** Whether all of its period is remembered: what it changed may lie outside otherwise. */
function isWithin({ periodStart, periodEnd }: RestatementRecord, { period, buckets }: ClosedPeriods): boolean {
  const [first, last] = [buckets[0], buckets.at(-1)];
  if (first === undefined || last === undefined || periodStart === null || periodEnd === null) return false;
  return Date.parse(periodStart) / 1000 >= boundsOf(period, first.bucket).from && Date.parse(periodEnd) / 1000 < boundsOf(period, last.bucket).to;
}
