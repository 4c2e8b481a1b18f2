import { compareDecimals, decimalText, parseDecimal, type Decimal } from './decimal.js';
import { DAY_US, dayOf, instantText, parseInstant } from './instant.js';
import { inRange, type ColumnType } from './types.js';

/** A value that a column may hold in a world. `other` is a text that is named nowhere, `nan` the greatest of all numbers. */
export type Value =
  | { kind: 'decimal'; decimal: Decimal }
  | { kind: 'nan' }
  | { kind: 'double'; number: number }
  | { kind: 'text'; text: string }
  | { kind: 'other'; index: number }
  | { kind: 'boolean'; boolean: boolean }
  | { kind: 'instant'; micros: bigint };

/** Total order within one family; text in no meaningful order, only equality counts there. */
export function compareValues(a: Value, b: Value): number {
  if (a.kind === 'decimal' && b.kind === 'decimal') return compareDecimals(a.decimal, b.decimal);
  if (a.kind === 'instant' && b.kind === 'instant') return a.micros < b.micros ? -1 : a.micros > b.micros ? 1 : 0;
  if (a.kind === 'double' && b.kind === 'double') return a.number - b.number;
  if (a.kind === 'boolean' && b.kind === 'boolean') return Number(a.boolean) - Number(b.boolean);
  if (a.kind === 'text' && b.kind === 'text') return a.text < b.text ? -1 : a.text > b.text ? 1 : 0;
  if (a.kind === 'other' && b.kind === 'other') return a.index - b.index;
  // NaN is above every number (PostgreSQL 18, "Numeric Types"); a stand-in is merely different.
  return a.kind === 'nan' || a.kind === 'other' ? (b.kind === a.kind ? 0 : 1) : -1;
}

export interface ReadLiteral {
  value: Value;
  /** A timestamp without offset where the type has a time zone: it depends on the session. */
  local: boolean;
}

/**
 * Reads a literal as a value of a column's type, as PostgreSQL coerces an untyped string or a number. Null where it would
 * raise an error, or where this module is not sure what the server makes of it.
 */
export function readLiteral(type: ColumnType, text: string, kind: 'string' | 'number' | 'boolean'): ReadLiteral | null {
  const plain = (value: Value): ReadLiteral => ({ value, local: false });
  switch (type.family) {
    case 'number': {
      const decimal = kind === 'boolean' ? null : parseDecimal(text);
      if (decimal === null) return null;
      // An untyped string takes the type of the column: '3.5' is no integer, and a numeric would be rounded on assignment only.
      if (kind === 'string' && type.scale === 0 && !(/^\s*[+-]?[0-9]+\s*$/.test(text) && inRange(type, decimal))) return null;
      return plain({ kind: 'decimal', decimal });
    }
    case 'double': {
      const number = kind === 'boolean' || parseDecimal(text) === null ? Number.NaN : Number(text);
      return Number.isFinite(number) ? plain({ kind: 'double', number }) : null;
    }
    case 'text':
      return kind === 'string' ? plain({ kind: 'text', text }) : null;
    case 'padded':
      return kind === 'string' ? plain({ kind: 'text', text: text.replace(/ +$/, '') }) : null;
    case 'uuid': {
      const hex = text.toLowerCase().replace(/[{}-]/g, '');
      const shape = /^\{?[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}\}?$/i.test(text.trim());
      return kind === 'string' && shape ? plain({ kind: 'text', text: hex.trim() }) : null;
    }
    case 'boolean': {
      const boolean = readBoolean(text);
      return boolean === null || kind === 'number' ? null : plain({ kind: 'boolean', boolean });
    }
    case 'enum':
      return kind === 'string' && type.members.includes(text) ? plain({ kind: 'text', text }) : null;
    case 'instant':
    case 'zoned': {
      const parsed = kind === 'string' ? parseInstant(text) : null;
      if (parsed === null) return null;
      if (type.family === 'zoned') {
        return { value: { kind: 'instant', micros: parsed.local - (parsed.offset ?? 0n) }, local: parsed.offset === null };
      }
      if (type.utc === true) return plain({ kind: 'instant', micros: parsed.local - (parsed.offset ?? 0n) });
      // A date drops the time, and neither of the two has an offset: the server ignores it.
      return plain({ kind: 'instant', micros: type.unit_us === DAY_US ? dayOf(parsed.local) : parsed.local });
    }
  }
}

/** The spellings that boolin accepts (PostgreSQL 18, "Boolean Type"): unique prefixes of true, false, yes, no, on, off, and 1, 0. */
function readBoolean(text: string): boolean | null {
  const word = text.trim().toLowerCase();
  if (['t', 'tr', 'tru', 'true', 'y', 'ye', 'yes', 'on', '1'].includes(word)) return true;
  if (['f', 'fa', 'fal', 'fals', 'false', 'n', 'no', 'of', 'off', '0'].includes(word)) return false;
  return null;
}

/** As SQL would write it, without quotes. */
export function valueText(value: Value): string {
  switch (value.kind) {
    case 'decimal':
      return decimalText(value.decimal);
    case 'nan':
      return 'NaN';
    case 'double':
      return String(value.number);
    case 'text':
      return value.text;
    case 'other':
      return 'a value not named here';
    case 'boolean':
      return String(value.boolean);
    case 'instant':
      return instantText(value.micros);
  }
}
