import { readFile } from 'node:fs/promises';
import { type StatementFacts, extract, extractUnparsed } from '../facts/statement.js';
import type { Thresholds } from '../model/thresholds.js';
import { POSTGRES } from '../sql/dialect.js';
import { createPostgresParser } from '../sql/parse/postgres.js';
import { catalogFromDdl } from '../sql/parse/postgres/ddl.js';
import { StatementReader } from './statement-reader.js';

/** Schemas of the example schema whose tables are internal, as in an estate that declares its zones. */
const INTERNAL_SCHEMAS = new Set(['app', 'shop']);

/** Facts of the SQL in a rule's examples, read against the tables of the example schema. */
export async function exampleFacts(schemaFile: string, thresholds: Thresholds): Promise<(sql: string) => StatementFacts> {
  const catalog = await catalogFromDdl(await readFile(schemaFile, 'utf8'));
  const reader = new StatementReader({ catalog, dialect: POSTGRES, parse: await createPostgresParser() });
  return (sql) => {
    const read = reader.read(sql, null);
    const [part] = read.parts;
    if (!part) return extractUnparsed(sql);
    return extract({
      ...part,
      text: sql,
      status: read.status,
      index: reader.index,
      thresholds,
      cost: null,
      rhythm: null,
      sender: null,
      isInternal: (relation) => INTERNAL_SCHEMAS.has(relation.slice(0, relation.indexOf('.'))),
    });
  };
}
