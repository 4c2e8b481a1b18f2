import { type Command, Option } from 'commander';
import type { Targets } from '../../config/defaults.js';
import { PHASES, type Phase } from '../../model/backlog.js';
import { addTargetOptions } from '../target-options.js';

export interface PlanOptions extends Partial<Targets> {
  owner?: string;
  phase?: Phase;
  all?: boolean;
  markdown?: string;
}

/** What `tidemark plan` takes. */
export function addPlanOptions(command: Command): Command {
  return addTargetOptions(command.argument('[bundle...]', 'a file that tidemark collect wrote; nothing is connected to'))
    .option('--owner <pattern>', 'only work of such owners; * stands for any characters')
    .addOption(new Option('--phase <phase>', 'only work of one phase').choices([...PHASES]))
    .option('--markdown <file>', 'write it as Markdown too, for a ticket or a wiki')
    .option('--all', 'do not cut the list')
    .addHelpText('after', `
Examples:
  tidemark plan casework.tidemark
  tidemark plan -c tidemark.yaml --owner "Operations*"
  tidemark plan casework.tidemark --markdown plan.md

Turns findings into work: what to do today, this week, this month; why, how long
it takes, what it gains, whose it is, and the command that prints the SQL.
docs/plan.md says how it is ordered and is the contract of --format json.

Exit codes:
  0  printed
  2  wrong usage, an unusable configuration, or a fault of tidemark
  3  something could not be looked at, so that work may be missing`);
}
