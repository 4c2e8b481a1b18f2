import { type Command, Option } from 'commander';
import type { Targets } from '../../config/defaults.js';
import { limitOf } from '../limit-option.js';
import { duration } from '../live/durations.js';
import { addStoreOptions } from '../target-options.js';

/** Where runs are kept and where they are read. */
export interface PlaceOptions {
  /** The file of runs. */
  to?: string;
  /** Runs of this store's report_run table in the place of the file. */
  from?: string;
  /** A hash that the file held before. */
  head?: string;
}

/** Where SQL goes. */
export interface WriteOptions {
  printSql?: boolean;
  writeTo?: string;
  writeAs?: string;
}

export interface RecordOptions extends Partial<Targets>, WriteOptions {
  query?: string;
  sql?: string;
  store?: string;
  parameters?: string[];
  reportVersion?: string;
  references?: string[];
  watermark?: string[];
  product?: string[];
  zone?: string;
  searchPath: string;
  executedBy?: string;
  bucket?: string;
  at?: string;
  strict?: boolean;
  /** Seconds. */
  timeout: number;
  to?: string;
}

export interface VerifyOptions extends Partial<Targets>, PlaceOptions {
  store?: string;
  parameters?: string[];
  /** Seconds. */
  timeout: number;
}

export interface ApproveOptions extends Partial<Targets>, PlaceOptions, WriteOptions {
  by: string;
  note?: string;
}

export interface RevokeOptions extends Partial<Targets>, PlaceOptions, WriteOptions {
  by: string;
  reason: string;
}

export interface ListOptions extends Partial<Targets>, PlaceOptions {
  limit: number;
}

const TIMEOUT_SECONDS = 300;
const LIMIT = 20;
const repeated = (value: string, previous: string[] | undefined): string[] => [...(previous ?? []), value];
const TO = 'the file of runs; default: report-runs.ndjson beside the configuration';

function addPlaceOptions(command: Command): Command {
  return addStoreOptions(command)
    .addOption(new Option('--to <file>', TO).conflicts('from'))
    .option('--from <store>', 'take runs from the report_run table of this store in the place of the file')
    .option('--head <hash>', 'a hash that list or record printed before: refuses a file that does not hold it any more');
}

function addWriteOptions(command: Command, what: string): Command {
  return command
    .option('--print-sql', `print ${what} for report_run`)
    .option('--write-to <connection>', 'run that statement on this connection, as in ${env:CONTROL_URL}; never the one that is audited with')
    .option('--write-as <role>', 'of --write-to: SET ROLE first');
}

export function addRecordOptions(command: Command): Command {
  const targets = addStoreOptions(command.argument('<name>', 'how the report is called'));
  return addWriteOptions(targets, 'the INSERT, and the CREATE TABLE where it is missing,')
    .option('--query <file>', 'the SELECT of the report; :name stands for a parameter, :watermark for the common watermark of its sources')
    .addOption(new Option('--sql <text>', 'the same as text').conflicts('query'))
    .option('--store <name>', 'where it is run; may be left out where there is one')
    .addOption(new Option('--parameters <file|name=value>', 'a JSON object of parameters, or one of them; may be repeated').argParser(repeated))
    .option('--report-version <text>', 'the version of the report; default: a hash of the query')
    .addOption(new Option('--references <file|name=value>', 'versions of taxonomies and dimensions; may be repeated').argParser(repeated))
    .addOption(new Option('--watermark <name=value>', 'how far a source was loaded; default: the control table of the store. May be repeated').argParser(repeated))
    .addOption(new Option('--product <name>', 'only the watermarks of such data products; default: those that are called as the relations that are read. May be repeated').argParser(repeated))
    .option('--at <column>', 'count only rows of the result up to the watermark, by this column')
    .option('--zone <name>', 'the time zone of the session; default: UTC')
    .option('--search-path <schemas>', 'where names without a schema are looked up (PostgreSQL)', 'public')
    .option('--executed-by <who>', 'default: the user of this process')
    .option('--bucket <column>', 'hash each part of the result too, so that verify names the first that differs')
    .option('--strict', 'refuse a query that is not reproducible by construction')
    .addOption(new Option('--timeout <duration>', 'what the query may take').argParser(duration).default(TIMEOUT_SECONDS, '5min'))
    .option('--to <file>', TO)
    .addHelpText('after', RECORD_HELP);
}

export function addVerifyOptions(command: Command): Command {
  return addPlaceOptions(command.argument('<run>', 'an id, the beginning of one, or the name of a report for its last run'))
    .option('--store <name>', 'where it is run; default: the store that the run names')
    .addOption(new Option('--parameters <file|name=value>', 'values that were kept as hashes only').argParser(repeated))
    .addOption(new Option('--timeout <duration>', 'what the query may take').argParser(duration).default(TIMEOUT_SECONDS, '5min'))
    .addHelpText('after', VERIFY_HELP);
}

export function addApproveOptions(command: Command): Command {
  return addWriteOptions(addPlaceOptions(command.argument('<run>', 'an id, the beginning of one, or the name of a report for its last run')), 'the UPDATE')
    .requiredOption('--by <who>', 'who approves: somebody else than who ran it')
    .option('--note <text>', 'what it rests on')
    .addHelpText('after', DECIDE_HELP);
}

export function addRevokeOptions(command: Command): Command {
  return addWriteOptions(addPlaceOptions(command.argument('<run>', 'an id, the beginning of one, or the name of a report for its last run')), 'the UPDATE')
    .requiredOption('--by <who>', 'who revokes')
    .requiredOption('--reason <text>', 'why')
    .addHelpText('after', DECIDE_HELP);
}

export function addListOptions(command: Command): Command {
  return addPlaceOptions(command.argument('[name]', 'only runs of this report; * stands for any characters'))
    .addOption(new Option('--limit <rows>', 'how many runs, the newest first, or all').argParser(limitOf).default(LIMIT))
    .addHelpText('after', LIST_HELP);
}

const RECORD_HELP = `
Examples:
  tidemark report-run record monthly_enforcement --query reports/enforcement.sql --store warehouse \\
    --parameters month=2026-06-01 --references taxonomy=2026.2 --bucket month
  tidemark report-run record board_revenue --sql "select month, sum(amount) from mart.revenue group by 1" --print-sql

Runs the query once, read-only, and keeps what made the result: query, parameters, watermarks, versions,
time zone, number of rows and hashes. No value of a row is kept. docs/report-run.md says what each means.

Exit codes:
  0  recorded
  1  nothing was recorded: the file of runs was changed
  2  wrong usage, a query that --strict refuses, a file that cannot be written, or a fault of tidemark
  3  the store could not be asked, or the query failed (kept as FAILED)`;

const VERIFY_HELP = `
Examples:
  tidemark report-run verify monthly_enforcement
  tidemark report-run verify 1f0c2ab4 --from warehouse --format json

Exit codes:
  0  the same result
  1  another result, tables or columns that are gone, or a file of runs that was changed
  2  wrong usage, or a fault of tidemark
  3  the store could not be asked`;

const DECIDE_HELP = `
A run goes from RUNNING to SUCCEEDED or FAILED, from SUCCEEDED to APPROVED, from APPROVED to REVOKED.

Exit codes:
  0  done
  1  refused: the status does not allow it, or who approves is who ran it; or the file of runs was changed
  2  wrong usage, a file that cannot be written, or a fault of tidemark
  3  the store could not be asked`;

const LIST_HELP = `
Exit codes:
  0  the file holds together
  1  the file was changed after it was written
  2  wrong usage, a file that cannot be read, or a fault of tidemark
  3  the store could not be asked`;
