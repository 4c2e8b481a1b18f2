import type { z } from 'zod';
import type { CollectionCost } from '../../model/snapshot.js';
import { DeadlineExceeded, type LiveBounds, type LiveSession } from '../live.js';
import { ConnectError, StoreLost, type OpenContext, type StoreIdentity, type StoreTarget } from '../store.js';
import { resolveConnection } from './connection.js';
import { errorCode, errorText } from './failure.js';
import { firstAnswerError, lookAtServer, openSession, storeIdentity, type ServerIdentity } from './open.js';
import { CostMeter, WATCHING, type Session, type SessionOptions } from './session.js';

/** Whoever watches wants to know soon that a server is out of reach. */
const CONNECT_TIMEOUT_MS = 5_000;
const QUERY_CANCELED = '57014';

/**
 * Opens a connection for many small looks. It is made in two steps, as for a collection: one that tells the version, and
 * the lasting one, whose settings come with the connection request or, through a pooler, with each statement.
 * @throws ConnectError
 */
export async function openLiveSession(target: StoreTarget, context: OpenContext): Promise<LiveSession> {
  const resolved = resolveConnection(target, context);
  const connection = { ...resolved, connectTimeout_ms: Math.min(resolved.connectTimeout_ms, CONNECT_TIMEOUT_MS) };
  const meter = new CostMeter();
  const options: SessionOptions = { store: target.name, meter, signal: context.signal, limits: WATCHING };
  const { server } = await lookAtServer(connection, options, [], () => null);
  try {
    return new PostgresLiveSession(target.name, server, await openSession(connection, server, options), meter);
  } catch (error) {
    context.signal?.throwIfAborted();
    throw error instanceof ConnectError ? error : firstAnswerError(target.name, connection, error);
  }
}

class PostgresLiveSession implements LiveSession {
  readonly engine = 'postgres';
  readonly version_num: number;
  readonly #identity: StoreIdentity;

  constructor(
    readonly store: string,
    server: ServerIdentity,
    private readonly session: Session,
    private readonly meter: CostMeter,
  ) {
    this.version_num = server.version_num;
    this.#identity = storeIdentity(server);
  }

  identity(): StoreIdentity {
    return this.#identity;
  }

  asOf(): null {
    return null;
  }

  async query<T>(row: z.ZodType<T>, sql: string, bounds: LiveBounds = {}): Promise<T[]> {
    try {
      return await this.session.query(row, sql, { ...bounds, settings: { ...this.#longer(bounds.deadline_ms), ...bounds.settings } });
    } catch (error) {
      if (errorCode(error) !== QUERY_CANCELED || error instanceof StoreLost) throw error;
      throw new DeadlineExceeded(this.store, errorText(error), { cause: error });
    }
  }

  /**
   * The session's bound of a transaction would end the connection in the middle of a longer statement. Within a
   * transaction only zero takes it away (PostgreSQL 18, guc_hooks: assign_transaction_timeout); the statement's own deadline
   * and the bound on idling hold.
   */
  #longer(deadline_ms: number | undefined): Record<string, string> {
    const exceeds = deadline_ms !== undefined && deadline_ms + WATCHING.idle_in_transaction_ms > WATCHING.transaction_ms;
    return exceeds && this.version_num >= 170_000 ? { transaction_timeout: '0' } : {};
  }

  cost(): CollectionCost {
    return this.meter.read();
  }

  close(): Promise<void> {
    return this.session.close();
  }
}
