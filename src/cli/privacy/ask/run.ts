import type { AskedStore } from '../../../evidence/asking.js';
import { findErased, type ErasedReport } from '../../../evidence/erased/find.js';
import { countSmallGroups, type SmallGroups } from '../../../evidence/groups/count.js';
import { groupingsOf } from '../../../evidence/groups/groupings.js';
import { sampleValues, type Sampling } from '../../../evidence/sample/read.js';
import type { SampledValues } from '../../../graph/personal-data.js';
import type { StoreConfiguration } from '../../../model/configuration.js';
import type { RelationMovement } from '../../../model/movement.js';
import type { PrivacyReport } from '../../../model/personal-column.js';
import type { Gap, Snapshot, StoreSnapshot } from '../../../model/snapshot.js';
import { classifyCatalog } from '../../../privacy/classify.js';
import { declarationsForStore } from '../../../privacy/declared.js';
import type { ValueEvidence } from '../../../privacy/value-evidence.js';
import { openLive } from '../../../stores/index.js';
import { targetOf } from '../../../stores/shared/target.js';
import { processKey } from '../../../stores/shared/process-key.js';
import { ConnectError } from '../../../stores/store.js';
import type { CommandContext } from '../../command.js';
import { CareOfStore } from '../../metrics/care.js';
import type { Prepared } from '../../targets.js';
import { UsageError } from '../../usage-error.js';
import type { AskedAnswer } from './answer.js';
import { asksStores, SAMPLED_ROWS_DEFAULT, SMALL_GROUP_DEFAULT, type AskOptions } from './options.js';

/** Live stores that are asked, on one connection each. */
export interface Asking {
  /** What a bounded part of the values says; empty where that was not asked for. */
  values(): Promise<SampledValues>;
  /** Everything that was asked for. To be called after `values`. */
  answers(given: { privacy: PrivacyReport; movements: readonly RelationMovement[] }): Promise<AskedAnswer>;
  close(): Promise<void>;
}

/** What all statements on one store may take together. */
const BUDGET_MS = 120_000;

/**
 * Opens the stores for what the flags ask of them; one that cannot be opened becomes a gap.
 * @throws UsageError for a bundle, and where there is no store
 */
export async function beginAsking(context: CommandContext, { configuration }: Prepared, snapshot: Snapshot, options: AskOptions & { fromBundle: boolean }): Promise<Asking> {
  checkAsking(options, configuration.stores.length);
  const { lifetime } = context;
  const stores: AskedStore[] = [];
  const gaps: Gap[] = [];
  let sampling: Sampling | null = null;
  let closed = false;
  const close = async (): Promise<void> => {
    if (closed) return;
    closed = true;
    await Promise.all(stores.map(({ session }) => session.close()));
  };
  lifetime.onEnd(close);
  for (const store of snapshot.stores) {
    const opened = await open(context, store, configuration.stores.find(({ name }) => name === store.name) ?? null);
    if ('gap' in opened) gaps.push(opened.gap);
    else stores.push(opened.store);
  }
  const onProgress = progressOf(context);
  return {
    close,
    values: async () => {
      if (options.sampleValues === undefined) return new Map();
      context.progress.stage('sampling values');
      const secrets = secretColumns(snapshot, configuration.columns);
      sampling = await sampleValues(stores, { rows: rowsOf(options), isSecret: (store, column) => secrets.get(store)?.has(column) === true, onProgress });
      return byStore(sampling);
    },
    answers: async ({ privacy, movements }) => {
      const erased = options.erased === true ? await searchErased(context, stores, snapshot, privacy, movements) : null;
      const small = options.smallGroups === undefined ? null : await measureGroups(context, stores, privacy, options.smallGroups);
      return {
        sampling: sampling === null ? null : { rows: rowsOf(options), relations: sampling.relations, columns: sampling.columns.length, secrets: sampling.secrets, shares: speaking(sampling) },
        erased: erased === null ? null : { checks: erased.checks, unknown: erased.unknown },
        smallGroups: small === null ? null : { k: small.k, counted: small.counted, unknown: small.unknown },
        gaps: [...gaps, ...(sampling?.gaps ?? []), ...(erased?.gaps ?? []), ...(small?.gaps ?? [])],
        costs: stores.map(({ name, session }) => ({ store: name, ...session.cost() })),
      };
    },
  };
}

