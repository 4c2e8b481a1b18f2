import path from 'node:path';
import type { Configuration } from '../../model/configuration.js';
import type { CollectedQuery } from '../../model/query.js';
import type { Snapshot } from '../../model/snapshot.js';
import type { StoreWorkload, WorkloadReport } from '../../model/workload.js';
import { dialectOfQuery } from '../../graph/connection.js';
import { readBundle } from '../../snapshot/bundle.js';
import { POSTGRES } from '../../sql/dialect.js';
import { createParsers } from '../../sql/parse/parsers.js';
import { between } from '../../workload/between.js';
import { type QueriesOfStore, queriesByStore, workloadOfQueries } from '../../workload/of-queries.js';
import { workloadReport } from '../../workload/report.js';
import { count } from '../../text/quantity.js';
import type { CommandContext } from '../command.js';
import { joinedDdl, placedDiagnostics } from '../inspect/ddl-texts.js';
import { type NamedText, readText } from '../inspect/input.js';
import { Readers } from '../inspect/readers.js';
import { givenTargets, namesStores, type Prepared, prepareBundle, prepareLive } from '../targets.js';
import { UsageError } from '../usage-error.js';
import { toolVersion } from '../version.js';
import type { Filters, WorkloadOptions } from './options.js';
import { chooserOf, type Choose, type Divided } from './view.js';
import { refuseStrangers, sortedByTime } from './bundles.js';

interface Looked {
  prepared: Prepared;
  /** Oldest first. */
  snapshots: Snapshot[];
  notes: string[];
}

export interface LookOptions extends WorkloadOptions {
  filters: Filters;
  /** How long live stores are sampled; undefined for not at all. */
  sample_seconds: number | undefined;
}

/** Looks at bundles or at what is live and divides the work. Throws UsageError, BundleError, ConfigurationError. */
export async function lookAtWorkload(context: CommandContext, bundles: readonly string[], options: LookOptions): Promise<Divided> {
  if (options.ddl !== undefined && (bundles.length > 0 || namesStores(options))) {
    throw new UsageError('--ddl stands for a store that is not asked, and here one is', 'leave --ddl out, or look at --dashboards alone');
  }
  const ddl = await readDdl(context, options.ddl ?? []);
  const { prepared, snapshots, notes } = bundles.length > 0 ? await lookAtBundles(context, bundles, options) : await lookLive(context, options);
  const { lifetime, progress } = context;
  progress.stage('dividing the work');
  const latest = snapshots.at(-1) ?? noSnapshot();
  const { configuration } = prepared;
  const choose = chooserOf(options.filters);
  const ofStores = latest.stores.length > 0 ? await divided(snapshots, configuration, choose, lifetime.signal) : fromFiles(latest);
  const seen = new Set(latest.stores.map(({ name }) => name));
  const elsewhere = await ofFiles(latest.queries, configuration, { seen, ddl, choose, signal: lifetime.signal });
  lifetime.signal.throwIfAborted();
  const whole = (report: WorkloadReport, stores: readonly StoreWorkload[]): WorkloadReport => ({
    ...report,
    stores: [...report.stores, ...stores],
    assumptions: [...notes, ...prepared.assumptions, ...elsewhere.notes, ...report.assumptions],
  });
  return { whole: whole(ofStores.whole, elsewhere.whole), chosen: whole(ofStores.chosen, elsewhere.chosen) };
}

async function lookAtBundles(context: CommandContext, files: readonly string[], options: WorkloadOptions): Promise<Looked> {
  if (options.sample !== undefined) throw new UsageError('a bundle is looked at as it is: --sample belongs to tidemark collect', 'as in tidemark collect --sample 60s -o casework.tidemark');
  if (options.since !== undefined) throw new UsageError('--since is for live stores; bundles are given in order of time', 'as in tidemark workload monday.tidemark friday.tidemark');
  const read: { file: string; snapshot: Snapshot }[] = [];
  for (const file of files) {
    context.progress.stage(`reading ${file}`);
    read.push({ file, snapshot: await readBundle(path.resolve(context.host.directory, file)) });
    context.lifetime.signal.throwIfAborted();
  }
  refuseStrangers(read);
  const { sorted, notes } = sortedByTime(read);
  const snapshots = sorted.map(({ snapshot }) => snapshot);
  const prepared = await prepareBundle(context, options, snapshots.at(-1) ?? noSnapshot());
  return { prepared, snapshots, notes };
}

function noSnapshot(): never {
  throw new UsageError('no bundle was given');
}

