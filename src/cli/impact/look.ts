import path from 'node:path';
import type { StoreBoundary } from '../../graph/boundary.js';
import type { JoinedInFull } from '../../audit.js';
import { impactOf } from '../../impact/index.js';
import { applyMigrations, readMigrations } from '../../migrations/index.js';
import type { MetricGroup } from '../../model/metric-report.js';
import type { MigrationFile, SchemaChange } from '../../model/migration.js';
import type { Snapshot } from '../../model/snapshot.js';
import type { ScratchSpace } from '../../model/scratch-engine.js';
import { classifyCatalog } from '../../privacy/classify.js';
import { readBundle } from '../../snapshot/bundle.js';
import { dialectOfEngine } from '../../sql/dialect.js';
import type { Parsers } from '../../sql/parse/parsers.js';
import { suggestion } from '../../text/nearest-name.js';
import type { CommandContext } from '../command.js';
import { Scratch } from '../scratch.js';
import { givenTargets, namesStores, type Prepared, prepareBundle, prepareLive } from '../targets.js';
import { UsageError } from '../usage-error.js';
import { toolVersion } from '../version.js';
import type { ImpactAnswer } from './answer.js';
import { snapshotOfDdl } from './ddl-store.js';
import { migrationTexts } from './files.js';
import type { ImpactOptions } from './options.js';
import { afterVersion } from './since.js';

interface Seen {
  prepared: Prepared;
  snapshot: Snapshot;
}

/** Reads the migrations and who reads the store, and works out what the first do to the second. */
export async function lookAtImpact(context: CommandContext, given: readonly string[], options: ImpactOptions): Promise<ImpactAnswer> {
  const { lifetime, progress } = context;
  const texts = await migrationTexts(context, given);
  const files = afterVersion(await readMigrations(texts.files, options.tool === undefined ? {} : { tool: options.tool }), options.since);
  const { prepared, snapshot } = await seenOf(context, options);
  progress.stage('reading queries');
  const { withJoin } = await import('../../audit.js');
  const scratch = new Scratch(lifetime.signal);
  try {
    return await withJoin(snapshot, prepared.configuration, toolVersion(), async (joined, parsers) => {
      const boundary = chosenStore(joined.boundaries, options.store);
      const report = await worked({ context, files, boundary, joined, parsers, prepared, scratch });
      lifetime.signal.throwIfAborted();
      return {
        ...report,
        schemaVersion: 1 as const,
        tool: { name: 'tidemark', version: toolVersion() },
        takenAt: snapshot.takenAt,
        gaps: [...texts.gaps, ...joined.report.gaps, ...scratch.gaps],
        assumptions: [...prepared.assumptions, ...joined.report.assumptions],
      };
    }, { signal: lifetime.signal });
  } finally {
    await scratch.close();
  }
}

interface Work {
  context: CommandContext;
  files: readonly MigrationFile[];
  boundary: StoreBoundary;
  joined: JoinedInFull;
  parsers: Parsers;
  prepared: Prepared;
  scratch: Scratch;
}

async function worked({ context, files, boundary, joined, parsers, prepared: { configuration }, scratch }: Work): ReturnType<typeof impactOf> {
  const { store } = boundary;
  context.progress.stage('applying migrations');
  const { after, changes, unknown } = await applyMigrations(store.catalog, files);
  const dialect = dialectOfEngine(store.engine);
  await parsers.prepare(dialect, [...after.relations.flatMap(({ definition }) => definition ?? []), ...changes.flatMap((change) => (change.kind === 'view-replaced' ? [change.before, change.after] : []))]);
  const space = (): Promise<ScratchSpace | null> => scratch.space(store.engine);
  context.progress.stage('trying queries against the schema after');
  const { movementsOf } = await import('../../graph/movement/index.js');
  const { timeZoneOf } = await import('../../graph/metric-inputs.js');
  return impactOf({
    boundary,
    others: joined.boundaries.filter((one) => one !== boundary),
    after, files, changes, unknown,
    parse: parsers.parse(dialect),
    read: joined.read,
    metrics: await metricsOf(boundary, changes, joined, parsers, space, configuration),
    movements: movementsOf({ boundaries: joined.boundaries, snapshot: joined.snapshot, configuration, parsers }),
    contracts: joined.snapshot.contracts ?? [],
    personal: personalColumns([store.catalog, after], configuration),
    declaredMasks: new Map(Object.entries(configuration.maskingFunctions)),
    scratch: space,
    timeZone: timeZoneOf(boundary),
    takenAt: joined.snapshot.takenAt,
  });
}

