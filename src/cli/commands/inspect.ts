import type { Command } from 'commander';
import { Option } from 'commander';
import { type Dialect, DIALECT_IDS, dialectOf } from '../../sql/dialect.js';
import { suggestion } from '../../text/nearest-name.js';
import type { Act, CommandContext } from '../command.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import type { CatalogueOptions } from '../inspect/catalogue.js';
import { addStoreOptions } from '../target-options.js';
import { UsageError } from '../usage-error.js';

interface InspectOptions extends CatalogueOptions {
  dialect?: Dialect;
  ndjson?: boolean;
  thorough?: boolean;
}

export function register(command: Command, act: Act): void {
  const repeated = (value: string, previous: string[] | undefined) => [...(previous ?? []), value];
  addStoreOptions(
    command
      .argument('[query]', 'a file of SQL, or - for standard input')
      .addOption(new Option('--ddl <file>', 'read it against the tables, views and functions of a file of DDL; may be repeated').argParser(repeated))
      .option('--bundle <file>', 'read it against a store of a bundle')
      .option('--store <name>', 'which store, where a bundle or tidemark.yaml has several'),
  )
    .addOption(new Option('--dialect <name>', `of the text: ${DIALECT_IDS.join(', ')}; default: that of the store, or postgres`).argParser(dialect))
    .option('--thorough', 'read warehouse SQL with both parsers, and say where they disagree')
    .option('--ndjson', 'answer lines {"id", "sql", "dialect"?, "ddl"?} of standard input, a line for each')
    .addHelpText('after', HELP)
    .action((query: string | undefined, options: InspectOptions) => act((context) => run(context, query, options)));
}

const HELP = `
Examples:
  tidemark inspect card.sql --ddl schema.sql
  tidemark inspect card.sql --bundle estate.tidemark --store production --format json
  echo '{"id": 1, "sql": "SELECT count(*) FROM app.case_file"}' | tidemark inspect --ndjson

Exit codes:
  0  understood, at least in part
  2  wrong usage, lines that ask nothing, or a fault of tidemark
  3  not understood, or a store could not be reached`;

function dialect(name: string): Dialect {
  const found = dialectOf(name);
  if (found === null) throw new UsageError(`there is no dialect '${name}'${suggestion(name, DIALECT_IDS)}`, `dialects: ${DIALECT_IDS.join(', ')}`);
  return found;
}

async function run(context: CommandContext, query: string | undefined, options: InspectOptions): Promise<ExitCode> {
  if (options.ndjson === true) {
    const format = context.options.format.find((name) => name !== 'json' && name !== 'ndjson');
    if (format !== undefined) throw new UsageError(`--ndjson answers in lines of JSON, not as ${format}`);
    if (query !== undefined || options.ddl || options.bundle || options.store || options.postgres || options.duckdb || options.warehouse) {
      throw new UsageError('--ndjson reads everything from standard input', 'give each line its own "ddl" and "dialect"');
    }
    const { answerStream } = await import('../inspect/answer-stream.js');
    return answerStream(context, options);
  }
  if (query === undefined) throw new UsageError('there is nothing to inspect', 'name a file of SQL, or - for standard input, as in tidemark inspect card.sql --ddl schema.sql');
  const answer = answerOf(context);
  const { inspectText } = await import('../inspect/inspect-text.js');
  const { ConnectError, StoreLost } = await import('../../stores/store.js');
  try {
    return (await inspectText(context, query, options, answer)) ? EXIT.clean : EXIT.blind;
  } catch (error) {
    if (context.lifetime.signal.aborted || !(error instanceof ConnectError || error instanceof StoreLost)) throw error;
    context.output.note(`tidemark: ${context.redactor.redact(error.message)}`);
    return EXIT.blind;
  }
}

function answerOf({ options }: CommandContext): { format: 'text' | 'json'; file: string | null } {
  const [wanted = 'text', another] = options.format;
  const colon = wanted.indexOf(':');
  const format = colon < 0 ? wanted : wanted.slice(0, colon);
  const hint = 'text is for people, --format json for machines, --ndjson for many texts';
  if (another !== undefined) throw new UsageError('inspect gives one answer, and two formats are asked for', hint);
  if (format !== 'text' && format !== 'json') throw new UsageError(`inspect has no format '${format}'`, hint);
  if (colon >= 0 && options.output !== undefined) throw new UsageError('-o names a file, but --format already has one');
  return { format, file: colon < 0 ? (options.output ?? null) : wanted.slice(colon + 1) };
}
