import { type Command, Option } from 'commander';
import { UsageError } from '../../usage-error.js';

/** What `tidemark privacy` asks of live stores beyond their catalogues, each only when its flag is given. */
export interface AskOptions {
  /** Rows of each relation; true for the default. */
  sampleValues?: number | true;
  erased?: boolean;
  /** Rows below which a group is small; true for the default. */
  smallGroups?: number | true;
}

export const SAMPLED_ROWS_DEFAULT = 1_000;
const SAMPLED_ROWS_MAX = 10_000;
/** What most statistics offices ask for at least. */
export const SMALL_GROUP_DEFAULT = 5;
const SMALL_GROUP_MAX = 1_000;

export function addAskOptions(command: Command): Command {
  return command
    .addOption(new Option('--sample-values [rows]', `look at so many rows of each relation, in the stores themselves; only shares come back; default: ${SAMPLED_ROWS_DEFAULT}`).argParser((value: string) => numberOf('--sample-values', value, 1, SAMPLED_ROWS_MAX)))
    .option('--erased', 'search copies of persons, by digests of keys, for those whom production has erased')
    .addOption(new Option('--small-groups [rows]', `count the groups of fewer rows by which consumers show persons; default: ${SMALL_GROUP_DEFAULT}`).argParser((value: string) => numberOf('--small-groups', value, 2, SMALL_GROUP_MAX)));
}

export function asksStores({ sampleValues, erased, smallGroups }: AskOptions): boolean {
  return sampleValues !== undefined || erased === true || smallGroups !== undefined;
}

/** @throws UsageError */
function numberOf(flag: string, value: string, min: number, max: number): number {
  const number = /^\d{1,6}$/.test(value) ? Number(value) : Number.NaN;
  if (!(number >= min && number <= max)) {
    throw new UsageError(`${flag} takes a number of rows from ${min} to ${max}, not '${value}'`, `as in ${flag}, or ${flag} ${flag === '--small-groups' ? 10 : 500}; a bundle or another flag must not follow it directly`);
  }
  return number;
}
