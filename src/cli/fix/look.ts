import { notProposed, proposeContracts } from '../../contracts/index.js';
import type { CommandContext } from '../command.js';
import { Scratch } from '../scratch.js';
import { seenSnapshot } from '../seen-snapshot.js';
import { toolVersion } from '../version.js';
import { coverageOf, type FixAnswer } from './answer.js';
import { nothingFits } from './nothing.js';
import type { ContractOptions } from './options.js';
import { personalColumns } from './personal-columns.js';

interface Proposed {
  answer: FixAnswer;
  /** Why a pattern that was given chose nothing; null where it chose something. */
  nothing: string | null;
}

/** Looks at a bundle or at what is live and proposes contracts. Throws UsageError, BundleError, ConfigurationError. */
export async function proposeFor(context: CommandContext, bundles: readonly string[], options: ContractOptions): Promise<Proposed> {
  const { lifetime, progress } = context;
  const { prepared, snapshot } = await seenSnapshot(context, bundles, options, 'contracts are proposed');
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
