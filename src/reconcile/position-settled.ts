import { z } from 'zod';
import type { EpochSeconds } from '../model/live.js';
import type { LiveSession } from '../stores/live.js';
import { sqlFor } from './side.js';

/** Open transactions of the source at one moment of its clock. */
export interface TransactionSample {
  at: EpochSeconds;
  /** When the oldest began; null where none was open. */
  oldest: EpochSeconds | null;
  /** When the oldest prepared one was prepared. */
  prepared: EpochSeconds | null;
  /** Transactions of other roles that could not be seen. */
  hidden: number;
}

/** Times of change are taken and transactions looked at by the same clock, but not in one instant. */
const MARGIN_SECONDS = 0.05;
/** Where nobody looked when the watermark was, transactions are taken to end within this, or within what the configuration allows. */
const ASSUMED_SECONDS_MIN = 300;
/** Nor is it known of those that are hidden, or prepared. */
const ASSUMED_SECONDS_HIDDEN = 3600;
const SAMPLES_MAX = 1_000;
const STATEMENT_MS = 2_000;

const sampleRow = z.object({ at: z.number(), oldest: z.number().nullable(), prepared: z.number().nullable(), hidden: z.coerce.number() });

/** Null where the engine does not tell of its transactions. */
export async function sampleTransactions(session: LiveSession): Promise<TransactionSample | null> {
  if (session.engine !== 'postgres') return null;
  const [row] = await session.query(sampleRow, sqlFor(session, 'transactions'), { deadline_ms: STATEMENT_MS });
  return row ?? null;
}

/** Looks at transactions over time, the oldest first. */
export class SettledTime {
  readonly #samples: TransactionSample[] = [];

  /** @param transaction_seconds_max that the configuration calls long. */
  constructor(private readonly transaction_seconds_max: number) {}

  add(sample: TransactionSample): void {
    this.#samples.push(sample);
    if (this.#samples.length > SAMPLES_MAX) this.#samples.splice(1, 1);
  }

  /**
   * The moment before which every transaction that began had ended before the watermark, so that rows with an earlier time of
   * change are in the target.
   *
   * A row's time of change is the beginning of its transaction. One that began before a look and was not open at it had
   * ended; so the last look before the watermark tells it exactly. Where there was none, the length of transactions is assumed.
   */
  before(watermark: EpochSeconds): EpochSeconds | null {
    const last = this.#samples.findLast((sample) => sample.at <= watermark && sample.hidden === 0 && sample.prepared === null);
    const exact = last === undefined ? Number.NEGATIVE_INFINITY : Math.min(last.at, last.oldest ?? last.at);
    const assumed = this.#assumed(watermark);
    const settled = Math.max(exact, assumed);
    return Number.isFinite(settled) ? settled - MARGIN_SECONDS : null;
  }

  #assumed(watermark: EpochSeconds): EpochSeconds {
    if (this.#samples.length === 0) return Number.NEGATIVE_INFINITY;
    const open = this.#samples.filter(({ at }) => at >= watermark).flatMap(({ oldest }) => oldest ?? []);
    const unclear = this.#samples.some(({ hidden, prepared }) => hidden > 0 || prepared !== null);
    const length = Math.max(this.transaction_seconds_max, unclear ? ASSUMED_SECONDS_HIDDEN : ASSUMED_SECONDS_MIN);
    return Math.min(watermark - length, ...open);
  }
}
