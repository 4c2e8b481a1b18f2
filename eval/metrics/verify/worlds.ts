import type { TestColumn, TestTable } from './schema.js';
import { quote, type Pools } from './values.js';

/** A reproducible source of numbers below 1. */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

type Row = Map<string, string | null>;

const SHARE_NULL = 0.18;
const SHARE_CLONED = 0.45;
const SHARE_REFERRED = 0.9;
/** Of clones: without any change but to their keys. */
const SHARE_SAME = 0.25;

const TRIES = 6;

/** One small database: for every row some INSERT statements, of which the first that the constraints admit is meant. */
export function world(tables: readonly TestTable[], pools: Pools, thresholds: readonly number[], random: () => number): string[][] {
  const pick = <T>(list: readonly T[]): T | undefined => list[Math.floor(random() * list.length)];
  // Some worlds draw from a handful of values only, so that rows meet.
  const narrow = random() < 0.5;
  const poolOf = (table: TestTable, column: TestColumn): string[] => {
    const pool = pools.get(`${table.name}.${column.name}`) ?? [];
    if (!narrow || pool.length <= 3) return pool;
    return [pick(pool) ?? '', pick(pool) ?? '', pick(pool) ?? ''];
  };
  const pumped = thresholds.length > 0 && random() < 0.4 ? pick(tables) : undefined;
  const threshold = pick(thresholds) ?? 0;
  const planned = new Map<string, Row[]>();
  const statements: string[][] = [];
  for (const table of tables) {
    const local = new Map(table.columns.map((column) => [column.name, poolOf(table, column)]));
    const count = table === pumped ? threshold + Math.floor(random() * 3) - 1 : random() < 0.12 ? 0 : 1 + Math.floor(random() * 4);
    const rows: Row[] = [];
    for (let tries = 0; rows.length < count && tries < count * 3 + 4; tries += 1) {
      const sibling = pick(rows);
      const row: Row = sibling !== undefined && (random() < SHARE_CLONED || table === pumped) ? new Map(sibling) : fresh(table);
      if (sibling !== undefined && random() > (table === pumped ? 0.7 : SHARE_SAME)) for (let change = 0; change < 1 + Math.floor(random() * 2); change += 1) alter(row, table);
      separate(row, rows, table);
      rows.push(row);
      statements.push([row, ...Array.from({ length: TRIES - 1 }, () => other(row))].map((each) => insert(table, each)));
    }
    planned.set(table.name, rows);

    function valueOf(column: TestColumn): string | null {
      if (column.nullable && random() < SHARE_NULL) return null;
      return pick(local.get(column.name) ?? []) ?? null;
    }
    function refer(row: Row): void {
      for (const { columns, parent, parentColumns } of table.references) {
        const target = pick(planned.get(parent) ?? rows);
        if (target === undefined || random() > SHARE_REFERRED) continue;
        if (columns.some((name) => row.get(name) === null) && random() < 0.7) continue;
        columns.forEach((name, index) => row.set(name, target.get(parentColumns[index] ?? '') ?? null));
      }
    }
    function fresh(of: TestTable): Row {
      const row: Row = new Map(of.columns.filter(({ generated }) => !generated).map((column) => [column.name, valueOf(column)]));
      refer(row);
      return row;
    }
    function alter(row: Row, of: TestTable): void {
      const column = pick(of.columns.filter(({ generated }) => !generated));
      if (column === undefined) return;
      row.set(column.name, valueOf(column));
      if (random() < 0.5) refer(row);
    }
    /** The same keys and references with other values, where a check refused them. */
    function other(row: Row): Row {
      const fixed = new Set([...table.keys.flat(), ...table.references.flatMap(({ columns }) => columns)]);
      const changed = new Map(row);
      for (const column of table.columns) if (!column.generated && !fixed.has(column.name) && random() < 0.6) changed.set(column.name, valueOf(column));
      return changed;
    }
    /** Most clones get another key: without one of their own they would be refused. */
    function separate(row: Row, others: readonly Row[], of: TestTable): void {
      for (const key of of.keys) {
        const taken = others.some((other) => key.every((name) => row.get(name) !== null && other.get(name) === row.get(name)));
        if (!taken || random() < 0.05) continue;
        const free = key.filter((name) => !of.references.some(({ columns }) => columns.includes(name)));
        const name = pick(free.length > 0 ? free : key) ?? '';
        const column = of.columns.find((each) => each.name === name);
        if (column === undefined) continue;
        if (/^(int|numeric)/.test(column.base) && of === pumped) row.set(name, String(100 + others.length));
        else if (column.base === 'text' && of === pumped) row.set(name, `k${others.length}`);
        else row.set(name, pick(pools.get(`${of.name}.${name}`) ?? []) ?? null);
      }
    }
  }
  return statements;
}

function insert(table: TestTable, row: Row): string {
  const names = [...row.keys()].map((name) => `"${name.replaceAll('"', '""')}"`);
  const values = [...row.values()].map((value) => (value === null ? 'null' : quote(value)));
  return `insert into ${table.name} (${names.join(', ')}) overriding system value values (${values.join(', ')})`;
}
