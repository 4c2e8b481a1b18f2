import { columnKey } from './facts.js';
import type { Row } from './keys.js';
import type { Pool, SearchModel } from './model.js';
import { neighbours } from './neighbours.js';
import type { Random } from './random.js';
import type { SearchColumn, SearchTable } from './tables.js';
import { tiedColumns, type TiedColumns } from './tied.js';

/** One cell in so many is NULL where it may be. */
const NULLS = 0.18;
/** Most values are taken from the front of the pool, where those are that definitions name. */
const FRONT = 7;
/** Values of each column that are tried in all combinations for the columns of one CHECK, and how many combinations. */
const TIED_VALUES = 11;
const TIED_MAX = 240;

/** Makes single rows. */
export class RowSource {
  private readonly tied = new Map<string, TiedColumns[]>();
  private readonly pools = new Map<SearchTable, Map<string, Pool>>();
  private readonly free = new Map<SearchTable, SearchColumn[]>();

  constructor(
    readonly model: SearchModel,
    private readonly random: Random,
  ) {
    for (const table of model.tables) {
      this.tied.set(table.key, tiedColumns(table));
      this.pools.set(table, new Map(table.columns.flatMap(({ name }) => {
        const pool = model.pools.get(columnKey(table.key, name));
        return pool === undefined ? [] : [[name, pool]];
      })));
      this.free.set(table, this.usedColumns(table).filter(({ name }) => this.isFree(table, name)));
    }
  }

  tiedOf(table: SearchTable): readonly TiedColumns[] {
    return this.tied.get(table.key) ?? [];
  }

  /** Adds values that the checks of a group admit. The first are what its columns hold where they do not matter. */
  admit(table: SearchTable, group: TiedColumns, values: readonly Row[]): void {
    if (group.admitted.length === 0) for (const [name, value] of Object.entries(values[0] ?? {})) this.pool(table, name).base = value;
    const seen = new Set(group.admitted.map((row) => JSON.stringify(row)));
    for (const row of values) {
      const key = JSON.stringify(row);
      if (seen.has(key)) continue;
      seen.add(key);
      group.admitted.push(row);
    }
    group.admitted = this.covering(table, group.admitted);
  }

  private admittedOf({ admitted }: TiedColumns): Row {
    return this.random.pick(this.random.chance(0.6) ? admitted.slice(0, 2 * FRONT) : admitted);
  }

  pool(table: SearchTable, column: string): Pool {
    return this.pools.get(table)?.get(column) ?? { values: [], nullable: true, used: false, base: null };
  }

  /** The simplest row. */
  base(table: SearchTable): Row {
    const row: Row = {};
    for (const { name, generated } of table.columns) if (generated === null) row[name] = this.pool(table, name).base;
    return row;
  }

  cell(table: SearchTable, column: string): string | null {
    const { values, nullable, used, base } = this.pool(table, column);
    if (!used) return base;
    if (values.length === 0 || (nullable && this.random.chance(NULLS))) return nullable ? null : base;
    return this.random.chance(0.7) ? (values[this.random.below(Math.min(values.length, FRONT))] ?? null) : this.random.pick(values);
  }

  /** Any row that the CHECKs admit, as far as is known. */
  any(table: SearchTable): Row {
    const row = this.base(table);
    for (const group of this.tiedOf(table)) if (group.admitted.length > 0) Object.assign(row, this.admittedOf(group));
    for (const { name } of this.freeColumns(table)) row[name] = this.cell(table, name);
    return row;
  }

  /** Whether its value can change without regard to the other columns. */
  isFree(table: SearchTable, column: string): boolean {
    return !this.tiedOf(table).some(({ columns }) => columns.includes(column));
  }

  /** Puts another value into a column; what a CHECK ties to it comes along. */
  vary(table: SearchTable, row: Row, column: string): void {
    const group = this.tiedOf(table).find(({ columns }) => columns.includes(column));
    if (group === undefined || group.admitted.length === 0) row[column] = this.cell(table, column);
    else Object.assign(row, this.admittedOf(group));
  }

  usedColumns(table: SearchTable): SearchColumn[] {
    return table.columns.filter(({ name, generated }) => generated === null && this.pool(table, name).used);
  }

  private freeColumns(table: SearchTable): SearchColumn[] {
    return this.free.get(table) ?? [];
  }

  /** Values for the columns of a group from which its checks choose: around what is admitted, where something is. */
  tiedCandidates(table: SearchTable, group: TiedColumns, limit: number): Row[] {
    const first = group.admitted[0];
    const base: Row = first ?? Object.fromEntries(group.columns.map((name) => [name, this.pool(table, name).base]));
    const options = group.columns.map((name) => this.options(table, name));
    const rows: Row[] = [base, ...deviations(base, group.columns, options)];
    if (first === undefined) {
      for (const { columns } of group.checks) if (columns.length > 1) rows.push(...this.crossed(table, base, columns.filter((column) => group.columns.includes(column))));
      for (const { columns: [one, other], values } of neighbours(table, this.model)) {
        if (group.columns.includes(one) && group.columns.includes(other)) rows.push(...values.map(([left, right]) => ({ ...base, [one]: left, [other]: right })));
      }
    }
    if (group.columns.length > 1) for (let made = 0; made < limit; made += 1) rows.push(this.combination(base, group.columns, options));
    return distinct(rows);
  }

