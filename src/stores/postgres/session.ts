import { Socket } from 'node:net';
import pg from 'pg';
import { z } from 'zod';
import type { CostMeter } from '../shared/cost-meter.js';
import { PermissionGap, StoreLost } from '../store.js';
import type { Connection } from './connection.js';
import { cancelStatement } from './cancel.js';
import { connectError, errorCode, errorText, isServerError, NoPassword } from './failure.js';
import { tlsAttempts } from './tls.js';

export { CostMeter } from '../shared/cost-meter.js';

/** How long things may take, in milliseconds. */
export interface SessionLimits {
  /** Of one statement, kept by the server. */
  statement_ms: number;
  /** What the network may add before a silent server counts as lost. */
  grace_ms: number;
  idle_in_transaction_ms: number;
  /** Of one transaction. PostgreSQL 17 and later. */
  transaction_ms: number;
}

/** One look at a whole catalogue. */
export const COLLECTING: SessionLimits = { statement_ms: 30_000, grace_ms: 5_000, idle_in_transaction_ms: 10_000, transaction_ms: 40_000 };
/** Small looks again and again: a network that is cut must show within seconds. */
export const WATCHING: SessionLimits = { statement_ms: 2_000, grace_ms: 2_000, idle_in_transaction_ms: 5_000, transaction_ms: 10_000 };

const CLOSE_TIMEOUT_MS = 2_000;

/**
 * Stands at the end of each statement that tidemark sends, before any semicolon: pg_stat_statements keeps it there on 13
 * to 18. At the beginning 18 cuts it off, and what follows a semicolon is kept by none.
 */
export const MARKER = '/* tidemark */';

/**
 * Bounds of our own session. They come with the connection request, so they hold from the first statement, and they
 * outrank what ALTER ROLE says. Parallel workers and JIT are off to take one core at most and to cost what EXPLAIN says.
 */
export function sessionSettings(version: number, limits: SessionLimits = COLLECTING): Record<string, string> {
  return {
    default_transaction_read_only: 'on',
    statement_timeout: String(limits.statement_ms),
    lock_timeout: '200',
    idle_in_transaction_session_timeout: String(limits.idle_in_transaction_ms),
    ...(version >= 140_000 ? { idle_session_timeout: '600000' } : {}),
    ...(version >= 170_000 ? { transaction_timeout: String(limits.transaction_ms) } : {}),
    max_parallel_workers_per_gather: '0',
    jit: 'off',
    search_path: 'pg_catalog',
    timezone: 'UTC',
    datestyle: 'ISO, YMD',
    intervalstyle: 'postgres',
    client_min_messages: 'warning',
    extra_float_digits: '1',
  };
}

export interface SessionOptions {
  store: string;
  meter: CostMeter;
  signal: AbortSignal | undefined;
  /** Of a collection where nothing is said. */
  limits?: SessionLimits;
}

export interface QueryBounds {
  deadline_ms?: number;
  settings?: Record<string, string>;
}

const answer = z.object({ rows: z.array(z.unknown()) });

/** One connection. Calls run one after another; each has a deadline on both sides. */
export class Session {
  readonly #client: pg.Client;
  readonly #socket: Socket;
  readonly #connection: Connection;
  readonly #options: SessionOptions;
  readonly #limits: SessionLimits;
  /** Settings that the connection request could not carry: then each statement brings them along. */
  #perTransaction: Record<string, string> = {};
  #lost: StoreLost | null = null;
  #queue: Promise<unknown> = Promise.resolve();
  /** Settles when the server has been told to drop what it was doing for us. */
  #cancelled: Promise<void> = Promise.resolve();
  #running = false;
  readonly #onAbort = (): void => {
    // A server notices a closed connection only when it next writes to it: until then it would work on for nobody.
    if (this.#running) this.#cancelled = cancelStatement(this.#client, this.#connection);
    this.#socket.destroy();
  };

