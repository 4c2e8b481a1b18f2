import { z } from 'zod';
import type { CollectionCost } from '../../model/snapshot.js';
import type { ScanEstimate } from '../description.js';
import { DeadlineExceeded, ScanRefused, type LiveBounds, type LiveSession } from '../live.js';
import { guardStatement, type Lexis } from '../http/statement-guard.js';
import type { Connection } from '../postgres/connection.js';
import { errorCode, errorText, isServerError } from '../postgres/failure.js';
import { CostMeter, Session, type SessionLimits } from '../postgres/session.js';
import { loadSql } from '../sql/load.js';
import { ConnectError, PermissionGap, StoreLost, type OpenContext, type StoreIdentity, type StoreTarget } from '../store.js';
import { redshiftError, resolveRedshift } from './connection.js';
import { planEstimate } from './estimate.js';

/** Views of the system take seconds on a busy leader node, and longer while one waits in a queue. */
const COLLECTING: SessionLimits = { statement_ms: 120_000, grace_ms: 5_000, idle_in_transaction_ms: 0, transaction_ms: 0 };
const WATCHING: SessionLimits = { statement_ms: 20_000, grace_ms: 5_000, idle_in_transaction_ms: 0, transaction_ms: 0 };
/** A limit of scans is of no use if the plan itself may be waited for longer than this. */
const ESTIMATE_TIMEOUT_MS = 10_000;
const QUERY_CANCELED = '57014';
/** A read-only transaction could be ended by a text that holds several statements. */
const LEXIS: Lexis = { backslash: ["'"], quotes: ["'", '"'], dollars: true, lineComments: ['--'] };
/** Whether a backslash escapes is a matter of settings: a text must be one reading statement either way. */
const READINGS: readonly Lexis[] = [LEXIS, { ...LEXIS, backslash: [] }];

const identityRow = z.object({ version: z.string(), database: z.string(), role: z.string(), role_id: z.number(), superuser: z.boolean() });

/** `PostgreSQL 8.0.2 on i686-pc-linux-gnu, compiled by GCC gcc (GCC) 3.4.2 …, Redshift 1.0.12103` */
const VERSION = /\bRedshift (\d+\.\d+\.(\d+))/;

/**
 * Settings for the transaction of each statement. Redshift has no default_transaction_read_only, lock_timeout or idle timeout
 * to set (configuration reference), so every statement is sent in a read-only transaction of its own.
 */
function settingsOf(limits: SessionLimits): Record<string, string> {
  return { query_group: 'tidemark', statement_timeout: String(limits.statement_ms), search_path: 'pg_catalog', timezone: 'UTC', extra_float_digits: '1' };
}

/** An open Redshift database, read-only, on one connection. Keeps what `LiveSession` promises. */
export class RedshiftSession implements LiveSession {
  readonly engine = 'redshift';
  readonly #session: Session;
  readonly #meter: CostMeter;
  readonly #scanBytesMax: number | undefined;
  #identity: StoreIdentity = { version: '', database: '', inRecovery: false, role: null, superuser: false };
  /** The number of the patch, by which releases differ: 1.0.12103 is 12103. */
  version_num = 0;

  private constructor(
    readonly store: string,
    session: Session,
    meter: CostMeter,
    scanBytesMax: number | undefined,
  ) {
    this.#session = session;
    this.#meter = meter;
    this.#scanBytesMax = scanBytesMax;
  }

  /**
   * @param isWatch many small looks: bounds are shorter.
   * @throws ConnectError
   */
  static async open(target: StoreTarget, context: OpenContext, isWatch: boolean): Promise<RedshiftSession> {
    const connection = resolveRedshift(target, context);
    const meter = new CostMeter();
    const limits = isWatch ? WATCHING : COLLECTING;
    let session: Session;
    try {
      session = await Session.open(connection, {}, { store: target.name, meter, signal: context.signal, limits });
    } catch (error) {
      context.signal?.throwIfAborted();
      throw redshiftError(target.name, connection, error instanceof ConnectError ? (error.cause ?? error) : error);
    }
    session.bringAlong(settingsOf(limits));
    const opened = new RedshiftSession(target.name, session, meter, target.scan_bytes_max);
    try {
      await opened.#identify(connection);
      return opened;
    } catch (error) {
      await opened.close();
      context.signal?.throwIfAborted();
      throw firstAnswerError(target.name, connection, error);
    }
  }

