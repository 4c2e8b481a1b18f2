import { type Command, Option } from 'commander';
import { isDate } from '../../findings/suppressions/date.js';
import type { Level } from '../../model/finding.js';
import { plainText } from '../../text/plain-text.js';
import { UsageError } from '../usage-error.js';

/** What all three commands are told. */
export interface LookOptions {
  bundle?: string;
  baseline?: string;
  waivers?: string;
}

export interface WriteOptions extends LookOptions {
  reason?: string;
  owner?: string;
  until?: string;
  level?: Level;
}

export interface PruneOptions extends LookOptions {
  expired?: boolean;
}

const LEVELS = ['error', 'warning', 'note'] as const satisfies readonly Level[];

function addLookOptions(command: Command): Command {
  return command
    .option('--bundle <file>', 'what tidemark collect wrote of the stores; default: .tidemark/bundle.tidemark beside the configuration')
    .option('--baseline <file>', 'the baseline; default: .tidemark/baseline.yaml beside the configuration')
    .option('--waivers <file>', 'what is let pass by hand, and needs no entry; default: .tidemark/waivers.yaml beside the configuration');
}

export function addWriteOptions(command: Command): Command {
  return addLookOptions(command)
    .option('--reason <text>', 'why what is new may stand; needed where something is')
    .option('--owner <name>', 'who answers for what is new; default: the owner of each finding')
    .option('--until <date>', 'the last day on which what is new is hidden, as in 2027-01-31; default: no end')
    .addOption(new Option('--level <level>', 'the least level that is written').choices(LEVELS).default('warning'))
    .addHelpText('after', WRITE_HELP);
}

export function addPruneOptions(command: Command): Command {
  return addLookOptions(command).option('--expired', 'take out entries that are past too').addHelpText('after', PRUNE_HELP);
}

export function addShowOptions(command: Command): Command {
  return addLookOptions(command).addHelpText('after', SHOW_HELP);
}

const WRITE_HELP = `
Judges the bundle with the files of the working tree, connects to nothing, and writes an entry for
each rule, consumer and relation that is found, and for each thing that could not be looked at.
Entries that are there keep their reason, owner, end and remarks. What a waiver or a comment in
SQL hides gets none. An entry holds names and digests, never a statement or a value.

  tidemark baseline write --bundle casework.tidemark --reason "OPS-231" --until 2027-01-31

Exit codes:
  0  written, or nothing to write
  2  wrong usage, an unusable file, or a fault of tidemark`;

const PRUNE_HELP = `
Takes out of the baseline what hides nothing any more, entries and single statements, and says which.
Everything else stays letter by letter.

Exit codes:
  0  pruned, or nothing to prune
  2  wrong usage, an unusable file, or a fault of tidemark`;

const SHOW_HELP = `
Lists the entries of the baseline by rule: whether each still hides something, and for how long.
--format json and ndjson give an object for each entry.

Exit codes:
  0  every entry can be read and none is past
  1  an entry is past or cannot be read, so that check fails for it
  2  wrong usage, an unusable file, or a fault of tidemark`;

/** What is said of new entries. Throws UsageError for an empty reason and for an end that is none or past. */
export function saidOf({ reason, owner, until }: WriteOptions, today: string): { reason: string | null; owner: string | null; until: string | null } {
  for (const [flag, text] of [['--reason', reason], ['--owner', owner]] as const) {
    if (text !== undefined && plainText(text) === '') throw new UsageError(`${flag} is empty`, `say it in a few words, as in ${flag} "${flag === '--reason' ? 'OPS-231, moves with the casework contract' : 'Operations Analytics'}"`);
  }
  if (until !== undefined && !isDate(until)) throw new UsageError(`--until takes a day of the calendar, not '${until}'`, 'as in --until 2027-01-31');
  if (until !== undefined && until < today) throw new UsageError(`--until ${until} is past: entries would hide nothing`, 'give a day that is to come, or none');
  return { reason: reason === undefined ? null : plainText(reason, 1_000), owner: owner === undefined ? null : plainText(owner), until: until ?? null };
}
