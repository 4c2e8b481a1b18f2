import { type EpochSeconds, type FreshnessObjective, type State, STATES } from '../../model/live.js';
import { plainText } from '../../text/plain-text.js';
import { validity_seconds } from '../staleness.js';
import { FUTURE_SECONDS, type Product } from './product.js';
import type { Reading } from './reading.js';
import { budgetCharge, noProgress, okText, statusCharge, type Charge, lateText, isHealthy } from './sentences.js';
import { duration, utcTime } from './words.js';

/** What is judged: seconds between `low` and `high`, for what was not looked at all the time or is not seen on both sides. */
export interface Judged {
  low: number;
  high: number;
  /** The debt, 0 when nothing is outstanding; null where the source is not seen. */
  debt_seconds: number | null;
  /** From when it counts: the watermark, or the first change after it. */
  counts_from: EpochSeconds;
  /** Since when the source is not seen although it was; null while it is, and where it never was. */
  blind_since: EpochSeconds | null;
}

export interface Verdict {
  state: State;
  detail: string;
  cause: string;
  since: EpochSeconds | null;
  judged: Judged | null;
  /** Readers are shown data older than promised. */
  late: boolean;
  status_lies: boolean;
  load_without_progress: boolean;
}

type Grade = 'ok' | 'late' | 'degraded' | 'failed';

/** How a product stands at `now`; `sees`: whether its source is seen at this moment. */
export function judge(product: Product, now: EpochSeconds, sees: boolean): Verdict {
  const reading = product.reading();
  const name = plainText(product.spec.name, 80);
  const why = reading === null ? (product.missing ?? 'nothing has looked at its watermark yet') : unreadable(reading, now);
  if (reading === null || reading.watermark_at === null || why !== null) return unknown(`${name}: ${why ?? 'it has no watermark'}`, null);
  const judged = judgedOf(product, { ...reading, watermark_at: reading.watermark_at }, now, sees);
  const { objective } = product.spec;
  if (objective === null) return compose(product, reading, judged, { grade: 'ok', now });
  const grade = gradeOf(judged.high, objective);
  if (grade !== 'ok' && gradeOf(judged.low, objective) === 'ok') return unknown(`${name}: ${undecided(reading, judged, objective, now)}`, judged);
  return compose(product, reading, judged, { grade, now });
}

function unknown(cause: string, judged: Judged | null): Verdict {
  return { state: 'unknown', detail: '', cause, since: null, judged, late: false, status_lies: false, load_without_progress: false };
}

function unreadable(reading: Reading, now: EpochSeconds): string | null {
  const silence = reading.feed.silence(now);
  if (silence !== null || reading.problem !== null) return silence ?? reading.problem;
  const ahead = (reading.watermark_at ?? now) - now;
  if (ahead <= FUTURE_SECONDS) return null;
  return `its watermark lies ${duration(ahead)} ahead of this machine's clock; look at the time zone in which ${plainText(reading.place, 80)} is written`;
}

function judgedOf(product: Product, reading: Reading & { watermark_at: EpochSeconds }, now: EpochSeconds, sees: boolean): Judged {
  const { watermark_at, looked_at } = reading;
  const change = product.log.firstChangeAfter(watermark_at);
  const isCurrent = !reading.is_occasional && now - looked_at <= validity_seconds(reading.feed.pace_seconds);
  if (reading.is_bound) return { low: Math.max(0, now - watermark_at), high: Infinity, debt_seconds: null, counts_from: watermark_at, blind_since: null };
  const counts_from = change?.earliest ?? watermark_at;
  const high = Math.max(0, now - counts_from);
  const atLook = Math.max(0, looked_at - counts_from);
  if (change === null) return { low: isCurrent ? high : atLook, high, debt_seconds: null, counts_from, blind_since: null };
  if (change.latest < Infinity) return { low: isCurrent ? high : atLook, high, debt_seconds: high, counts_from, blind_since: null };
  if (sees) return { low: 0, high: 0, debt_seconds: 0, counts_from, blind_since: null };
  return { low: 0, high, debt_seconds: null, counts_from, blind_since: product.log.seen_at };
}

