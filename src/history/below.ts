import type { Catalog } from '../model/catalog.js';

const RELATIONS_MAX = 200;

/**
 * A relation and what it reads, `schema.name`: through the definitions of views, as far as the names in them tell. A name that stands in a
 * definition and is no relation of it adds one too many, which only explains more.
 */
export function relationsBelow(relation: string, { relations }: Pick<Catalog, 'relations'>): string[] {
  const known = relations.map(({ schema, name, definition }) => ({ key: `${schema}.${name}`, bare: name.toLowerCase(), definition }));
  const definitions = new Map(known.map(({ key, definition }) => [key, definition]));
  const found = new Set<string>();
  const waiting = [relation];
  for (let next = waiting.pop(); next !== undefined && found.size < RELATIONS_MAX; next = waiting.pop()) {
    if (found.has(next)) continue;
    found.add(next);
    const definition = definitions.get(next) ?? null;
    if (definition === null) continue;
    const words = new Set(definition.toLowerCase().match(/[\p{L}_][\p{L}\p{N}_$]*/gu) ?? []);
    waiting.push(...known.filter(({ bare }) => words.has(bare)).map(({ key }) => key));
  }
  return [...found];
}
