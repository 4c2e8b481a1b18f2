import type { Relation } from '../model/catalog.js';
import { hasPromisedType } from './type-spelling.js';

/** A column as a registry or a data contract promises it. */
export interface PromisedColumn {
  name: string;
  type: string | null;
  isLogical: boolean;
  /** Null where it says neither. */
  nullable: boolean | null;
}

/** How a relation differs from what was promised of it. */
export interface Differences {
  missing: string[];
  /** Columns that nothing was promised of. */
  extra: string[];
  /** `total_minor is integer, promised as bigint`. */
  types: string[];
  /** Promised to have a value always. */
  nullable: string[];
}

/** @param mayBeNull columns of the relation of which it is known that they may have no value */
export function differencesOf(relation: Pick<Relation, 'columns'>, promised: readonly PromisedColumn[], mayBeNull: ReadonlySet<string>): Differences {
  const actual = new Map(relation.columns.map((column) => [column.name.toLowerCase(), column]));
  const names = new Set(promised.map(({ name }) => name.toLowerCase()));
  return {
    missing: promised.filter(({ name }) => !actual.has(name.toLowerCase())).map(({ name }) => name),
    extra: relation.columns.filter(({ name }) => !names.has(name.toLowerCase())).map(({ name }) => name),
    types: promised.flatMap(({ name, type, isLogical }) => {
      const column = actual.get(name.toLowerCase());
      if (column === undefined || type === null || hasPromisedType(type, isLogical, column) !== false) return [];
      return [`${column.name} is ${column.type}, promised as ${type}`];
    }),
    nullable: promised.flatMap(({ name, nullable }) => {
      const column = actual.get(name.toLowerCase());
      return column !== undefined && nullable === false && mayBeNull.has(column.name) ? [column.name] : [];
    }),
  };
}
