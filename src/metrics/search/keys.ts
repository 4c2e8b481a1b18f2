import type { World } from '../definition.js';
import type { SearchModel } from './model.js';
import { numbered } from './pools.js';
import type { ForeignKey, SearchTable } from './tables.js';

export type Row = Record<string, string | null>;

export function worldSize(world: World): number {
  return Object.values(world).reduce((sum, rows) => sum + rows.length, 0);
}

/** The same for worlds that hold the same rows, in whatever order; columns are taken in the order of the row. */
export function worldKey(world: World): string {
  const parts = Object.entries(world).filter(([, rows]) => rows.length > 0).map(([table, rows]) => `${table}:${rows.map((row) => JSON.stringify(Object.values(row))).toSorted().join()}`);
  return parts.toSorted().join('\n');
}

function keyOf(row: Row, columns: readonly string[], nullsDistinct: boolean): string | null {
  const values = columns.map((column) => row[column] ?? null);
  return nullsDistinct && values.includes(null) ? null : JSON.stringify(values);
}

function hasParent(row: Row, { columns, referenced }: ForeignKey, parents: readonly Row[]): boolean {
  return columns.some((column) => (row[column] ?? null) === null) || parents.some((parent) => columns.every((column, index) => parent[referenced[index] ?? ''] === row[column]));
}

/** Whether NOT NULL, PRIMARY KEY, UNIQUE and FOREIGN KEY hold. Values count as equal where their texts are. */
export function keysHold(world: World, { tables }: Pick<SearchModel, 'tables'>): boolean {
  const known = new Set(tables.map(({ key }) => key));
  return tables.every((table) => {
    const rows = world[table.key] ?? [];
    if (rows.length === 0) return true;
    if (rows.some((row) => table.columns.some(({ name, nullable, generated }) => !nullable && generated === null && (row[name] ?? null) === null))) return false;
    const isUnique = table.uniques.every(({ columns, nullsDistinct }) => {
      const keys = rows.map((row) => keyOf(row, columns, nullsDistinct)).filter((key) => key !== null);
      return new Set(keys).size === keys.length;
    });
    return isUnique && table.foreignKeys.every((key) => !known.has(key.parent) || rows.every((row) => hasParent(row, key, world[key.parent] ?? [])));
  });
}

/** The rows that a world has, those that others refer to first, so that they can be put into real tables one after the other. */
export function inOrder(world: World, { tables }: Pick<SearchModel, 'tables'>): World {
  const result: World = {};
  for (const { key, foreignKeys } of tables) {
    const waiting = [...(world[key] ?? [])];
    const own = foreignKeys.filter(({ parent }) => parent === key);
    const ordered: Row[] = [];
    while (waiting.length > 0) {
      const next = waiting.findIndex((row) => own.every((foreign) => hasParent(row, foreign, [...ordered, row])));
      ordered.push(...waiting.splice(Math.max(next, 0), 1));
    }
    if (ordered.length > 0) result[key] = ordered;
  }
  return result;
}

/** Whether rows of one table refer to each other in a circle. */
export function hasCircle(world: World, { tables }: Pick<SearchModel, 'tables'>): boolean {
  return tables.some(({ key, foreignKeys }) => foreignKeys.some(({ columns, parent, referenced }) => {
    const rows = world[key] ?? [];
    if (parent !== key) return false;
    return rows.some((start) => {
      let row: Row | undefined = start;
      for (let steps = 0; steps <= rows.length && row !== undefined; steps += 1) {
        const from: Row = row;
        row = columns.some((column) => (from[column] ?? null) === null) ? undefined : rows.find((other) => columns.every((column, index) => other[referenced[index] ?? ''] === from[column]));
      }
      return row !== undefined;
    });
  }));
}

/** Makes rows that keys forbid into rows that they admit. */
export class KeyRepair {
  constructor(
    private readonly model: SearchModel,
    private readonly newRow: (table: SearchTable) => Row,
  ) {}

  /** @returns null where it did not succeed */
  repair(world: World): World | null {
    const result: World = {};
    for (const table of this.model.tables) result[table.key] = (world[table.key] ?? []).map((row) => this.filled(table, row));
    for (let round = 0; round < 3; round += 1) {
      for (const table of this.model.tables.toReversed()) this.addParents(table, result);
      for (const table of this.model.tables) result[table.key] = this.withoutDuplicates(table, result[table.key] ?? []);
      if (keysHold(result, this.model)) return result;
    }
    return null;
  }

  /** A NULL where none may be becomes the simplest value. */
  private filled(table: SearchTable, row: Row): Row {
    const copy = { ...row };
    for (const { name, nullable, generated } of table.columns) {
      if (!nullable && generated === null && (copy[name] ?? null) === null) copy[name] = this.model.pools.get(`${table.key}|${name}`)?.base ?? null;
    }
    return copy;
  }

  private addParents(table: SearchTable, world: World): void {
    for (const key of table.foreignKeys) {
      const parent = this.model.tables.find((candidate) => candidate.key === key.parent);
      if (parent === undefined) continue;
      for (const row of world[table.key] ?? []) {
        const parents = (world[parent.key] ??= []);
        if (hasParent(row, key, parents)) continue;
        if (parent === table) {
          key.columns.forEach((column, index) => (row[column] = table.byName.get(column)?.nullable === true ? null : (row[key.referenced[index] ?? ''] ?? null)));
          continue;
        }
        const added = this.newRow(parent);
        key.columns.forEach((column, index) => (added[key.referenced[index] ?? ''] = row[column] ?? null));
        parents.push(this.filled(parent, added));
      }
    }
  }

  /** A part of a key that may change: one that no definition looks at, else each in turn. What it refers to is made. */
  private freeColumn(table: SearchTable, columns: readonly string[], turn: number): string | undefined {
    const isForeign = (column: string): boolean => table.foreignKeys.some((foreign) => foreign.columns.includes(column));
    const unused = columns.filter((column) => this.model.pools.get(`${table.key}|${column}`)?.used === false);
    const own = columns.filter((column) => !isForeign(column));
    return unused.find((column) => !isForeign(column)) ?? unused[0] ?? own[turn % Math.max(1, own.length)] ?? columns[turn % columns.length];
  }

  /** A row whose key is taken gets another; where nothing of it is free, it goes. */
  private withoutDuplicates(table: SearchTable, rows: readonly Row[]): Row[] {
    const seen = table.uniques.map(() => new Set<string>());
    const kept: Row[] = [];
    for (const row of rows) {
      const isFree = table.uniques.every(({ columns, nullsDistinct }, index) => {
        const taken = seen[index] ?? new Set();
        for (let attempt = 0; attempt < rows.length + 3; attempt += 1) {
          const key = keyOf(row, columns, nullsDistinct);
          if (key === null || !taken.has(key)) return true;
          const free = this.freeColumn(table, columns, kept.length + attempt);
          const column = free === undefined ? undefined : table.byName.get(free);
          if (column === undefined || free === undefined) return false;
          const pool = this.model.pools.get(`${table.key}|${free}`)?.values ?? [];
          const isFixed = column.members !== null || column.family === 'boolean';
          row[free] = isFixed ? (pool[attempt % Math.max(1, pool.length)] ?? null) : numbered(column, kept.length + 1 + attempt);
        }
        return false;
      });
      if (!isFree) continue;
      table.uniques.forEach(({ columns, nullsDistinct }, index) => {
        const key = keyOf(row, columns, nullsDistinct);
        if (key !== null) seen[index]?.add(key);
      });
      kept.push(row);
    }
    return kept;
  }
}
