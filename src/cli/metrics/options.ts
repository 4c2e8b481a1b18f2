import { type Command, Option } from 'commander';
import type { Targets } from '../../config/defaults.js';
import { VERDICTS, type MetricVerdict } from '../../model/metric-verdict.js';
import { suggestion } from '../../text/nearest-name.js';
import { limitOf } from '../limit-option.js';
import { addTargetOptions } from '../target-options.js';
import { UsageError } from '../usage-error.js';

/** By what groups are chosen; `*` stands for any characters. */
export interface Filters {
  name?: string;
  store?: string;
  verdict?: MetricVerdict;
  owner?: string;
}

interface Common extends Partial<Targets> {
  measure?: boolean;
  /** Infinity for everything. */
  limit?: number;
}

export interface ListOptions extends Common, Filters {}

export interface ShowOptions extends Common {
  store?: string;
  sql?: boolean;
  /** Two letters of definitions. */
  pair?: [string, string];
}

/** What `tidemark metrics` takes. */
export function addListOptions(command: Command): Command {
  return addCommon(command.argument('[bundle...]', 'a file that tidemark collect wrote; nothing is connected to'))
    .option('--name <name>', 'only such metrics; * stands for any characters, here and below')
    .option('--store <name>', 'only on such stores')
    .addOption(new Option('--verdict <verdict>', `only ${VERDICTS.join(', ')}`).argParser(verdictOf))
    .option('--owner <name>', 'only metrics of which such owners have a card')
    .addHelpText('after', LIST_HELP);
}

/** What `tidemark metrics show` takes. */
export function addShowOptions(command: Command): Command {
  return addCommon(command.argument('<name>', 'of a metric or of one of its cards, or a part of it').argument('[bundle...]', 'a file that tidemark collect wrote; nothing is connected to'))
    .option('--store <name>', 'the metric of that name on such a store')
    .addOption(new Option('--pair <two>', 'only these two definitions, as in A,C').argParser(pairOf))
    .option('--sql', 'print SQL that shows a difference on an empty database, and nothing else')
    .addHelpText('after', SHOW_HELP);
}

function addCommon(command: Command): Command {
  return addTargetOptions(command)
    .option('--measure', "run each definition once, read-only, for today's numbers; live stores only")
    .addOption(new Option('--limit <rows>', 'rows of a list, or all; default: 20').argParser(limitOf));
}

/** @throws UsageError */
function verdictOf(value: string): MetricVerdict {
  const found = VERDICTS.find((verdict) => verdict === value);
  if (found === undefined) throw new UsageError(`--verdict does not take '${value}'${suggestion(value, VERDICTS)}`, `--verdict takes: ${VERDICTS.join(', ')}`);
  return found;
}

/** @throws UsageError for what is not two letters */
function pairOf(value: string): [string, string] {
  const [, first, second] = /^\s*([a-z]{1,3})\s*,\s*([a-z]{1,3})\s*$/i.exec(value) ?? [];
  if (first === undefined || second === undefined || first.toUpperCase() === second.toUpperCase()) {
    throw new UsageError(`--pair takes two definitions, not '${value}'`, 'as in --pair A,C; tidemark metrics show NAME has the letters');
  }
  return [first.toUpperCase(), second.toUpperCase()];
}

const EXIT_HELP = `
Exit codes:
  0  all that was looked at agrees
  1  some metric is defined differently (--fail-on note counts those that part
     only where nothing matches; --fail-on never counts none)
  2  wrong usage, an unusable configuration, or a fault of tidemark
  3  no difference is known, but something could not be decided or looked at`;

const LIST_HELP = `
Examples:
  tidemark metrics casework.tidemark
  tidemark metrics -c tidemark.yaml --measure
  tidemark metrics casework.tidemark --verdict different --owner "Case*"
  tidemark metrics show "open cases" casework.tidemark
  tidemark metrics show "open cases" casework.tidemark --sql --pair A,C

Definitions of one metric are compared on every database that the schema admits,
not on today's rows. docs/metrics.md says what each verdict means and is the
contract of --format json and ndjson.
${EXIT_HELP}`;

const SHOW_HELP = `
Examples:
  tidemark metrics show "open cases" casework.tidemark
  tidemark metrics show "open cases" -c tidemark.yaml --measure
  tidemark metrics show "open cases" casework.tidemark --sql --pair A,C | psql
${EXIT_HELP}`;
