import path from 'node:path';
import type { Snapshot } from '../../model/snapshot.js';
import type { CommandContext } from '../command.js';
import { rulesFor } from '../judge.js';
import type { Rule } from '../../rules/rule.js';
import { type GivenTargets, type Prepared, prepareBundle, prepareLive } from '../targets.js';

/** What is reviewed, before it is judged. */
export interface Reviewable {
  prepared: Prepared;
  rules: Rule[];
  /** Looks at live stores, or hands out the bundle that was read. */
  snapshot: () => Promise<Snapshot>;
}

/** Reads a bundle, or prepares a look at what is live. Nothing is connected to yet. Throws UsageError, BundleError, ConfigurationError, RuleError. */
export async function reviewable(context: CommandContext, bundle: string | undefined, targets: GivenTargets): Promise<Reviewable> {
  if (bundle === undefined) {
    const prepared = await prepareLive(context, targets);
    const rules = await rulesFor(prepared);
    return { prepared, rules, snapshot: async () => (await import('../take-snapshot.js')).takeSnapshot(context, prepared) };
  }
  context.progress.stage('reading the bundle');
  const { readBundle } = await import('../../snapshot/bundle.js');
  const snapshot = await readBundle(path.resolve(context.host.directory, bundle));
  const prepared = await prepareBundle(context, targets, snapshot);
  return { prepared, rules: await rulesFor(prepared), snapshot: () => Promise.resolve(snapshot) };
}
