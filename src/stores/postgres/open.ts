import { z } from 'zod';
import { loadSql } from '../sql/load.js';
import { ConnectError, PermissionGap, StoreLost, type StoreIdentity } from '../store.js';
import type { Connection } from './connection.js';
import { errorCode, isServerError, quoteName } from './failure.js';
import { Session, sessionSettings, type SessionOptions } from './session.js';

const OLDEST_VERSION = 130_000;

const identityRow = z.object({
  version_num: z.number(),
  version: z.string(),
  database: z.string(),
  in_recovery: z.boolean(),
  role: z.string(),
  role_id: z.number(),
  superuser: z.boolean(),
});

export type ServerIdentity = z.infer<typeof identityRow>;

export function storeIdentity(server: ServerIdentity): StoreIdentity {
  return {
    // Distributions append their own name: `15.18 (Debian 15.18-0+deb12u1)`.
    version: server.version.split(' ')[0] ?? server.version,
    database: server.database,
    inRecovery: server.in_recovery,
    role: server.role,
    superuser: server.superuser,
  };
}

/**
 * A first, short connection without settings of our own: those would hide what other sessions get. It sends one message,
 * a read-only transaction of SELECTs on the server's own tables. It also tells the version, so that the lasting
 * connection can bring along the settings that this version knows.
 * @param more names of further SQL files, whose rows `read` gets, in their order.
 * @throws ConnectError, also where `read` throws.
 */
export async function lookAtServer<T>(
  connection: Connection,
  options: SessionOptions,
  more: readonly string[],
  read: (server: ServerIdentity, rows: unknown[][]) => T,
): Promise<{ server: ServerIdentity; value: T }> {
  const session = await Session.open(connection, {}, options);
  try {
    const [, identities, ...rows] = await session.queryTogether([
      "select pg_catalog.set_config('search_path', 'pg_catalog', true)",
      ...['identity', ...more].map((name) => loadSql('postgres', name, 0)),
    ]);
    const server = z.tuple([identityRow]).parse(identities)[0];
    if (server.version_num < OLDEST_VERSION) throw tooOld(options.store, connection, server.version);
    return { server, value: read(server, rows) };
  } catch (error) {
    session.rethrowAbort();
    throw firstAnswerError(options.store, connection, error);
  } finally {
    await session.close();
  }
}

/** What the first statements of a connection may fail with, as the one error that callers of an opening know. */
export function firstAnswerError(store: string, connection: Connection, error: unknown): unknown {
  const code = errorCode(error);
  // 42: what PostgreSQL has is not there; 0A: it is not supported. Any other class is trouble of a server that has it.
  if (isServerError(error) && code !== null && !/^(42|0A)/.test(code)) return troubled(store, connection, error, code);
  const unsupported = isServerError(error) || error instanceof z.ZodError || error instanceof PermissionGap;
  if (!unsupported && !(error instanceof StoreLost)) return error;
  const failure = unsupported
    ? {
        reason: 'unsupported' as const,
        detail: `it does not answer as PostgreSQL 13 or later does: ${error instanceof z.ZodError ? 'rows of an unknown form' : error.message}`,
        nextStep: 'Is it a PostgreSQL server?',
      }
    : { reason: 'lost' as const, detail: error.detail, nextStep: 'Run it again when the server is back.' };
  return new ConnectError({ store, place: connection.place, ...failure }, { cause: error });
}

/** The first look runs under the bounds of the role itself: it has to see what other sessions get. */
function troubled(store: string, connection: Connection, error: Error, code: string): ConnectError {
  const role = quoteName(connection.user);
  const failure =
    code === '57014'
      ? {
          reason: 'timeout' as const,
          detail: `the server cancelled the first look at it: ${error.message} (${code})`,
          // Not a longer one of its own: that would hide the server's from it.
          nextStep: `Take the limit from the role (ALTER ROLE ${role} RESET statement_timeout;), or run it again when the server is less busy.`,
        }
      : { reason: 'unavailable' as const, detail: `${error.message} (${code})`, nextStep: 'Try psql with the same connection.' };
  return new ConnectError({ store, place: connection.place, ...failure }, { cause: error });
}

function tooOld(store: string, connection: Connection, version: string): ConnectError {
  return new ConnectError({
    reason: 'unsupported',
    store,
    place: connection.place,
    detail: `it is PostgreSQL ${version}`,
    nextStep: 'tidemark reads PostgreSQL 13 and later.',
  });
}

/**
 * The lasting connection. Its settings come with the connection request; a pooler refuses them (SQLSTATE 08P01) or drops
 * them silently. Then each statement brings them along in a transaction of its own, which is right whatever the pooler's
 * mode: a plain SET would stay behind on a server connection that other clients get next.
 */
export async function openSession(connection: Connection, server: ServerIdentity, options: SessionOptions): Promise<Session> {
  const settings = sessionSettings(server.version_num, options.limits);
  let session: Session;
  try {
    session = await Session.open(connection, settings, options);
  } catch (error) {
    const cause = error instanceof ConnectError ? error.cause : null;
    if (!isServerError(cause) || errorCode(cause) !== '08P01') throw error;
    session = await Session.open(connection, {}, options);
    session.bringAlong(settings);
    return session;
  }
  try {
    const [check] = await session.query(z.object({ held: z.boolean() }), loadSql('postgres', 'session_check', 0));
    if (check?.held !== true) session.bringAlong(settings);
    return session;
  } catch (error) {
    await session.close();
    throw error;
  }
}
