import { createPolyglotFrontEnd } from '../../src/sql/parse/polyglot.js';
import { createPostgresParser } from '../../src/sql/parse/postgres.js';
import { createSqlparserFrontEnd } from '../../src/sql/parse/sqlparser.js';
import { catalogFromDdl } from '../../src/sql/parse/postgres/ddl.js';
import type { Catalog } from '../../src/model/catalog.js';
import { type DialectId, dialectOf } from '../../src/sql/dialect.js';
import { type LineageContext, lineageContext, resolveStatement } from '../../src/sql/lineage.js';
import type { Parse } from '../../src/sql/parse/front-end.js';
import type { Resolution } from '../../src/sql/resolution.js';
import { SchemaIndex } from '../../src/sql/schema-index.js';
import type { Slot } from '../../src/sql/scope.js';

/** What was read of a statement, in words that a person writes down. */
export interface Written {
  /** `name <- column:mask, …` for each output. */
  outputs: string[];
  /** `role column`, sorted. */
  uses: string[];
  /** `table: column <- source, …`. */
  writes: string[];
  /** Warnings. */
  warnings: string[];
  resolution: Resolution;
}

export type Read = (sql: string) => Written;

/** Reads PostgreSQL against a text of DDL. */
export async function postgresReader(ddl: string, searchPath: string[] = ['shop', 'app']): Promise<Read> {
  const parse = await createPostgresParser();
  const context = lineageContext(new SchemaIndex(await catalogFromDdl(ddl)), parse, { searchPath });
  return (sql) => written(sql, parse, context);
}

/** Reads another dialect against a catalogue, by the parsers in the order in which the dialect names them. */
export async function dialectReader(id: DialectId, catalog: Catalog, searchPath: string[]): Promise<Read> {
  const dialect = dialectOf(id);
  if (!dialect) throw new Error(`no dialect ${id}`);
  const postgres = await createPostgresParser();
  const fronts = [await createSqlparserFrontEnd(), await createPolyglotFrontEnd()];
  const parse: Parse = (text) => {
    const outcomes = dialect.frontEnds.map((front) => (front === 'libpg-query' ? postgres(text) : fronts.find((one) => one.id === front)?.parse(text, dialect)));
    const read = outcomes.find((outcome) => outcome !== undefined && outcome.statements.length > 0);
    if (!read) throw new Error(`not parsed: ${text}`);
    return read;
  };
  const context = lineageContext(new SchemaIndex(catalog, dialect), parse, { dialect, searchPath });
  return (sql) => written(sql, parse, context);
}

function written(sql: string, parse: Parse, context: LineageContext): Written {
  const [first] = parse(sql).statements;
  if (!first) throw new Error(`not parsed: ${sql}`);
  const resolution = resolveStatement(first.statement, context);
  return {
    outputs: resolution.outputs.map(inWords),
    uses: [...new Set(resolution.uses.map(({ column, role }) => `${role} ${column}`))].sort(),
    writes: [...resolution.writes].flatMap(([table, slots]) => slots.map((slot) => `${table}: ${inWords(slot)}`)),
    warnings: resolution.diagnostics.map(({ message }) => message),
    resolution,
  };
}

function inWords({ name, flows }: Slot): string {
  return `${name} <- ${[...flows].map(([column, { mask }]) => (mask === 'raw' ? column : `${column}:${mask}`)).sort().join(', ')}`;
}
