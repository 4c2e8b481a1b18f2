import { InvalidArgumentError, Option, type Command } from 'commander';
import { parseDuration } from '../../config/quantity.js';
import type { Targets } from '../../config/defaults.js';
import { limitOf } from '../limit-option.js';
import { duration } from '../live/durations.js';
import { addTargetOptions } from '../target-options.js';

/** What chooses and bounds a comparison; `fix reload` takes it too. */
export interface ComparisonOptions extends Partial<Targets> {
  /** As written: `SOURCE=TARGET`. */
  pair?: string[];
  key?: string;
  columns?: string;
  except?: string;
  watermark?: string;
  /** Share of the time in which production works for the comparison, 0 to 1. */
  duty: number;
  chunkTime: number;
  unpaced?: boolean;
  /** Seconds. */
  wait: number;
  replica?: boolean;
  primary?: boolean;
  fresh?: boolean;
  /** False keeps nothing between runs. */
  state: boolean;
  showKeys?: boolean;
  limit: number;
}

export interface ReconcileOptions extends ComparisonOptions {
  explain?: boolean;
  suggest?: boolean;
  level: Level;
}

const LEVELS = ['counts', 'keys'] as const;
export type Level = (typeof LEVELS)[number];

const LIMIT_DEFAULT = 20;
const WAIT_SECONDS_DEFAULT = 30;
const DUTY_DEFAULT = 0.1;
const CHUNK_MS_DEFAULT = 100;
const CHUNK_MS_MIN = 5;
const CHUNK_MS_MAX = 60_000;

const repeated = (value: string, previous: string[] | undefined): string[] => [...(previous ?? []), value];

/**
 * The flags that choose and bound a comparison.
 * @param lists whether the command lists keys, and takes how many
 */
export function addComparisonOptions(command: Command, lists = true): Command {
  const added = addTargetOptions(command.argument('[name...]', 'pairs of the configuration; * stands for any characters. Without one: all'))
    .addOption(new Option('--pair <source=target>', 'two relations that the configuration does not pair, as in production:shop.orders=warehouse:raw.orders; may be repeated').argParser(repeated))
    .option('--key <columns>', 'of --pair: the columns that name a row, as in order_id or order_id=id,line_no; default: the primary key')
    .option('--columns <columns>', 'of --pair: what is compared; amount:2 rounds to two decimals; default: every column that both have')
    .option('--except <columns>', 'of --pair: what is not compared')
    .option('--watermark <column>', 'of --pair: what tells how far the target is: updated_at, version:row_version or lsn:_ab_cdc_lsn')
    .addOption(new Option('--duty <share>', 'share of the time in which production works for it').argParser(dutyOf).default(DUTY_DEFAULT, '10%'))
    .addOption(new Option('--chunk-time <duration>', 'how long one statement on production takes').argParser(chunkTimeOf).default(CHUNK_MS_DEFAULT, '100ms'))
    .option('--unpaced', 'at full speed: no pauses, as on a system at rest')
    .addOption(new Option('--wait <duration>', 'how long to wait for what is on its way before a difference is called unconfirmed; 0s for not at all').argParser(waitOf).default(WAIT_SECONDS_DEFAULT, '30s'))
    .addOption(new Option('--replica', 'scan a replica, and no pair whose production has none').conflicts('primary'))
    .option('--primary', 'scan the primary where it has a replica too')
    .option('--fresh', 'begin anew: forget what an earlier run left')
    .option('--no-state', 'keep nothing between runs: a stopped run begins anew')
    .option('--show-keys', 'keys of differing rows also where the answer goes to a file or a program; keys are values of rows');
  return lists ? added.addOption(new Option('--limit <rows>', 'how many differing keys are listed, or all').argParser(limitOf).default(LIMIT_DEFAULT)) : added;
}

/** What `tidemark reconcile` takes. */
export function addReconcileOptions(command: Command): Command {
  return addComparisonOptions(command)
    .addOption(new Option('--level <level>', 'counts: rows and sums by period only; keys: every row').choices(LEVELS).default('keys'))
    .option('--explain', 'print every SQL text it would run, and compare nothing')
    .option('--suggest', 'propose pairs by what is loaded from where and by names, as YAML for tidemark.yaml')
    .addHelpText('after', HELP);
}

const HELP = `
Examples:
  tidemark reconcile -c tidemark.yaml
  tidemark reconcile orders "case_*" --wait 2min --format json
  tidemark reconcile --pair production:shop.orders=warehouse:raw.orders --key order_id
  tidemark reconcile orders --explain

Both sides are compared row by row, by digests that the engines work out; no
value of a row is fetched. A row is reported once the target's watermark has
passed the moment at which production was read and it still differs; what lies
above the watermark is late. Production is read in small statements with pauses
between them. Ctrl-C keeps what is done; the same command goes on from there.

docs/reconcile.md is the contract of --format json and ndjson.

Exit codes:
  0  every pair is equal
  1  at least one pair differs
  2  wrong usage, an unusable configuration, or a fault of tidemark
  3  a pair could not be compared or confirmed, and none differs`;

function dutyOf(text: string): number {
  const percent = /^(\d{1,3}(?:\.\d+)?) ?%$/.exec(text.trim());
  const share = percent === null ? Number(text) : Number(percent[1]) / 100;
  if (!(share > 0) || share > 1) throw new InvalidArgumentError('It must be a share such as 10% or 0.1, above 0 and at most 1.');
  return share;
}

function chunkTimeOf(text: string): number {
  const ms = duration(text) * 1000;
  if (ms < CHUNK_MS_MIN || ms > CHUNK_MS_MAX) throw new InvalidArgumentError('It must be from 5ms to 60s.');
  return ms;
}

function waitOf(text: string): number {
  const seconds = text.trim() === '0' ? 0 : parseDuration(text);
  if (seconds === null) throw new InvalidArgumentError('It must be a duration such as 30s or 5min, or 0s.');
  return seconds;
}