async function lookLive(context: CommandContext, { since, sample_seconds, ...targets }: LookOptions): Promise<Looked> {
  const before = since === undefined ? null : await readBundle(path.resolve(context.host.directory, since));
  const prepared = await prepareLive(context, givenTargets(targets));
  if (sample_seconds !== undefined && prepared.configuration.stores.length === 0) throw new UsageError('--sample looks at a store, and none was given', 'name one with --postgres, or leave --sample out');
  if (before !== null && prepared.configuration.stores.length === 0) throw new UsageError('--since compares with a store, and none was given', 'name it with --postgres or in tidemark.yaml');
  const { takeSnapshot } = await import('../take-snapshot.js');
  const now = await takeSnapshot(context, prepared, { sample_seconds });
  if (before === null || since === undefined) return { prepared, snapshots: [now], notes: [] };
  const named = renamed(before, now);
  refuseStrangers([{ file: since, snapshot: named }, { file: 'what was looked at now', snapshot: now }]);
  if (named.takenAt > now.takenAt) throw new UsageError(`${since} was collected at ${named.takenAt}, which is later than now`, 'check the clock of this machine and of that which collected it');
  return { prepared, snapshots: [named, now], notes: [] };
}

/** A store that flags name is called after its database: the same one may have another name in a bundle. */
function renamed(before: Snapshot, now: Snapshot): Snapshot {
  const nameOf = (store: Snapshot['stores'][number]): string => {
    if (now.stores.some(({ name }) => name === store.name)) return store.name;
    const same = now.stores.filter((one) => one.engine === store.engine && one.database === store.database && one.systemIdentifier === store.systemIdentifier && one.inRecovery === store.inRecovery);
    return same.length === 1 && same[0] !== undefined && store.systemIdentifier !== undefined ? same[0].name : store.name;
  };
  return { ...before, stores: before.stores.map((store) => ({ ...store, name: nameOf(store) })) };
}

async function divided(snapshots: readonly Snapshot[], configuration: Configuration, choose: Choose | null, signal: AbortSignal): Promise<Divided> {
  const compared = between(snapshots);
  const { joinOnly } = await import('../../audit.js');
  const { report, boundaries } = await joinOnly(compared.snapshot, configuration, toolVersion(), { signal });
  const input = { report, boundaries, between: compared, thresholds: configuration.thresholds };
  const whole = workloadReport(input);
  return { whole, chosen: choose === null ? whole : workloadReport({ ...input, choose }) };
}

/** Without a store nothing is judged but the queries themselves. */
function fromFiles({ takenAt, gaps }: Snapshot): Divided {
  const none: WorkloadReport = { schemaVersion: 1, tool: { name: 'tidemark', version: toolVersion() }, takenAt, stores: [], gaps, assumptions: [] };
  return { whole: none, chosen: none };
}

async function readDdl(context: CommandContext, files: readonly string[]): Promise<NamedText[]> {
  const texts: NamedText[] = [];
  for (const file of files) texts.push(await readText(context, file));
  return texts;
}

interface ElsewhereOptions {
  /** Stores that were looked at: their queries are in the join. */
  seen: ReadonlySet<string>;
  ddl: readonly NamedText[];
  choose: Choose | null;
  signal: AbortSignal;
}

interface Elsewhere {
  whole: StoreWorkload[];
  chosen: StoreWorkload[];
  notes: string[];
}

/** Queries whose store was not looked at, by their shape. */
async function ofFiles(queries: readonly CollectedQuery[], configuration: Configuration, { seen, ddl, choose, signal }: ElsewhereOptions): Promise<Elsewhere> {
  const groups = queriesByStore(queries, configuration, dialectOfQuery).filter(({ store }) => !seen.has(store));
  const parsers = await createParsers({ signal });
  try {
    const readers = new Readers(parsers, new Map());
    const found: Elsewhere = { whole: [], chosen: [], notes: [] };
    for (const group of groups) {
      await parsers.prepare(group.dialect, group.queries.flatMap(({ variants }) => variants.map(({ sql }) => sql)));
      const fits = ddl.length > 0 && group.dialect.id === POSTGRES.id;
      if (ddl.length > 0 && !fits) found.notes.push(unfitting(group));
      const { reader, diagnostics } = await readers.forDdl(fits ? joinedDdl(ddl) : null, group.dialect);
      found.notes.push(...placedDiagnostics(ddl, diagnostics).map(({ message }) => `not read of the DDL: ${message}`));
      const whole = workloadOfQueries(group, reader, configuration);
      found.whole.push(whole);
      found.chosen.push(choose === null ? whole : workloadOfQueries(group, reader, configuration, choose));
      signal.throwIfAborted();
    }
    return { ...found, notes: [...new Set(found.notes)] };
  } finally {
    await parsers.close();
  }
}

function unfitting({ dialect, queries }: QueriesOfStore): string {
  return `--ddl is taken for PostgreSQL's: ${count(queries.length, 'query', 'queries')} in ${dialect.id} ${queries.length === 1 ? 'was' : 'were'} read without tables`;
}
