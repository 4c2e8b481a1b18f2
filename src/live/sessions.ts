import { isConnectionLost, needsPerson } from '../probes/failure.js';
import type { LiveSession } from '../probes/probe.js';
import type { Clock } from './clock.js';

const BACKOFF_SECONDS = [1, 2, 4, 8, 16, 30];
const BACKOFF_SECONDS_MAX = 30;
/** Tries of several tidemarks and stores fall apart by up to a tenth. */
const SPREAD = 0.1;

/** A number from 0 up to 1, always the same for the same text: FNV-1a. */
export function fraction(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return (hash >>> 0) / 2 ** 32;
}

/** How long to wait before the attempt after so many that failed. */
export function backoffSeconds(store: string, failures: number, slowly: boolean): number {
  const seconds = slowly ? BACKOFF_SECONDS_MAX : (BACKOFF_SECONDS[Math.max(failures - 1, 0)] ?? BACKOFF_SECONDS_MAX);
  return seconds * (1 + SPREAD * fraction(`${store} ${failures}`));
}

/** A session, and which one it is since the start: what belongs to an older one is worth nothing. */
export interface Acquired {
  session: LiveSession;
  generation: number;
}

interface Options {
  store: string;
  open(): Promise<LiveSession>;
  clock: Clock;
  /** Called when it is open again after it had failed. */
  onOpen(): void;
}

/**
 * One connection to one store, opened when it is first needed and again after it was lost, with growing pauses. Between two
 * attempts whoever asks for it gets the last failure at once.
 */
export class StoreConnection {
  readonly #options: Options;
  #session: LiveSession | null = null;
  #generation = 0;
  #opening: Promise<void> | null = null;
  #failure: { error: unknown } | null = null;
  #failures = 0;
  #cancelRetry: (() => void) | null = null;
  readonly #closing = new Set<Promise<void>>();
  #closed = false;

  constructor(options: Options) {
    this.#options = options;
  }

  get session(): LiveSession | null {
    return this.#session;
  }

  /**
   * The open session. Only the first attempt is waited for.
   * @throws what opening it, or losing it, ended with.
   */
  async acquire(): Promise<Acquired> {
    if (!this.#session && !this.#failure) await (this.#opening ??= this.#attempt());
    if (this.#session) return { session: this.#session, generation: this.#generation };
    throw this.#failure ? this.#failure.error : new Error('the session was closed');
  }

  /** Takes note of an error of the session: where it means that the connection is gone, a new one will be opened. */
  noteError(session: LiveSession, error: unknown): void {
    if (isConnectionLost(error)) this.drop(session, error);
  }

  /** Gives a session up, whatever it says of itself, and opens another one after a pause. */
  drop(session: LiveSession, error: unknown): void {
    if (session !== this.#session) return;
    this.#session = null;
    this.#discard(session);
    this.#fail(error);
  }

  /** The session has answered: the next loss starts with short pauses again. */
  noteAnswer(session: LiveSession): void {
    if (session === this.#session) this.#failures = 0;
  }

  /** Tries at once where it waits for the next attempt. */
  retryNow(): void {
    if (!this.#cancelRetry) return;
    this.#cancelRetry();
    this.#retry();
  }

  /** Closes it; the next one who asks opens it again. */
  release(): void {
    const session = this.#session;
    this.#session = null;
    if (session) this.#discard(session);
  }

  /** Never rejects. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#cancelRetry?.();
    this.#cancelRetry = null;
    this.release();
    await this.#opening;
    await Promise.all(this.#closing);
  }

  #retry(): void {
    this.#cancelRetry = null;
    if (this.#closed || this.#opening) return;
    this.#opening = this.#attempt();
  }

  async #attempt(): Promise<void> {
    const again = this.#failure !== null;
    try {
      // Deferred, so that an opening which throws at once ends after it has been noted as under way.
      const session = await Promise.resolve().then(() => this.#options.open());
      if (this.#closed) return this.#discard(session);
      this.#session = session;
      this.#generation++;
      this.#failure = null;
      if (again) this.#options.onOpen();
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#opening = null;
    }
  }

  #fail(error: unknown): void {
    this.#failure = { error };
    this.#failures++;
    if (this.#closed) return;
    const delay_ms = backoffSeconds(this.#options.store, this.#failures, needsPerson(error)) * 1000;
    this.#cancelRetry = this.#options.clock.after(delay_ms, () => this.#retry());
  }

  #discard(session: LiveSession): void {
    const closing = session.close().finally(() => this.#closing.delete(closing));
    this.#closing.add(closing);
  }
}
