import { join } from 'node:path';
import { createEstateDatabase } from './estate-database.js';
import { ESTATE_CONFIGURATION, ESTATE_FOLDER } from './estate-files.js';
import { buildWarehouse } from './estate-warehouse.js';
import { runWorkload } from './estate-workload.js';
import type { PostgresServer } from './postgres-server.js';

export { EstateError } from './estate-files.js';

export interface EstateOptions {
  /** A server on which no estate has been built yet. */
  server: PostgresServer;
  /** Gets the file of the warehouse. */
  directory: string;
  onProgress?: ((message: string) => void) | undefined;
  signal?: AbortSignal | undefined;
}

/** The example estate, ready to be looked at. */
export interface Estate {
  /** As the auditor's role, which has pg_monitor and CONNECT only. */
  postgresUrl: string;
  superuserUrl: string;
  /** The connection URL of a login role of the estate. */
  urlOf(role: string): string;
  warehousePath: string;
  configurationFile: string;
  dashboardsDirectory: string;
  /** What the configuration file refers to by `${env:NAME}`. */
  environment: Record<string, string>;
}

/**
 * Builds the example estate: production in PostgreSQL with the statistics of a real workload, and the warehouse in DuckDB.
 *
 * @throws EstateError when a script or a statement fails.
 * @throws the signal's reason when it was aborted.
 */
export async function buildEstate({ server, directory, onProgress = () => undefined, signal }: EstateOptions): Promise<Estate> {
  const warehousePath = join(directory, 'warehouse.duckdb');
  const failed = new AbortController();
  const either = signal === undefined ? failed.signal : AbortSignal.any([signal, failed.signal]);
  const production = async (): Promise<Pick<Estate, 'postgresUrl' | 'superuserUrl' | 'urlOf'>> => {
    const database = await createEstateDatabase(server, onProgress, either);
    await runWorkload(database, onProgress, either);
    return { postgresUrl: database.urlOf('tidemark_ro'), superuserUrl: database.superuserUrl, urlOf: database.urlOf };
  };
  // Neither half may go on when the other has failed: the caller is about to take the server and the folder away.
  const abortOther = (error: unknown): never => {
    failed.abort(error);
    throw error;
  };
  const [urls, warehouse] = await Promise.allSettled([
    production().catch(abortOther),
    buildWarehouse(warehousePath, onProgress, either).catch(abortOther),
  ]);
  if (urls.status === 'rejected' || warehouse.status === 'rejected') throw either.reason;
  return {
    ...urls.value,
    warehousePath,
    configurationFile: ESTATE_CONFIGURATION,
    dashboardsDirectory: join(ESTATE_FOLDER, 'dashboards'),
    environment: { ESTATE_POSTGRES_URL: urls.value.postgresUrl, ESTATE_WAREHOUSE: warehousePath },
  };
}
