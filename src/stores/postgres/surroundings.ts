import { z } from 'zod';
import type { Gap } from '../../model/snapshot.js';
import { loadSql } from '../sql/load.js';
import type { Reading, Surroundings } from '../store.js';
import type { Connection } from './connection.js';
import { errorText } from './failure.js';
import type { Session } from './session.js';

const FOREIGN_TABLES_MAX = 50_000;

const foreignTableRow = z
  .object({
    schema: z.string(),
    name: z.string(),
    server: z.string(),
    wrapper: z.string(),
    host: z.string().nullable(),
    port: z.string().nullable(),
    database: z.string().nullable(),
    remote_schema: z.string().nullable(),
    remote_name: z.string().nullable(),
  })
  .transform(({ port, remote_schema, remote_name, ...row }) => ({
    ...row,
    port: port === null || !/^\d{1,5}$/.test(port) ? null : Number(port),
    remoteSchema: remote_schema,
    // Without an option the remote name is the local one (postgres_fdw, F.38.1.4).
    remoteName: remote_name ?? row.name,
  }));

/**
 * Where the server is, which cluster it belongs to, and which of its tables lie on other servers.
 * @throws the reason of an abort; StoreLost when the connection is gone.
 */
export async function readSurroundings(session: Session, store: string, { version_num }: { version_num: number }, connection: Connection): Promise<Reading<Surroundings>> {
  const gaps: Gap[] = [];
  const attempt = async <T>(row: z.ZodType<T>, file: string, missing: string | null): Promise<T[]> => {
    try {
      return await session.query(row, loadSql('postgres', file, version_num, { row_max: String(FOREIGN_TABLES_MAX) }));
    } catch (error) {
      session.rethrowFatal(error);
      if (missing !== null) gaps.push({ subject: store, missing, cause: errorText(error), remedy: null, severity: 'partial' });
      return [];
    }
  };
  const foreignTables = await attempt(foreignTableRow, 'foreign_tables', 'where foreign tables lead to');
  // Managed servers often keep it to themselves; then one hint less tells a replica from a stranger.
  const [system] = await attempt(z.object({ system_identifier: z.string() }), 'system_identifier', null);
  const { host, port } = connection;
  // A socket is no place that others could name.
  const address = host.startsWith('/') ? null : { host, port };
  return { value: { address, systemIdentifier: system?.system_identifier ?? null, foreignTables }, gaps };
}
