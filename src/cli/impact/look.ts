import path from 'node:path';
import type { StoreBoundary } from '../../graph/boundary.js';
import type { JoinedInFull } from '../../audit.js';
import { migratedStore } from '../../check/migrations/migrated-store.js';
import { applyMigrations, readMigrations } from '../../migrations/index.js';
import type { ImpactReport } from '../../model/impact-report.js';
import type { MigrationFile } from '../../model/migration.js';
import type { Snapshot } from '../../model/snapshot.js';
import { readBundle } from '../../snapshot/bundle.js';
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

async function worked({ context, files, boundary, joined, parsers, prepared: { configuration }, scratch }: Work): Promise<ImpactReport> {
  context.progress.stage('applying migrations');
  const applied = await applyMigrations(boundary.store.catalog, files);
  context.progress.stage('trying queries against the schema after');
  const { workOut } = await import('../../check/migrations/work-out.js');
  const { report } = await workOut({ files, applied, boundary, joined, parsers, configuration, scratch: async (engine) => scratch.space(engine) });
  return report;
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
  const answer = migratedStore(boundaries.map((boundary) => ({ name: boundary.store.name, role: boundary.store.role, boundary })), wanted ?? null);
  if ('found' in answer) return answer.found.boundary;
  const { doubt, names } = answer;
  switch (doubt) {
    case 'no such store':
      throw new UsageError(`there is no store named '${wanted ?? ''}'${suggestion(wanted ?? '', names)}`, names.length === 0 ? null : `stores: ${names.join(', ')}`);
    case 'no store':
      throw new UsageError('there is no store whose schema could be migrated', 'name a bundle with --bundle, a store with --postgres, or the schema with --ddl');
    case 'several stores':
      throw new UsageError(`there are ${names.length} stores, and migrations are of one`, `name it with --store: ${names.join(', ')}`);
  }
}
