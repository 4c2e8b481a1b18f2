import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ReconcilePair, StoreConfiguration } from '../../model/configuration.js';
import type { PairReport, ReconcileReport, SideReport } from '../../model/reconciliation.js';
import type { ReconcileContext, ReconcileMemory } from '../../reconcile/context.js';
import { plainText } from '../../text/plain-text.js';
import type { CommandContext } from '../command.js';
import { journalFolderOf } from '../live/state-folder.js';
import { systemClock } from '../live/system-clock.js';
import { givenTargets, type Prepared, prepareLive } from '../targets.js';
import { UsageError } from '../usage-error.js';
import { toolVersion } from '../version.js';
import { adHocPairs } from './ad-hoc.js';
import { choosePairs } from './choose.js';
import { keepHistory } from './history.js';
import { type HeldPair, PairFiles, stateProblemOf } from './memory.js';
import type { ComparisonOptions, Level } from './options.js';
import { progressLine } from './progress-line.js';
import { replicasOf, Sessions } from './sessions.js';

/** What a run works on: the pairs that were chosen, and the stores that they name. */
export interface Chosen {
  prepared: Prepared;
  pairs: ReconcilePair[];
}

/** The pairs that the command line names, or all of the configuration. Throws UsageError, ConfigurationError. */
export async function chosenPairs(context: CommandContext, names: readonly string[], options: ComparisonOptions): Promise<Chosen> {
  const { readContracts } = await import('../live/contracts.js');
  const prepared = await readContracts(context, await prepareLive(context, givenTargets(options)));
  const { stores, live } = prepared.configuration;
  const given = adHocPairs(options, stores);
  if (given.length > 0 && names.length === 0) return { prepared, pairs: given };
  return { prepared, pairs: [...choosePairs(live.reconcile, names), ...given] };
}

/** A run that compares, with its connections. */
export interface Comparing {
  reconcile: ReconcileContext;
  sessions: Sessions;
}

/** Opens what comparing pairs needs; it ends with the lifetime of the run. */
export async function beginComparing(context: CommandContext, { prepared, pairs }: Chosen, options: ComparisonOptions, signal: AbortSignal): Promise<Comparing> {
  const { host, lifetime, output, progress } = context;
  const { configuration } = prepared;
  const sessions = new Sessions(configuration.stores, { environment: host.environment, homeDirectory: host.homeDirectory, signal, lockFree: true });
  lifetime.onEnd(() => sessions.close());
  const replicas = options.primary === true ? { of: new Map<string, string>(), notes: [] } : await replicasOf(new Set(pairs.map(({ source }) => source.store)), configuration.stores, sessions, signal);
  for (const note of replicas.notes) output.note(note);
  if (options.replica === true) refuseWithoutReplica(pairs, replicas.of);
  const storeOf = (name: string): StoreConfiguration | undefined => configuration.stores.find((store) => store.name === name);
  const reconcile: ReconcileContext = {
    open: sessions.open,
    roleOf: (name) => storeOf(name)?.role ?? 'operational',
    engineOf: (name) => storeOf(name)?.engine ?? 'postgres',
    replicaOf: (name) => replicas.of.get(name) ?? null,
    settings: configuration.live,
    duty: options.unpaced === true ? 1 : options.duty,
    chunk_ms: options.chunkTime,
    confirm_seconds_max: options.wait,
    list_max: options.limit,
    memory: null,
    secret: randomBytes(32),
    signal,
    now: () => systemClock.now(),
    wait: async (milliseconds) => {
      await sleep(milliseconds, undefined, { signal }).catch(() => signal.throwIfAborted());
    },
    progress: (report) => progress.detail(progressLine(report)),
  };
  return { reconcile, sessions };
}

function refuseWithoutReplica(pairs: readonly ReconcilePair[], replicas: ReadonlyMap<string, string>): void {
  const without = pairs.find(({ source }) => !replicas.has(source.store));
  if (without === undefined) return;
  throw new UsageError(`--replica: ${plainText(without.source.store, 60)}, the source of ${plainText(without.name, 60)}, has no replica in the configuration`, 'add it to stores: with role: replica, a standby of the same server, or leave --replica out');
}

