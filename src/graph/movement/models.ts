import type { BuiltRelation } from '../../model/query.js';
import { relationKey, type SchemaIndex } from '../../sql/schema-index.js';
import { plainText } from '../../text/plain-text.js';
import type { StoreBoundary } from '../boundary.js';
import type { PlacedQuery } from '../placed-query.js';
import type { ReadPart, StatementReader } from '../statement-reader.js';
import { emptiedColumns } from './emptied.js';
import { rowFilterOf } from './row-filter.js';
import { withoutStops } from './stops.js';
import { mergedWays, type Ways, waysOf } from './way.js';

/** A program that is not SQL may leave out or change what it reads as a whole. */
const CONFIDENCE_OF_PROGRAM = 0.6;
/** A model is found in the store under another schema than its project says: that of another environment. */
const CONFIDENCE_BY_NAME = 0.9;

/** What models of dbt and other tools make of what they read, on the store that they are built on. */
export function modelMovements({ store, accesses }: Pick<StoreBoundary, 'store' | 'accesses'>, reader: StatementReader): Ways {
  const queries = new Set<PlacedQuery>();
  for (const { query } of accesses) if (query?.builds !== undefined && query.federation === undefined && query.lifecycle !== 'disabled') queries.add(query);
  const defined = new Set(store.catalog.relations.flatMap((relation) => (relation.definition === null ? [] : [relationKey(relation)])));
  const ways = [...queries].flatMap((query) => (query.builds === undefined ? [] : ofModel(query, query.builds, store.name, reader)));
  const movements = ways.flatMap((way) => way.movements);
  // An ephemeral model is no stop. What the catalogue defines is read there: it is what is in force.
  const stored = withoutStops(movements, (relation) => reader.index.get(relation) !== undefined);
  return {
    movements: mergedWays(stored.filter(({ to }) => !defined.has(to.relation))),
    emptied: ways.flatMap(({ emptied }) => emptied).filter(({ relation }) => !defined.has(relation)),
  };
}

function ofModel(query: PlacedQuery, builds: BuiltRelation, store: string, reader: StatementReader): Ways[] {
  const target = targetOf(builds, reader.index);
  const confidence = query.reconstructed ? CONFIDENCE_OF_PROGRAM : target.byName ? CONFIDENCE_BY_NAME : 1;
  return query.variants.flatMap(({ sql }) => {
    const part = lastOf(reader.read(sql, null).parts);
    if (part === null) return [];
    const { statement, resolution } = part;
    const movements = waysOf(resolution.outputs, resolution, {
      store,
      to: target.relation,
      via: 'model',
      by: plainText(`${query.kind} model ${query.title ?? builds.name}`, 200),
      rowFilter: rowFilterOf(statement),
      confidence,
      evidence: query.reconstructed ? `${query.kind} says what it reads, not what it makes of it` : `the SQL of the model in ${plainText(query.origin.file, 200)}`,
    });
    // A program says what it reads, and nothing of what it writes.
    const emptied = query.reconstructed ? [] : emptiedColumns(resolution.outputs, part, sql);
    return [{ movements, emptied: emptied.map((column) => ({ store, relation: target.relation, column })) }];
  });
}

function lastOf(parts: readonly ReadPart[]): ReadPart | null {
  return parts.findLast(({ resolution }) => resolution.outputs.length > 0) ?? null;
}

/** The relation that is meant: of that schema and name, else the only one of that name; one that is not there keeps its name. */
export function targetOf({ schema, name }: Pick<BuiltRelation, 'schema' | 'name'>, index: SchemaIndex): { relation: string; byName: boolean } {
  const exact = schema === null ? null : index.find(schema, name, []);
  if (exact) return { relation: relationKey(exact), byName: false };
  const alone = index.find(null, name, []);
  if (alone) return { relation: relationKey(alone), byName: schema !== null };
  return { relation: relationKey({ schema: schema ?? '', name }), byName: false };
}
