import type { ParseOutcome } from '../../model/syntax-tree.js';
import { dialectOf } from '../../sql/dialect.js';
import { createParsers } from '../../sql/parse/parsers.js';
import { createPostgresParser } from '../../sql/parse/postgres.js';
import type { MetricSchema } from '../definition.js';
import type { EngineKind } from './family.js';

/** Reads what a schema holds as text: the definitions of views, the predicates of CHECKs. */
export async function parserFor(kind: EngineKind, { catalog }: MetricSchema): Promise<(text: string) => ParseOutcome> {
  const postgres = await createPostgresParser();
  const duckdb = kind === 'duckdb' ? dialectOf('duckdb') : null;
  if (duckdb === null) return postgres;
  const texts = [
    ...catalog.relations.flatMap(({ definition }) => (definition === null ? [] : [viewBody(definition)])),
    ...catalog.constraints.flatMap(({ expression }) => (expression === null ? [] : [`select 1 where ${expression}`])),
    ...catalog.functions.flatMap(({ body }) => body ?? []),
  ];
  if (texts.length === 0) return postgres;
  const parsers = await createParsers();
  try {
    await parsers.prepare(duckdb, texts);
  } finally {
    await parsers.close();
  }
  return parsers.parse(duckdb);
}

/** The query of a view, of which an engine gives the whole CREATE VIEW or the query alone. */
export function viewBody(definition: string): string {
  const text = definition.trim().replace(/;$/, '');
  return /^create\s/i.test(text) ? text.replace(/^create\s[\s\S]*?\sas\s+(?=select|with|from|\()/i, '') : text;
}
