import path from 'node:path';
import type { Command } from 'commander';
import type { Targets } from '../../config/defaults.js';
import { count } from '../../text/quantity.js';
import type { Snapshot } from '../../model/snapshot.js';
import type { Act, CommandContext } from '../command.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import { addTargetOptions } from '../target-options.js';
import { UsageError } from '../usage-error.js';

export function register(command: Command, act: Act): void {
  addTargetOptions(command)
    .addHelpText('after', '\nThe bundle holds names, definitions and statistics, never a row value.')
    .action((options: Partial<Targets>) => act((context) => run(context, options)));
}

async function run(context: CommandContext, targets: Partial<Targets>): Promise<ExitCode> {
  const { host, options, output, progress, redactor } = context;
  if (options.output === undefined) {
    throw new UsageError('collect needs a file to write to', 'as in tidemark collect -o casework.tidemark');
  }
  if (options.format.length > 0) throw new UsageError('a bundle has one form; --format belongs to tidemark audit');
  await output.refuseUnwritable(options.output);
  const { prepareLive } = await import('../targets.js');
  const prepared = await prepareLive(context, targets);
  const { takeSnapshot } = await import('../take-snapshot.js');
  const snapshot = await takeSnapshot(context, prepared);
  progress.stage('writing the bundle');
  const { writeBundle } = await import('../../snapshot/bundle.js');
  await writeBundle(path.resolve(host.directory, options.output), snapshot);
  progress.end();
  if (!options.quiet) for (const line of summary(snapshot, options.output)) output.note(redactor.redact(line));
  return snapshot.gaps.some((gap) => gap.severity === 'blind') ? EXIT.blind : EXIT.clean;
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
    ...snapshot.gaps.map(({ subject, missing, cause, remedy }) => `not looked at: ${subject}: ${missing}: ${cause}${remedy === null ? '' : ` → ${remedy}`}`),
  ];
}
