import type { Column } from '../../model/catalog.js';
import { compareDecimals, parseDecimal, type Decimal } from './decimal.js';
import { DAY_US } from './instant.js';

/**
 * What a column can hold, for types whose comparison is fully understood. Two columns are comparable when their families
 * are the same; everything else stays opaque.
 *
 * `number`: integers and numeric; `scale` is null for numeric without precision, which is dense. A numeric of any precision
 * can be NaN. `instant`: date and timestamp without time zone, `unit_us` (microseconds) apart. `zoned`: timestamp with time zone. `padded`: character(n), where trailing
 * blanks do not count. Text and padded text are compared for equality only, since their order is the collation's.
 */
export type ColumnType =
  | { family: 'number'; scale: number | null; min: Decimal | null; max: Decimal | null; nan: boolean }
  | { family: 'double' }
  | { family: 'text'; length: number | null }
  | { family: 'padded'; length: number | null }
  | { family: 'uuid' }
  | { family: 'boolean' }
  | { family: 'enum'; name: string; members: readonly string[] }
  | { family: 'instant'; unit_us: bigint; utc?: true }
  | { family: 'zoned'; unit_us: bigint };

const INTEGERS: Record<string, [string, string]> = {
  smallint: ['-32768', '32767'],
  integer: ['-2147483648', '2147483647'],
  bigint: ['-9223372036854775808', '9223372036854775807'],
  int64: ['-9223372036854775808', '9223372036854775807'],
  tinyint: ['-128', '127'],
  utinyint: ['0', '255'],
  usmallint: ['0', '65535'],
  uinteger: ['0', '4294967295'],
  ubigint: ['0', '18446744073709551615'],
  uhugeint: ['0', '340282366920938463463374607431768211455'],
  hugeint: ['-170141183460469231731687303715884105728', '170141183460469231731687303715884105727'],
};

/** A timestamp with time zone as sessions in UTC read it: an instant whose literals may have an offset. */
export function inUtc<Type extends ColumnType | null>(type: Type): Type | ColumnType {
  return type?.family === 'zoned' ? { family: 'instant', unit_us: type.unit_us, utc: true } : type;
}

/** The type of a column, or null for a type (a domain, an array, citext …) whose comparison this module does not know. */
export function columnType(column: Column): ColumnType | null {
  return column.enumValues === null ? namedType(column.type) : { family: 'enum', name: column.type, members: column.enumValues };
}

/** Whether a type that is not understood is at least no composite one, so that IS NOT NULL is the opposite of IS NULL. */
export function isSimple(type: string): boolean {
  return /\[\]$|^(?:json|jsonb|bytea|inet|cidr|macaddr8?|interval|time|money|citext|xml|tsvector|oid|real|bit|point|name)\b|range$/.test(type.toLowerCase());
}

/** A type by the name that `format_type` or the parser gives it. */
export function namedType(name: string): ColumnType | null {
  const text = name.trim().toLowerCase().replace(/^pg_catalog\./, '');
  const [, base = '', modifiers, rest = ''] = /^([a-z0-9_" ]+?)(?:\(([0-9, -]+)\))?((?: with(?:out)? time zone)?)$/.exec(text) ?? [];
  const numbers = (modifiers ?? '').split(',').filter((part) => part !== '').map(Number);
  return simpleType((base + rest).trim(), numbers);
}

function simpleType(base: string, modifiers: number[]): ColumnType | null {
  const range = INTEGERS[base];
  if (range !== undefined) return { family: 'number', scale: 0, min: parseDecimal(range[0]), max: parseDecimal(range[1]), nan: false };
  const [first] = modifiers;
  switch (base) {
    case 'numeric':
    case 'decimal':
      return numericType(modifiers);
    case 'double precision':
    case 'double':
    case 'float64':
      return { family: 'double' };
    case 'text':
    case 'string':
    case 'character varying':
    case 'varchar':
      return { family: 'text', length: first ?? null };
    case 'character':
    case 'char':
    case 'bpchar':
      return { family: 'padded', length: first ?? null };
    case 'uuid':
      return { family: 'uuid' };
    case 'boolean':
    case 'bool':
      return { family: 'boolean' };
    case 'date':
      return { family: 'instant', unit_us: DAY_US };
    case 'timestamp':
    case 'datetime':
    case 'timestamp_ntz':
    case 'timestamp without time zone':
      return { family: 'instant', unit_us: unitOf(first) };
    case 'timestamp with time zone':
    case 'timestamptz':
      return { family: 'zoned', unit_us: unitOf(first) };
    default:
      return null;
  }
}

/** Whether a number lies within what the type can hold. */
export function inRange({ min, max }: Extract<ColumnType, { family: 'number' }>, decimal: Decimal): boolean {
  return (min === null || compareDecimals(min, decimal) <= 0) && (max === null || compareDecimals(decimal, max) <= 0);
}

function numericType([precision, scale = 0]: number[]): ColumnType | null {
  if (precision === undefined) return { family: 'number', scale: null, min: null, max: null, nan: true };
  // A negative scale rounds before the point, a scale above the precision forbids leading digits: both are rare.
  if (scale < 0 || scale > precision) return null;
  const max = { unscaled: 10n ** BigInt(precision) - 1n, scale };
  return { family: 'number', scale, min: { unscaled: -max.unscaled, scale }, max, nan: true };
}

function unitOf(precision: number | undefined): bigint {
  return 10n ** BigInt(6 - Math.min(6, precision ?? 6));
}
