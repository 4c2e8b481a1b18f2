import { isEarlier, type Offset, type TimeTerm } from './time-term.js';
import type { Column } from '../../model/catalog.js';
import { DAY_US } from './instant.js';
import { compareValues, type Value } from './point.js';
import { columnType, inUtc, isSimple, type ColumnType } from './types.js';

export interface UsedColumn {
  name: string;
  /** Null for a type that is not understood; such a column is seen only through opaque variables and IS NULL. */
  type: ColumnType | null;
  /** False for a type that may be composite. */
  simple: boolean;
  /** True for a moment such as `now()`: no column of the row, and never null. */
  moment: boolean;
}

/** A free truth value that stands for an expression that is not understood. */
export interface Variable {
  /** For messages. */
  text: string;
  /** True where the expression is never null, e.g. IS NULL of something. */
  twoValued: boolean;
  /** Columns that make it null when they are null, since every operator in it is strict. */
  nullWhen: number[];
  /** It stands for LIKE on texts that are named nowhere. */
  pattern: boolean;
}

/** Where a literal was written: in one of the compared definitions, or in a constraint. */
export type Origin = 'definition' | 'constraint';

export interface NamedValue {
  value: Value;
  origin: Origin;
}

/** The columns that rows have: those of one relation, or of several under their aliases. */
export interface RowShape {
  column(name: string): Column | undefined;
  enumType(name: string): Column | undefined;
  /** Sessions are in UTC, so that timestamps with and without time zone are told apart by nothing. */
  utc: boolean;
}

/** The rows of one relation. */
export function shapeOf(columns: readonly Column[]): RowShape {
  const bare = (type: string): string => type.split('.').at(-1)?.replaceAll('"', '') ?? type;
  return {
    column: (name) => columns.find((candidate) => candidate.name === name),
    enumType: (name) => columns.find((candidate) => candidate.enumValues !== null && bare(candidate.type) === bare(name)),
    utc: false,
  };
}

/**
 * Everything that the predicates of one comparison mention: columns, which of them are compared with each other, the
 * literals they are compared with, and what is opaque.
 */
export class Vocabulary {
  readonly columns: UsedColumn[] = [];
  readonly variables: Variable[] = [];
  /** Why parts are opaque, in words, in the order met. */
  readonly doubts: string[] = [];
  readonly #shape: RowShape;
  readonly #byName = new Map<string, number>();
  readonly #byKey = new Map<string, number>();
  readonly #offsets = new Map<number, Offset>();
  readonly #parent: number[] = [];
  readonly #named: NamedValue[][] = [];
  readonly #patterns: Set<string>[] = [];
  readonly #localTimes = new Set<number>();
  readonly #fixedTimes = new Set<number>();
  readonly #distrusted: ReadonlySet<string>;

  /** @param distrusted columns whose literals cannot be put in order: their comparisons stay opaque. */
  constructor(shape: RowShape, distrusted: ReadonlySet<string>) {
    this.#shape = shape;
    this.#distrusted = distrusted;
  }

  /** The number of a column of the relation; null where it has none of that name. */
  column(name: string): number | null {
    const known = this.#byName.get(name);
    if (known !== undefined) return known;
    const column = this.#shape.column(name);
    if (column === undefined) return null;
    const type = this.zoned(columnType(column));
    return this.#add(name, { name, type, simple: type !== null || isSimple(column.type), moment: false });
  }

  /** The number of a moment that is compared like a column. */
  moment({ text, offset }: Pick<TimeTerm, 'text' | 'offset'>, type: ColumnType): number {
    const key = `moment ${text}`;
    const known = this.#byName.get(key);
    if (known !== undefined) return known;
    const added = this.#add(key, { name: text, type, simple: true, moment: true });
    if (offset !== null) this.#offsets.set(added, offset);
    return added;
  }

