import type { World } from '../definition.js';
import { columnKey, type ColumnKey } from './facts.js';
import { KeyRepair, worldKey, type Row } from './keys.js';
import type { SearchModel } from './model.js';
import { numbered } from './pools.js';
import type { Random } from './random.js';
import { interleaved, RowSource } from './rows.js';
import type { SearchTable } from './tables.js';

/** Rows of one table that are tried alone. */
const SINGLES_MAX = 600;
/** Rows of one table that are tried twice over: DISTINCT, and keys that a NULL makes room in. */
const DOUBLES_MAX = 25;
/** Thresholds up to this are reached with rows. */
const PUMP_MAX = 24;
/** How many worlds are kept to be changed further. */
const CORPUS_MAX = 400;
const ROW_COUNTS = [0, 1, 1, 2, 2, 2, 3, 3, 4] as const;

/** Invents small databases, the telling ones first. The same for the same seed. */
export class WorldSource {
  readonly rows: RowSource;
  private readonly repairs: KeyRepair;
  private readonly seen = new Set<string>();
  private readonly corpus: World[] = [];
  private readonly singles: (() => World)[] = [];
  private readonly thresholds: number[];
  private readonly joins = new Map<SearchTable, readonly { name: string; joinClass: ColumnKey }[]>();

  constructor(
    readonly model: SearchModel,
    private readonly random: Random,
  ) {
    this.rows = new RowSource(model, random);
    this.repairs = new KeyRepair(model, (table) => this.parentRow(table));
    this.thresholds = [...model.facts.thresholds].filter((count) => count >= 1 && count <= PUMP_MAX);
  }

  /**
   * Plans the worlds of one row, once the rows that CHECKs admit are known. Tables take turns, so that none waits for another.
   *
   * @param limit how many worlds there will be at most
   */
  prepare(limit: number): void {
    const read = this.model.tables.filter(({ key }) => (this.model.facts.uses.get(key) ?? 0) > 0);
    const queues = read.map((table) => {
      const rows = this.rows.combinations(table, Math.min(SINGLES_MAX, limit));
      const singles = rows.map((row) => () => this.single(table, row, read));
      const doubles = rows.slice(0, DOUBLES_MAX).map((row, index) => () => ({ ...this.single(table, row, read), [table.key]: [{ ...row }, index % 2 === 0 ? { ...row } : this.twin(table, row)] }));
      return interleaved([singles.slice(0, DOUBLES_MAX * 4), doubles]).concat(singles.slice(DOUBLES_MAX * 4));
    });
    this.singles.push(...interleaved(queues));
  }

  /** Keeps a world that gave an answer which none gave before. */
  remember(world: World): void {
    if (this.corpus.length < CORPUS_MAX) this.corpus.push(world);
  }

  /** Worlds that were not given before and that the keys admit. Fewer where no more are found. */
  next(count: number, singleShare: number): World[] {
    const worlds: World[] = [];
    for (let attempt = 0; attempt < count * 2 && worlds.length < count; attempt += 1) {
      const single = this.singles.length > 0 && this.random.chance(singleShare) ? this.singles.shift() : undefined;
      const world = this.fresh(single?.() ?? this.made());
      if (world !== null) worlds.push(world);
    }
    return worlds;
  }

  /** @returns null for a world that keys forbid or that was given before */
  fresh(world: World): World | null {
    const repaired = this.repairs.repair(world);
    if (repaired === null) return null;
    const key = worldKey(repaired);
    if (this.seen.has(key)) return null;
    this.seen.add(key);
    return repaired;
  }

  private made(): World {
    const roll = this.random.next();
    if (this.thresholds.length > 0 && roll < 0.25) return this.pumped(Math.max(1, this.random.pick(this.thresholds) + this.random.below(3) - 1));
    if (roll < 0.45 && this.model.tables.length > 1) return this.frozen(1 + this.random.below(3));
    if (roll < 0.78 && this.corpus.length > 0) return this.mutated(this.random.pick(this.corpus));
    return this.anyRows();
  }

  private parentRow(table: SearchTable): Row {
    return this.random.chance(0.5) ? this.rows.base(table) : this.rows.any(table);
  }

  /** One row of one table, with partners in the others that it joins with. */
  private single(table: SearchTable, row: Row, read: readonly SearchTable[]): World {
    const world: World = { [table.key]: [{ ...row }] };
    const values = new Map<ColumnKey, string>();
    this.noteJoins(table, row, values);
    for (const other of read) {
      if (other === table || !this.random.chance(0.85)) continue;
      const partner = this.random.chance(0.5) ? this.rows.base(other) : this.rows.any(other);
      this.align(other, partner, values, 0.92);
      this.noteJoins(other, partner, values);
      world[other.key] = [partner];
    }
    return world;
  }

  /** The columns of a table that join, with their classes. */
  private joinsOf(table: SearchTable): readonly { name: string; joinClass: ColumnKey }[] {
    const known = this.joins.get(table);
    if (known !== undefined) return known;
    const isJoin = (column: string): boolean => this.model.joined.has(columnKey(table.key, column)) || table.primaryKey.includes(column) || table.foreignKeys.some(({ columns }) => columns.includes(column));
    const found = table.columns.filter(({ name, generated }) => generated === null && isJoin(name)).map(({ name }) => ({ name, joinClass: this.model.classOf(columnKey(table.key, name)) }));
    this.joins.set(table, found);
    return found;
  }

  private noteJoins(table: SearchTable, row: Row, values: Map<ColumnKey, string>): void {
    for (const { name, joinClass } of this.joinsOf(table)) {
      const value = row[name] ?? null;
      if (value !== null && !values.has(joinClass)) values.set(joinClass, value);
    }
  }

