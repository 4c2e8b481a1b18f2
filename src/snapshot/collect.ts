import type { Catalog } from '../model/catalog.js';
import type { Configuration, StoreConfiguration } from '../model/configuration.js';
import type { DeclaredContract } from '../model/contract.js';
import type { ColumnDeclaration } from '../model/personal-column.js';
import type { CollectedQuery } from '../model/query.js';
import type { Gap, Snapshot, SourceSummary, StoreSnapshot } from '../model/snapshot.js';
import type { Engine } from '../model/store.js';
import { openStore } from '../stores/index.js';
import { sortedBy } from '../stores/shared/order.js';
import { targetOf } from '../stores/shared/target.js';
import { ConnectError, StoreLost, type OpenContext, type Reading, type StatementReading, type Store, type StoreTarget, type Surroundings } from '../stores/store.js';
import { mergedHistory } from './history.js';
import { controlSettings, unreadControl } from './control-settings.js';
import { knownStatements } from './known-statements.js';
import { redactSnapshot } from './redact.js';
import { type StoreSample, withSamples } from './sample.js';

export interface CollectOptions {
  configuration: Configuration;
  /** What the sources gave. */
  read: { queries: readonly CollectedQuery[]; sources: readonly SourceSummary[]; gaps: readonly Gap[]; contracts?: readonly DeclaredContract[]; columnDeclarations?: readonly ColumnDeclaration[] | undefined };
  /** Who was seen running what, by store. */
  samples?: readonly StoreSample[] | undefined;
  /** An earlier snapshot: texts of statements that it has are not read again. */
  previous?: Snapshot | undefined;
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
    ...(options.read.columnDeclarations?.length ? { columnDeclarations: sortedBy(options.read.columnDeclarations, (declared) => [declared.schema ?? '', declared.relation, declared.column, declared.by, declared.words]) } : {}),
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
    store = await (options.open ?? openStore)(engine, { ...targetOf(configured), control: controlSettings(configured.role, options.configuration) }, context);
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
  const parts = new Parts(name);
  options.onProgress?.(`reading the catalogue of ${name}`);
  const catalog = await parts.read('the whole catalogue', () => store.catalog(), EMPTY_CATALOG);
  const readRegistry = store.contractRegistry?.bind(store, catalog);
  const contractRegistry = await parts.read('the registry of contracts', readRegistry, null);
  const readRecords = store.controlRecords?.bind(store, catalog);
  const control = await parts.read('its control tables', readRecords, null);
  const { address, systemIdentifier, foreignTables } = await parts.read('where the store is among others', store.surroundings, NO_SURROUNDINGS);
  const { version, database, inRecovery } = store.identity();
  const place = {
    name,
    role,
    engine,
    version,
    database,
    inRecovery,
    ...(address === null ? {} : { address }),
    ...(systemIdentifier === null ? {} : { systemIdentifier }),
    ...(foreignTables.length === 0 ? {} : { foreignTables }),
  };
  const pressure = await parts.read('counters of tables and the database, and its sessions', store.pressure, {});
  options.onProgress?.(`reading the statement statistics of ${name}`);
  // Last: what tidemark sends after it has read the texts is new to the next look.
  const nothing: StatementReading = { statements: [], own: [], window: null };
  const known = knownStatements(options.previous, place);
  const { statements, own, window, activity } = mergedHistory(engine, await parts.read('statement statistics', () => store.statements(known), nothing));
  return {
    store: { ...place, catalog, statements, statementWindow: window, cost: store.cost(), ...pressure, ...(contractRegistry === null ? {} : { contractRegistry }), ...(control === null ? {} : { control }), ...(own.length > 0 ? { ownStatements: own } : {}), ...(activity === undefined ? {} : { activity }) },
    gaps: [...parts.gaps(), ...(readRecords ? [] : unreadControl(catalog, configured, options.configuration))],
  };
}

/** What is read of one store, one part after another. */
class Parts {
  readonly #gaps: Gap[] = [];
  readonly #unread: string[] = [];
  #loss: string | null = null;

  constructor(private readonly store: string) {}

  /** A part; `nothing` where it cannot be read or the store does not have it. Once the connection is lost nothing is asked for. */
  async read<T>(missing: string, read: (() => Promise<Reading<T>>) | undefined, nothing: T): Promise<T> {
    if (!read) return nothing;
    if (this.#loss !== null) {
      this.#unread.push(missing);
      return nothing;
    }
    try {
      const reading = await read();
      this.#gaps.push(...reading.gaps);
      // What it had read so far is kept, and its own gap says why there is no more.
      const loss = reading.gaps.find(({ severity }) => severity === 'blind');
      if (loss) this.#loss = loss.cause;
      return reading.value;
    } catch (error) {
      if (!(error instanceof StoreLost)) throw error;
      this.#loss = `the connection was lost: ${error.detail}`;
      this.#unread.push(missing);
      return nothing;
    }
  }

  /** One loss of the connection is one line for all that it cost, besides the one of the part in which it happened. */
  gaps(): Gap[] {
    if (this.#loss === null || this.#unread.length === 0) return this.#gaps;
    return [...this.#gaps, blind(this.store, this.#unread.join(', '), this.#loss, 'Run it again when the server is back.')];
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