  private constructor(client: pg.Client, socket: Socket, connection: Connection, options: SessionOptions) {
    this.#client = client;
    this.#connection = connection;
    this.#socket = socket;
    this.#options = options;
    this.#limits = options.limits ?? COLLECTING;
    // Without a listener the loss of an idle connection would end the process.
    client.on('error', (error) => this.#markLost(error));
    options.signal?.addEventListener('abort', this.#onAbort, { once: true });
  }

  /**
   * Connects, with TLS as sslmode says.
   * @param settings sent with the connection request.
   * @throws ConnectError
   */
  static async open(connection: Connection, settings: Record<string, string>, options: SessionOptions): Promise<Session> {
    try {
      const attempts = tlsAttempts(connection);
      for (const [index, ssl] of attempts.entries()) {
        try {
          return await Session.#attempt(connection, ssl, settings, options);
        } catch (error) {
          if (index === attempts.length - 1 || !isWorthAnotherAttempt(error)) throw error;
        }
      }
      throw new Error('no way to connect');
    } catch (error) {
      options.signal?.throwIfAborted();
      throw connectError(options.store, connection, error);
    }
  }

  static async #attempt(
    connection: Connection,
    ssl: false | NonNullable<pg.ClientConfig['ssl']>,
    settings: Record<string, string>,
    options: SessionOptions,
  ): Promise<Session> {
    options.signal?.throwIfAborted();
    const socket = new Socket();
    const startup = Object.entries(settings).map(([name, value]) => `-c ${name}=${value.replace(/[\\ ]/g, '\\$&')}`);
    const words = [connection.options, ...startup].filter((word) => word !== '');
    const client = new pg.Client({
      host: connection.host,
      port: connection.port,
      database: connection.database,
      user: connection.user,
      // A function even where there is no password: otherwise the driver looks for one by itself and warns on stderr.
      password: () => {
        if (connection.password === null) throw new NoPassword('no password');
        return connection.password;
      },
      ssl,
      ...(connection.directTls && ssl !== false ? { sslnegotiation: 'direct' } : {}),
      ...(words.length > 0 ? { options: words.join(' ') } : {}),
      application_name: 'tidemark',
      connectionTimeoutMillis: connection.connectTimeout_ms,
      keepAlive: true,
      stream: () => socket,
    });
    const session = new Session(client, socket, connection, options);
    const started = performance.now();
    try {
      await client.connect();
    } catch (error) {
      await session.close();
      throw error;
    } finally {
      options.meter.add(performance.now() - started, socket.bytesRead);
    }
    return session;
  }

  /** From now on every statement runs in a transaction of its own that sets these first, as a pooler needs it. */
  bringAlong(settings: Record<string, string>): void {
    this.#perTransaction = settings;
  }

  /**
   * Runs one read-only statement; `sql` must not end in a semicolon.
   * @param bounds of this statement alone: the server's deadline, and settings for its transaction.
   * @throws StoreLost when the connection is gone; PermissionGap when the role lacks a right (SQLSTATE 42501); the
   * server's own error otherwise; an Error when the answer has not the form of `row`.
   */
  async query<T>(row: z.ZodType<T>, sql: string, bounds: QueryBounds = {}): Promise<T[]> {
    const deadline_ms = bounds.deadline_ms ?? this.#limits.statement_ms;
    const settings = { ...this.#perTransaction, ...bounds.settings };
    if (deadline_ms !== this.#limits.statement_ms) settings['statement_timeout'] = String(deadline_ms);
    const inTransaction = Object.keys(settings).length > 0;
    const text = inTransaction ? wrapped(sql, settings) : `${sql} ${MARKER}`;
    // begin, set_config, the statement, commit
    return this.#enqueue(async () => {
      const answers = await this.#send(text, deadline_ms, inTransaction);
      return parseRows(row, answers[inTransaction ? 2 : 0]);
    });
  }

  /** Runs several read-only statements as one message in one transaction and returns the rows of each. */
  async queryTogether(statements: string[]): Promise<unknown[][]> {
    const parts = ['begin transaction read only', ...statements, 'commit'];
    const text = parts.map((part) => `${part} ${MARKER}`).join('; ');
    return this.#enqueue(async () => {
      const answers = await this.#send(text, this.#limits.statement_ms, true);
      return statements.map((_, index) => answer.parse(answers[index + 1]).rows);
    });
  }

  #enqueue<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#queue.then(work);
    this.#queue = result.catch(() => undefined);
    return result;
  }

  async #send(text: string, deadline_ms: number, inTransaction: boolean): Promise<unknown[]> {
    this.#options.signal?.throwIfAborted();
    if (this.#lost) throw this.#lost;
    const started = performance.now();
    const before = this.#socket.bytesRead;
    const wait_ms = deadline_ms + this.#limits.grace_ms;
    const timer = setTimeout(() => {
      this.#markLost(new Error(`no answer within ${wait_ms / 1000} s`));
      this.#socket.destroy();
    }, wait_ms);
    this.#running = true;
    try {
      const result: unknown = await this.#client.query(text);
      return Array.isArray(result) ? result : [result];
    } catch (error) {
      throw await this.#explain(error, inTransaction);
    } finally {
      this.#running = false;
      clearTimeout(timer);
      this.#options.meter.add(performance.now() - started, this.#socket.bytesRead - before);
    }
  }

  /** What a failed statement means to the caller; leaves the connection ready for the next one where it lives. */
  async #explain(error: unknown, inTransaction: boolean): Promise<unknown> {
    this.#options.signal?.throwIfAborted();
    const code = errorCode(error);
    // Class 57P: the server is going away and closes the connection after this message.
    if (!isServerError(error) || code?.startsWith('57P')) this.#markLost(error);
    if (this.#lost) return this.#lost;
    // A failed message of several statements leaves its transaction open; the status of the client may lag behind.
    if (inTransaction) {
      await this.#client.query(`rollback ${MARKER}`).catch((cause: unknown) => this.#markLost(cause));
    }
    if (code === '42501') return new PermissionGap(this.#options.store, errorText(error), { cause: error });
    return error;
  }

  /** Throws the reason of an abort; returns otherwise. */
  rethrowAbort(): void {
    this.#options.signal?.throwIfAborted();
  }

  /** Throws what no later statement can mend: a lost connection, an abort. Returns for all other errors. */
  rethrowFatal(error: unknown): void {
    this.rethrowAbort();
    if (error instanceof StoreLost) throw error;
  }

  /** True once the connection is gone, also between two statements. */
  get lost(): boolean {
    return this.#lost !== null;
  }

  #markLost(error: unknown): void {
    this.#lost ??= new StoreLost(this.#options.store, errorText(error), { cause: error });
  }

  /** Ends the connection, at the latest after two seconds. Never rejects. */
  async close(): Promise<void> {
    this.#options.signal?.removeEventListener('abort', this.#onAbort);
    await this.#cancelled;
    if (this.#socket.destroyed) return;
    const timer = setTimeout(() => this.#socket.destroy(), CLOSE_TIMEOUT_MS);
    await this.#client.end().catch(() => undefined);
    clearTimeout(timer);
    this.#socket.destroy();
  }
}

/** `prefer` and `allow` go on where the other side of TLS may be the reason. */
function isWorthAnotherAttempt(error: unknown): boolean {
  const code = errorCode(error);
  return /does not support SSL/.test(errorText(error)) || code === '28000' || code === 'ECONNRESET' || code === 'EPROTO';
}

function wrapped(sql: string, settings: Record<string, string>): string {
  const calls = Object.entries(settings).map(
    ([name, value]) => `pg_catalog.set_config(${pg.escapeLiteral(name)}, ${pg.escapeLiteral(value)}, true)`,
  );
  return [`begin transaction read only`, `select ${calls.join(', ')}`, sql, 'commit']
    .map((part) => `${part} ${MARKER}`)
    .join('; ');
}

function parseRows<T>(row: z.ZodType<T>, result: unknown): T[] {
  const rows = answer.parse(result).rows;
  return z.array(row).parse(rows);
}