  /** Gives the columns of a row that join the values of their classes. */
  private align(table: SearchTable, row: Row, values: ReadonlyMap<ColumnKey, string>, share: number): void {
    for (const { name, joinClass } of this.joinsOf(table)) {
      const value = values.get(joinClass);
      if (value !== undefined && this.rows.isFree(table, name) && this.random.chance(share)) row[name] = value;
    }
  }

  /** A few rows of each table, some like others but for a cell or two. Often one value of each join is everyone's favourite. */
  private anyRows(): World {
    const favourites = this.random.chance(0.65) ? new Map<ColumnKey, string>() : null;
    const world: World = {};
    for (const table of this.model.tables) {
      const rows: Row[] = [];
      const count = this.random.pick(ROW_COUNTS);
      for (let made = 0; made < count; made += 1) rows.push(rows.length > 0 && this.random.chance(0.4) ? this.sibling(table, this.random.pick(rows)) : this.favoured(table, favourites));
      world[table.key] = rows;
    }
    return world;
  }

  private favoured(table: SearchTable, favourites: Map<ColumnKey, string> | null): Row {
    const row = this.rows.any(table);
    if (favourites === null) return row;
    this.align(table, row, favourites, 0.75);
    this.noteJoins(table, row, favourites);
    return row;
  }

  private sibling(table: SearchTable, source: Row): Row {
    const row = { ...source };
    const used = this.rows.usedColumns(table);
    const changes = this.random.below(3);
    for (let change = 0; change < changes && used.length > 0; change += 1) this.rows.vary(table, row, this.random.pick(used).name);
    return row;
  }

  /**
   * Copies of a query's body: one row for each use of a table, equal wherever tables join; each copy shares some values with
   * the one before.
   */
  private frozen(copies: number): World {
    const world: World = {};
    let before = new Map<ColumnKey, string>();
    let rowsBefore = new Map<string, Row>();
    for (let copy = 0; copy < copies; copy += 1) {
      const share = copy === 0 ? 0 : this.random.pick([0.3, 0.6, 0.85]);
      const values = new Map<ColumnKey, string>([...before].filter(() => this.random.chance(share)));
      const rows = new Map<string, Row>();
      for (const table of this.model.tables) {
        const uses = this.random.chance(0.4) ? Math.min(2, this.model.facts.uses.get(table.key) ?? 1) : 1;
        for (let use = 0; use < uses; use += 1) {
          const previous = rowsBefore.get(table.key);
          const row = previous !== undefined && this.random.chance(share) ? this.sibling(table, previous) : this.rows.any(table);
          this.align(table, row, values, 0.95);
          this.noteJoins(table, row, values);
          (world[table.key] ??= []).push(row);
          rows.set(table.key, row);
        }
      }
      before = values;
      rowsBefore = rows;
    }
    for (const table of this.model.tables) if (this.random.chance(0.12)) world[table.key] = (world[table.key] ?? []).slice(1);
    return world;
  }

  /** Many rows of one table that differ in nothing but one column and their keys, for queries that count up to a number. */
  private pumped(count: number): World {
    const world: World = {};
    const favourites = new Map<ColumnKey, string>();
    const big = this.random.pick(this.model.tables);
    for (const table of this.model.tables) {
      const rows: Row[] = [];
      if (table !== big) for (let made = this.random.pick([1, 1, 1, 2]); made > 0; made -= 1) rows.push(this.favoured(table, favourites));
      else rows.push(...this.pumpedRows(table, this.favoured(table, favourites), count));
      world[table.key] = rows;
    }
    return world;
  }

  private pumpedRows(table: SearchTable, base: Row, count: number): Row[] {
    const used = this.rows.usedColumns(table).filter(({ name }) => this.rows.isFree(table, name) && !table.foreignKeys.some(({ columns }) => columns.includes(name)));
    const varied = used.length > 0 && this.random.chance(0.8) ? this.random.pick(used) : null;
    const isNumbered = varied !== null && varied.members === null && ['integer', 'number', 'text', 'uuid', 'date', 'timestamp', 'timestamptz'].includes(varied.family) && this.random.chance(0.8);
    const first = this.random.below(3);
    const rows: Row[] = [];
    for (let made = 0; made < count; made += 1) {
      const row = { ...base };
      if (varied !== null) row[varied.name] = isNumbered && varied.length === null ? numbered(varied, made + 1 + first) : this.rows.cell(table, varied.name);
      rows.push(row);
    }
    return rows;
  }

  /** The same row again, as it is or with one column changed, often to NULL: it counts for one definition and not for the other. */
  private twin(table: SearchTable, source: Row): Row {
    const row = { ...source };
    const used = this.rows.usedColumns(table);
    if (used.length === 0 || this.random.chance(0.25)) return row;
    const { name } = this.random.pick(used);
    if (this.rows.isFree(table, name) && this.rows.pool(table, name).nullable && this.random.chance(0.4)) row[name] = null;
    else this.rows.vary(table, row, name);
    return row;
  }

  private mutated(source: World): World {
    const world: World = Object.fromEntries(Object.entries(source).map(([table, rows]) => [table, rows.map((row) => ({ ...row }))]));
    for (let changes = 1 + this.random.below(2); changes > 0; changes -= 1) {
      const table = this.random.pick(this.model.tables);
      const rows = (world[table.key] ??= []);
      const roll = this.random.below(6);
      if (roll === 0 || rows.length === 0) rows.push(this.rows.any(table));
      else if (roll === 1) rows.splice(this.random.below(rows.length), 1);
      else if (roll === 2) rows.push(this.twin(table, this.random.pick(rows)));
      else {
        const used = this.rows.usedColumns(table);
        if (used.length > 0) this.rows.vary(table, this.random.pick(rows), this.random.pick(used).name);
      }
    }
    return world;
  }
}
