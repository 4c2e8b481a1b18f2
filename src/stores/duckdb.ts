import { z } from 'zod';
import type { Catalog } from '../model/catalog.js';
import type { ContractRegistry } from '../model/contract.js';
import { readCatalog } from './duckdb/catalog.js';
import { readContractRegistry } from './duckdb/contract-registry.js';
import { BOUNDS, checkMagic, filePath } from './duckdb/database-file.js';
import { connectError } from './duckdb/failure.js';
import { withReadableFile } from './duckdb/file.js';
import { openLiveSession } from './duckdb/live.js';
import { loadSql } from './sql/load.js';
import type { OpenContext, Reading, Store, StoreEngine, StoreTarget } from './store.js';

const identityRow = z.object({ version: z.string(), database: z.string() });

interface Content {
  identity: z.infer<typeof identityRow>;
  catalog: Reading<Catalog>;
  registry: Reading<ContractRegistry | null>;
  elapsed_ms: number;
  queries: number;
}

/**
 * A DuckDB file. A reader locks the loader's writer out, so everything is read while opening and the file is closed again
 * before `open` returns: some hundredths of a second for hundreds of relations. A watch reads a copy, always.
 */
export const engine: StoreEngine = {
  id: 'duckdb',
  async open(target: StoreTarget, context: OpenContext): Promise<Store> {
    const path = filePath(target);
    let content: Content;
    try {
      await checkMagic(target.name, path);
      const file = { store: target.name, path, signal: context.signal, lockFree: context.lockFree === true };
      content = await withReadableFile(file, (readable) => readFile(target.name, readable));
    } catch (error) {
      context.signal?.throwIfAborted();
      throw connectError(target.name, path, error);
    }
    const { identity, catalog, registry, elapsed_ms, queries } = content;
    return {
      identity: () => ({
        version: identity.version.replace(/^v/, ''),
        database: identity.database,
        inRecovery: false,
        role: null,
        superuser: false,
      }),
      catalog: () => Promise.resolve(catalog),
      contractRegistry: () => Promise.resolve(registry),
      statements: () => Promise.resolve({ value: { statements: [], own: [], window: null }, gaps: [] }),
      cost: () => ({ elapsed_ms, queries, received_bytes: 0 }),
      close: () => Promise.resolve(),
    };
  },
  watch: (target, context) => openLiveSession(target, context),
};

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
      const registry = await readContractRegistry(store, run, catalog.value);
      return { identity, catalog, registry, queries, elapsed_ms: Math.round((performance.now() - started) * 1000) / 1000 };
    } finally {
      connection.closeSync();
    }
  } finally {
    instance.closeSync();
  }
}
