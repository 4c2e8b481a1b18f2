import path from 'node:path';
import type { Snapshot } from '../../model/snapshot.js';
import type { Targets } from '../../config/defaults.js';
import { readBundle } from '../../snapshot/bundle.js';
import type { CommandContext } from '../command.js';
import { givenTargets, type Prepared, prepareBundle, prepareLive } from '../targets.js';
import { UsageError } from '../usage-error.js';
import { toolVersion } from '../version.js';
import type { AskedAnswer } from './ask/answer.js';
import type { PrivacyAnswer } from './answer.js';
import { asksStores, type AskOptions } from './ask/options.js';

/**
 * Looks at a bundle or at what is live, and follows every column of personal data; asks the stores themselves where flags want it.
 * Throws UsageError, BundleError, ConfigurationError.
 */
export async function lookAtPrivacy(context: CommandContext, bundles: readonly string[], given: Partial<Targets> & AskOptions): Promise<PrivacyAnswer> {
  const { lifetime, progress } = context;
  const { prepared, snapshot, isLive } = await snapshotOf(context, bundles, given);
  const asking = asksStores(given) ? await (await import('./ask/run.js')).beginAsking(context, prepared, snapshot, { ...given, fromBundle: !isLive }) : null;
  try {
    const values = await asking?.values();
    progress.stage('following personal data');
    const { privacyOf } = await import('../../audit.js');
    const { report, privacy, movements } = await privacyOf(snapshot, prepared.configuration, toolVersion(), { signal: lifetime.signal, ...(values === undefined ? {} : { values }) });
    lifetime.signal.throwIfAborted();
    const asked = await asking?.answers({ privacy, movements });
    return {
      schemaVersion: 1,
      tool: { name: 'tidemark', version: toolVersion() },
      takenAt: snapshot.takenAt,
      stores: snapshot.stores.map(({ name, role, engine }) => ({ name, role, engine })),
      ...privacy,
      gaps: [...report.gaps, ...(asked?.gaps ?? [])],
      assumptions: [...prepared.assumptions, ...report.assumptions],
      ...(asked === undefined ? {} : { asked: withoutGaps(asked) }),
    };
  } finally {
    await asking?.close();
  }
}

function withoutGaps({ sampling, erased, smallGroups, costs }: AskedAnswer): Omit<AskedAnswer, 'gaps'> {
  return { sampling, erased, smallGroups, costs };
}

interface Seen {
  prepared: Prepared;
  snapshot: Snapshot;
  isLive: boolean;
}

async function snapshotOf(context: CommandContext, [bundle, another]: readonly string[], given: Partial<Targets> & AskOptions): Promise<Seen> {
  const targets = givenTargets(given);
  if (another !== undefined && [bundle, another].includes('show')) throw new UsageError('show stands before all else', `as in tidemark privacy show customer.email ${bundle === 'show' ? another : bundle}`);
  if (another !== undefined) throw new UsageError('personal data is followed within one bundle, and several were given', 'tidemark collect writes all stores and dashboards of a configuration into one bundle');
  if (bundle !== undefined) {
    if (asksStores(given)) (await import('./ask/run.js')).checkAsking({ ...given, fromBundle: true }, 0);
    context.progress.stage(`reading ${bundle}`);
    const snapshot = await readBundle(path.resolve(context.host.directory, bundle));
    return { prepared: await prepareBundle(context, targets, snapshot), snapshot, isLive: false };
  }
  const prepared = await prepareLive(context, targets);
  if (asksStores(given)) (await import('./ask/run.js')).checkAsking({ ...given, fromBundle: false }, prepared.configuration.stores.length);
  const { takeSnapshot } = await import('../take-snapshot.js');
  return { prepared, snapshot: await takeSnapshot(context, prepared), isLive: true };
}
