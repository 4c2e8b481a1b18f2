import { z } from 'zod';
import type { EpochSeconds } from '../../model/live.js';
import type { LiveSession } from '../../stores/live.js';
import { plainText } from '../../text/plain-text.js';
import { PairProblem } from '../problem.js';
import { postgresSql } from '../keys/definitions.js';
import { RECONCILE_MARKER } from '../keys/statements.js';
import { CALM, judgeLoad, type LoadState } from './load.js';
import type { Pace } from './pace.js';

export interface PaceOptions {
  /** What a chunk should take; 100. */
  target_ms: number;
  /** Share of the time in which a chunk runs, above 0 up to 1. With 1 there are no pauses, and the store's load is not looked at. */
  duty: number;
  signal: AbortSignal;
  now(): EpochSeconds;
  wait(ms: number): Promise<void>;
  /** Of the server; null where nobody knows. */
  cores?: number | null;
}

const LOOK_SECONDS = 2;
const LOOK_MS = 2_000;
/** Between looks while it is stopped. */
const PAUSE_MS = 5_000;
/** A store that is under load for longer is not compared today. */
const PAUSE_SECONDS_MAX = 900;
const DEADLINE_FACTOR = 5;
/** Insufficient resources, operator intervention, system error (PostgreSQL 18, appendix A). 57014 is the end of one statement. */
const EXHAUSTED = /^(53|57|58)/;
const QUERY_CANCELED = '57014';

const lookRow = z.object({
  active: z.number(),
  clients: z.number(),
  clients_max: z.number(),
  waiting: z.number(),
  standby_bytes: z.number().nullable(),
  slot_bytes: z.number().nullable(),
  replay_seconds: z.number().nullable(),
  others: z.boolean(),
});

/**
 * The pace of one store for all pairs of a run.
 * @param session by which its load is looked at, of PostgreSQL; other engines are only paused between chunks.
 */
export function createPace(session: LiveSession, options: PaceOptions): Pace {
  return new StorePace(session, options);
}

class StorePace implements Pace {
  #turn: Promise<unknown> = Promise.resolve();
  #load: LoadState = CALM;
  #looked_at: EpochSeconds | null = null;
  #notBefore: EpochSeconds = 0;
  #ended: PairProblem | null = null;
  #paused_because: string | null = null;

  constructor(
    private readonly session: LiveSession,
    private readonly options: PaceOptions,
  ) {}

  get target_ms(): number {
    return this.options.target_ms;
  }

  get paused_because(): string | null {
    return this.#paused_because;
  }

  chunk<T>(run: (deadline_ms: number) => Promise<T>): Promise<{ value: T; took_ms: number }> {
    const result = this.#turn.then(() => this.#chunk(run));
    this.#turn = result.catch(() => undefined);
    return result;
  }

  async #chunk<T>(run: (deadline_ms: number) => Promise<T>): Promise<{ value: T; took_ms: number }> {
    const { now, target_ms } = this.options;
    await this.#untilCalm();
    const began = now();
    const duration = (): number => Math.max(0, (now() - began) * 1000);
    try {
      const value = await run(DEADLINE_FACTOR * target_ms);
      return { value, took_ms: duration() };
    } catch (error) {
      this.#endAt(error);
      throw this.#ended ?? error;
    } finally {
      const duty = this.#load.pace === 'half' ? this.options.duty / 2 : this.options.duty;
      this.#notBefore = now() + (duration() * (1 - duty)) / duty / 1000;
    }
  }

  async #untilCalm(): Promise<void> {
    const { signal, now, wait, duty } = this.options;
    const began = now();
    for (;;) {
      signal.throwIfAborted();
      if (this.#ended !== null) throw this.#ended;
      const rest_ms = (this.#notBefore - now()) * 1000;
      if (rest_ms > 0) await wait(rest_ms);
      if (duty >= 1 || this.session.engine !== 'postgres') return;
      await this.#look();
      if (this.#load.pace !== 'stopped') break;
      this.#paused_because = this.#load.because;
      if (now() - began > PAUSE_SECONDS_MAX) throw this.#tooLong();
      await wait(PAUSE_MS);
    }
    this.#paused_because = null;
  }

  #tooLong(): PairProblem {
    const store = plainText(this.session.store, 60);
    return new PairProblem(`${store} was under load for ${PAUSE_SECONDS_MAX / 60} minutes (${this.#load.because ?? 'no reason'}), and was not read`, 'Run it again at a quieter time, or name a replica of it as a store.');
  }

  async #look(): Promise<void> {
    const { now, cores } = this.options;
    if (this.#looked_at !== null && now() - this.#looked_at < LOOK_SECONDS) return;
    const began = now();
    try {
      const [row] = await this.session.query(lookRow, `${RECONCILE_MARKER} ${postgresSql(this.session.version_num, 'pace_look')}`, { deadline_ms: LOOK_MS });
      if (row === undefined) throw new Error('the look at the load answered with no row');
      this.#looked_at = now();
      this.#load = judgeLoad(this.#load, { ...row, at: this.#looked_at, took_ms: (this.#looked_at - began) * 1000 }, cores ?? null);
    } catch (error) {
      this.#endAt(error);
      throw this.#ended ?? error;
    }
  }

  /** A server that has no resources left, or is being shut down, is left alone. */
  #endAt(error: unknown): void {
    const code = typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string' ? error.code : '';
    if (this.session.engine !== 'postgres' || !EXHAUSTED.test(code) || code === QUERY_CANCELED) return;
    const store = plainText(this.session.store, 60);
    this.#ended = new PairProblem(`${store} has no resources left (SQLSTATE ${code}): nothing more of it is read`, 'Look at its log; run it again when it is well.', { cause: error });
  }
}
