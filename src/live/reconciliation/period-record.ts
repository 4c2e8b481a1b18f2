import type { EpochSeconds } from '../../model/live.js';
import type { PayloadOf } from '../../probes/index.js';

export type PairPass = PayloadOf<'reconciliation'>['pairs'][number];
export type PeriodReading = PairPass['periods'][number];

/** What a confirmation rests on. `repetition`: nothing tells how far the target is, and the gap has not changed for long. */
export type Evidence = 'watermark' | 'newest-row' | 'repetition';

export type Kind = 'missing' | 'duplicate' | 'deleted-at-source' | 'changed' | 'rounding';

/** A difference under observation. */
export interface Difference {
  /** When it was first seen, whatever it has turned into since; by the source's clock, as all times here. */
  since: EpochSeconds;
  /** What it was confirmed by; null for a candidate. */
  confirmed: Evidence | null;
  /** True for a candidate that had been confirmed before one side changed. */
  wasConfirmed: boolean;
  /** True where the gap has become larger after it was confirmed. */
  growing: boolean;
}

/** A period that was final and equal on both sides, and is not what it was. */
export interface Restatement {
  at: EpochSeconds;
  side: 'source' | 'target' | 'both';
}

interface Observation extends Difference {
  source_digest: string;
  target_digest: string;
  gap_digest: string | null;
  /** The watermark must pass this before the target can be expected to show what the source was seen in. */
  fence: EpochSeconds;
  /** Of the target when the watermark had last passed the fence. */
  look_digest: string | null;
  looks: number;
  look_gap_rows: number;
  /** Looks at which the gap had grown though the source stood still. */
  growths: number;
  /** Passes in a row at which both sides were as before. */
  repeats: number;
  /** Passes for which a confirmed gap was kept while the source changed around it. */
  kept: number;
  gap_rows_confirmed: number;
}

/**
 * A commit and the watermark are stamped by clocks of some resolution, in an order that is not quite that of becoming
 * visible.
 */
const MARGIN_SECONDS = 1;
/**
 * One look with the watermark beyond the fence proves a difference unless the source went to another state and back between
 * two passes (a row inserted and deleted again) just where the watermark was. The second look, beyond the first, must show
 * the same target.
 */
const LOOKS = 2;
/** A source that is a standby may be read behind the target. */
const LOOKS_OF_STANDBY = 4;
/** A gap that is larger at each look, by a load that adds its rows again and again, is never twice the same. */
const GROWTHS = 4;
/** Business times need not arrive in order: with the newest row as watermark the gap must also repeat at the same size. */
const REPEATS_OF_NEWEST_ROW = 3;
/** Without a watermark: "alarm only on a gap that repeats at the same size". At a pass a minute, ten minutes. */
export const REPEATS_WITHOUT_WATERMARK = 10;
const KEPT_MAX = 10;

/** One business period of one pair, over the passes. */
export class PeriodRecord {
  /** The newest reading of it, and when that was taken by this machine's clock. */
  reading: PeriodReading;
  read_at: EpochSeconds;
  restated: Restatement | null = null;
  #observation: Observation | null = null;
  #key_id: string;
  /** Digests while it was final and equal. */
  #final: { source: string; target: string } | null = null;
  #source_rows_max = 0;

  constructor(reading: PeriodReading, pass: PairPass, at: EpochSeconds) {
    this.reading = reading;
    this.read_at = at;
    this.#key_id = pass.key_id;
  }

  difference(): Difference | null {
    return this.#observation;
  }

  kind(): Kind | null {
    const { source_rows, target_rows, sums, equal } = this.reading;
    if (equal) return null;
    if (target_rows < source_rows) return 'missing';
    if (target_rows > source_rows) return this.#source_rows_max >= target_rows ? 'deleted-at-source' : 'duplicate';
    return sums.every((sum) => sum.equal || sum.rounding) ? 'rounding' : 'changed';
  }

