import type { DialectId } from '../../dialect.js';
import { fieldsOf, listOf, numberOf, textOf } from './data.js';

/** What the parser made of a text: its trees, or why there are none. Offsets are code points of the text. */
export type Parsed = { trees: readonly unknown[] } | { trees: null; message: string; offset: number | null };

export type Parser = (text: string, dialect: DialectId) => Parsed;

/** A global of every JavaScript engine that the types of Node leave out. */
declare const WebAssembly: { RuntimeError: new (message: string) => Error };

/**
 * Loads the parser, which takes some 100 MB.
 *
 * @returns a parser that throws WebAssembly.RuntimeError when its module is broken: it must not be used again
 */
export async function loadParser(): Promise<Parser> {
  const { Dialect, parse } = await import('@polyglot-sql/sdk');
  const dialects: Record<DialectId, Parameters<typeof parse>[1]> = {
    postgres: Dialect.PostgreSQL, redshift: Dialect.Redshift, duckdb: Dialect.DuckDB, snowflake: Dialect.Snowflake, bigquery: Dialect.BigQuery,
    clickhouse: Dialect.ClickHouse, mysql: Dialect.MySQL, databricks: Dialect.Databricks, spark: Dialect.Spark, hive: Dialect.Hive, trino: Dialect.Trino,
    athena: Dialect.Athena, tsql: Dialect.TSQL, oracle: Dialect.Oracle, sqlite: Dialect.SQLite, teradata: Dialect.Teradata,
  };
  return (text, dialect) => parsedOf(parse(text, dialects[dialect]));
}

/** What a result of the package says; its failure may be a trap of its module. */
export function parsedOf(result: unknown): Parsed {
  const fields = fieldsOf(result) ?? {};
  if (fields['success'] === true) return { trees: listOf(fields['ast']) };
  const message = textOf(fields['error']) ?? 'the parser gave no reason';
  // The package turns what its module throws into a plain failure.
  const trap = /^WASM parse failed: ([^]*)$/.exec(message)?.[1];
  if (trap !== undefined) throw new WebAssembly.RuntimeError(trap);
  return { trees: null, message: readable(message), offset: numberOf(fields['errorStart']) };
}

const SENTENCES: [RegExp, string][] = [
  [/E_GUARD_\w+_EXCEEDED/, 'the statement is nested too deeply to be read'],
  [/Unterminated string/, 'a string is not closed'],
  [/[Uu]nexpected end of input/, 'the text ends in the middle of a statement'],
  [/Invalid expression \/ Unexpected token|Unexpected token: |Expected RParen, got/, 'this does not belong here'],
];

const SIGNS: Record<string, string> = { LParen: 'an opening parenthesis', RParen: 'a closing parenthesis', Comma: 'a comma', Eq: 'an equals sign', identifier: 'a name', 'table name or subquery': 'a table or a query' };

/** The parser's message without its position, which the diagnostic has, and without what it quotes of the text: that may be a literal. */
function readable(message: string): string {
  const known = SENTENCES.find(([pattern]) => pattern.test(message));
  if (known) return known[1];
  const plain = message.replace(/^(?:Parse|Tokenization) error at line \d+, column \d+: /, '').replace(/ near \[[^]*$/, '').replace(/ ?\((?:'[^]*'|"[^]*")\)/g, '').replace(/'[^]*'|"[^]*"/g, '…');
  return plain.replace(/^Expected ([^,]+), got [^]*$/, (_, wanted: string) => `${SIGNS[wanted] ?? wanted.toUpperCase()} is missing here`).slice(0, 120);
}
