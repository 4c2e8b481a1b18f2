import type { Catalog } from '../../model/catalog.js';
import type { WitnessValue } from '../../model/metric-verdict.js';
import { sqlIdentifier, sqlQualified } from '../../text/sql-name.js';
import type { World } from '../definition.js';
import { insertOrder } from '../schema/insert-order.js';
import { witnessValue } from './answer.js';

/** Relations that hold rows, parents before children; of a circle in any order. */
export function parentsFirst(world: World, catalog: Catalog): string[] {
  const names = Object.keys(world).filter((name) => (world[name]?.length ?? 0) > 0);
  return insertOrder(names, catalog.constraints).relations;
}

/** The rows of a world as a witness shows them: by relation as SQL names it, values as JSON has them. */
export function witnessRows(world: World, catalog: Catalog, defaultSchema: string): Record<string, Record<string, WitnessValue>[]> {
  return Object.fromEntries(
    parentsFirst(world, catalog).map((key) => {
      const relation = catalog.relations.find(({ schema, name }) => `${schema}.${name}` === key);
      if (relation === undefined) return [key, world[key] ?? []];
      const shown = relation.schema === defaultSchema ? sqlIdentifier(relation.name) : sqlQualified(relation);
      // What the engine computes cannot be inserted, and a default would stand where the row has NULL.
      const columns = relation.columns.filter(({ generated }) => generated === undefined);
      const rows = (world[key] ?? []).map((row) => {
        const told = columns.filter(({ name, default: given, nullable }) => name in row || (nullable && given !== undefined));
        return Object.fromEntries(told.map(({ name, type }) => [name, witnessValue(row[name] ?? null, type)]));
      });
      return [shown, rows];
    }),
  );
}
