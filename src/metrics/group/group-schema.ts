import type { Catalog, Constraint } from '../../model/catalog.js';
import { dialectOf, type DialectId } from '../../sql/dialect.js';
import type { MetricSchema } from '../definition.js';

export const EMPTY: Catalog = { relations: [], constraints: [], indexes: [], roles: [], grants: [], policies: [], extensions: [], publications: [], functions: [], settings: {} };

/** What of a catalogue some relations rest on: themselves, the parents of their foreign keys, and what their views read. */
export function partOf(catalog: Catalog, names: ReadonlySet<string>): Catalog {
  const wanted = new Set(names);
  const byName = new Map(catalog.relations.map((relation) => [`${relation.schema}.${relation.name}`, relation]));
  for (const name of wanted) {
    for (const column of byName.get(name)?.recordedColumns ?? []) wanted.add(column.split('.').slice(0, 2).join('.'));
    for (const { schema, relation, references } of catalog.constraints) {
      if (references !== null && `${schema}.${relation}` === name) wanted.add(`${references.schema}.${references.relation}`);
    }
  }
  const isWanted = ({ schema, relation }: { schema: string; relation: string }): boolean => wanted.has(`${schema}.${relation}`);
  return {
    ...EMPTY,
    relations: catalog.relations.filter(({ schema, name }) => wanted.has(`${schema}.${name}`)),
    constraints: catalog.constraints.filter(isWanted),
    indexes: catalog.indexes.filter(isWanted),
    functions: catalog.functions,
    settings: catalog.settings,
  };
}

/**
 * Where a name without a schema is looked up: where the dialect looks, then in the schemas of what the group reads. A schema is left
 * out where a name in it could mean another relation of the store.
 */
export function pathTo(relations: ReadonlySet<string>, { relations: all }: Catalog): (dialect: DialectId) => string[] {
  const seen = new Map<string, number>();
  for (const { name } of all) seen.set(name.toLowerCase(), (seen.get(name.toLowerCase()) ?? 0) + 1);
  const own = all.filter(({ schema, name }) => relations.has(`${schema}.${name}`));
  const unclear = new Set(own.flatMap(({ schema, name }) => (seen.get(name.toLowerCase()) === 1 ? [] : [schema])));
  const schemas = own.map(({ schema }) => schema).filter((schema) => !unclear.has(schema) && schema !== '');
  return (dialect) => [...new Set([...(dialectOf(dialect)?.searchPath ?? ['public']), ...schemas])];
}

/** The schema with what nobody enforces in the place of what its engine records as such. */
export function withAsserted(schema: MetricSchema, asserted: readonly Constraint[]): MetricSchema {
  const { catalog } = schema;
  const known = new Set(catalog.relations.map(({ schema: own, name }) => `${own}.${name}`));
  const own = asserted.filter(({ schema: of, relation }) => known.has(`${of}.${relation}`));
  return { ...schema, catalog: { ...catalog, constraints: [...catalog.constraints.filter(({ enforced }) => enforced), ...own] } };
}
