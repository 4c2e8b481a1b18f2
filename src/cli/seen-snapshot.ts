import path from 'node:path';
import type { Targets } from '../config/defaults.js';
import type { Snapshot } from '../model/snapshot.js';
import type { CommandContext } from './command.js';
import type { Prepared } from './targets.js';
import { UsageError } from './usage-error.js';

export interface Seen {
  prepared: Prepared;
  snapshot: Snapshot;
  isLive: boolean;
}

/**
 * What is looked at: the one bundle that was given, else what flags and configuration name.
 *
 * @param refusal what is done within one bundle, for who gives several: `contracts are proposed`
 * @throws UsageError, BundleError, ConfigurationError
 */
export async function seenSnapshot(context: CommandContext, [bundle, another]: readonly string[], given: Partial<Targets>, refusal: string): Promise<Seen> {
  if (another !== undefined) throw new UsageError(`${refusal} from one bundle, and several were given`, 'tidemark collect writes all stores and dashboards of a configuration into one bundle');
  const { givenTargets, prepareBundle, prepareLive } = await import('./targets.js');
  const targets = givenTargets(given);
  if (bundle === undefined) {
    const prepared = await prepareLive(context, targets);
    const { takeSnapshot } = await import('./take-snapshot.js');
    return { prepared, snapshot: await takeSnapshot(context, prepared), isLive: true };
  }
  context.progress.stage(`reading ${bundle}`);
  const { readBundle } = await import('../snapshot/bundle.js');
  const snapshot = await readBundle(path.resolve(context.host.directory, bundle));
  return { prepared: await prepareBundle(context, targets, snapshot), snapshot, isLive: false };
}
