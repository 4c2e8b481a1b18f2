import type { TimedPair } from '../../model/configuration.js';
import type { EpochSeconds, PeriodState, PeriodView, State } from '../../model/live.js';
import { Series } from '../series.js';
import { isStale, validity_seconds } from '../staleness.js';
import { PeriodRecord, type PairPass } from './period-record.js';

/** How long a reading of a period speaks for it where a pass reads only some of them. */
const PERIOD_SECONDS_MAX = 3600;
const PASSES_MAX = 60;
/** A clock that went back further than this is another clock. */
const CLOCK_SECONDS_MAX = 3600;

/** What is known of one period at a moment. */
export interface PeriodStatus {
  state: PeriodState;
  label: string;
  ends_at: EpochSeconds;
  record: PeriodRecord | null;
}

/** One configured pair, over the passes. */
export class PairRecord {
  /** The newest pass that could read it. */
  pass: PairPass | null = null;
  read_at: EpochSeconds | null = null;
  pace_seconds = 0;
  /** Why the newest look failed; null when it did not. */
  failure: { at: EpochSeconds; message: string } | null = null;
  readonly passes: State[] = [];
  /** Rows that differ for sure. */
  readonly history = new Series();
  readonly #periods = new Map<string, PeriodRecord>();
  #newest_at: EpochSeconds = Number.NEGATIVE_INFINITY;

  constructor(readonly pair: TimedPair) {}

  /** A look that saw nothing; passed over where it is older than another. */
  acceptFailure(at: EpochSeconds, message: string): void {
    if (at <= this.#newest_at) return;
    this.#newest_at = at;
    this.failure = { at, message };
    this.note('unknown');
  }

  /** Passes that are older than one seen before, or the same, are passed over. */
  accept(pass: PairPass, at: EpochSeconds, pace_seconds: number): boolean {
    const before = this.pass?.source_read_at;
    if (before !== undefined) {
      if (pass.source_read_at <= before && pass.source_read_at > before - CLOCK_SECONDS_MAX) return false;
      if (pass.source_read_at <= before) this.#periods.clear();
    }
    this.pass = pass;
    this.read_at = at;
    this.#newest_at = Math.max(at, this.#newest_at);
    this.pace_seconds = pace_seconds;
    this.failure = null;
    for (const reading of pass.periods) {
      const known = this.#periods.get(reading.period);
      const record = known ?? new PeriodRecord(reading, pass, at);
      if (known === undefined) this.#periods.set(reading.period, record);
      record.accept(reading, pass, at, reading.ends_at + (this.pair.provisional_seconds ?? 0) <= pass.source_read_at);
    }
    const current = new Set([...pass.periods, ...pass.unread_periods].map(({ period }) => period));
    for (const label of this.#periods.keys()) if (!current.has(label)) this.#periods.delete(label);
    return true;
  }

  /** How it stood after each look. */
  note(state: State): void {
    this.passes.push(state);
    if (this.passes.length > PASSES_MAX) this.passes.shift();
  }

  isStale(now: EpochSeconds): boolean {
    return isStale(this.read_at, this.pace_seconds, now);
  }

  /** Newest first. Where the pair is stale nothing is known of any. */
  periods(now: EpochSeconds): PeriodStatus[] {
    const { pass } = this;
    if (pass === null) return [];
    const stale = this.isStale(now);
    return [...pass.periods, ...pass.unread_periods]
      .map(({ period, ends_at }) => {
        const record = this.#periods.get(period) ?? null;
        const known = !stale && record !== null && now - record.read_at <= Math.max(PERIOD_SECONDS_MAX, validity_seconds(this.pace_seconds));
        return { label: period, ends_at, record: known ? record : null, state: known ? this.#stateOf(record, pass) : ('unread' as const) };
      })
      .sort((a, b) => b.ends_at - a.ends_at);
  }

  #stateOf(record: PeriodRecord, pass: PairPass): PeriodState {
    if (record.reading.judged === 'none') return 'late';
    const difference = record.difference();
    if (difference === null) return 'equal';
    if (record.reading.ends_at + (this.pair.provisional_seconds ?? Number.NEGATIVE_INFINITY) > pass.source_read_at) return 'provisional';
    return difference.confirmed === null ? 'candidate' : 'confirmed';
  }
}

export function periodView({ label, state, record }: PeriodStatus): PeriodView {
  const reading = record?.reading;
  return {
    period: label,
    source_rows: reading?.source_rows ?? null,
    target_rows: reading?.target_rows ?? null,
    sums: (reading?.sums ?? []).map(({ column, equal, gap_ratio }) => ({ column, equal, gap_ratio })),
    state,
    since: record?.difference()?.since ?? null,
  };
}
