import { z } from 'zod';
import type { CollectionCost } from '../../model/snapshot.js';
import type { Engine } from '../../model/store.js';
import type { DescribedColumn, ScanEstimate } from '../description.js';
import { DeadlineExceeded, ScanRefused, type LiveBounds, type LiveSession } from '../live.js';
import type { CostMeter } from '../shared/cost-meter.js';
import { StoreLost, type StoreIdentity } from '../store.js';
import { Deadline } from './deadline.js';
import { AnswerTooLarge, HttpFailure, NoAnswer, StatementFailed, Unreachable } from './failure.js';
import { guardStatement, type Lexis } from './statement-guard.js';

/** A warehouse that was suspended takes up to a minute until it answers. */
const STATEMENT_TIMEOUT_MS = 60_000;

/** How an engine runs one statement. What it throws besides the errors of `live.ts` and of this folder reaches the caller. */
export interface StatementRunner {
  /**
   * One statement to its last row, by name of column. When the deadline is over or an abort comes, it is cancelled at the
   * service too.
   */
  run(sql: string, deadline: Deadline): Promise<Record<string, unknown>[]>;
  estimate?(sql: string, deadline: Deadline): Promise<ScanEstimate>;
  /** The columns of a query's answer, without reading a row. */
  columns?(sql: string, deadline: Deadline): Promise<DescribedColumn[]>;
  /** True where the service itself holds the limit of `scan_bytes_max`. */
  readonly limitsScan?: boolean;
  /** True where the service ends what reads more than that, so that an estimate may be unknown. */
  readonly endsScan?: boolean;
}

export interface HttpSessionOptions {
  store: string;
  engine: Engine;
  version_num: number;
  identity: StoreIdentity;
  meter: CostMeter;
  runner: StatementRunner;
  lexis: Lexis;
  /** Also what ends the statement under way when the session is closed, where `stop` belongs to it: see `sessionSignal`. */
  signal?: AbortSignal | undefined;
  stop?: AbortController | undefined;
  scan_bytes_max?: number | undefined;
}

/** A signal for everything that a session does: it aborts with the caller's, and when the session is closed. */
export function sessionSignal(signal: AbortSignal | undefined): { stop: AbortController; signal: AbortSignal } {
  const stop = new AbortController();
  return { stop, signal: signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]) };
}

/** What every engine behind HTTP has in common as a session: order, bounds, refusals, and when it is lost. */
export class HttpLiveSession implements LiveSession {
  readonly store: string;
  readonly engine: Engine;
  readonly version_num: number;
  readonly estimate?: (sql: string, bounds?: LiveBounds) => Promise<ScanEstimate>;
  #lost: StoreLost | null = null;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(private readonly options: HttpSessionOptions) {
    this.store = options.store;
    this.engine = options.engine;
    this.version_num = options.version_num;
    const { runner } = options;
    const estimate = runner.estimate?.bind(runner);
    if (estimate) this.estimate = (sql, bounds) => this.#guarded(sql, bounds, (deadline) => estimate(sql, deadline));
  }

  identity(): StoreIdentity {
    return this.options.identity;
  }

  asOf(): null {
    return null;
  }

  cost(): CollectionCost {
    return this.options.meter.read();
  }

  /** Set once the connection counts as lost; every later call rejects with it. */
  get lost(): StoreLost | null {
    return this.#lost;
  }

  /** @throws the reason of the caller's abort; not of a session that was closed or lost. */
  throwIfAborted(): void {
    const { signal } = this.options;
    if (signal?.aborted === true && !(signal.reason instanceof StoreLost)) signal.throwIfAborted();
  }

  query<T>(row: z.ZodType<T>, sql: string, bounds?: LiveBounds): Promise<T[]> {
    return this.#guarded(sql, bounds, async (deadline) => {
      await this.#checkScan(sql, deadline);
      return z.array(row).parse(await this.options.runner.run(sql, deadline));
    });
  }

  /** The columns of a query's answer; null where the engine does not tell without running it. */
  columns(sql: string, bounds?: LiveBounds): Promise<DescribedColumn[] | null> {
    const { runner } = this.options;
    return this.#guarded(sql, bounds, (deadline) => runner.columns?.(sql, deadline) ?? Promise.resolve(null));
  }

  async #checkScan(sql: string, deadline: Deadline): Promise<void> {
    const { runner, scan_bytes_max: allowed_bytes } = this.options;
    if (allowed_bytes === undefined || !runner.estimate || runner.limitsScan === true || !/^[\s(]*(select|with)\b/i.test(sql)) return;
    const { bytes, isUpperBound } = await runner.estimate(sql, deadline);
    if (bytes === null && !isUpperBound && runner.endsScan !== true) {
      throw new StatementFailed(this.store, 'a statement was not run: scan_max is set, and how much it would read is not known', null);
    }
    if (bytes !== null && bytes > allowed_bytes) throw new ScanRefused(this.store, { expected_bytes: bytes, allowed_bytes });
  }

  #guarded<T>(sql: string, bounds: LiveBounds | undefined, run: (deadline: Deadline) => Promise<T>): Promise<T> {
    return this.ask(bounds, (deadline) => {
      guardStatement(this.store, sql, this.options.lexis);
      return run(deadline);
    });
  }

  /** What an engine asks of its service besides statements: in turn, bounded and with the same errors. */
  ask<T>(bounds: LiveBounds | undefined, run: (deadline: Deadline) => Promise<T>): Promise<T> {
    const result = this.#queue.then(() => this.#bounded(bounds?.deadline_ms ?? STATEMENT_TIMEOUT_MS, run));
    this.#queue = result.catch(() => undefined);
    return result;
  }

  async #bounded<T>(deadline_ms: number, run: (deadline: Deadline) => Promise<T>): Promise<T> {
    this.options.signal?.throwIfAborted();
    if (this.#lost) throw this.#lost;
    try {
      return await run(new Deadline(deadline_ms));
    } catch (error) {
      this.options.signal?.throwIfAborted();
      throw this.#translated(error);
    }
  }

  #translated(error: unknown): unknown {
    if (error instanceof NoAnswer) return new DeadlineExceeded(this.store, `it did not answer: ${error.message}`, { cause: error });
    if (error instanceof Unreachable || (error instanceof HttpFailure && error.status === 401)) return this.#loose(error.message, error);
    if (error instanceof AnswerTooLarge) return new StatementFailed(this.store, error.message, null);
    if (error instanceof HttpFailure) return new StatementFailed(this.store, error.message, `HTTP ${error.status}`, { cause: error });
    if (error instanceof StoreLost) this.#lost ??= error;
    return error;
  }

  #loose(detail: string, cause: unknown): StoreLost {
    this.#lost ??= new StoreLost(this.store, detail, { cause });
    return this.#lost;
  }

  async close(): Promise<void> {
    this.#lost ??= new StoreLost(this.store, 'the session was closed');
    this.options.stop?.abort(this.#lost);
    await this.#queue;
  }
}
