import { z } from 'zod';
import type { CollectionCost } from '../../model/snapshot.js';
import type { ScanEstimate } from '../description.js';
import { DeadlineExceeded, ScanRefused, type LiveBounds, type LiveSession } from '../live.js';
import { guardStatement, type Lexis } from '../http/statement-guard.js';
import { CostMeter } from '../shared/cost-meter.js';
import { StoreLost, type OpenContext, type StoreIdentity, type StoreTarget } from '../store.js';
import { addressOf, type Address } from './address.js';
import { AnswerTooLarge } from './answer.js';
import { estimateScan } from './estimate.js';
import { connectError, namedError, readTooMuch, ServerFailure, StrangeAnswer } from './failure.js';
import { HttpConnection, type HttpAnswer } from './http.js';
import { lookAtServer, type ServerIdentity } from './identity.js';

/** What the network may add before a silent server counts as lost. */
const GRACE_MS = 2_000;
/** A service that sleeps needs some tens of seconds to wake. */
const OPENING_MS = 40_000;
/** Since then a deadline may be a part of a second (SettingFieldSeconds). */
const FRACTIONS_SINCE = 220_000;

/** Of the texts that a server gets whose user may not have a read-only session. */
const LEXIS: Lexis = { quotes: ["'", '"', '`'], backslash: ["'", '"', '`'], lineComments: ['--', '#!', '# '] };

export interface SessionLimits {
  statement_ms: number;
}

/** One look at a whole catalogue. */
export const COLLECTING: SessionLimits = { statement_ms: 30_000 };
/** Small looks again and again. */
export const WATCHING: SessionLimits = { statement_ms: 10_000 };

/**
 * Opens a session over HTTP: each statement is a request, one at a time over one connection that is kept.
 * @throws ConnectError
 */
export async function openSession(target: StoreTarget, context: OpenContext, limits: SessionLimits): Promise<ClickHouseSession> {
  const address = addressOf(target, context);
  const session = new ClickHouseSession(target, address, context.signal, limits);
  try {
    await session.look();
    return session;
  } catch (error) {
    await session.close();
    context.signal?.throwIfAborted();
    throw connectError(target.name, address, error);
  }
}

export class ClickHouseSession implements LiveSession {
  readonly engine = 'clickhouse';
  readonly store: string;
  readonly address: Address;
  readonly #http: HttpConnection;
  readonly #meter = new CostMeter();
  readonly #signal: AbortSignal | undefined;
  readonly #scan_bytes_max: number | undefined;
  readonly #statement_ms: number;
  /** Ends the request under way; one a request, for listeners of a signal that lives long would pile up. */
  #request: AbortController | null = null;
  #closed = false;
  readonly #onAbort = (): void => this.#request?.abort();
  #server: ServerIdentity | null = null;
  #lost: StoreLost | null = null;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(target: StoreTarget, address: Address, signal: AbortSignal | undefined, { statement_ms }: SessionLimits) {
    this.store = target.name;
    this.address = address;
    this.#http = new HttpConnection(address);
    this.#signal = signal;
    this.#scan_bytes_max = target.scan_bytes_max;
    this.#statement_ms = statement_ms;
    signal?.addEventListener('abort', this.#onAbort, { once: true });
  }

  get version_num(): number {
    return this.#server?.version_num ?? 0;
  }

  /** Set once the server is out of reach; every later call rejects with it. */
  get lost(): StoreLost | null {
    return this.#lost;
  }

  identity(): StoreIdentity {
    return this.#server?.store ?? { version: '', database: '', inRecovery: false, role: null, superuser: false };
  }

  asOf(): null {
    return null;
  }

  cost(): CollectionCost {
    return this.#meter.read();
  }

  /** Who the server is. @throws whatever an opening may end with */
  async look(): Promise<void> {
    this.#server = await lookAtServer(this.store, this.address, (row, sql) => this.#enqueue(row, () => this.#send(sql, OPENING_MS, {})));
  }

