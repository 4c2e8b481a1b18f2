import type { Catalog, Relation } from '../../model/catalog.js';
import { sqlIdentifier, sqlQualified } from '../../text/sql-name.js';
import type { World } from '../definition.js';
import { insertOrder } from './insert-order.js';

/** Rows of one relation that have the same columns. */
export interface RowGroup {
  relation: Relation;
  columns: { name: string; type: string }[];
  rows: (string | null)[][];
}

/**
 * The rows of a world as they are put into the relations, parents first. A column that a row leaves out is NULL, or its default
 * where it may not be NULL; generated columns are left to the engine.
 */
export function rowGroups(world: World, catalog: Catalog): RowGroup[] {
  const byName = new Map(catalog.relations.map((relation) => [`${relation.schema}.${relation.name}`, relation]));
  return insertOrder(Object.keys(world), catalog.constraints).relations.flatMap((name) => {
    const relation = byName.get(name);
    return relation === undefined ? [] : groupsOf(relation, world[name] ?? []);
  });
}

function groupsOf(relation: Relation, rows: readonly Record<string, string | null>[]): RowGroup[] {
  const groups = new Map<string, RowGroup>();
  for (const row of rows) {
    const columns = relation.columns.filter(({ name, nullable, generated }) => generated === undefined && (nullable || row[name] !== undefined));
    const key = JSON.stringify(columns.map(({ name }) => name));
    const group = groups.get(key) ?? { relation, columns: columns.map(({ name, type }) => ({ name, type })), rows: [] };
    group.rows.push(columns.map(({ name }) => row[name] ?? null));
    groups.set(key, group);
  }
  return [...groups.values()];
}

const NUMBER_TYPE = /^(?:smallint|integer|bigint|numeric|real|double precision|decimal|u?(?:tiny|small|big|huge)?int(?:eger)?|float|double)\b/i;
const NUMBER = /^-?\d+(?:\.\d+)?$/;

/** Rows as INSERT writes them for people. */
export function insertStatement({ relation, columns, rows }: RowGroup): string {
  if (columns.length === 0) return rows.map(() => `insert into ${sqlQualified(relation)} default values;\n`).join('');
  const identity = relation.columns.some(({ name, default: expression }) => expression === 'identity' && columns.some((column) => column.name === name));
  const lines = rows.map((row) => `  (${columns.map(({ type }, index) => literal(row[index] ?? null, type)).join(', ')})`);
  return `insert into ${sqlQualified(relation)} (${columns.map(({ name }) => sqlIdentifier(name)).join(', ')})${identity ? ' overriding system value' : ''} values\n${lines.join(',\n')};\n`;
}

function literal(value: string | null, type: string): string {
  if (value === null) return 'null';
  return NUMBER.test(value) && NUMBER_TYPE.test(type) && !type.endsWith(']') ? value : `'${value.replaceAll("'", "''")}'`;
}
