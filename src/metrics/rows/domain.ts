import { add, between, compareDecimals, isMultiple, nextMultiple, type Decimal } from './decimal.js';
import { DAY_US, isInfinite } from './instant.js';
import { likeMatches, shortestMatch } from './like.js';
import { compareValues, type Value } from './point.js';
import { inRange, type ColumnType } from './types.js';
import type { NamedValue, Origin, Vocabulary } from './vocabulary.js';

/** A representative value. `stand-in`: named by nobody, chosen to stand for all values of its kind. */
export interface Point {
  value: Value;
  origin: Origin | 'stand-in';
}

/** The representatives of columns that are compared with each other. A value is known by its place in `points`. */
export interface PointClass {
  columns: number[];
  points: Point[];
  /** Places by `valueKey`. */
  places: Map<string, number>;
}

/** The places of its class's points that a column can hold. */
export type Domain = number[];

export interface Domains {
  classes: PointClass[];
  /** By column. */
  domains: Domain[];
  classOf: PointClass[];
}

export function valueKey(value: Value): string {
  switch (value.kind) {
    case 'decimal':
      return `d${value.decimal.unscaled}/${value.decimal.scale}`;
    case 'double':
      return `f${value.number}`;
    case 'text':
      return `t${value.text}`;
    case 'other':
      return `o${value.index}`;
    case 'boolean':
      return `b${value.boolean}`;
    case 'instant':
      return `i${value.micros}`;
    case 'nan':
      return 'nan';
  }
}

/**
 * Representatives for every column: each literal that its class is compared with, and so many values in every gap between
 * literals, below the least and above the greatest as the class has columns (or as many as the type has there). Whatever
 * values a row holds, some choice of representatives compares with all literals and with each other in the same way.
 */
export function domainsOf(vocabulary: Vocabulary): Domains {
  const classes = vocabulary.classes().map((columns) => pointClass(columns, vocabulary));
  const classOf: PointClass[] = [];
  const domains: Domain[] = [];
  for (const entry of classes) {
    for (const column of entry.columns) {
      const type = vocabulary.columns[column]?.type ?? null;
      classOf[column] = entry;
      domains[column] = entry.points.flatMap((point, place) => (holds(type, point.value) ? [place] : []));
    }
  }
  return { classes, domains, classOf };
}

function pointClass(columns: number[], vocabulary: Vocabulary): PointClass {
  const type = vocabulary.columns[columns[0] ?? 0]?.type ?? null;
  const named = vocabulary.named(columns);
  const bounds = boundsOf(columns.map((column) => vocabulary.columns[column]?.type ?? null), named);
  const patterns = columns.flatMap((column) => vocabulary.patterns(column));
  const all: Point[] = [...named, ...bounds, ...standIns(type, [...named, ...bounds], patterns, columns.length)];
  const points = type?.family === 'enum' ? byMembers(type.members, all) : all.toSorted((a, b) => compareValues(a.value, b.value));
  return { columns, points, places: new Map(points.map((point, place) => [valueKey(point.value), place])) };
}

/** The ends of the types' ranges where a literal lies beyond one: the gap up to that literal is not the column's. */
function boundsOf(types: (ColumnType | null)[], named: NamedValue[]): Point[] {
  const known = new Set(named.map(({ value }) => valueKey(value)));
  const ends = new Map<string, Point>();
  for (const type of types) {
    if (type?.family !== 'number') continue;
    const beyond = named.some(({ value }) => value.kind === 'decimal' && !inRange(type, value.decimal));
    for (const decimal of beyond ? [type.min, type.max] : []) {
      if (decimal === null) continue;
      const value: Value = { kind: 'decimal', decimal: add(decimal, { unscaled: 0n, scale: 0 }) };
      if (!known.has(valueKey(value))) ends.set(valueKey(value), { value, origin: 'stand-in' });
    }
  }
  return [...ends.values()];
}

function byMembers(members: readonly string[], points: Point[]): Point[] {
  const place = ({ value }: Point): number => {
    const index = value.kind === 'text' ? members.indexOf(value.text) : -1;
    return index < 0 ? members.length : index;
  };
  return points.toSorted((a, b) => place(a) - place(b));
}

function standIns(type: ColumnType | null, named: Point[], patterns: string[], count: number): Point[] {
  const known = new Set(named.map(({ value }) => valueKey(value)));
  const fresh = (values: Value[], origin: Point['origin'] = 'stand-in'): Point[] =>
    values.filter((value) => !known.has(valueKey(value))).map((value) => ({ value, origin }));
  switch (type?.family) {
    case undefined:
    case 'uuid':
      return fresh(others(count));
    case 'boolean':
      return fresh([{ kind: 'boolean', boolean: false }, { kind: 'boolean', boolean: true }]);
    case 'enum':
      return fresh(type.members.map((text) => ({ kind: 'text', text })), 'constraint');
    case 'text':
    case 'padded':
      return [...fresh(matching(patterns), 'definition'), ...fresh(others(count))];
    case 'number': {
      const separators = named.flatMap(({ value }) => (value.kind === 'decimal' ? [value.decimal] : [])).toSorted(compareDecimals);
      return fresh(numbers(type, separators, count));
    }
    case 'double':
      return fresh(doubles(named.flatMap(({ value }) => (value.kind === 'double' ? [value.number] : [])), count));
    case 'instant':
    case 'zoned':
      return fresh(instants(type.unit_us, named.flatMap(({ value }) => (value.kind === 'instant' ? [value.micros] : [])), count));
  }
}

