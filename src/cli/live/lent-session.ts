import type { z } from 'zod';
import type { Clock } from '../../live/clock.js';
import type { LiveBounds, LiveSession } from '../../stores/live.js';
import type { CollectionCost } from '../../model/snapshot.js';
import type { EpochSeconds } from '../../model/live.js';
import type { StoreIdentity } from '../../stores/store.js';
import type { Turns } from './turns.js';

/** Statements of one pass follow each other sooner. */
const IDLE_MS = 500;

/** What may be opened again: the connection, and the turn that it stands on. */
interface Held {
  session: LiveSession;
  endTurn: () => void;
}

/**
 * A session on a connection that others need too: between two of its statements it gives the connection up to whoever waits
 * for its turn, and opens it again for the next one. What its owner remembers of it goes on to hold.
 */
export class LentSession implements LiveSession {
  /** Absent where the engine does not tell. */
  declare readonly estimate?: NonNullable<LiveSession['estimate']>;
  #held: Held | null;
  #before: CollectionCost = { elapsed_ms: 0, queries: 0, received_bytes: 0 };
  #queue: Promise<unknown> = Promise.resolve();
  #wanted = false;
  #running = 0;
  #closed = false;
  #cancelIdle = (): void => undefined;
  /** Of the newest connection. */
  #known: LiveSession;

  private constructor(
    held: Held,
    private readonly turns: Turns,
    private readonly clock: Clock,
    private readonly open: () => Promise<LiveSession>,
  ) {
    this.#held = held;
    this.#known = held.session;
    if (held.session.estimate !== undefined) this.estimate = (sql, bounds) => this.#asked((session) => session.estimate?.(sql, bounds) ?? Promise.reject(new Error('the engine does not estimate')));
  }

  /** @throws what `open` throws, the turn ended. */
  static async open(turns: Turns, clock: Clock, open: () => Promise<LiveSession>): Promise<LentSession> {
    let lent: LentSession | null = null;
    let wantedEarly = false;
    const endTurn = await turns.take(() => {
      if (lent === null) wantedEarly = true;
      else lent.#onWanted();
    });
    try {
      lent = new LentSession({ session: await open(), endTurn }, turns, clock, open);
    } catch (error) {
      endTurn();
      throw error;
    }
    if (wantedEarly) lent.#onWanted();
    return lent;
  }

  get store(): string {
    return this.#known.store;
  }

  get engine(): LiveSession['engine'] {
    return this.#known.engine;
  }

  get version_num(): number {
    return this.#known.version_num;
  }

  identity(): StoreIdentity {
    return this.#known.identity();
  }

  asOf(): EpochSeconds | null {
    return this.#known.asOf();
  }

  cost(): CollectionCost {
    return this.#held === null ? this.#before : sum(this.#before, this.#held.session.cost());
  }

  query<T>(row: z.ZodType<T>, sql: string, bounds?: LiveBounds): Promise<T[]> {
    return this.#asked((session) => session.query(row, sql, bounds));
  }

  async #asked<T>(ask: (session: LiveSession) => Promise<T>): Promise<T> {
    this.#running++;
    this.#cancelIdle();
    const result = this.#queue.then(async () => ask(await this.#session()));
    this.#queue = result.catch(() => undefined);
    try {
      return await result;
    } finally {
      this.#running--;
      this.#giveUpSoon();
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#cancelIdle();
    await this.#giveUp();
  }

  async #session(): Promise<LiveSession> {
    if (this.#held !== null) return this.#held.session;
    if (this.#closed) throw new Error('the session was closed');
    const endTurn = await this.turns.take(() => this.#onWanted());
    try {
      this.#known = await this.open();
      this.#held = { session: this.#known, endTurn };
    } catch (error) {
      endTurn();
      throw error;
    }
    // Closed while it was being opened: nobody else would.
    if (this.#closed) await this.#giveUp();
    return this.#known;
  }

  #onWanted(): void {
    this.#wanted = true;
    this.#giveUpSoon();
  }

  #giveUpSoon(): void {
    if (!this.#wanted || this.#running > 0 || this.#closed) return;
    this.#cancelIdle();
    this.#cancelIdle = this.clock.after(IDLE_MS, () => {
      if (this.#running === 0) void this.#giveUp();
    });
  }

  async #giveUp(): Promise<void> {
    const held = this.#held;
    if (held === null) return;
    this.#held = null;
    this.#wanted = false;
    this.#before = sum(this.#before, held.session.cost());
    await held.session.close();
    held.endTurn();
  }
}

function sum(a: CollectionCost, b: CollectionCost): CollectionCost {
  return { elapsed_ms: a.elapsed_ms + b.elapsed_ms, queries: a.queries + b.queries, received_bytes: a.received_bytes + b.received_bytes };
}
