import { type Command, Option } from 'commander';
import type { Targets } from '../../config/defaults.js';
import { MIGRATION_TOOLS, type MigrationTool } from '../../model/migration.js';
import { suggestion } from '../../text/nearest-name.js';
import { addTargetOptions } from '../target-options.js';
import { UsageError } from '../usage-error.js';

/** What `tidemark impact` takes. */
export interface ImpactOptions extends Partial<Targets> {
  bundle?: string;
  ddl?: string[];
  store?: string;
  since?: string;
  tool?: MigrationTool;
  /** What exits with 1. */
  failFor?: 'breaks' | 'any';
}

export function addImpactOptions(command: Command): Command {
  const repeated = (value: string, previous: string[] | undefined) => [...(previous ?? []), value];
  return addTargetOptions(
    command
      .argument('<migration...>', 'files of migrations, or folders of them; - for standard input')
      .option('--bundle <file>', 'a file that tidemark collect wrote: nothing is connected to')
      .addOption(new Option('--ddl <file>', 'the schema as it is before, in place of a store; may be repeated').argParser(repeated))
      .option('--store <name>', 'which store is migrated, where there are several')
      .option('--since <version>', 'only migrations after this version')
      .addOption(new Option('--tool <tool>', `who wrote the files: ${MIGRATION_TOOLS.join(', ')}; default: as they look`).argParser(toolNamed))
      .addOption(new Option('--fail-for <what>', 'what exits with 1').choices(['any', 'breaks']).default('any')),
  ).addHelpText('after', HELP);
}

/** @throws UsageError */
function toolNamed(value: string): MigrationTool {
  const found = MIGRATION_TOOLS.find((tool) => tool === value);
  if (found === undefined) throw new UsageError(`--tool does not take '${value}'${suggestion(value, MIGRATION_TOOLS)}`, `--tool takes: ${MIGRATION_TOOLS.join(', ')}`);
  return found;
}

const HELP = `
Examples:
  tidemark impact db/migrate/20261104_drop_region.rb --bundle casework.tidemark
  tidemark impact migrations/ --since V41 -c tidemark.yaml
  tidemark impact change.sql --ddl schema.sql --dashboards exports/
  tidemark impact change.sql --bundle casework.tidemark --format markdown

Nothing is executed: the migrations are applied to the schema as it was read, and
queries are planned over empty tables in an engine of their own. docs/impact.md
says what each effect means and is the contract of --format json and ndjson.

Exit codes:
  0  nothing that was looked at fails or changes
  1  something fails, answers something else, breaks a promise or shows more
     (--fail-for breaks: only what fails; --fail-on never: nothing)
  2  wrong usage, an unusable configuration, or a fault of tidemark
  3  nothing is known to be hit, but something could not be read`;
