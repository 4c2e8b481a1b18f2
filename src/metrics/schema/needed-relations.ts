import type { Catalog, Relation } from '../../model/catalog.js';
import { grouped } from './grouped.js';

/**
 * Relations with all that they need: parents of foreign keys, and what views read. Views come after what they read.
 *
 * @param names as `schema.name`; all when left out
 */
export function neededRelations(catalog: Catalog, names?: readonly string[]): Relation[] {
  const known = new Map(catalog.relations.map((relation) => [`${relation.schema}.${relation.name}`, relation]));
  const byName = grouped(catalog.relations, ({ name }) => name);
  const parents = new Map<string, string[]>();
  // One that is NOT VALID needs its parent as well: it refuses new rows.
  for (const { kind, schema, relation, references, enforced } of catalog.constraints) {
    if (kind !== 'foreign_key' || references === null || !enforced) continue;
    const child = `${schema}.${relation}`;
    parents.set(child, [...(parents.get(child) ?? []), `${references.schema}.${references.relation}`]);
  }
  const found = new Set<Relation>();
  const open = new Set<Relation>();
  const visit = (relation: Relation | undefined): void => {
    if (relation === undefined || found.has(relation) || open.has(relation)) return;
    open.add(relation);
    for (const parent of parents.get(`${relation.schema}.${relation.name}`) ?? []) visit(known.get(parent));
    for (const read of relation.definition === null ? [] : mentioned(relation.definition, byName)) visit(read);
    open.delete(relation);
    found.add(relation);
  };
  for (const name of names ?? [...known.keys()]) visit(known.get(name));
  return [...found];
}

/** Every relation whose name stands in a text: one too many does no harm. */
function mentioned(definition: string, byName: ReadonlyMap<string, Relation[]>): Relation[] {
  const words = new Set(Array.from(definition.matchAll(/"((?:[^"]|"")+)"|[\p{L}_][\p{L}\p{N}_$]*/gu), ([word, quoted]) => quoted?.replaceAll('""', '"') ?? word));
  return [...words].flatMap((word) => byName.get(word) ?? byName.get(word.toLowerCase()) ?? []);
}
