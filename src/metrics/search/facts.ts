import { INSTANTS } from './clock.js';

/** `schema.table|column` */
export type ColumnKey = string;

export function columnKey(table: string, column: string): ColumnKey {
  return `${table}|${column}`;
}

/** How a constant meets a column. */
export type Meeting = 'compared' | 'ordered' | 'like' | 'regex' | 'function';

export interface Constant {
  value: string;
  isNumber: boolean;
  meeting: Meeting;
  /** Functions around the columns that it is compared with: `lower`, `length`, `extract` … */
  functions: readonly string[];
  /** It is compared with an aggregate. */
  aggregate: boolean;
  /** What the engine gave for a constant expression is of a type; null for a literal. */
  type: string | null;
}

/** A constant that has to be worked out, with the columns that it meets. */
export interface ConstantExpression {
  text: string;
  columns: ColumnKey[];
  aggregate: boolean;
  functions: readonly string[];
}

/** What definitions say of the columns that they look at, all definitions together. */
export class Facts {
  /** @param present what constant expressions that ask for the time see, with its offset */
  constructor(readonly present: string = INSTANTS[0]) {}

  /** By table; a table that is read without a look at its columns has an empty set. */
  readonly used = new Map<string, Set<string>>();
  readonly constants = new Map<ColumnKey, Constant[]>();
  readonly expressions: ConstantExpression[] = [];
  /** Columns that a query takes for equal: joins, IN with a sub-query. */
  readonly equal: [ColumnKey, ColumnKey][] = [];
  /** Columns that a query compares, or computes with each other. */
  readonly compared: [ColumnKey, ColumnKey][] = [];
  /** Arguments of aggregates. */
  readonly aggregated = new Set<ColumnKey>();
  readonly grouped = new Set<ColumnKey>();
  /** Whole numbers that are compared with an aggregate, or that limit rows. */
  readonly thresholds = new Set<number>();
  /** How often a table stands in one query at most. */
  readonly uses = new Map<string, number>();
  readonly divisors = new Set<ColumnKey>();
  /** By column of JSON: keys and positions that are looked up in it. */
  readonly paths = new Map<ColumnKey, Set<string>>();
  readonly zones = new Set<string>();

  use(column: ColumnKey): void {
    const [table = '', name = ''] = column.split('|');
    const columns = this.used.get(table) ?? new Set();
    columns.add(name);
    this.used.set(table, columns);
  }

  readTable(table: string): void {
    if (!this.used.has(table)) this.used.set(table, new Set());
  }

  meet(columns: Iterable<ColumnKey>, constant: Constant): void {
    for (const column of columns) {
      const known = this.constants.get(column) ?? [];
      if (known.length >= CONSTANTS_MAX) continue;
      const isKnown = known.some((other) => other.value === constant.value && other.meeting === constant.meeting && other.aggregate === constant.aggregate && other.functions.join() === constant.functions.join());
      if (!isKnown) known.push(constant);
      this.constants.set(column, known);
    }
  }

  pair(pairs: [ColumnKey, ColumnKey][], left: ReadonlySet<ColumnKey>, right: ReadonlySet<ColumnKey>): void {
    if (left.size > PAIRED_MAX || right.size > PAIRED_MAX) return;
    for (const one of left) for (const other of right) pairs.push([one, other]);
  }

  path(columns: Iterable<ColumnKey>, path: string): void {
    for (const column of columns) {
      const known = this.paths.get(column) ?? new Set();
      known.add(path);
      this.paths.set(column, known);
    }
  }
}

/** Constants kept of one column: a list of a thousand identifiers says no more than its first. */
const CONSTANTS_MAX = 40;
/** An expression over more columns says little of each. */
const PAIRED_MAX = 4;
