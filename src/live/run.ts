import type { z } from 'zod';
import { RunExpired } from '../probes/failure.js';
import type { LiveSession } from '../probes/probe.js';
import type { Clock } from './clock.js';

/** Behind the deadline of a run: what a silent network and the end of a statement at the server may take. */
const RUN_GRACE_MS = 3_000;

type Estimate = NonNullable<LiveSession['estimate']>;
type Bounds = Parameters<LiveSession['query']>[2];
type Identity = ReturnType<LiveSession['identity']>;
type Cost = ReturnType<LiveSession['cost']>;

/** Hears of every statement. */
export interface Witness {
  asked(): void;
  /** @param error null where it was answered. */
  ended(error: unknown): void;
}

/** A session as one run gets it: no statement takes longer than the probe may, and none starts when the run has ended. */
class BoundSession implements LiveSession {
  /** Absent where the engine does not tell. */
  declare readonly estimate?: Estimate;

  constructor(
    private readonly inner: LiveSession,
    private readonly deadline_ms: number,
    private readonly signal: AbortSignal,
    private readonly witness: Witness,
  ) {
    const { estimate } = inner;
    if (estimate !== undefined) this.estimate = (sql, bounds) => this.#asked((bound) => estimate.call(inner, sql, bound), bounds);
  }

  get store(): string {
    return this.inner.store;
  }

  get engine(): LiveSession['engine'] {
    return this.inner.engine;
  }

  get version_num(): number {
    return this.inner.version_num;
  }

  identity(): Identity {
    return this.inner.identity();
  }

  asOf(): number | null {
    return this.inner.asOf();
  }

  query<T>(row: z.ZodType<T>, sql: string, bounds?: Bounds): Promise<T[]> {
    return this.#asked((bound) => this.inner.query(row, sql, bound), bounds);
  }

  async #asked<T>(ask: (bounds: Bounds) => Promise<T>, bounds: Bounds = {}): Promise<T> {
    this.signal.throwIfAborted();
    const deadline_ms = Math.min(bounds.deadline_ms ?? this.deadline_ms, this.deadline_ms);
    this.witness.asked();
    try {
      const answer = await ask({ ...bounds, deadline_ms });
      this.witness.ended(null);
      return answer;
    } catch (error) {
      this.witness.ended(error);
      throw error;
    }
  }

  cost(): Cost {
    return this.inner.cost();
  }

  /** Its owner closes it. */
  close(): Promise<void> {
    return Promise.resolve();
  }
}

export interface Run {
  signal: AbortSignal;
  bound(session: LiveSession, witness: Witness): LiveSession;
}

/**
 * Runs `work` for so long at most. What goes on behind that is told by the signal, gets no more answers from its sessions
 * and is waited for by nobody.
 * @throws RunExpired; the signal's reason; what `work` throws.
 */
export async function withDeadline<T>(
  limits: { deadline_ms: number; clock: Clock; signal: AbortSignal },
  work: (run: Run) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const { deadline_ms, clock, signal } = limits;
  let onAbort = (): void => undefined;
  let cancel = (): void => undefined;
  const ended = new Promise<never>((_, reject) => {
    const end = (reason: Error): void => {
      controller.abort(reason);
      reject(reason);
    };
    onAbort = () => end(signal.reason instanceof Error ? signal.reason : new Error('stopped'));
    cancel = clock.after(deadline_ms + RUN_GRACE_MS, () => end(new RunExpired('the run took too long')));
  });
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    signal.throwIfAborted();
    const bound: Run['bound'] = (session, witness) => new BoundSession(session, deadline_ms, controller.signal, witness);
    return await Promise.race([work({ signal: controller.signal, bound }), ended]);
  } finally {
    cancel();
    signal.removeEventListener('abort', onAbort);
    controller.abort(new RunExpired('the run has ended'));
  }
}
