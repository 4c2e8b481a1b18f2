import path from 'node:path';
import { notProposed, proposeContracts } from '../../contracts/index.js';
import type { StoreBoundary } from '../../graph/boundary.js';
import type { Configuration } from '../../model/configuration.js';
import type { Snapshot } from '../../model/snapshot.js';
import { classifyCatalog } from '../../privacy/classify.js';
import { readBundle } from '../../snapshot/bundle.js';
import type { CommandContext } from '../command.js';
import { Scratch } from '../scratch.js';
import { givenTargets, type Prepared, prepareBundle, prepareLive } from '../targets.js';
import { UsageError } from '../usage-error.js';
import { toolVersion } from '../version.js';
import { coverageOf, type FixAnswer } from './answer.js';
import { nothingFits } from './nothing.js';
import type { ContractOptions } from './options.js';

interface Proposed {
  answer: FixAnswer;
  /** Why a pattern that was given chose nothing; null where it chose something. */
  nothing: string | null;
}

/** Looks at a bundle or at what is live and proposes contracts. Throws UsageError, BundleError, ConfigurationError. */
export async function proposeFor(context: CommandContext, bundles: readonly string[], options: ContractOptions): Promise<Proposed> {
  const { lifetime, progress } = context;
  const { prepared, snapshot } = await snapshotOf(context, bundles, options);
  const { configuration } = prepared;
  progress.stage('joining what was collected');
  const { withJoin } = await import('../../audit.js');
  const scratch = new Scratch(lifetime.signal);
  try {
    return await withJoin(snapshot, configuration, toolVersion(), async ({ boundaries, report, snapshot: { contracts = [] } }, parsers) => {
      progress.stage('proposing contracts');
      const only = { store: options.store, relation: options.relation, consumer: options.consumer };
      const engines = new Map(snapshot.stores.map(({ name, engine }) => [name, engine]));
      const verify = { takenAt: snapshot.takenAt, scratch: (store: string) => scratch.space(engines.get(store) ?? '') };
      const proposals = await proposeContracts({
        boundaries, parsers, configuration, contracts, only, personal: personalColumns(boundaries, snapshot, configuration), verify: options.verify ? verify : null, onProgress: progress.detail,
      });
      lifetime.signal.throwIfAborted();
      const answer: FixAnswer = {
        schemaVersion: 1,
        tool: { name: 'tidemark', version: toolVersion() },
        takenAt: snapshot.takenAt,
        stores: snapshot.stores.map(({ name, role, engine }) => ({ name, role, engine })),
        proposals,
        coverage: coverageOf(proposals),
        gaps: [...report.gaps, ...notProposed({ boundaries, only }), ...scratch.gaps],
        assumptions: [...prepared.assumptions, ...report.assumptions],
      };
      return { answer, nothing: proposals.length > 0 ? null : nothingFits(boundaries, only) };
    }, { signal: lifetime.signal });
  } finally {
    await scratch.close();
  }
}

/** By store: the columns that hold personal data or secrets, as sure as a report must be. */
function personalColumns(boundaries: readonly StoreBoundary[], { columnDeclarations = [] }: Snapshot, { columns, thresholds }: Configuration): Parameters<typeof proposeContracts>[0]['personal'] {
  return new Map(boundaries.map(({ store }) => {
    const declared = columnDeclarations.filter((declaration) => declaration.store === null || declaration.store === store.name);
    const classified = classifyCatalog(store.catalog, columns, declared);
    return [store.name, new Map([...classified].filter(([, { confidence }]) => confidence >= thresholds.privacy_confidence))];
  }));
}

async function snapshotOf(context: CommandContext, [bundle, another]: readonly string[], options: ContractOptions): Promise<{ prepared: Prepared; snapshot: Snapshot }> {
  const targets = givenTargets(options);
  if (another !== undefined) throw new UsageError('contracts are proposed from one bundle, and several were given', 'tidemark collect writes all stores and dashboards of a configuration into one bundle');
  if (bundle === undefined) {
    const prepared = await prepareLive(context, targets);
    const { takeSnapshot } = await import('../take-snapshot.js');
    return { prepared, snapshot: await takeSnapshot(context, prepared) };
  }
  context.progress.stage(`reading ${bundle}`);
  const snapshot = await readBundle(path.resolve(context.host.directory, bundle));
  return { prepared: await prepareBundle(context, targets, snapshot), snapshot };
}