function others(count: number): Value[] {
  return Array.from({ length: count }, (_, index) => ({ kind: 'other', index }));
}

/** Texts for each pattern and each pair of patterns, and one that matches none. */
function matching(patterns: string[]): Value[] {
  if (patterns.length === 0) return [];
  const each = patterns.map(shortestMatch);
  const pairs = patterns.length > 4 ? [] : each.flatMap((a) => each.filter((b) => b !== a).map((b) => a + b));
  const none = ['~', '~~', '#'].find((text) => !patterns.some((pattern) => likeMatches(pattern, text)));
  const texts = new Set([...each, ...pairs, ...(none === undefined ? [] : [none])]);
  return [...texts].map((text) => ({ kind: 'text', text }));
}

function numbers(type: Extract<ColumnType, { family: 'number' }>, named: Decimal[], count: number): Value[] {
  const found: Decimal[] = [];
  const step = type.scale ?? 0;
  const [least] = named;
  const greatest = named.at(-1);
  // Going up from -x in the mirror is going down from x.
  const climb = (start: Decimal, until: Decimal | null, mirrored: boolean): void => {
    let current = start;
    for (let index = 0; index < count; index += 1) {
      current = nextMultiple(current, step);
      if (until !== null && compareDecimals(current, until) >= 0) return;
      found.push(mirrored ? negated(current) : current);
    }
  };
  if (least === undefined || greatest === undefined) {
    climb({ unscaled: 0n, scale: 0 }, null, false);
    found.push({ unscaled: 0n, scale: 0 });
  } else {
    climb(negated(least), null, true);
    climb(greatest, null, false);
    named.forEach((low, index) => {
      const high = named[index + 1];
      if (high === undefined) return;
      if (type.scale === null) found.push(...between(low, high, count));
      else climb(low, high, false);
    });
  }
  const values: Value[] = found.map((decimal) => ({ kind: 'decimal', decimal }));
  return type.nan && type.max !== null ? [...values, { kind: 'nan' }] : values;
}

const negated = ({ unscaled, scale }: Decimal): Decimal => add({ unscaled: -unscaled, scale }, { unscaled: 0n, scale: 0 });

function doubles(named: number[], count: number): Value[] {
  const [least = 0] = named;
  const greatest = named.at(-1) ?? 0;
  const reach = (value: number): number => Math.max(1, Math.abs(value));
  const values: number[] = named.length === 0 ? [0] : [];
  for (let index = 1; index <= count; index += 1) {
    values.push(least - index * reach(least), greatest + index * reach(greatest));
    named.forEach((low, place) => {
      const high = named[place + 1];
      const middle = high === undefined ? low : low + ((high - low) * index) / (count + 1);
      if (high !== undefined && middle > low && middle < high) values.push(middle);
    });
  }
  return [...new Set(values)].map((number) => ({ kind: 'double', number }));
}

const SOME_DAY = 10_957n * DAY_US;

function instants(unit: bigint, named: bigint[], count: number): Value[] {
  const finite = named.filter((micros) => !isInfinite(micros));
  const floor = (micros: bigint): bigint => micros - (((micros % unit) + unit) % unit);
  const [least = SOME_DAY] = finite;
  const greatest = finite.at(-1) ?? SOME_DAY;
  const found = new Set<bigint>(finite.length === 0 ? [SOME_DAY] : []);
  for (let index = 1n; index <= BigInt(count); index += 1n) {
    found.add(floor(least - index * DAY_US)).add(floor(greatest + index * DAY_US));
  }
  finite.forEach((low, place) => {
    const high = finite[place + 1];
    if (high === undefined) return;
    const places = (high - low) / unit + 1n;
    for (let index = 1n; index <= BigInt(count); index += 1n) {
      const spread = floor(low + ((high - low) * index) / BigInt(count + 1));
      const candidate = places <= BigInt(count) + 2n ? floor(low) + index * unit : spread;
      if (candidate > low && candidate < high) found.add(candidate);
    }
    // Spreading can miss the few places of a narrow gap.
    for (let candidate = floor(low) + unit; candidate < high && candidate <= low + BigInt(count + 1) * unit; candidate += unit) {
      if (countBetween(found, low, high) >= count) break;
      if (candidate > low) found.add(candidate);
    }
  });
  return [...found].map((micros) => ({ kind: 'instant', micros }));
}

function countBetween(values: Set<bigint>, low: bigint, high: bigint): number {
  let count = 0;
  for (const value of values) if (value > low && value < high) count += 1;
  return count;
}

/** Whether a column of the type can hold the value at all. */
function holds(type: ColumnType | null, value: Value): boolean {
  switch (type?.family) {
    case 'number': {
      if (value.kind === 'nan') return type.nan;
      if (value.kind !== 'decimal') return false;
      const { decimal } = value;
      if (type.scale !== null && !isMultiple(decimal, type.scale)) return false;
      return inRange(type, decimal);
    }
    case 'text':
    case 'padded':
      return value.kind === 'other' || type.length === null || (value.kind === 'text' && [...value.text].length <= type.length);
    case 'enum':
      return value.kind === 'text' && type.members.includes(value.text);
    case 'instant':
    case 'zoned':
      return value.kind === 'instant' && (isInfinite(value.micros) || value.micros % type.unit_us === 0n);
    default:
      return true;
  }
}
