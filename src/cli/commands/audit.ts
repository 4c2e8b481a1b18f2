import path from 'node:path';
import type { Command } from 'commander';
import type { Targets } from '../../config/defaults.js';
import type { Act, CommandContext } from '../command.js';
import type { ExitCode } from '../exit-code.js';
import type { Looked } from '../judge.js';
import { addSampleOption, sampleSeconds } from '../sample-option.js';
import { addTargetOptions } from '../target-options.js';
import { UsageError } from '../usage-error.js';

interface AuditOptions extends Partial<Targets> {
  all?: boolean;
  thorough?: boolean;
  sample?: string;
}

/** Parsers, drivers and rules are loaded once they are needed, so that help and wrong usage are quick. */
export function register(command: Command, act: Act): void {
  addSampleOption(addTargetOptions(command))
    .argument('[bundle]', 'a file that tidemark collect wrote; nothing is connected to')
    .option('--all', 'do not cut long lists')
    .option('--thorough', 'read warehouse SQL with both parsers, and doubt what they read differently')
    .addHelpText('after', EXIT_HELP)
    .action((bundle: string | undefined, options: AuditOptions) => act((context) => run(context, bundle, options)));
}

const EXIT_HELP = `
Exit codes:
  0  looked at everything, found nothing at or above --fail-on
  1  found something at or above --fail-on
  2  wrong usage, an unusable configuration, or a fault of tidemark
  3  found nothing at or above --fail-on, but could not look at everything`;

async function run(context: CommandContext, bundle: string | undefined, options: AuditOptions): Promise<ExitCode> {
  const { judgeAndReport } = await import('../judge.js');
  const destinations = await context.output.destinations();
  const looked = bundle === undefined ? await lookLive(context, options) : await lookAtBundle(context, options, bundle);
  return judgeAndReport(context, looked, destinations, { all: options.all ?? false, thorough: options.thorough ?? false });
}

async function lookLive(context: CommandContext, { sample, ...options }: AuditOptions): Promise<Looked> {
  const sample_seconds = sampleSeconds(sample);
  const { prepareLive } = await import('../targets.js');
  const prepared = await prepareLive(context, options);
  // Before anything is connected to: a rule that is refused should not cost production a look.
  const { rulesFor } = await import('../judge.js');
  const rules = await rulesFor(prepared);
  const { takeSnapshot } = await import('../take-snapshot.js');
  return { prepared, rules, snapshot: await takeSnapshot(context, prepared, { sample_seconds }) };
}

async function lookAtBundle(context: CommandContext, options: AuditOptions, bundle: string): Promise<Looked> {
  if (options.sample !== undefined) throw new UsageError('a bundle is audited as it is: --sample belongs to tidemark collect', 'as in tidemark collect --sample 60s -o casework.tidemark');
  context.progress.stage('reading the bundle');
  const { readBundle } = await import('../../snapshot/bundle.js');
  const snapshot = await readBundle(path.resolve(context.host.directory, bundle));
  const { prepareBundle } = await import('../targets.js');
  const prepared = await prepareBundle(context, options, snapshot);
  const { rulesFor } = await import('../judge.js');
  return { prepared, rules: await rulesFor(prepared), snapshot };
}
