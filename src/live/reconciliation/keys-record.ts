import type { EpochSeconds, KeyComparisonView, KeyPassView, State } from '../../model/live.js';
import type { PairReport } from '../../model/reconciliation.js';
import type { PayloadOf } from '../../probes/index.js';
import type { ScheduledPair } from '../../probes/keys.js';
import { plainText } from '../../text/plain-text.js';
import { Series } from '../series.js';
import { validity_seconds } from '../staleness.js';
import { keysOf, stateOfReport } from './keys-status.js';

type Entry = PayloadOf<'keys'>['pairs'][number];

const PASSES_MAX = 60;
const STEPS: Record<NonNullable<Entry['running']>['step'], string> = {
  plan: 'looking at definitions',
  watermark: 'asking how far the target is',
  target: 'reading the target',
  source: 'reading the source',
  keys: 'looking for the keys',
  confirm: 'waiting whether they stay',
};

/** Passes over the keys of one pair. */
export class KeysRecord {
  report: PairReport | null = null;
  read_at: EpochSeconds | null = null;
  /** Why the newest attempt ended without a report; null where it did not. */
  failure: string | null = null;
  /** Keys that differ for sure. */
  readonly history = new Series();
  readonly states: State[] = [];
  readonly #passes: KeyPassView[] = [];
  #entry: { entry: Entry; at: EpochSeconds; pace_seconds: number } | null = null;

  constructor(readonly pair: ScheduledPair) {}

  accept(entry: Entry, at: EpochSeconds, pace_seconds: number): void {
    if (this.#entry !== null && at < this.#entry.at) return;
    this.#entry = { entry, at, pace_seconds };
    const { report } = entry;
    if (report === null || (this.report !== null && report.began_at <= this.report.began_at)) return;
    this.report = report;
    this.read_at = at;
    this.failure = null;
    this.#passes.unshift(passOf(report, at));
    if (this.#passes.length > PASSES_MAX) this.#passes.pop();
    const state = stateOfReport(report, at);
    this.#note(state);
    this.history.push(at, state === 'unknown' ? null : keysOf(report, 'confirmed'));
  }

  acceptFailure(at: EpochSeconds, message: string): void {
    if (this.#entry !== null && at < this.#entry.at) return;
    this.#entry = null;
    this.failure = message;
    this.#note('unknown');
  }

  /** True where the newest report says nothing of now any more: three passes should have come since. */
  isStale(now: EpochSeconds): boolean {
    return this.read_at === null || now - this.read_at > validity_seconds(this.pair.every_seconds);
  }

  view(now: EpochSeconds): KeyComparisonView {
    const known = this.#entry !== null && now - this.#entry.at <= validity_seconds(this.#entry.pace_seconds) ? this.#entry.entry : null;
    const running = known?.running ?? null;
    return {
      every_seconds: this.pair.every_seconds,
      report: this.report,
      read_at: this.read_at,
      next_at: known?.next_at ?? null,
      running: running === null ? null : { ...running, step: STEPS[running.step], paused_because: clean(running.paused_because) },
      waits_because: clean(known?.waits_because ?? null),
      passes: [...this.#passes],
    };
  }

  #note(state: State): void {
    this.states.push(state);
    if (this.states.length > PASSES_MAX) this.states.shift();
  }
}

function passOf(report: PairReport, at: EpochSeconds): KeyPassView {
  const { state, source, took_ms, notes } = report;
  return {
    at,
    state,
    rows: source.rows,
    confirmed: keysOf(report, 'confirmed'),
    candidates: keysOf(report, 'candidate'),
    late: keysOf(report, 'late'),
    took_ms,
    note: state === 'equal' ? null : clean(notes[0] ?? null),
  };
}

function clean(text: string | null): string | null {
  return text === null ? null : plainText(text, 300);
}