  async #identify(connection: Connection): Promise<void> {
    const [row] = await this.query(identityRow, loadSql('redshift', 'identity', 0));
    const [, version = '', patch] = VERSION.exec(row?.version ?? '') ?? [];
    if (row === undefined || version === '') {
      const detail = 'it does not say that it is Redshift';
      throw new ConnectError({ reason: 'unsupported', store: this.store, place: connection.place, detail, nextStep: 'Is it PostgreSQL? Then set engine: postgres and a postgres:// URL.' });
    }
    this.version_num = Number(patch);
    this.#identity = { version, database: row.database, inRecovery: false, role: row.role, superuser: row.superuser };
  }

  identity(): StoreIdentity {
    return this.#identity;
  }

  asOf(): null {
    return null;
  }

  async query<T>(row: z.ZodType<T>, sql: string, bounds: LiveBounds = {}): Promise<T[]> {
    for (const lexis of READINGS) guardStatement(this.store, sql, lexis);
    if (this.#scanBytesMax !== undefined && this.version_num > 0) {
      const { bytes } = await this.estimate(sql, { deadline_ms: Math.min(bounds.deadline_ms ?? ESTIMATE_TIMEOUT_MS, ESTIMATE_TIMEOUT_MS) });
      if (bytes !== null && bytes > this.#scanBytesMax) throw new ScanRefused(this.store, { expected_bytes: bytes, allowed_bytes: this.#scanBytesMax });
    }
    return this.#send(row, sql, bounds);
  }

  async #send<T>(row: z.ZodType<T>, sql: string, bounds: LiveBounds): Promise<T[]> {
    try {
      return await this.#session.query(row, sql, bounds);
    } catch (error) {
      if (error instanceof StoreLost || errorCode(error) !== QUERY_CANCELED) throw error;
      throw new DeadlineExceeded(this.store, errorText(error), { cause: error });
    }
  }

  /** By the plan: the planner's rows times their width over all scans. It may read more where statistics are old. */
  async estimate(sql: string, bounds: LiveBounds = {}): Promise<ScanEstimate> {
    for (const lexis of READINGS) guardStatement(this.store, sql, lexis);
    if (!/^[\s(]*(?:select|with)\b/i.test(sql)) return { bytes: null, rows: null, isUpperBound: false };
    const lines = await this.#send(z.object({ 'QUERY PLAN': z.string() }), `explain ${sql}`, bounds);
    return planEstimate(lines.map((line) => line['QUERY PLAN']));
  }

  /** Throws what no later statement can mend: a lost connection, an abort. Returns for all other errors. */
  rethrowFatal(error: unknown): void {
    this.#session.rethrowFatal(error);
  }

  cost(): CollectionCost {
    return this.#meter.read();
  }

  close(): Promise<void> {
    return this.#session.close();
  }
}

function firstAnswerError(store: string, connection: Connection, error: unknown): unknown {
  if (error instanceof ConnectError) return error;
  if (error instanceof StoreLost) return redshiftError(store, connection, error.cause ?? error);
  if (!isServerError(error) && !(error instanceof z.ZodError) && !(error instanceof PermissionGap) && !(error instanceof DeadlineExceeded)) return error;
  const isLate = error instanceof DeadlineExceeded;
  const detail = isLate ? 'the first look at it was cancelled' : `it does not answer as Redshift does: ${error instanceof z.ZodError ? 'rows of an unknown form' : error.message}`;
  const nextStep = isLate ? 'Run it again when the cluster is less busy.' : 'Is it a Redshift cluster or workgroup?';
  return new ConnectError({ reason: isLate ? 'timeout' : 'unsupported', store, place: connection.place, detail, nextStep }, { cause: error });
}