  /** Pairs of moments of which the first is before the second at every time. */
  momentsInOrder(): [number, number][] {
    const known = [...this.#offsets];
    return known.flatMap(([one, from]) => known.flatMap(([other, to]): [number, number][] => (isEarlier(from, to) && this.root(one) === this.root(other) ? [[one, other]] : [])));
  }

  #add(key: string, used: UsedColumn): number {
    const index = this.columns.push(used) - 1;
    this.#byName.set(key, index);
    this.#parent.push(index);
    this.#named.push([]);
    this.#patterns.push(new Set());
    return index;
  }

  /** The enum type of that name among the columns. */
  enumType(name: string): ColumnType | null {
    const column = this.#shape.enumType(name);
    return column === undefined ? null : columnType(column);
  }

  /** A type as the sessions see it. */
  zoned<Type extends ColumnType | null>(type: Type): Type | ColumnType {
    return this.#shape.utc ? inUtc(type) : type;
  }

  get utc(): boolean {
    return this.#shape.utc;
  }

  isDistrusted(column: number): boolean {
    return this.#distrusted.has(this.columns[column]?.name ?? '');
  }

  /** Says that columns are compared with each other, with literals, or both. */
  compare(columns: readonly number[], values: readonly Value[], origin: Origin, local: boolean | null): void {
    const [first, ...rest] = columns;
    if (first === undefined) return;
    for (const other of rest) this.#parent[this.root(other)] = this.root(first);
    for (const value of values) this.#named[first]?.push({ value, origin });
    if (local === true) this.#localTimes.add(first);
    if (local === false) this.#fixedTimes.add(first);
  }

  addPattern(column: number, pattern: string): void {
    this.#patterns[column]?.add(pattern);
  }

  /** The variable of an opaque expression: the same key gives the same variable. */
  variable(key: string, variable: Variable): number {
    const known = this.#byKey.get(key);
    if (known !== undefined) return known;
    this.variables.push(variable);
    this.#byKey.set(key, this.variables.length - 1);
    return this.variables.length - 1;
  }

  doubt(reason: string): void {
    if (!this.doubts.includes(reason)) this.doubts.push(reason);
  }

  root(column: number): number {
    let current = column;
    while (this.#parent[current] !== current) current = this.#parent[current] ?? current;
    return current;
  }

  /** Columns that are compared with each other, directly or through others. */
  classes(): number[][] {
    const classes = new Map<number, number[]>();
    this.columns.forEach((_, column) => {
      const root = this.root(column);
      classes.set(root, [...(classes.get(root) ?? []), column]);
    });
    return [...classes.values()];
  }

  /** The literals of a class, sorted, each once; a definition's before a constraint's. */
  named(columns: readonly number[]): NamedValue[] {
    const all = columns.flatMap((column) => this.#named[column] ?? []);
    const sorted = all.toSorted((a, b) => compareValues(a.value, b.value) || (a.origin === b.origin ? 0 : a.origin === 'definition' ? -1 : 1));
    return sorted.filter((entry, index) => index === 0 || compareValues(entry.value, sorted[index - 1]?.value ?? entry.value) !== 0);
  }

  patterns(column: number): string[] {
    return [...(this.#patterns[column] ?? [])];
  }

  /**
   * Columns whose timestamps with time zone cannot be put in order without knowing the session: literals with and without
   * an offset, or two without one that are less than two days apart (no zone's offset changes by more than a day at once).
   */
  unorderedTimes(): string[] {
    return this.classes()
      .filter((columns) => {
        if (!columns.some((column) => this.#localTimes.has(column))) return false;
        if (columns.some((column) => this.#fixedTimes.has(column))) return true;
        const instants = this.named(columns).flatMap(({ value }) => (value.kind === 'instant' ? [value.micros] : []));
        return instants.some((instant, index) => index > 0 && instant - (instants[index - 1] ?? instant) < 2n * DAY_US);
      })
      .flat()
      .map((column) => this.columns[column]?.name ?? '');
  }
}
