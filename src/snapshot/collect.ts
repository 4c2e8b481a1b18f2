import type { Catalog } from '../model/catalog.js';
import type { Configuration, StoreConfiguration } from '../model/configuration.js';
import type { DeclaredContract } from '../model/contract.js';
import type { CollectedQuery } from '../model/query.js';
import type { Gap, Snapshot, SourceSummary, StoreSnapshot } from '../model/snapshot.js';
import type { Engine } from '../model/store.js';
import { openStore } from '../stores/index.js';
import { sortedBy } from '../stores/shared/order.js';
import { ConnectError, StoreLost, type OpenContext, type Reading, type StatementReading, type Store, type StoreTarget, type Surroundings } from '../stores/store.js';
import { redactSnapshot } from './redact.js';
import { type StoreSample, withSamples } from './sample.js';

export interface CollectOptions {
  configuration: Configuration;
  /** What the sources gave. */
  read: { queries: readonly CollectedQuery[]; sources: readonly SourceSummary[]; gaps: readonly Gap[]; contracts?: readonly DeclaredContract[] };
  /** Who was seen running what, by store. */
  samples?: readonly StoreSample[] | undefined;
  environment: Readonly<Record<string, string | undefined>>;
  homeDirectory: string | null;
  signal?: AbortSignal | undefined;
  /** See OpenContext: while a loader is at work nothing may keep it from writing. */
  lockFree?: boolean | undefined;
  /** One line in words, for a person who waits. */
  onProgress?: ((stage: string) => void) | undefined;
  /** How a store is opened; default: by its engine. */
  open?: ((engine: Engine, target: StoreTarget, context: OpenContext) => Promise<Store>) | undefined;
  now?: (() => Date) | undefined;
}

/**
 * Looks at every store of the configuration, all at once, and gives everything that judgement needs, redacted and in an
 * order that depends on names alone. A store that cannot be looked at costs itself only: it is missing from the snapshot
 * and a gap of severity `blind` says why. One that dies half-way stays with what was read of it, and a gap.
 * @throws the reason of an abort, after every connection is closed; nothing else for what a store does.
 */
export async function collectSnapshot(options: CollectOptions): Promise<Snapshot> {
  const takenAt = (options.now?.() ?? new Date()).toISOString();
  const configured = sortedBy(options.configuration.stores, (store) => [store.name]);
  const looks = await Promise.allSettled(configured.map((store) => lookAt(store, options)));
  options.signal?.throwIfAborted();
  const stores: StoreSnapshot[] = [];
  const gaps: Gap[] = [...options.read.gaps];
  for (const look of looks) {
    // What is no failure of a store is a defect of this program.
    if (look.status === 'rejected') throw look.reason;
    if (look.value.store) stores.push(look.value.store);
    gaps.push(...look.value.gaps);
  }
  return redactSnapshot(withSamples({
    takenAt,
    stores,
    queries: sortedBy(options.read.queries, (query) => [query.id]),
    // Field by field: what else a reader counts is for the terminal, and a bundle would not keep it.
    sources: sortedBy(options.read.sources, (source) => [source.path]).map(({ path, files, ignored, queries }) => ({ path, files, ignored, queries })),
    gaps: sortedBy(gaps, (gap) => [gap.subject, gap.severity, gap.missing, gap.cause]),
    ...(options.read.contracts?.length ? { contracts: sortedBy(options.read.contracts, (contract) => [contract.id, contract.origin.file]) } : {}),
  }, options.samples ?? []));
}

interface Look {
  store: StoreSnapshot | null;
  gaps: Gap[];
}

async function lookAt(configured: StoreConfiguration, options: CollectOptions): Promise<Look> {
  const { name, engine, url } = configured;
  if (url === null) {
    const cause = 'the configuration gives no connection';
    return { store: null, gaps: [blind(name, 'the whole store', cause, 'Give the store a url, or audit a bundle.')] };
  }
  options.onProgress?.(`connecting to ${name}`);
  let store: Store;
  try {
    const context: OpenContext = { environment: options.environment, homeDirectory: options.homeDirectory, signal: options.signal, lockFree: options.lockFree };
    store = await (options.open ?? openStore)(engine, { name, url }, context);
  } catch (error) {
    options.signal?.throwIfAborted();
    if (!(error instanceof ConnectError)) throw error;
    return { store: null, gaps: [blind(name, `the whole store (${error.place})`, error.detail, error.nextStep)] };
  }
  try {
    return await readStore(store, configured, options);
  } finally {
    await store.close();
  }
}

async function readStore(store: Store, configured: StoreConfiguration, options: CollectOptions): Promise<Look> {
  const { name, role, engine } = configured;
  options.onProgress?.(`reading the catalogue of ${name}`);
  const catalog = await unlessLost(store.catalog(), name, 'the whole catalogue', EMPTY_CATALOG);
  options.onProgress?.(`reading the statement statistics of ${name}`);
  const nothing: StatementReading = { statements: [], window: null };
  const statements = await unlessLost(store.statements(), name, 'statement statistics', nothing);
  const surroundings = store.surroundings ? await unlessLost(store.surroundings(), name, 'where the store is among others', NO_SURROUNDINGS) : { value: NO_SURROUNDINGS, gaps: [] };
  // One loss of the connection is one gap.
  const wasLost = [...catalog.gaps, ...statements.gaps].some(({ severity }) => severity === 'blind');
  const { address, systemIdentifier, foreignTables } = surroundings.value;
  const { version, database, inRecovery } = store.identity();
  return {
    store: {
      name,
      role,
      engine,
      version,
      database,
      inRecovery,
      catalog: catalog.value,
      statements: statements.value.statements,
      statementWindow: statements.value.window,
      cost: store.cost(),
      ...(address === null ? {} : { address }),
      ...(systemIdentifier === null ? {} : { systemIdentifier }),
      ...(foreignTables.length === 0 ? {} : { foreignTables }),
    },
    gaps: [...catalog.gaps, ...statements.gaps, ...(wasLost ? [] : surroundings.gaps)],
  };
}

async function unlessLost<T>(reading: Promise<Reading<T>>, name: string, missing: string, nothing: T): Promise<Reading<T>> {
  try {
    return await reading;
  } catch (error) {
    if (!(error instanceof StoreLost)) throw error;
    return { value: nothing, gaps: [blind(name, missing, `the connection was lost: ${error.detail}`, 'Run it again when the server is back.')] };
  }
}

function blind(subject: string, missing: string, cause: string, remedy: string): Gap {
  return { subject, missing, cause, remedy, severity: 'blind' };
}

const NO_SURROUNDINGS: Surroundings = { address: null, systemIdentifier: null, foreignTables: [] };

const EMPTY_CATALOG: Catalog = {
  relations: [],
  constraints: [],
  indexes: [],
  roles: [],
  grants: [],
  policies: [],
  extensions: [],
  publications: [], functions: [],
  settings: {},
};
