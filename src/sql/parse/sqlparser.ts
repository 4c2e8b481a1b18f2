import { dialectFromString, init, Parser } from '@guanmingchiu/sqlparser-ts';
import type { ParseOutcome } from '../../model/syntax-tree.js';
import type { Dialect, DialectId } from '../dialect.js';
import type { FrontEnd } from './front-end.js';
import type { ParseText } from './sqlparser/lowering.js';
import { lowerNodes, refused } from './sqlparser/outcome.js';
import { isTrap, isTrapMessage, trap } from './sqlparser/trap.js';

/** The parser's names of the dialects that it knows. */
const NAMES: Partial<Record<DialectId, string>> = {
  redshift: 'redshift', duckdb: 'duckdb', snowflake: 'snowflake', bigquery: 'bigquery', clickhouse: 'clickhouse', mysql: 'mysql', databricks: 'databricks',
  spark: 'spark', hive: 'hive', tsql: 'mssql', oracle: 'oracle', sqlite: 'sqlite', teradata: 'teradata',
};

/** Its default of 50 refuses 24 nested sub-queries; 200 use up the stack that a thread of Node has by default. */
const RECURSION_LIMIT = 100;

/** Longer texts are not parsed: time and memory stop being bounded. */
const TEXT_LENGTH_MAX = 4 * 1024 * 1024;

/**
 * The front end of sqlparser-rs 0.62 (`@guanmingchiu/sqlparser-ts`), lowered to the one tree. It has no reading of Trino and
 * Athena. Names, literals and calls have true spans; other nodes reach from their first part to their last. Where the parser is
 * known to misread in silence (`FROM ONLY t`, `b'101'`, `1_000`, DuckDB's `document -> 'key'`, ClickHouse's `t ANY LEFT JOIN`,
 * T-SQL's `OPTION (…)`, BigQuery's `ARRAY<INT64>[…]`) the lowering mends it; what the tree has lost (the precision of an
 * interval, the nesting inside GROUPING SETS) stays lost.
 *
 * Chains of more than 700 operators break the module, and so do very long chains of casts.
 *
 * @throws WasmInitError of the package when the module cannot be loaded
 */
export async function createSqlparserFrontEnd(): Promise<FrontEnd> {
  await init();
  return { id: 'sqlparser-ts', parse };
}

function parse(text: string, dialect: Dialect): ParseOutcome {
  const parser = dialectFromString(NAMES[dialect.id] ?? '');
  if (!parser) return refused(`${dialect.id} is no dialect of this parser`, text);
  if (text.length > TEXT_LENGTH_MAX) return refused(`the text has ${text.length} characters; more than ${TEXT_LENGTH_MAX} are not parsed`, text);
  const read: ParseText = (sql) => readNodes(new Parser(parser).withRecursionLimit(RECURSION_LIMIT), sql);
  let nodes: readonly unknown[];
  try {
    nodes = read(text);
  } catch (error) {
    if (isTrap(error)) throw error;
    return refused(messageOf(error), text);
  }
  return lowerNodes(nodes, text, dialect, read);
}

/** The package wraps whatever is thrown: a trap is told by its words. */
function readNodes(parser: Parser, text: string): readonly unknown[] {
  try {
    return parser.parse(text);
  } catch (error) {
    if (isTrap(error) || isTrapMessage(messageOf(error))) throw trap(messageOf(error));
    throw error;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
