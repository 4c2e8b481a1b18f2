import { z } from 'zod';
import type { OpenContext } from '../store.js';
import { resolveConnection } from './connection.js';
import { lookAtServer, openSession } from './open.js';
import { CostMeter } from './session.js';

/** The PostgreSQL database in which a tool keeps its own dashboards: one read-only session. */
export interface ApplicationDatabaseSession {
  /** Rows as the driver gives them. @throws StoreLost, PermissionGap or the driver's error, whose messages hold no secret. */
  query(sql: string): Promise<Record<string, unknown>[]>;
  close(): Promise<void>;
}

const row = z.record(z.string(), z.unknown());

/** @throws ConnectError, without secrets. */
export async function openApplicationDatabase(url: string, name: string, context: OpenContext): Promise<ApplicationDatabaseSession> {
  const connection = resolveConnection({ name, url }, context);
  const options = { store: name, meter: new CostMeter(), signal: context.signal };
  const { server } = await lookAtServer(connection, options, [], () => null);
  const session = await openSession(connection, server, options);
  return {
    // The tool's tables lie where its role would look for them; our own statements look nowhere but in the catalogue.
    query: (sql) => session.query(row, sql, { settings: { search_path: '"$user", public' } }),
    close: () => session.close(),
  };
}
