import { open } from 'node:fs/promises';
import { z } from 'zod';
import type { Catalog } from '../model/catalog.js';
import { readCatalog } from './duckdb/catalog.js';
import { connectError } from './duckdb/failure.js';
import { withReadableFile } from './duckdb/file.js';
import { loadSql } from './sql/load.js';
import { ConnectError, type OpenContext, type Reading, type Store, type StoreEngine, type StoreTarget } from './store.js';

/** A laptop or a CI runner must not notice, and nothing outside the file may be touched: no extensions, no network. */
const BOUNDS = {
  access_mode: 'READ_ONLY',
  threads: '2',
  max_memory: '512MB',
  enable_external_access: 'false',
  autoload_known_extensions: 'false',
  autoinstall_known_extensions: 'false',
  lock_configuration: 'true',
};

const identityRow = z.object({ version: z.string(), database: z.string() });

interface Content {
  identity: z.infer<typeof identityRow>;
  catalog: Reading<Catalog>;
  elapsed_ms: number;
  queries: number;
}

/**
 * A DuckDB file. A reader locks the loader's writer out, so everything is read while opening and the file is closed again
 * before `open` returns: some hundredths of a second for hundreds of relations.
 */
export const engine: StoreEngine = {
  id: 'duckdb',
  async open(target: StoreTarget, context: OpenContext): Promise<Store> {
    const path = filePath(target);
    let content: Content;
    try {
      await checkMagic(target.name, path);
      content = await withReadableFile({ store: target.name, path, signal: context.signal }, (file) => readFile(target.name, file));
    } catch (error) {
      context.signal?.throwIfAborted();
      throw connectError(target.name, path, error);
    }
    const { identity, catalog, elapsed_ms, queries } = content;
    return {
      identity: () => ({
        version: identity.version.replace(/^v/, ''),
        database: identity.database,
        inRecovery: false,
        role: null,
        superuser: false,
      }),
      catalog: () => Promise.resolve(catalog),
      statements: () => Promise.resolve({ value: { statements: [], window: null }, gaps: [] }),
      cost: () => ({ elapsed_ms, queries, received_bytes: 0 }),
      close: () => Promise.resolve(),
    };
  },
};

function filePath(target: StoreTarget): string {
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
 */
async function checkMagic(store: string, path: string): Promise<void> {
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

async function readFile(store: string, path: string): Promise<Content> {
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const started = performance.now();
  let queries = 0;
  const instance = await DuckDBInstance.create(path, BOUNDS);
  try {
    const connection = await instance.connect();
    try {
      const run = async <T>(row: z.ZodType<T>, sql: string): Promise<T[]> => {
        queries++;
        const reader = await connection.runAndReadAll(sql);
        return z.array(row).parse(reader.getRowObjectsJson());
      };
      const [identity] = await run(identityRow, loadSql('duckdb', 'identity', 0));
      if (!identity) throw new Error('DuckDB answered with no row');
      const catalog = await readCatalog(store, run);
      return { identity, catalog, queries, elapsed_ms: Math.round((performance.now() - started) * 1000) / 1000 };
    } finally {
      connection.closeSync();
    }
  } finally {
    instance.closeSync();
  }
}
