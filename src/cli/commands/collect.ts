import path from 'node:path';
import type { Command } from 'commander';
import type { Targets } from '../../config/defaults.js';
import { count, formatQuantity } from '../../text/quantity.js';
import type { Snapshot, StoreSnapshot } from '../../model/snapshot.js';
import type { Act, CommandContext } from '../command.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import { addSampleOption, sampleSeconds } from '../sample-option.js';
import { addTargetOptions } from '../target-options.js';
import { UsageError } from '../usage-error.js';

interface CollectOptions extends Partial<Targets> {
  sample?: string;
  previous?: string;
}

export function register(command: Command, act: Act): void {
  addSampleOption(addTargetOptions(command))
    .option('--previous <bundle>', 'an earlier bundle of the same stores: texts of statements that it has are not read again')
    .addHelpText('after', HELP)
    .action((options: CollectOptions) => act((context) => run(context, options)));
}

const HELP = `
Examples:
  tidemark collect -o monday.tidemark
  tidemark collect -o tuesday.tidemark --previous monday.tidemark
  tidemark collect -o busy.tidemark --sample 5min --postgres service=casework

The bundle holds names, definitions and statistics, never a row value.

With --previous the server need not read its file of statement texts again where
nothing new has gathered, which is what a collection costs most. Counters are
read anew; a text of another database, server or major version is never used.`;

async function run(context: CommandContext, { sample, previous: earlier, ...targets }: CollectOptions): Promise<ExitCode> {
  const { host, options, output, progress, redactor } = context;
  if (options.output === undefined) {
    throw new UsageError('collect needs a file to write to', 'as in tidemark collect -o casework.tidemark');
  }
  if (options.format.length > 0) throw new UsageError('a bundle has one form; --format belongs to tidemark audit');
  const sample_seconds = sampleSeconds(sample);
  await output.refuseUnwritable(options.output);
  const { readBundle, writeBundle } = await import('../../snapshot/bundle.js');
  const previous = earlier === undefined ? undefined : await readBundle(path.resolve(host.directory, earlier));
  const { prepareLive } = await import('../targets.js');
  const prepared = await prepareLive(context, targets);
  const { takeSnapshot } = await import('../take-snapshot.js');
  const snapshot = await takeSnapshot(context, prepared, { sample_seconds, previous });
  progress.stage('writing the bundle');
  await writeBundle(path.resolve(host.directory, options.output), snapshot);
  progress.end();
  if (!options.quiet) for (const line of [...summary(snapshot, options.output), ...(await unused(snapshot, previous, earlier))]) output.note(redactor.redact(line));
  return snapshot.gaps.some((gap) => gap.severity === 'blind') ? EXIT.blind : EXIT.clean;
}

/** Stores of which the earlier bundle told nothing, and why. */
async function unused(snapshot: Snapshot, previous: Snapshot | undefined, file = ''): Promise<string[]> {
  if (previous === undefined) return [];
  const { whyUnknown } = await import('../../snapshot/known-statements.js');
  return snapshot.stores.flatMap((store) => {
    const why = store.engine === 'postgres' ? whyUnknown(previous, store) : null;
    return why === null ? [] : [`${file}: its texts of ${store.name} are not used: ${why}`];
  });
}

function sampled({ name, sampling, activity = [] }: StoreSnapshot): string[] {
  if (!sampling || sampling.samples === 0) return [];
  const cost = formatQuantity(sampling.elapsed_ms, 'ms') ?? '0 ms';
  const seen = count(new Set(activity.map(({ queryId }) => queryId)).size, 'statement');
  return [`sampled ${name} ${count(sampling.samples, 'time')} in ${formatQuantity(sampling.seconds, 'seconds') ?? ''}, ${cost} of database time: ${seen} seen running`];
}

function summary(snapshot: Snapshot, file: string): string[] {
  const statements = snapshot.stores.reduce((sum, store) => sum + store.statements.length, 0);
  const held = [
    count(snapshot.stores.length, 'store'),
    count(statements, 'statement'),
    count(snapshot.queries.length, 'dashboard query', 'dashboard queries'),
  ];
  return [
    `${file}: ${held.join(', ')}`,
    ...snapshot.stores.flatMap(sampled),
    ...snapshot.gaps.map(({ subject, missing, cause, remedy }) => `not looked at: ${subject}: ${missing}: ${cause}${remedy === null ? '' : ` → ${remedy}`}`),
  ];
}
