import type { EpochSeconds, ObjectiveView, ProductView } from '../../model/live.js';
import { plainText } from '../../text/plain-text.js';
import { formatQuantity } from '../../text/quantity.js';
import { judge, type Verdict } from './judge.js';
import type { Product } from './product.js';
import type { Reading } from './reading.js';
import { healthOf } from './sentences.js';
import type { SourceState } from './source.js';
import { duration, utcTime } from './words.js';

const DAY_SECONDS = 86_400;

/** Who shows a relation of a store. */
export type ReadersOf = (store: string, relation: string) => { consumer: string; owner: string | null }[];

export interface Surroundings {
  /** Whether the source is seen now. */
  sees: boolean;
  source: SourceState | null;
  readersOf: ReadersOf;
}

export function productView(product: Product, now: EpochSeconds, { sees, source, readersOf }: Surroundings): ProductView {
  const { spec } = product;
  const verdict = judge(product, now, sees);
  const reading = product.reading();
  // What is not judged is not shown either: the last good value would pass for the present.
  const shown = verdict.state === 'unknown' && verdict.judged === null ? null : reading;
  const watermark_at = shown?.watermark_at ?? null;
  const store = reading === null || reading.feed.probe === 'dbt' ? spec.store : reading.feed.store;
  return {
    name: plainText(spec.name),
    store,
    relation: spec.relation,
    watermark_from: reading?.from ?? '',
    watermark_at: shown?.is_bound === true ? null : watermark_at,
    loaded_at: shown?.loaded_at ?? null,
    age_seconds: watermark_at === null || shown?.is_bound === true ? null : Math.max(0, now - watermark_at),
    debt_seconds: verdict.judged?.debt_seconds ?? null,
    objective: spec.objective,
    state: verdict.state,
    detail: verdict.detail,
    cause: verdict.cause,
    reported_status: shown?.status == null ? null : plainText(shown.status, 40),
    status_lies: verdict.status_lies,
    load_without_progress: verdict.load_without_progress,
    age_p95_24h_seconds: product.ageP95(now),
    budget: product.budget?.view(now) ?? null,
    history: product.ages,
    over: (from, to, buckets) => product.budget?.over(from, to, buckets) ?? Array.from({ length: buckets }, () => null),
    readers: spec.relation === null ? [] : readersOf(store, spec.relation).map((reader) => ({ ...reader, late: verdict.late })),
    upstream: upstreamOf(source, shown, now),
    provisional_since: spec.provisional_seconds === null ? null : Math.floor((now - spec.provisional_seconds) / DAY_SECONDS) * DAY_SECONDS,
  };
}

function upstreamOf(source: SourceState | null, reading: Reading | null, now: EpochSeconds): ProductView['upstream'] {
  const upstream: ProductView['upstream'] = [];
  if (source !== null && source.last_change_at !== null) {
    const rate = source.wal_bytes_per_second === null ? '' : `, WAL ${formatQuantity(source.wal_bytes_per_second, 'bytes') ?? '?'}/s`;
    upstream.push({ name: 'source', text: `last change ${duration(Math.max(0, now - source.last_change_at))} ago${rate}` });
  }
  if (reading !== null && reading.loaded_at !== null) upstream.push({ name: 'last load', text: utcTime(reading.loaded_at, now) });
  if (reading !== null && reading.failed_at !== null) upstream.push({ name: 'last failed load', text: utcTime(reading.failed_at, now) });
  return upstream;
}

/** Null for what promises nothing and says nothing of itself, or nothing that is understood. */
export function objectiveView(product: Product, now: EpochSeconds, sees: boolean): ObjectiveView | null {
  const { spec } = product;
  const verdict = judge(product, now, sees);
  const reading = product.reading();
  const says = reading?.status == null ? null : healthOf(reading.status);
  if (spec.objective === null && says === null && verdict.state === 'ok') return null;
  const name = plainText(spec.name);
  return {
    id: `freshness/${plainText(spec.key)}`,
    kind: 'freshness',
    name: `${name} freshness`,
    target: spec.objective === null ? '= HEALTHY' : `≤ ${duration(spec.objective.within_seconds)}`,
    now: nowOf(product, verdict),
    state: verdict.state,
    detail: verdict.detail,
    since: verdict.since,
    history: product.judged,
    limit: spec.objective?.within_seconds ?? null,
    budget: product.budget?.view(now) ?? null,
    sentence: verdict.cause,
    screen: 'freshness',
    subject: name,
  };
}

function nowOf(product: Product, { state, judged }: Verdict): string | null {
  if (state === 'unknown' || judged === null) return null;
  if (product.spec.objective === null) {
    const status = product.reading()?.status ?? null;
    return status === null ? null : plainText(status, 20);
  }
  return Number.isFinite(judged.high) ? duration(judged.high) : `≥ ${duration(judged.low)}`;
}
