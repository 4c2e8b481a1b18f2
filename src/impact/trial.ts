import type { Catalog } from '../model/catalog.js';
import { ScratchError, type ScratchSpace } from '../model/scratch-engine.js';
import { catalogueDdl } from '../metrics/schema/ddl.js';
import { functionsOf } from '../metrics/schema/ddl-functions.js';
import { schemaFromDdl } from '../metrics/schema/read.js';
import { relationKey } from '../sql/schema-index.js';
import { plainText } from '../text/plain-text.js';
import { sqlIdentifier } from '../text/sql-name.js';
import type { Reader } from './readers.js';

/** What the engine says of a statement after the migrations: null where it is accepted, else its refusal. */
export type Trials = ReadonlyMap<Reader, string | null>;

/** What planning all statements of one schema may take; one that takes longer ends the trial, and the rest is read only. */
const TRIAL_MS_MAX = 20_000;

/**
 * Lets the engine plan statements over the empty tables of the schema before and of the schema after: names, types, operators
 * and functions are its own. Nothing is executed. Statements that it refuses before are not judged: what they need is not all
 * in the catalogue. Kinds that have no plan (COPY, DDL) are left out.
 *
 * @returns of the statements that could be tried
 * @throws ScratchError when the space cannot be used
 */
export async function tryStatements(readers: readonly Reader[], before: Catalog, after: Catalog, space: ScratchSpace): Promise<Trials> {
  const planned = readers.filter(({ part }) => PLANNED.has(part.statement.type));
  if (planned.length === 0) return new Map();
  space.limit(TRIAL_MS_MAX);
  const accepted = await space.undone(async () => {
    const refused = await refusals(planned, before, space);
    return planned.filter((reader) => refused.get(reader) === null);
  });
  return await space.undone(() => refusals(accepted, after, space));
}

const PLANNED = new Set(['query_statement', 'insert', 'update', 'delete', 'merge']);

async function refusals(readers: readonly Reader[], catalog: Catalog, space: ScratchSpace): Promise<Map<Reader, string | null>> {
  const relations = relationsFor(readers, catalog);
  const texts = readers.map(textOf).join('\n');
  const { ddl } = catalogueDdl(catalog, relations);
  await schemaFromDdl(space, ddl);
  for (const sql of functionsOf(catalog, texts)) await refusalOf(space, sql);
  const found = new Map<Reader, string | null>();
  for (const reader of readers) {
    await setPath(space, reader, catalog);
    found.set(reader, await refusalOf(space, `${EXPLAIN[space.kind]} ${textOf(reader)}`));
  }
  return found;
}

/** Parameters need no value to be planned (PostgreSQL 16 and later). */
const EXPLAIN: Record<ScratchSpace['kind'], string> = { pglite: 'explain (generic_plan, costs off)', postgres: 'explain (generic_plan, costs off)', duckdb: 'explain' };

async function refusalOf(space: ScratchSpace, sql: string): Promise<string | null> {
  try {
    await space.run(sql);
    return null;
  } catch (error) {
    if (!(error instanceof ScratchError) || error.timedOut) throw error;
    return plainText(error.message, 300);
  }
}

/** All that statements name, under the names before; a relation that took such a name since is made as well. */
function relationsFor(readers: readonly Reader[], catalog: Catalog): string[] {
  const known = new Set(catalog.relations.map(relationKey));
  const wanted = new Set(readers.flatMap(({ relations }) => [...relations]));
  return [...wanted].filter((name) => known.has(name)).sort();
}

export function textOf({ text, part: { span } }: Pick<Reader, 'text' | 'part'>): string {
  const own = span.end > span.start ? text.slice(span.start, span.end) : text;
  return own.trim().replace(/;+$/, '');
}

/** The path on which bare names are found: the reader's own, or the schemas of what it names. */
async function setPath(space: ScratchSpace, { searchPath, part }: Reader, catalog: Catalog): Promise<void> {
  if (space.kind === 'duckdb') return;
  const schemas = new Set(catalog.relations.map(({ schema }) => schema));
  const named = [...part.resolution.direct.keys(), ...part.resolution.writes.keys()].map((name) => name.slice(0, Math.max(0, name.indexOf('.'))));
  const path = [...new Set([...(searchPath ?? ['public']), ...named])].filter((schema) => schemas.has(schema));
  await space.run(`set search_path to ${path.length === 0 ? "''" : path.map(sqlIdentifier).join(', ')}`);
}