  /** @param final true when the period has ended and nothing is expected to change it. */
  accept(reading: PeriodReading, pass: PairPass, at: EpochSeconds, final: boolean): void {
    this.reading = reading;
    this.read_at = at;
    // Digests of another key tell nothing about these.
    const comparable = pass.key_id === this.#key_id;
    this.#key_id = pass.key_id;
    if (!comparable) this.#final = null;
    if (reading.judged === 'none') {
      this.#observation = null;
      return;
    }
    this.#source_rows_max = Math.max(this.#source_rows_max, reading.source_rows);
    this.#noteRestatement(reading, pass, final);
    if (reading.equal) this.#observation = null;
    else if (this.#observation === null) this.#observation = begun(reading, pass, pass.source_read_at, false);
    else this.#observation = observed(this.#observation, reading, pass, comparable);
  }

  #noteRestatement(reading: PeriodReading, pass: PairPass, final: boolean): void {
    if (!final || reading.judged !== 'whole') return;
    const source = this.#final !== null && this.#final.source !== reading.source_digest;
    const target = this.#final !== null && this.#final.target !== reading.target_digest;
    if (source || target) {
      const following = this.restated?.side === 'source' && target && !source && reading.equal;
      // The target that follows a change of the source is the same restatement.
      if (following && this.restated !== null) this.restated.side = 'both';
      else this.restated = { at: pass.source_read_at, side: source ? (target ? 'both' : 'source') : 'target' };
      this.#final = { source: reading.source_digest, target: reading.target_digest };
    } else if (reading.equal) this.#final ??= { source: reading.source_digest, target: reading.target_digest };
  }
}

function begun(reading: PeriodReading, pass: PairPass, since: EpochSeconds, wasConfirmed: boolean): Observation {
  return {
    since,
    confirmed: null,
    wasConfirmed,
    growing: false,
    source_digest: reading.source_digest,
    target_digest: reading.target_digest,
    gap_digest: reading.gap_digest,
    fence: pass.source_read_at,
    look_digest: null,
    looks: 0,
    look_gap_rows: 0,
    growths: 0,
    repeats: 0,
    kept: 0,
    gap_rows_confirmed: 0,
  };
}

function observed(before: Observation, reading: PeriodReading, pass: PairPass, comparable: boolean): Observation {
  if (!comparable || before.source_digest !== reading.source_digest) {
    const restart = begun(reading, pass, before.since, before.wasConfirmed || before.confirmed !== null);
    const sameGap = comparable && before.gap_digest === reading.gap_digest;
    if (before.confirmed === null || !sameGap || before.kept >= KEPT_MAX) return restart;
    // Rows came and went on both sides alike: what was confirmed is still there.
    return { ...restart, confirmed: before.confirmed, wasConfirmed: false, kept: before.kept + 1, gap_rows_confirmed: before.gap_rows_confirmed };
  }
  const next = { ...before, gap_digest: reading.gap_digest };
  next.repeats = before.target_digest === reading.target_digest ? before.repeats + 1 : 0;
  next.target_digest = reading.target_digest;
  const gap_rows = Math.abs(reading.source_rows - reading.target_rows);
  if (pass.target_watermark_at !== null && pass.target_watermark_at >= before.fence + MARGIN_SECONDS) {
    const repeated = before.look_digest === null || before.look_digest === reading.target_digest;
    next.looks = repeated ? before.looks + 1 : 1;
    next.growths = repeated ? before.growths : gap_rows > before.look_gap_rows ? before.growths + 1 : 0;
    next.look_digest = reading.target_digest;
    next.look_gap_rows = gap_rows;
    next.fence = pass.source_read_at;
  }
  const evidence = evidenceOf(next, pass);
  if (next.confirmed === null && evidence !== null) return { ...next, confirmed: evidence, gap_rows_confirmed: gap_rows };
  if (evidence !== null) next.kept = 0;
  return { ...next, growing: next.confirmed !== null && gap_rows > next.gap_rows_confirmed };
}

function evidenceOf({ looks, growths, repeats }: Observation, pass: PairPass): Evidence | null {
  const seen = looks >= (pass.source_is_standby ? LOOKS_OF_STANDBY : LOOKS);
  if (pass.watermark_from === 'product') return seen || growths >= GROWTHS ? 'watermark' : null;
  if (pass.watermark_from === 'newest-row' && seen && repeats >= REPEATS_OF_NEWEST_ROW) return 'newest-row';
  // Rows that wait above the cut show that the target is behind.
  const waiting = pass.periods.some(({ late_rows }) => late_rows > 0);
  return repeats >= REPEATS_WITHOUT_WATERMARK && !waiting ? 'repetition' : null;
}