  query<T>(row: z.ZodType<T>, sql: string, bounds: LiveBounds = {}): Promise<T[]> {
    return this.#enqueue(row, async () => {
      const allowed_bytes = this.#scan_bytes_max;
      if (allowed_bytes !== undefined) {
        const { bytes } = await this.#estimate(sql, bounds);
        if (bytes !== null && bytes > allowed_bytes) throw new ScanRefused(this.store, { expected_bytes: bytes, allowed_bytes });
      }
      return this.#bounded(sql, bounds);
    });
  }

  estimate(sql: string, bounds: LiveBounds = {}): Promise<ScanEstimate> {
    const result = this.#queue.then(() => this.#estimate(sql, bounds));
    this.#queue = result.catch(() => undefined);
    return result;
  }

  #estimate(sql: string, bounds: LiveBounds): Promise<ScanEstimate> {
    return estimateScan(sql, this.version_num, async (row, text) => z.array(row).parse((await this.#bounded(text, bounds, false)).rows));
  }

  #enqueue<T>(row: z.ZodType<T>, work: () => Promise<HttpAnswer>): Promise<T[]> {
    const result = this.#queue.then(async () => z.array(row).parse((await work()).rows));
    this.#queue = result.catch(() => undefined);
    return result;
  }

  /** With the settings of the session, and with bounds on the server's side where this user may set them. */
  async #bounded(sql: string, { deadline_ms = this.#statement_ms, settings }: LiveBounds, isScan = true): Promise<HttpAnswer> {
    const own = this.#server?.settings;
    if (own?.isReadOnly === false) guardStatement(this.store, sql, LEXIS);
    if (own === undefined || !own.takesBounds) return this.#send(sql, deadline_ms, own?.sent ?? {});
    const asked = this.version_num >= FRACTIONS_SINCE ? deadline_ms / 1000 : Math.ceil(deadline_ms / 1000);
    const seconds = Number(own.within('max_execution_time', asked));
    const allowed_bytes = isScan ? this.#scan_bytes_max : undefined;
    const bytes = allowed_bytes === undefined ? {} : { max_bytes_to_read: own.within('max_bytes_to_read', allowed_bytes) };
    try {
      return await this.#send(sql, seconds * 1000 + GRACE_MS, { ...own.sent, ...settings, max_execution_time: String(seconds), ...bytes });
    } catch (error) {
      // What it had read when it was ended is more than allowed; how much the whole would have been, nobody knows.
      if (allowed_bytes !== undefined && error instanceof ServerFailure && readTooMuch(error)) throw new ScanRefused(this.store, { expected_bytes: allowed_bytes + 1, allowed_bytes });
      throw error;
    }
  }

  async #send(sql: string, wait_ms: number, settings: Record<string, string>): Promise<HttpAnswer> {
    this.#signal?.throwIfAborted();
    if (this.#lost) throw this.#lost;
    if (this.#closed) throw new StoreLost(this.store, 'the session was closed');
    const started = performance.now();
    const request = new AbortController();
    this.#request = request;
    const timer = setTimeout(() => request.abort(), wait_ms);
    let received_bytes = 0;
    try {
      const answer = await this.#http.run(sql, settings, this.#server?.settings.isQuoted ?? false, request.signal);
      received_bytes = answer.received_bytes;
      return answer;
    } catch (error) {
      this.#signal?.throwIfAborted();
      if (this.#closed) throw new StoreLost(this.store, 'the session was closed', { cause: error });
      throw request.signal.aborted ? await this.#silence(wait_ms) : this.#named(error);
    } finally {
      clearTimeout(timer);
      this.#request = null;
      this.#meter.add(performance.now() - started, received_bytes);
    }
  }

  /** A server that still answers was slow with this statement; one that does not is lost. */
  async #silence(wait_ms: number): Promise<Error> {
    const isThere = await this.#http.answers();
    this.#signal?.throwIfAborted();
    if (isThere) return new DeadlineExceeded(this.store, `it did not answer within ${wait_ms / 1000} s`);
    this.#lost ??= new StoreLost(this.store, `no answer within ${wait_ms / 1000} s`);
    return this.#lost;
  }

  #named(error: unknown): Error {
    if (error instanceof ServerFailure) {
      const named = namedError(this.store, error);
      if (named instanceof StoreLost) this.#lost ??= named;
      return named;
    }
    if (error instanceof AnswerTooLarge) return error;
    const said = error instanceof StrangeAnswer || error instanceof Error ? error.message : String(error);
    this.#lost ??= new StoreLost(this.store, said, { cause: error });
    return this.#lost;
  }

  async close(): Promise<void> {
    this.#signal?.removeEventListener('abort', this.#onAbort);
    this.#closed = true;
    this.#request?.abort();
    await this.#queue;
    await this.#http.close();
  }
}