function gradeOf(seconds: number, { within_seconds, degraded_seconds, failed_seconds }: FreshnessObjective): Grade {
  if (failed_seconds !== null && seconds > failed_seconds) return 'failed';
  if (degraded_seconds !== null && seconds > degraded_seconds) return 'degraded';
  return seconds > within_seconds ? 'late' : 'ok';
}

/** Neither ok nor late can be said. */
function undecided(reading: Reading, judged: Judged, { within_seconds }: FreshnessObjective, now: EpochSeconds): string {
  const place = plainText(reading.place, 80);
  if (reading.is_bound) return `${reading.from} of ${place} only tells how old it is at least; configure a watermark that the source has written`;
  if (judged.blind_since !== null) {
    return `its source has not been seen since ${utcTime(judged.blind_since, now)}, so what is outstanding is not known; look at the connection to the source`;
  }
  const looked = `the ${reading.from} in ${place} speaks of ${utcTime(reading.looked_at, now)}`;
  if (reading.is_occasional) return `${looked}, and ${duration(within_seconds)} are promised; run dbt source freshness more often than that`;
  return `${looked} and could not be read since; look at who keeps the store locked`;
}

function stateOf(grade: Grade, product: Product): State {
  if (grade === 'ok') return 'ok';
  if (product.spec.only_warns) return 'warning';
  return grade === 'late' && product.spec.objective?.degraded_seconds !== null ? 'warning' : 'breach';
}

/** When the grade began. */
function sinceOf(grade: Grade, judged: Judged, objective: FreshnessObjective | null): EpochSeconds | null {
  if (objective === null || grade === 'ok') return null;
  const limits = { late: objective.within_seconds, degraded: objective.degraded_seconds, failed: objective.failed_seconds };
  return judged.counts_from + (limits[grade] ?? objective.within_seconds);
}

/** The grade, and what raises it: a status that says otherwise, loads without progress, a budget that burns. */
function compose(product: Product, reading: Reading, judged: Judged, { grade, now }: { grade: Grade; now: EpochSeconds }): Verdict {
  const late = grade !== 'ok';
  const status_lies = late && isHealthy(reading.status);
  const load_without_progress = product.loadsWithoutProgress(reading, late);
  const facts = { product, reading, judged, now, status_lies, load_without_progress };
  const charges = [late ? null : statusCharge(facts), late || !load_without_progress ? null : noProgress(facts), budgetCharge(facts)].filter((charge) => charge !== null);
  const state = worse([stateOf(grade, product), ...charges.map((charge) => charge.state)]);
  const details = [late ? grade : '', status_lies ? `says ${plainText(reading.status ?? '', 20)}` : '', ...charges.map(({ detail }) => detail)];
  const texts = charges.map(({ text }) => text);
  const cause = late ? [lateText(facts), ...texts].join('; ') : [okText(facts), ...texts].join(texts.length > 0 ? ', but ' : '');
  const above = !late && product.spec.objective !== null && judged.high > product.spec.objective.target_seconds;
  return {
    state,
    detail: details.filter((detail) => detail !== '').join(', ') || (above ? `above its target of ${duration(product.spec.objective?.target_seconds ?? 0)}` : ''),
    cause,
    since: sinceOf(grade, judged, product.spec.objective) ?? sinceOfCharges(charges, state),
    judged,
    late,
    status_lies,
    load_without_progress,
  };
}

function sinceOfCharges(charges: readonly Charge[], state: State): EpochSeconds | null {
  return charges.find((charge) => charge.state === state)?.since ?? null;
}

function worse(states: readonly State[]): State {
  return STATES.find((state) => states.includes(state)) ?? 'unknown';
}
