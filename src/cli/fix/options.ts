import type { Command } from 'commander';
import type { Targets } from '../../config/defaults.js';
import { addTargetOptions } from '../target-options.js';

export interface ContractOptions extends Partial<Targets> {
  relation?: string;
  consumer?: string;
  store?: string;
  /** False where rewrites are not compared. */
  verify: boolean;
  /** The folder that files are written to. */
  write?: string;
}

/** What `tidemark fix contracts` takes. */
export function addContractOptions(command: Command): Command {
  return addTargetOptions(command.argument('[bundle...]', 'a file that tidemark collect wrote; nothing is connected to'))
    .option('--relation <pattern>', 'only for such internal tables, as schema.name or name; * stands for any characters, here and below')
    .option('--consumer <pattern>', 'only rewrites of such consumers, as an audit names them')
    .option('--store <pattern>', 'only on such stores')
    .option('--no-verify', 'do not compare what a rewrite returns with what the query returned')
    .option('--write <folder>', 'write views, contracts and rewrites as files; nothing is overwritten')
    .addHelpText('after', HELP);
}

const HELP = `
Examples:
  tidemark fix contracts casework.tidemark
  tidemark fix contracts casework.tidemark --relation app.case_file
  tidemark fix contracts -c tidemark.yaml --consumer "metabase*" --write proposal/

Prints, for each internal table that dashboards, reports, loaders or persons
read, the versioned view that would serve them, its grants, registry row and
data contract, and each query on it. Nothing is run on a store. docs/fix.md
says how views are chosen and is the contract of --format json and ndjson.

Exit codes:
  0  printed, or there is nothing to propose
  2  wrong usage, an unusable configuration, or a fault of tidemark
  3  something could not be looked at, so that proposals may be missing`;
