import { open } from 'node:fs/promises';
import { ConnectError, type StoreTarget } from '../store.js';

/** A laptop or a CI runner must not notice, and nothing outside the file may be touched: no extensions, no network. */
export const BOUNDS = {
  access_mode: 'READ_ONLY',
  threads: '2',
  max_memory: '512MB',
  enable_external_access: 'false',
  autoload_known_extensions: 'false',
  autoinstall_known_extensions: 'false',
  lock_configuration: 'true',
};

/** @throws ConnectError where the target names no file. */
export function filePath(target: StoreTarget): string {
  const path = target.url.replace(/^(duckdb:(\/\/)?|file:(\/\/)?)/, '');
  if (path !== '' && path !== ':memory:' && !path.startsWith('md:')) return path;
  throw new ConnectError({
    reason: 'configuration',
    store: target.name,
    place: 'the DuckDB file',
    detail: path === '' ? 'no path is given' : 'it is not a file',
    nextStep: 'Give the path of a DuckDB database file.',
  });
}

/**
 * DuckDB opens a CSV or Parquet file as a database in memory, and a path with a scheme by an extension. A database file has
 * `DUCK` after an eight-byte checksum (DuckDB 1.5, storage_info.hpp).
 * @throws ConnectError where it is something else; the error of the system where it cannot be read.
 */
export async function checkMagic(store: string, path: string): Promise<void> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(12), 0, 12, 0);
    if (bytesRead === 12 && buffer.toString('latin1', 8) === 'DUCK') return;
  } finally {
    await file.close();
  }
  throw new ConnectError({
    reason: 'unsupported',
    store,
    place: path,
    detail: 'it is not a DuckDB database file',
    nextStep: 'Correct the path.',
  });
}
