import { EstateError, sqlScripts } from './estate-files.js';

/**
 * Builds the DuckDB warehouse of the estate as a new file.
 *
 * @throws EstateError when a script fails.
 */
export async function buildWarehouse(path: string, onProgress: (message: string) => void, signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted();
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const instance = await DuckDBInstance.create(path);
  const connection = await instance.connect();
  const interrupt = (): void => connection.interrupt();
  signal?.addEventListener('abort', interrupt);
  try {
    for (const script of await sqlScripts('warehouse')) {
      signal?.throwIfAborted();
      onProgress(`warehouse: ${script.subject}`);
      await connection.run(script.text).catch((cause: unknown) => {
        signal?.throwIfAborted();
        throw new EstateError(`${script.path} failed: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
      });
    }
  } finally {
    signal?.removeEventListener('abort', interrupt);
    connection.closeSync();
    instance.closeSync();
  }
}
