import { randomBytes } from 'node:crypto';
import { Socket } from 'node:net';
import pg from 'pg';
import { EstateError, sqlScripts } from './estate-files.js';
import type { PostgresServer } from './postgres-server.js';

export const ESTATE_DATABASE = 'estate';

/** Login roles of the estate; `fixtures/estate/postgres/10-roles.sql` creates them and says what each is for. */
const ROLES = [
  'case_app',
  'case_search',
  'shop_app',
  'backoffice_app',
  'metabase_ro',
  'grafana_ro',
  'finance_reports',
  'warehouse_loader',
  'analyst_export',
  'orbit_sync',
  'partner_feed',
  'hightouch',
  'tidemark_ro',
] as const;

/** A session that ends when the signal is aborted; a query that runs then is given up. */
export async function withClient<T>(
  connection: { url: string; applicationName: string },
  signal: AbortSignal | undefined,
  use: (client: pg.Client) => Promise<T>,
): Promise<T> {
  signal?.throwIfAborted();
  const socket = new Socket();
  const client = new pg.Client({
    connectionString: connection.url,
    application_name: connection.applicationName,
    stream: () => socket,
  });
  // The server may go away while nothing waits for an answer; the next query then says so.
  client.on('error', () => undefined);
  // Client.end() would wait for ever on a connection that is just being made.
  const interrupt = (): void => void socket.destroy();
  signal?.addEventListener('abort', interrupt);
  try {
    await client.connect();
    return await use(client);
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener('abort', interrupt);
    if (!socket.destroyed) await client.end();
  }
}

export interface EstateDatabase {
  superuserUrl: string;
  /** The connection URL of a login role of the estate. */
  urlOf(role: string): string;
}

/**
 * Creates the database `estate` with its roles, schemas and rows.
 *
 * @throws EstateError when a script fails.
 */
export async function createEstateDatabase(
  server: PostgresServer,
  onProgress: (message: string) => void,
  signal: AbortSignal | undefined,
): Promise<EstateDatabase> {
  const passwords = new Map(ROLES.map((role) => [role as string, randomBytes(18).toString('base64url')]));
  const superuserUrl = withDatabase(server.superuserUrl, ESTATE_DATABASE);
  await withClient({ url: server.superuserUrl, applicationName: 'tidemark-demo' }, signal, async (client) => {
    await client.query(`CREATE DATABASE ${ESTATE_DATABASE}`);
  });
  await withClient({ url: superuserUrl, applicationName: 'tidemark-demo' }, signal, async (client) => {
    for (const [role, password] of passwords) await client.query('SELECT set_config($1, $2, false)', [`estate.password_${role}`, password]);
    for (const { path, subject, text } of await sqlScripts('postgres')) {
      onProgress(`production: ${subject}`);
      await client.query(text).catch((cause: unknown) => {
        signal?.throwIfAborted();
        throw new EstateError(`${path} failed: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
      });
    }
  });
  return {
    superuserUrl,
    urlOf(role) {
      const password = passwords.get(role);
      if (password === undefined) throw new EstateError(`The estate has no login role ${role}.`);
      return server.url(role, password, ESTATE_DATABASE);
    },
  };
}

function withDatabase(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  return changed.href;
}
