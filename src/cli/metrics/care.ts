import { Governor } from '../../live/governor.js';
import { probe } from '../../probes/activity.js';
import { sqlState } from '../../probes/failure.js';
import { loadSqlFrom } from '../../stores/sql/load.js';
import type { LiveSession } from '../../stores/live.js';

/** Signs of pressure must last so long before they slow a run down further. */
const LOOK_AGAIN_MS = 10_500;
const LOOKS_MAX = 3;
/** After a statement the store rests as long as it worked, or longer under pressure. */
const REST_MS_MAX = 20_000;

const ACTIVITY_SQL = new URL('../../probes/sql/postgres/', import.meta.url);

export interface CareOptions {
  /** What all statements on this store may take together. */
  budget_ms: number;
  signal: AbortSignal;
  wait(ms: number): Promise<void>;
}

/** Keeps the load of what is asked of one store within bounds: by its own load, and by what was used up already. */
export class CareOfStore {
  readonly #governor = new Governor(null);
  #used_ms = 0;
  #rest_ms = 0;
  #clock_ms = performance.now();
  #refused: string | null = null;

  constructor(
    private readonly session: LiveSession,
    private readonly options: CareOptions,
  ) {}

  /** Nothing more is asked. */
  giveUp(why: string): void {
    this.#refused ??= why;
  }

  /** Waits until the store may be asked again. Resolves with why it may not be asked any more, null where it may. */
  async permit(): Promise<string | null> {
    if (this.#refused !== null) return this.#refused;
    if (this.#used_ms >= this.options.budget_ms) return `what measuring may take of a store (${this.options.budget_ms / 1000} s) is used up`;
    if (this.#rest_ms > 0) await this.#wait(this.#rest_ms);
    let factor = 1;
    for (let look = 1; look <= LOOKS_MAX; look += 1) {
      await this.#look();
      const slowdown = this.#governor.slowdown('heavy', this.#now());
      if (slowdown.factor === null || (look === LOOKS_MAX && slowdown.factor > factor)) return `the store is under pressure: ${slowdown.reason ?? 'it is busy'}`;
      if (slowdown.factor <= factor) break;
      factor = slowdown.factor;
      await this.#wait(LOOK_AGAIN_MS);
    }
    return null;
  }

  /** Counts what a statement takes. */
  async timed<T>(work: () => Promise<T>): Promise<T> {
    const started = performance.now();
    try {
      return await work();
    } finally {
      const elapsed_ms = performance.now() - started;
      this.#used_ms += elapsed_ms;
      this.#rest_ms = Math.min(elapsed_ms * (this.#governor.slowdown('heavy', this.#now()).factor ?? 1), REST_MS_MAX);
    }
  }

  /** How busy a server is; a file that is read through a copy is asked by nobody else. */
  async #look(): Promise<void> {
    if (this.session.engine !== 'postgres') return;
    const started = performance.now();
    const report = { probe: probe.id, weight: probe.weight, pace_seconds: probe.pace_seconds } as const;
    try {
      const [activity] = await this.session.query(probe.payload, loadSqlFrom(ACTIVITY_SQL, 'activity', this.session.version_num), { deadline_ms: probe.deadline_ms });
      this.#governor.accept({ ...report, elapsed_ms: performance.now() - started, answer: { activity: activity ?? null, own: null }, sqlstate: null }, this.#now());
    } catch (error) {
      this.options.signal.throwIfAborted();
      this.#governor.accept({ ...report, elapsed_ms: performance.now() - started, answer: null, sqlstate: sqlState(error) }, this.#now());
    }
  }

  async #wait(ms: number): Promise<void> {
    await this.options.wait(ms);
    this.#clock_ms += ms;
  }

  /** Seconds of a clock that goes at least as fast as what was waited for. */
  #now(): number {
    this.#clock_ms = Math.max(this.#clock_ms, performance.now());
    return this.#clock_ms / 1000;
  }
}
