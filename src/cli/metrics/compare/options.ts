import { type Command, Option } from 'commander';
import { parseDuration } from '../../../config/quantity.js';
import { type Dialect, DIALECT_IDS, dialectOf } from '../../../sql/dialect.js';
import { suggestion } from '../../../text/nearest-name.js';
import { UsageError } from '../../usage-error.js';

/** What `tidemark metrics compare` takes. */
export interface CompareOptions {
  ddl?: string[];
  lateDdl?: string;
  bundle?: string;
  store?: string;
  /** `timezone=Europe/Berlin`, `a.timezone=UTC`. */
  session?: string[];
  dialect?: Dialect;
  engine?: EngineChoice;
  timeout?: number;
  sql?: boolean;
  nameA?: string;
  nameB?: string;
  ndjson?: boolean;
}

export type EngineChoice = 'pglite' | 'duckdb' | { url: string };

/** drift.md, 9: what a pair may take. */
export const TIMEOUT_MS_DEFAULT = 3_000;
const TIMEOUT_MS_MAX = 600_000;

export function addCompareOptions(command: Command): Command {
  const repeated = (value: string, previous: string[] | undefined) => [...(previous ?? []), value];
  return command
    .argument('[a]', 'a file with one query, or - for standard input')
    .argument('[b]', 'another one')
    .addOption(new Option('--ddl <file>', 'the tables that they read, with their constraints; may be repeated').argParser(repeated))
    .option('--late-ddl <file>', 'DDL that runs after rows are there: NOT VALID constraints bind new rows only')
    .option('--bundle <file>', 'the tables of a store of a bundle, in place of --ddl')
    .option('--store <name>', 'which store, where the bundle has several')
    .addOption(new Option('--session <setting>', 'timezone=ZONE or search_path=SCHEMAS; a.timezone=ZONE for the first query alone; may be repeated').argParser(repeated))
    .addOption(new Option('--dialect <name>', `of the queries: ${DIALECT_IDS.join(', ')}; default: that of the store, or postgres`).argParser(dialectNamed))
    .addOption(new Option('--engine <engine>', 'what runs them: pglite, duckdb, or the URL of a PostgreSQL server for scratch work; default: as the dialect asks').argParser(engineNamed))
    .addOption(new Option('--timeout <duration>', 'for a pair; default: 3s').argParser(timeoutOf))
    .option('--name-a <name>', 'what sentences call the first; default: A')
    .option('--name-b <name>', 'what they call the second; default: B')
    .option('--sql', 'print SQL that shows the difference on an empty database, and nothing else')
    .option('--ndjson', 'answer lines {"id", "sql_a", "sql_b", "schema_ddl", …} of standard input, a line for each')
    .addHelpText('after', HELP);
}

const HELP = `
Examples:
  tidemark metrics compare open-cases.sql backlog.sql --ddl schema.sql
  tidemark metrics compare monthly.sql monthly.sql --ddl schema.sql \\
    --session a.timezone=UTC --session b.timezone=Asia/Jakarta
  tidemark metrics compare a.sql b.sql --bundle estate.tidemark --store production
  tidemark metrics compare a.sql b.sql --ddl schema.sql --sql | psql scratch
  tidemark metrics compare --ndjson < pairs.ndjson

Both run on invented rows in an engine of their own; nothing is connected to.
The answer holds for every database that the schema admits, not for today's
rows. docs/metrics.md says what each verdict means and is the contract of
--format json and --ndjson.

Exit codes:
  0  they always give the same; with --ndjson, every line was answered
  1  they differ, and the rows shown prove it
  2  wrong usage, or a fault of tidemark
  3  undecided: neither proved nor told apart, or not understood`;

/** @throws UsageError */
export function dialectNamed(name: string): Dialect {
  const found = dialectOf(name);
  if (found === null) throw new UsageError(`there is no dialect '${name}'${suggestion(name, DIALECT_IDS)}`, `dialects: ${DIALECT_IDS.join(', ')}`);
  return found;
}

/** @throws UsageError */
function engineNamed(name: string): EngineChoice {
  if (name === 'pglite' || name === 'duckdb') return name;
  if (/^postgres(?:ql)?:\/\//i.test(name)) return { url: name };
  throw new UsageError(`there is no engine '${name.replace(/:\/\/.*/s, '://…')}'`, 'engines: pglite, duckdb, or a URL such as postgres://scratch@localhost/scratch');
}

/** Milliseconds. @throws UsageError */
function timeoutOf(text: string): number {
  const seconds = parseDuration(text);
  if (seconds === null || seconds * 1_000 < 50 || seconds * 1_000 > TIMEOUT_MS_MAX) {
    throw new UsageError(`--timeout takes a duration from 50ms to 10min, not '${text}'`, 'as in --timeout 3s');
  }
  return seconds * 1_000;
}