/** Compares the pairs one after the other. A pair that fails costs itself only; one that was not begun is said to be so. */
export async function compareAll(context: CommandContext, chosen: Chosen, options: ComparisonOptions & { level?: Level }): Promise<ReconcileReport> {
  const { lifetime, progress, redactor } = context;
  const { stop, end } = lifetime.interruptible(options.state ? 'stopping; what is compared so far is kept, and the same command goes on from there. Ctrl-C again ends at once' : 'stopping; with --no-state nothing is kept. Ctrl-C again ends at once');
  const signal = AbortSignal.any([stop, lifetime.signal]);
  const takenAt = new Date().toISOString();
  const reports: PairReport[] = [];
  let isKept = false;
  try {
    progress.stage('connecting');
    const { reconcile } = await beginComparing(context, chosen, options, signal);
    const files = await stateOf(context, chosen.prepared, options);
    isKept = files !== null && options.level !== 'counts';
    for (const pair of chosen.pairs) {
      if (stop.aborted) break;
      progress.stage(`comparing ${plainText(pair.name, 60)}`);
      reports.push(await compareOne(pair, { ...reconcile, ...(files === null ? {} : { secret: files.secret }) }, { files: files?.files ?? null, fresh: options.fresh === true, context, ...(options.level === undefined ? {} : { level: options.level }) }));
    }
  } catch (error) {
    lifetime.signal.throwIfAborted();
    if (!stop.aborted) throw error;
  } finally {
    end();
  }
  if (isKept) await keepHistory(context, chosen.prepared, reports.flatMap((report, at) => chosen.pairs[at] === undefined ? [] : [{ pair: chosen.pairs[at], report }]));
  const next = options.state ? 'The same command goes on from where it was.' : 'Run it again; with --no-state it begins anew.';
  const open = chosen.pairs.slice(reports.length).map((pair) => notCompared(pair, chosen.prepared, { because: 'it was stopped before this pair was done', next }));
  progress.end();
  return redactor.redactAll({ schemaVersion: 1, tool: { name: 'tidemark', version: toolVersion() }, takenAt, pairs: [...reports, ...open] });
}

interface State {
  files: PairFiles;
  secret: Uint8Array;
}

/** Null where nothing is kept; why it cannot be kept is said once. */
async function stateOf(context: CommandContext, prepared: Prepared, options: ComparisonOptions): Promise<State | null> {
  const folder = journalFolderOf(context, prepared, options.state);
  if (folder === null) return null;
  const kept = path.join(folder, 'reconcile');
  const files = new PairFiles(kept, `tidemark ${toolVersion()}`);
  try {
    return { files, secret: await files.secret() };
  } catch (error) {
    const problem = stateProblemOf(kept, error);
    context.output.note(`${problem.message}. ${problem.nextStep}`);
    return null;
  }
}

async function compareOne(pair: ReconcilePair, reconcile: ReconcileContext, { files, fresh, context, level }: { files: PairFiles | null; fresh: boolean; context: CommandContext; level?: Level }): Promise<PairReport> {
  const { reconcilePair } = await import('../../reconcile/run.js');
  const held = files === null ? null : await holdPair(files, pair, context);
  try {
    const memory = held === null ? null : memoryOf(held, fresh, context);
    return await reconcilePair(pair, { ...reconcile, memory, ...(level === undefined ? {} : { level }) });
  } finally {
    await held?.release();
  }
}

async function holdPair(files: PairFiles, pair: ReconcilePair, { output }: CommandContext): Promise<HeldPair | null> {
  try {
    const held = await files.hold(pair.name);
    if (!('heldBy' in held)) return held;
    output.note(`${plainText(pair.name, 60)} is being compared by another tidemark too (${held.heldBy}): this run keeps nothing of it`);
  } catch (error) {
    const problem = stateProblemOf('the state folder', error);
    output.note(`${plainText(pair.name, 60)}: ${problem.message}. ${problem.nextStep}`);
  }
  return null;
}

/** A file that cannot be written costs the going on, never the comparison. */
function memoryOf(held: HeldPair, fresh: boolean, { output }: CommandContext): ReconcileMemory {
  let [forgotten, told] = [fresh, false];
  return {
    load: async () => (forgotten ? null : held.load()),
    save: async (_pair, memory) => {
      forgotten = false;
      try {
        await held.save(memory);
      } catch (error) {
        const problem = stateProblemOf('the state folder', error);
        if (!told) output.note(`${problem.message}. ${problem.nextStep}`);
        told = true;
      }
    },
  };
}

/** A pair of which nothing was read, and why. */
function notCompared({ name, source, target, key }: ReconcilePair, { configuration: { stores } }: Prepared, { because, next }: { because: string; next: string }): PairReport {
  const side = ({ store, relation }: ReconcilePair['source']): SideReport => {
    const known = stores.find((one) => one.name === store);
    return { store, engine: known?.engine ?? 'postgres', role: known?.role ?? 'operational', relation, read_from: null, rows: null, cost: { elapsed_ms: 0, queries: 0, received_bytes: 0 }, scanned_bytes: null };
  };
  return {
    name, state: 'undetermined', source: side(source), target: side(target), key: (key ?? []).map((one) => one.source), columns: [], left_out: [],
    watermark: { from: 'none', kind: 'time', at: null, position: null }, as_of: null, periods: [], buckets: null, counts: [], differences: [], unlisted: 0,
    notes: [because], next_step: next, began_at: Date.now() / 1000, took_ms: 0, resumed: false,
  };
}
