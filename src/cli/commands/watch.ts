import path from 'node:path';
import { InvalidArgumentError, Option, type Command } from 'commander';
import type { Targets } from '../../config/defaults.js';
import type { Act, CommandContext } from '../command.js';
import type { ExitCode } from '../exit-code.js';
import { duration } from '../live/durations.js';
import { linesOrScreen } from '../live/form.js';
import type { LinesForm } from '../live/lines-mode.js';
import { addTargetOptions } from '../target-options.js';
import { journalFolderOf } from '../live/state-folder.js';
import { UsageError } from '../usage-error.js';

interface WatchOptions extends Partial<Targets> {
  plain?: boolean;
  record?: string;
  replay?: string;
  speed?: number;
  for?: number;
  journal: boolean;
  audit: boolean;
}

export function register(command: Command, act: Act): void {
  addTargetOptions(command)
    .option('--plain', 'one line for each change of state instead of a screen')
    .option('--record <file>', 'also write every sample to a file')
    .option('--replay <file>', 'show a recording, or the folder of a journal, instead of looking')
    .addOption(new Option('--speed <factor>', 'how fast to replay').argParser(factor))
    .addOption(new Option('--for <duration>', 'end after 30s, 5min …; the exit code then says how things stand').argParser(duration))
    .option('--no-journal', 'keep no journal: no time to step back to, and no budgets over days')
    .option('--no-audit', 'do not audit beside it: statements then have no origin')
    .addHelpText('after', HELP)
    .action((options: WatchOptions) => act((context) => run(context, options)));
}

const HELP = `
Without a terminal, or with --plain, it prints one line for each change of state;
--format ndjson prints the same for machines. ? in the screen explains its keys.

Exit codes with --for, or when a recording has been printed:
  0  every objective holds          2  wrong usage, or a fault of tidemark
  1  one is in breach               3  something could not be looked at`;

function factor(text: string): number {
  const value = Number(text.replace(/[x×]$/, ''));
  if (!(value > 0) || value > 10_000) throw new InvalidArgumentError('It must be a number above 0, such as 10.');
  return value;
}

async function run(context: CommandContext, options: WatchOptions): Promise<ExitCode> {
  const form = linesOrScreen(context, options.plain ?? false);
  if (options.replay !== undefined) return replay(context, options, options.replay, form);
  if (options.speed !== undefined) throw new UsageError('--speed is for a recording', 'give it with --replay FILE');
  const { prepareLive } = await import('../targets.js');
  const { readContracts } = await import('../live/contracts.js');
  const prepared = await readContracts(context, await prepareLive(context, options));
  if (prepared.configuration.stores.length === 0) {
    throw new UsageError('there is no store to watch', 'name one, as in tidemark watch --postgres postgresql://watch_ro@db.example/casework');
  }
  context.redactor.addSecrets(prepared.configuration.live.notify.map(({ url }) => url));
  const { beginWatching } = await import('../live/session.js');
  const session = await beginWatching(context, prepared, { record: options.record, journalFolder: journalFolderOf(context, prepared, options.journal), audit: options.audit });
  if (form !== 'screen') {
    const { printLines } = await import('../live/lines-mode.js');
    return printLines(context, form, session, options.for ?? null);
  }
  const { showLive } = await import('../live/screen-mode.js');
  return showLive(context, prepared, session, options.for ?? null);
}

async function replay(context: CommandContext, options: WatchOptions, file: string, form: LinesForm | 'screen'): Promise<ExitCode> {
  if (options.record !== undefined) throw new UsageError('--record and --replay: a recording is there already');
  const { Replay, playhead } = await import('../live/replay.js');
  const { defaultLive } = await import('../../config/live-defaults.js');
  context.progress.stage('reading the recording');
  const opened = await Replay.open({ path: path.resolve(context.host.directory, file), settings: defaultLive, stores: [] });
  context.progress.end();
  for (const problem of opened.report.problems) context.output.note(problem);
  if (form === 'screen') {
    const { showReplay } = await import('../live/screen-mode.js');
    return showReplay(context, opened, options.speed ?? 1);
  }
  const { replayLines } = await import('../live/lines-mode.js');
  const { systemClock } = await import('../live/system-clock.js');
  // Nobody waits for a text to be played.
  const at = options.speed === undefined ? null : playhead(opened, systemClock, options.speed);
  return replayLines(context, form, opened, at);
}