/** Changes that may part definitions which are equal today. */
const PARTING = new Set<SchemaChange['kind']>(['constraint-dropped', 'column-nullable', 'column-type', 'values-changed']);

/** The metrics over what is changed, where a change may part them: definitions of others stay as they are. */
async function metricsOf(boundary: StoreBoundary, changes: readonly SchemaChange[], { snapshot }: JoinedInFull, parsers: Parsers, space: () => Promise<ScratchSpace | null>, configuration: Prepared['configuration']): Promise<readonly MetricGroup[]> {
  const relations = new Set(changes.filter(({ kind }) => PARTING.has(kind)).map(({ relation }) => relation));
  if (relations.size === 0) return [];
  const reads = ({ part }: ReadQueryPart): boolean => part !== null && [...relations].some((relation) => part.resolution.base.has(relation) || part.resolution.direct.has(relation));
  const accesses = boundary.accesses.filter(reads);
  if (accesses.length === 0) return [];
  const { metricAnalysis } = await import('../../graph/metric-subjects.js');
  const { groups } = await metricAnalysis([{ ...boundary, accesses }], parsers, { metrics: configuration.metrics ?? [], contracts: snapshot.contracts ?? [], audit: true, scratch: space });
  return groups;
}

type ReadQueryPart = Pick<StoreBoundary['accesses'][number], 'part'>;

function personalColumns(catalogs: readonly Snapshot['stores'][number]['catalog'][], { columns, thresholds }: Prepared['configuration']): Map<string, string> {
  const found = new Map<string, string>();
  for (const catalog of catalogs) {
    for (const [column, { kind, confidence }] of classifyCatalog(catalog, columns)) if (confidence >= thresholds.privacy_confidence) found.set(column, kind.replaceAll('_', ' '));
  }
  return found;
}

async function seenOf(context: CommandContext, options: ImpactOptions): Promise<Seen> {
  const { bundle, ddl } = options;
  const targets = givenTargets(options);
  if (ddl !== undefined) {
    if (bundle !== undefined || namesStores(options)) throw new UsageError('--ddl is the schema in place of a store: a bundle or a store cannot be named besides', 'with --ddl only --dashboards says who reads it');
    if (context.options.config !== undefined) throw new UsageError('either a configuration or --ddl names the schema before, not both', 'with --ddl only --dashboards says who reads it');
    return snapshotOfDdl(context, ddl, options.dashboards ?? []);
  }
  if (bundle !== undefined) {
    context.progress.stage(`reading ${bundle}`);
    const snapshot = await readBundle(path.resolve(context.host.directory, bundle));
    return { prepared: await prepareBundle(context, targets, snapshot), snapshot };
  }
  const prepared = await prepareLive(context, targets);
  const { takeSnapshot } = await import('../take-snapshot.js');
  return { prepared, snapshot: await takeSnapshot(context, prepared) };
}

/** The store that is migrated: the one that is named, or the only operational one, or the only one. Throws UsageError. */
function chosenStore(boundaries: readonly StoreBoundary[], wanted: string | undefined): StoreBoundary {
  const names = boundaries.map(({ store }) => store.name);
  if (wanted !== undefined) {
    const found = boundaries.find(({ store }) => store.name === wanted);
    if (found === undefined) throw new UsageError(`there is no store named '${wanted}'${suggestion(wanted, names)}`, names.length === 0 ? null : `stores: ${names.join(', ')}`);
    return found;
  }
  const operational = boundaries.filter(({ store }) => store.role === 'operational');
  const [only, another] = operational.length > 0 ? operational : boundaries;
  if (only === undefined) throw new UsageError('there is no store whose schema could be migrated', 'name a bundle with --bundle, a store with --postgres, or the schema with --ddl');
  if (another !== undefined) throw new UsageError(`there are ${boundaries.length} stores, and migrations are of one`, `name it with --store: ${names.join(', ')}`);
  return only;
}

