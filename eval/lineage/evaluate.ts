import type { Catalog } from '../../src/model/catalog.js';
import { dialectOf } from '../../src/sql/dialect.js';
import { type LineageContext, lineageContext, resolveStatement } from '../../src/sql/lineage.js';
import { catalogFromDdl } from '../../src/sql/parse/postgres/ddl.js';
import type { Parse } from '../../src/sql/parse/front-end.js';
import type { Parsers } from '../../src/sql/parse/parsers.js';
import { SchemaIndex } from '../../src/sql/schema-index.js';
import type { LabelledCase } from './cases.js';
import { judge, readingOf, type LineageFigures, type Reading } from './run.js';
import { catalogOfTables, type LabelledSchema } from './schema.js';

export interface DialectFigures {
  dialect: string;
  tuned: LineageFigures;
  heldOut: LineageFigures;
}

/** Reads every case and compares it with its labels; by dialect, the two parts apart. */
export async function evaluateLineage(cases: readonly LabelledCase[], parsers: Parsers): Promise<DialectFigures[]> {
  const figures: DialectFigures[] = [];
  for (const dialect of new Set(cases.map((one) => one.dialect))) {
    const entries = await readAll(dialect, cases.filter((one) => one.dialect === dialect), parsers);
    figures.push({ dialect, tuned: judge(entries.filter(({ one }) => !one.heldOut)), heldOut: judge(entries.filter(({ one }) => one.heldOut)) });
  }
  return figures;
}

async function readAll(id: string, cases: readonly LabelledCase[], parsers: Parsers): Promise<{ one: LabelledCase; reading: Reading }[]> {
  const dialect = dialectOf(id);
  if (!dialect) throw new Error(`no dialect is called ${id}`);
  await parsers.prepare(dialect, cases.map(({ sql }) => sql));
  const parse = parsers.parse(dialect);
  const contexts = new Map<LabelledSchema, LineageContext>();
  for (const { schema } of cases) {
    if (contexts.has(schema)) continue;
    contexts.set(schema, lineageContext(new SchemaIndex(await catalogOf(id, schema)), parse, { dialect, searchPath: [schema.name] }));
  }
  return cases.map((one) => ({ one, reading: readCase(one, parse, contexts.get(one.schema)) }));
}

async function catalogOf(dialect: string, schema: LabelledSchema): Promise<Catalog> {
  return dialect === 'postgres' ? catalogFromDdl(schema.ddl) : catalogOfTables(schema);
}

function readCase(one: LabelledCase, parse: Parse, context: LineageContext | undefined): Reading {
  const nothing: Reading = { shown: [], returns: [], grouping: new Set(), conditions: new Set(), tables: new Set(), uncertain: true, failure: null };
  const outcome = parse(one.sql);
  const [first] = outcome.statements;
  if (!first || !context) return { ...nothing, failure: `not parsed: ${outcome.diagnostics.map(({ message }) => message).join('; ')}` };
  return readingOf(one, resolveStatement(first.statement, context));
}