/** @throws UsageError; before anything is looked at */
export function checkAsking(options: AskOptions & { fromBundle: boolean }, stores: number): void {
  if (!asksStores(options)) return;
  const flag = options.sampleValues === undefined ? (options.erased === true ? '--erased' : '--small-groups') : '--sample-values';
  if (options.fromBundle) throw new UsageError(`a bundle holds no rows and no connection: ${flag} asks live stores`, `as in tidemark privacy -c tidemark.yaml ${flag}`);
  if (stores === 0) throw new UsageError(`${flag} asks stores, and none was given`, 'name one with --postgres or --duckdb, or in tidemark.yaml');
}

async function open({ host, lifetime }: CommandContext, { name, role, engine, catalog }: StoreSnapshot, configured: StoreConfiguration | null): Promise<{ store: AskedStore } | { gap: Gap }> {
  const missing = 'everything that was asked of its rows';
  if (engine !== 'postgres' && engine !== 'duckdb') return { gap: { subject: name, missing, cause: `it is a store of ${engine}, and tidemark asks rows of PostgreSQL and DuckDB only`, remedy: null, severity: 'blind' } };
  if (configured === null || configured.url === null) return { gap: { subject: name, missing, cause: 'nothing says how to connect to it', remedy: null, severity: 'blind' } };
  const { environment, homeDirectory } = host;
  const { signal } = lifetime;
  try {
    const session = await openLive(engine, targetOf(configured), { environment, homeDirectory, signal, lockFree: true });
    const wait = (ms: number): Promise<void> => pause(ms, signal);
    return { store: { name, role, engine, catalog, session, care: new CareOfStore(session, { budget_ms: BUDGET_MS, signal, wait }) } };
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof ConnectError)) throw error;
    return { gap: { subject: name, missing, cause: error.detail, remedy: error.nextStep, severity: 'blind' } };
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  const { setTimeout } = await import('node:timers/promises');
  await setTimeout(ms, undefined, { signal });
}

/** Called before each relation: nothing more is asked when the run is stopped. */
function progressOf({ progress, lifetime }: CommandContext): (text: string) => void {
  return (text) => {
    lifetime.signal.throwIfAborted();
    progress.detail(text);
  };
}

function searchErased(context: CommandContext, stores: readonly AskedStore[], snapshot: Snapshot, { columns }: PrivacyReport, movements: readonly RelationMovement[]): Promise<ErasedReport> {
  context.progress.stage('comparing subjects');
  const catalogs = new Map(snapshot.stores.map(({ name, catalog }) => [name, catalog]));
  return findErased(stores, { columns, movements, catalogs, secret: Buffer.from(processKey()).toString('hex'), onProgress: progressOf(context) });
}

function measureGroups(context: CommandContext, stores: readonly AskedStore[], { columns }: PrivacyReport, smallGroups: number | true): Promise<SmallGroups> {
  context.progress.stage('counting groups');
  return countSmallGroups(stores, groupingsOf(columns), { k: smallGroups === true ? SMALL_GROUP_DEFAULT : smallGroups, onProgress: progressOf(context) });
}

/** Columns whose values are not even counted. */
function secretColumns({ stores, columnDeclarations }: Snapshot, overrides: Parameters<typeof classifyCatalog>[1]): Map<string, Set<string>> {
  return new Map(stores.map(({ name, catalog }) => {
    const classified = classifyCatalog(catalog, overrides, declarationsForStore(columnDeclarations ?? [], name));
    return [name, new Set([...classified].filter(([, found]) => found.class === 'secret').map(([column]) => column))];
  }));
}

function rowsOf({ sampleValues: rows }: AskOptions): number {
  return rows === undefined || rows === true ? SAMPLED_ROWS_DEFAULT : rows;
}

function byStore({ columns }: Sampling): SampledValues {
  const stores = new Map<string, Map<string, readonly ValueEvidence[]>>();
  for (const { store, schema, table, column, evidence } of columns) {
    const own = stores.get(store) ?? new Map<string, readonly ValueEvidence[]>();
    stores.set(store, own.set(`${schema}.${table}.${column}`, evidence));
  }
  return stores;
}

/** Shares of checks that some value passes; checks that none passes say nothing to a reader. */
function speaking({ columns }: Sampling): Sampling['columns'] {
  return columns.map((column) => ({ ...column, evidence: column.evidence.filter(({ share }) => share > 0) })).filter(({ evidence }) => evidence.length > 0);
}
