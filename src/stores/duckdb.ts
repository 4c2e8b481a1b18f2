import { basename } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { z } from 'zod';
import type { Catalog, Relation } from '../model/catalog.js';
import type { ContractRegistry } from '../model/contract.js';
import type { ControlRecords } from '../model/control-record.js';
import type { Gap } from '../model/snapshot.js';
import type { ControlSettings } from './control/find.js';
import { behindName, merged, openFiles, quoted, type AttachedFiles } from './duckdb/attached.js';
import { readCatalog, type Run } from './duckdb/catalog.js';
import { readContractRegistry } from './duckdb/contract-registry.js';
import { readControlTables } from './duckdb/control-tables.js';
import { checkMagic, filePath } from './duckdb/database-file.js';
import { describeSource, quoteText } from './duckdb/describe.js';
import { connectError } from './duckdb/failure.js';
import { withReadableFile } from './duckdb/file.js';
import { openLiveSession } from './duckdb/live.js';
import { openParquet, rowsOf } from './duckdb/parquet/instance.js';
import { listParquet, meansParquet } from './duckdb/parquet/listing.js';
import { loadSql } from './sql/load.js';
import { refuseCredentials } from './shared/credentials.js';
import { estimatedFacts } from './shared/describe.js';
import { oneLine, type OpenContext, type Reading, type Store, type StoreEngine, type StoreTarget } from './store.js';

const identityRow = z.object({ version: z.string(), database: z.string() });

interface Content {
  identity: z.infer<typeof identityRow>;
  catalog: Reading<Catalog>;
  registry: Reading<ContractRegistry | null>;
  control: Reading<ControlRecords | null>;
  elapsed_ms: number;
  queries: number;
}

/**
 * A DuckDB file, with others attached to it, or Parquet files. A reader locks the loader's writer out, so everything is read while opening and the file is closed again
 * before `open` returns: some hundredths of a second for hundreds of relations. A watch reads a copy, always.
 */
export const engine: StoreEngine = {
  id: 'duckdb',
  async open(target: StoreTarget, context: OpenContext): Promise<Store> {
    const path = filePath(target);
    let content: Content;
    try {
      refuseCredentials(target, path, []);
      if (meansParquet(path)) content = await readParquet(target.name, path);
      else {
        for (const file of [path, ...Object.values(target.attached ?? {})]) await checkFile(target.name, file);
        content = await readFiles(target, path, context);
      }
    } catch (error) {
      context.signal?.throwIfAborted();
      throw connectError(target.name, path, error);
    }
    const { identity, catalog, registry, control, elapsed_ms, queries } = content;
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
      controlRecords: () => Promise.resolve(control),
      statements: () => Promise.resolve({ value: { statements: [], own: [], window: null }, gaps: [] }),
      cost: () => ({ elapsed_ms, queries, received_bytes: 0 }),
      close: () => Promise.resolve(),
    };
  },
  watch: (target, context) => openLiveSession(target, context),
  describe: describeSource,
  relationFacts: (session, relations, bounds) => estimatedFacts(session, relations, quoteText, bounds),
};

/** @throws ConnectError that names this file, and not the one that it is attached to */
async function checkFile(store: string, file: string): Promise<void> {
  try {
    await checkMagic(store, file);
  } catch (error) {
    throw connectError(store, file, error);
  }
}

/** The file with those attached to it, each for as long as all are open. */
function readFiles({ name: store, attached = {}, control }: StoreTarget, path: string, context: OpenContext): Promise<Content> {
  const file = (named: string) => ({ store, path: named, signal: context.signal, lockFree: context.lockFree === true });
  const readable: Record<string, string> = {};
  const next = ([first, ...rest]: [string, string][]): Promise<Content> => {
    if (first === undefined) return withReadableFile(file(path), (main) => readFile(store, main, readable, control));
    const [alias, named] = first;
    return withReadableFile(file(named), (copy) => {
      readable[alias] = copy;
      return next(rest);
    });
  };
  return next(Object.entries(attached));
}

async function readFile(store: string, path: string, attached: AttachedFiles, settings: ControlSettings | undefined): Promise<Content> {
  const started = performance.now();
  const { instance, connection } = await openFiles(path, attached);
  try {
    const { run, queries } = runner(connection);
    const [identity] = await run(identityRow, loadSql('duckdb', 'identity', 0));
    if (!identity) throw new Error('DuckDB answered with no row');
    const main = await readCatalog(store, run);
    const registry = await readContractRegistry(store, run, main.value);
    const control = await readControlTables(store, run, main.value, settings);
    const others: Catalog[] = [];
    for (const alias of Object.keys(attached)) {
      await connection.run(`use ${quoted(alias)}`);
      const { value, gaps } = await readCatalog(store, run);
      others.push(behindName(alias, value));
      main.gaps.push(...gaps);
    }
    const catalog = others.length === 0 ? main : { value: merged(main.value, others), gaps: main.gaps };
    return { identity, catalog, registry, control, queries: queries(), elapsed_ms: since(started) };
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** Parquet files as tables. A file that cannot be read costs its own table. */
async function readParquet(store: string, path: string): Promise<Content> {
  const started = performance.now();
  const listing = await listParquet(store, path);
  const { instance, connection, unread, partly } = await openParquet(listing, { threads: '2', max_memory: '512MB' });
  try {
    const { run, queries } = runner(connection);
    const [identity] = await run(identityRow, loadSql('duckdb', 'identity', 0));
    if (!identity) throw new Error('DuckDB answered with no row');
    const { value, gaps } = await readCatalog(store, run);
    const relations: Relation[] = [];
    for (const relation of value.relations) {
      const table = listing.tables.find(({ name }) => name === relation.name);
      // The view is ours: what it shows is a table to everybody else.
      relations.push({ ...relation, kind: 'table', definition: null, size_bytes: table?.bytes ?? null, rows: table === undefined ? null : await rowsOf(connection, table) });
    }
    const gap = (missing: string, cause: string): Gap => ({ subject: store, missing, cause: oneLine(cause), remedy: null, severity: 'partial' });
    const missing = [...unread.map(({ name, cause }) => gap(`the table ${name}`, cause)), ...partly.map(({ name, cause }) => gap(`columns of the table ${name}`, cause))];
    const catalog = { value: { ...value, relations }, gaps: [...gaps, ...missing] };
    return { identity: { ...identity, database: basename(path) || path }, catalog, registry: { value: null, gaps: [] }, control: { value: null, gaps: [] }, queries: queries(), elapsed_ms: since(started) };
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

function runner(connection: DuckDBConnection): { run: Run; queries: () => number } {
  let queries = 0;
  const run: Run = async (row, sql) => {
    queries++;
    const reader = await connection.runAndReadAll(sql);
    return z.array(row).parse(reader.getRowObjectsJson());
  };
  return { run, queries: () => queries };
}

function since(started: number): number {
  return Math.round((performance.now() - started) * 1000) / 1000;
}
