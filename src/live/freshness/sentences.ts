import type { EpochSeconds, State } from '../../model/live.js';
import { statusMeaning } from '../../probes/warehouse/status-word.js';
import { plainText } from '../../text/plain-text.js';
import { formatQuantity } from '../../text/quantity.js';
import type { Burning } from './burn.js';
import type { Judged } from './judge.js';
import type { Product } from './product.js';
import type { Reading } from './reading.js';
import { duration, utcTime } from './words.js';

export interface Facts {
  product: Product;
  reading: Reading;
  judged: Judged;
  now: EpochSeconds;
  status_lies: boolean;
  load_without_progress: boolean;
}

/** What makes a product worse than its age does. */
export interface Charge {
  state: State;
  detail: string;
  text: string;
  since: EpochSeconds | null;
}

/** Words for data that is old; as the end of a run they mean nothing. */
const OLD: ReadonlySet<string> = new Set(['STALE', 'LATE', 'UNHEALTHY', 'RED', 'OVERDUE', 'OUTDATED', 'EXPIRED', 'VERALTET', 'OBSOLETE']);

/** What a status says of a product; null where that is not known. */
export function healthOf(status: string): 'healthy' | 'bad' | null {
  if (OLD.has(status.trim().toUpperCase())) return 'bad';
  const meaning = statusMeaning(status);
  if (meaning === 'good') return 'healthy';
  return meaning === 'bad' || meaning === 'partial' ? 'bad' : null;
}

export function isHealthy(status: string | null): boolean {
  return status !== null && healthOf(status) === 'healthy';
}

/** Later than promised: what is missing since when, what the status makes of it, why, and where to look. */
export function lateText(facts: Facts): string {
  const { product, reading, judged, now } = facts;
  const name = plainText(product.spec.name, 80);
  const promised = `${duration(product.spec.objective?.within_seconds ?? 0)} are promised`;
  const what =
    judged.debt_seconds === null
      ? `${name} is ${reading.is_bound ? 'at least ' : ''}${duration(reading.is_bound ? judged.low : judged.high)} old, ${promised}`
      : `${name} lacks what the source committed since ${utcTime(judged.counts_from, now)} (${duration(judged.debt_seconds)}), ${promised}`;
  const lie = facts.status_lies ? `, yet its status says ${plainText(reading.status ?? '', 20)}` : '';
  return `${what}${lie}: ${reason(facts)}`;
}

function reason({ reading, now, load_without_progress }: Facts): string {
  const { loaded_at, failed_at } = reading;
  const place = plainText(reading.place, 80);
  if (failed_at !== null && failed_at > (loaded_at ?? -Infinity)) return `its load failed at ${utcTime(failed_at, now)}; read the error in ${plainText(reading.reported_in, 80) || place}`;
  if (load_without_progress) return `${standsStill(reading, now)}; look at what the loader reads`;
  if (loaded_at !== null) return `the last load was at ${utcTime(loaded_at, now)}; look at the pipeline that loads it`;
  return `nothing newer stands in ${place}; look at the pipeline that loads it`;
}

function standsStill({ loaded_at, watermark_at }: Reading, now: EpochSeconds): string {
  const last = loaded_at === null ? '' : `, the last at ${utcTime(loaded_at, now)},`;
  return `loads succeed${last} and its watermark stands at ${utcTime(watermark_at ?? now, now)}`;
}

export function okText({ product, reading, judged, now }: Facts): string {
  const name = plainText(product.spec.name, 80);
  const { objective } = product.spec;
  const age = duration(Math.max(0, now - (reading.watermark_at ?? now)));
  if (objective === null) return `${name}: its data is ${age} old; no objective is configured for it`;
  const promised = duration(objective.within_seconds);
  const failed = reading.failed_at !== null && reading.failed_at > (reading.loaded_at ?? -Infinity) ? `; its last load failed at ${utcTime(reading.failed_at, now)}` : '';
  if (judged.blind_since !== null) return `${name} has everything that the source committed until ${utcTime(judged.blind_since, now)}, when it was last seen${failed}`;
  if (judged.debt_seconds === 0) return `${name} has everything that the source committed; its newest change is ${age} old${failed}`;
  if (judged.debt_seconds !== null) return `${name} is ${duration(judged.debt_seconds)} behind the source, within ${promised}${failed}`;
  return `${name} is ${age} old, within ${promised}${failed}`;
}

/** The table reports trouble while the data is in time. */
export function statusCharge({ reading }: Facts): Charge | null {
  if (reading.status === null || healthOf(reading.status) !== 'bad') return null;
  const says = `says ${plainText(reading.status, 20)}`;
  return { state: 'warning', detail: says, text: `${plainText(reading.reported_in, 80)} ${says}; read its error message`, since: reading.failed_at };
}

export function noProgress({ reading, now }: Facts): Charge {
  return { state: 'warning', detail: 'no progress', text: `${standsStill(reading, now)} although the source has changed; look at what the loader reads`, since: null };
}

/** A budget that ends too soon, or has ended. */
export function budgetCharge({ product, now }: Facts): Charge | null {
  const burning = product.alarm?.burning() ?? null;
  const view = product.budget?.view(now) ?? null;
  if (view === null || view.left === null) return null;
  const budget = `${window(view.window_seconds)} budget`;
  const spent = view.left <= 0 && view.share_required < 1;
  if (burning === null) {
    return spent ? { state: 'warning', detail: 'budget spent', text: `its ${budget} is spent; changes to what loads it should wait`, since: null } : null;
  }
  const speed = product.budget?.burn(now, burning.rule.long_seconds) ?? null;
  const fast = `${formatQuantity(speed ?? burning.rule.factor, 'count') ?? ''}×`;
  return {
    state: burning.rule.severity === 'page' ? 'breach' : 'warning',
    detail: `burning ${fast}`,
    text: spent ? `its ${budget} is spent` : endOf(budget, view.ends_in_seconds, burning, fast),
    since: burning.since,
  };
}

function endOf(budget: string, ends_in_seconds: number | null, { rule }: Burning, fast: string): string {
  if (ends_in_seconds !== null) return `at this burn the ${budget} ends in ${duration(ends_in_seconds)}`;
  return `over the last ${duration(rule.long_seconds)} the ${budget} was spent ${fast} as fast as it lasts`;
}

function window(seconds: number): string {
  return seconds >= 86_400 && seconds % 86_400 === 0 ? `${seconds / 86_400}-day` : duration(seconds);
}
