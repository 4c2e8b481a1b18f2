import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { Configuration } from '../../model/configuration.js';
import type { Gap, Snapshot } from '../../model/snapshot.js';
import { readBundle } from '../../snapshot/bundle.js';
import { otherSystem } from '../../snapshot/bundle-system.js';
import { formatQuantity } from '../../text/quantity.js';
import type { CommandContext } from '../command.js';
import { configurationFile, displayName } from '../configuration.js';
import { UsageError } from '../usage-error.js';

/** The folder beside a configuration in which the files of the gate lie. */
export const GATE_FOLDER = '.tidemark';
const DEFAULT_BUNDLE = 'bundle.tidemark';

export interface GivenBundle {
  /** As a person in the working folder would write it. */
  file: string;
  snapshot: Snapshot;
}

/** The bundle of `--bundle`, else the one beside the configuration. Throws UsageError where there is none, and BundleError. */
export async function givenBundle(context: CommandContext, named: string | undefined): Promise<GivenBundle> {
  const file = named === undefined ? await defaultBundle(context) : path.resolve(context.host.directory, named);
  context.progress.stage('reading the bundle');
  return { file: displayName(context, file), snapshot: await readBundle(file) };
}

async function defaultBundle(context: CommandContext): Promise<string> {
  const configuration = await configurationFile(context);
  const file = path.join(configuration === null ? context.host.directory : path.dirname(configuration), GATE_FOLDER, DEFAULT_BUNDLE);
  if ((await stat(file).catch(() => null)) !== null) return file;
  throw new UsageError(`a change is judged against a bundle, and there is none at ${displayName(context, file)}`, 'name the one that the nightly job wrote: --bundle FILE; tidemark collect -o FILE writes one');
}

/** A bundle of another system would judge a change by tables that it has nothing to do with. `configuration` is as written. Throws UsageError. */
export function refuseOtherSystem({ file, snapshot }: GivenBundle, configuration: Configuration): void {
  const difference = otherSystem(configuration, snapshot);
  if (difference === null) return;
  throw new UsageError(`${file} is of another system: ${difference}`, 'name the bundle that was collected with this configuration, or the configuration of the bundle with -c');
}

/** How many whole days ago a bundle was taken; never fewer than none. */
export function ageDays({ takenAt }: Pick<Snapshot, 'takenAt'>, now: Date): number {
  return Math.max(0, Math.floor((now.getTime() - Date.parse(takenAt)) / 86_400_000));
}

/** Why a bundle is too old to be judged by; null where it is not. */
export function tooOld({ file, snapshot }: GivenBundle, seconds_max: number | null, now: Date): Gap | null {
  const age_seconds = (now.getTime() - Date.parse(snapshot.takenAt)) / 1_000;
  if (seconds_max === null || !(age_seconds > seconds_max)) return null;
  const taken = snapshot.takenAt.replace(/^(.{10})T(.{5}).*$/, '$1 $2 UTC');
  return {
    subject: file,
    missing: 'whether anything new came in: nothing was judged',
    cause: `the bundle was taken on ${taken}, ${formatQuantity(age_seconds, 'seconds') ?? 'too long'} ago, and --max-age is ${formatQuantity(seconds_max, 'seconds') ?? 'less'}`,
    remedy: 'Run the job that collects it, then check again.',
    severity: 'blind',
  };
}
