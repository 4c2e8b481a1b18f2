import { type Command, Option } from 'commander';
import type { Targets } from '../../config/defaults.js';
import { suggestion } from '../../text/nearest-name.js';
import { limitOf } from '../limit-option.js';
import { addTargetOptions } from '../target-options.js';
import { UsageError } from '../usage-error.js';
import { addAskOptions, type AskOptions } from './ask/options.js';
import { REACHES, type Reach } from './reach.js';

/** By what columns are chosen; `*` stands for any characters. */
export interface Filters {
  kind?: string;
  class?: string;
  store?: string;
  relation?: string;
  consumer?: string;
  reach?: Reach;
}

export interface ListOptions extends Partial<Targets>, Filters, AskOptions {
  /** Infinity for everything. */
  limit?: number;
  /** Files of DDL: classified without a store. */
  ddl?: string[];
  dialect?: string;
}

export interface ShowOptions extends Partial<Targets> {
  store?: string;
}

const CLASSES = ['direct', 'quasi', 'secret'] as const;
const repeated = (value: string, previous: string[] | undefined) => [...(previous ?? []), value];

/** What `tidemark privacy` takes. */
export function addListOptions(command: Command): Command {
  const listed = addTargetOptions(command.argument('[bundle...]', 'a file that tidemark collect wrote; nothing is connected to'))
    .addOption(new Option('--ddl <file>', 'classify the columns of a file of DDL, or of - for standard input, and look at no store; may be repeated').argParser(repeated))
    .option('--dialect <name>', 'of --ddl; default: postgres')
    .option('--kind <kind>', 'only such columns, as in email; * stands for any characters, here and below')
    .addOption(new Option('--class <class>', `only ${CLASSES.join(', ')}`).argParser((value: string) => oneOf('--class', CLASSES, value)))
    .addOption(new Option('--reach <reach>', `only what gets so far: ${REACHES.join(', ')}`).argParser((value: string) => oneOf('--reach', REACHES, value)))
    .option('--store <name>', 'only of such stores, copies included')
    .option('--relation <name>', 'only of such relations, copies included, as in app.*')
    .option('--consumer <name>', 'only what such consumers use')
    .addOption(new Option('--limit <rows>', 'rows of a list, or all; default: 20').argParser(limitOf));
  return addAskOptions(listed).addHelpText('after', LIST_HELP);
}

/** What `tidemark privacy show` takes. */
export function addShowOptions(command: Command): Command {
  return addTargetOptions(command.argument('<column>', 'as relation.column, or a part of it').argument('[bundle...]', 'a file that tidemark collect wrote; nothing is connected to'))
    .option('--store <name>', 'the column of that name on such a store')
    .addHelpText('after', SHOW_HELP);
}

/** @throws UsageError */
function oneOf<T extends string>(flag: string, choices: readonly T[], value: string): T {
  const found = choices.find((choice) => choice === value);
  if (found === undefined) throw new UsageError(`${flag} does not take '${value}'${suggestion(value, choices)}`, `${flag} takes: ${choices.join(', ')}`);
  return found;
}

const EXIT_HELP = `
Exit codes:
  0  nothing gets further than it should
  1  personal data is public, exported or shown as it is, or a secret is read
     (--fail-on warning counts weak hashes and open copies, never counts none),
     or --erased or --small-groups found someone
  2  wrong usage, an unusable configuration, or a fault of tidemark
  3  nothing of that is known, but something could not be looked at`;

const LIST_HELP = `
Examples:
  tidemark privacy casework.tidemark
  tidemark privacy -c tidemark.yaml --reach public
  tidemark privacy casework.tidemark --kind email --consumer "metabase*"
  tidemark privacy show customer.email casework.tidemark
  tidemark privacy -c tidemark.yaml --erased --small-groups
  tidemark privacy --ddl schema.sql --format ndjson

A column is judged by what people declared of it, by its name in eleven
languages, its type and its table; by its values only with --sample-values, and
then in the store itself. docs/privacy.md says what each word means and is the
contract of --format json and ndjson.
${EXIT_HELP}`;

const SHOW_HELP = `
Examples:
  tidemark privacy show customer.email casework.tidemark
  tidemark privacy show shop.customer.phone -c tidemark.yaml --format json
${EXIT_HELP}`;