  /** All combinations of the values that matter most, since few of them may be admitted. */
  private crossed(table: SearchTable, base: Row, names: readonly string[]): Row[] {
    let width = TIED_VALUES;
    while (width > 2 && (width + 1) ** names.length > TIED_MAX) width -= 1;
    const values = names.map((name) => this.options(table, name)).map((all) => [...(all.includes(null) ? [null] : []), ...all.filter((value) => value !== null).slice(0, width)]);
    return product(base, names, values, TIED_MAX);
  }

  /**
   * Rows that differ from the simplest in one column, or one group of tied columns; then such as differ in several, in an order of
   * chance. All combinations where they are few. Columns that only name a row or its parent do not vary unless a definition names
   * a value.
   */
  combinations(table: SearchTable, limit: number): Row[] {
    const base = this.base(table);
    const free = this.freeColumns(table).map(({ name }) => name);
    const options = free.map((name) => this.options(table, name));
    const groups = this.tiedOf(table).filter(({ admitted, columns }) => admitted.length > 0 && columns.some((name) => this.pool(table, name).used));
    const total = [...options, ...groups.map(({ admitted }) => admitted)].reduce((count, values) => count * Math.max(1, values.length), 1);
    const single = [deviations(base, free, options), ...groups.map(({ admitted }) => admitted.map((values) => ({ ...base, ...values })))];
    for (const { columns: [one, other], values } of neighbours(table, this.model)) {
      if (this.isFree(table, one) && this.isFree(table, other)) single.push(values.map(([left, right]) => ({ ...base, [one]: left, [other]: right })));
    }
    const mixed = total <= limit ? this.random.shuffled(everything(product(base, free, options, limit), groups)) : this.mixtures(base, free, options, groups, limit);
    const rows = [base, ...interleaved([interleaved(single), mixed])];
    return this.covering(table, distinct(rows)).slice(0, limit);
  }

  private mixtures(base: Row, free: readonly string[], options: readonly (readonly (string | null)[])[], groups: readonly TiedColumns[], count: number): Row[] {
    return Array.from({ length: count }, () => {
      const row = this.combination(base, free, options);
      for (const group of groups) Object.assign(row, this.admittedOf(group));
      return row;
    });
  }

  /** The same rows, those first in which some column has a value for the first time; values from the front of its pool before all. */
  private covering(table: SearchTable, rows: readonly Row[]): Row[] {
    const columns = this.usedColumns(table).map(({ name }) => ({ name, seen: new Set<string | null>(), front: new Set<string | null>([null, ...this.pool(table, name).values.slice(0, FRONT)]) }));
    const early: Row[] = [];
    let rest = [...rows];
    for (const isFront of [true, false]) {
      const later: Row[] = [];
      for (const row of rest) {
        const news = columns.filter(({ name, seen, front }) => !seen.has(row[name] ?? null) && (!isFront || front.has(row[name] ?? null)));
        for (const { name, seen } of news) seen.add(row[name] ?? null);
        (news.length > 0 ? early : later).push(row);
      }
      rest = later;
    }
    return [...early, ...rest];
  }

  private options(table: SearchTable, name: string): (string | null)[] {
    const { values, nullable, used, base } = this.pool(table, name);
    if (!used) return [base];
    const isIdentity = (table.primaryKey.length === 1 && table.primaryKey[0] === name) || table.foreignKeys.some(({ columns }) => columns.includes(name));
    const kept = isIdentity && !this.model.facts.constants.has(columnKey(table.key, name)) ? values.slice(0, 1) : values;
    return nullable ? [...kept, null] : kept;
  }

  private combination(base: Row, columns: readonly string[], options: readonly (readonly (string | null)[])[]): Row {
    const row = { ...base };
    columns.forEach((name, index) => {
      const values = options[index] ?? [];
      if (values.length > 0) row[name] = values.includes(null) && this.random.chance(NULLS) ? null : this.random.pick(this.random.chance(0.6) ? values.slice(0, FRONT) : values);
    });
    return row;
  }
}

function deviations(base: Row, columns: readonly string[], options: readonly (readonly (string | null)[])[]): Row[] {
  return columns.flatMap((name, index) => (options[index] ?? []).filter((value) => value !== base[name]).map((value) => ({ ...base, [name]: value })));
}

function product(base: Row, names: readonly string[], options: readonly (readonly (string | null)[])[], limit: number): Row[] {
  let rows: Row[] = [base];
  names.forEach((name, index) => {
    const values = options[index] ?? [];
    if (values.length > 0) rows = rows.flatMap((row) => values.map((value) => ({ ...row, [name]: value }))).slice(0, limit);
  });
  return rows;
}

function everything(rows: readonly Row[], groups: readonly TiedColumns[]): Row[] {
  return groups.reduce<Row[]>((made, { admitted }) => made.flatMap((row) => admitted.map((values) => ({ ...row, ...values }))), [...rows]);
}

function distinct(rows: readonly Row[]): Row[] {
  return [...new Map(rows.map((row) => [JSON.stringify(row), row])).values()];
}

/** One of each list in turn. */
export function interleaved<T>(lists: readonly (readonly T[])[]): T[] {
  const longest = Math.max(0, ...lists.map((list) => list.length));
  return Array.from({ length: longest }, (_, index) => lists.flatMap((list) => list.slice(index, index + 1))).flat();
}
