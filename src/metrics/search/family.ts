import type { ScratchSpace } from '../../model/scratch-engine.js';

/** What values of a type look like, as far as the invention of rows goes. */
export type Family =
  | 'boolean' | 'integer' | 'number' | 'text' | 'uuid' | 'date' | 'timestamp' | 'timestamptz' | 'time' | 'interval' | 'json' | 'array' | 'enum' | 'range' | 'other';

export interface TypeShape {
  family: Family;
  /** Of `varchar(n)` and `char(n)`, in characters. */
  length: number | null;
  /** `char(n)`: filled up with blanks, which do not count. */
  padded: boolean;
  /** Digits after the point, of a timestamp those of its seconds; null where there is no limit. */
  scale: number | null;
  /** The largest absolute value, exclusive; null where there is no limit. */
  bound: number | null;
  /** Admits NaN and infinity, or infinite dates. */
  infinite: boolean;
}

const INTEGERS: Record<string, number> = {
  smallint: 32_768, int2: 32_768, integer: 2_147_483_648, int: 2_147_483_648, int4: 2_147_483_648, bigint: 2 ** 53, int8: 2 ** 53, serial: 2_147_483_648,
  bigserial: 2 ** 53, tinyint: 128, hugeint: 2 ** 53, utinyint: 256, usmallint: 65_536, uinteger: 2 ** 32, ubigint: 2 ** 53, uhugeint: 2 ** 53,
};
const TEXTS = new Set(['text', 'varchar', 'character varying', 'char', 'character', 'bpchar', 'citext', 'name', 'string']);

const PLAIN: TypeShape = { family: 'other', length: null, padded: false, scale: null, bound: null, infinite: false };

/** What a type as an engine names it admits: `numeric(10,2)`, `character varying(20)`, `TIMESTAMP WITH TIME ZONE`. */
export function typeShape(type: string, isEnum: boolean): TypeShape {
  if (isEnum) return { ...PLAIN, family: 'enum' };
  const lower = type.trim().toLowerCase().replace(/^pg_catalog\./, '');
  if (lower.endsWith(']')) return { ...PLAIN, family: 'array' };
  if (lower.startsWith('enum(')) return { ...PLAIN, family: 'enum' };
  const [, first, second] = /\((\d+)\s*(?:,\s*(-?\d+))?\)/.exec(lower) ?? [];
  const base = lower.replace(/\([^)]*\)/, '').replace(/\s+/g, ' ').trim();
  const bound = INTEGERS[base];
  if (bound !== undefined) return { ...PLAIN, family: 'integer', scale: 0, bound };
  if (TEXTS.has(base)) return textShape(base, first);
  if (base === 'numeric' || base === 'decimal') {
    if (first === undefined) return { ...PLAIN, family: 'number', infinite: true };
    const scale = Number(second ?? 0);
    return { ...PLAIN, family: 'number', scale, bound: 10 ** (Number(first) - scale) };
  }
  if (/^(real|double precision|double|float|float4|float8)$/.test(base)) return { ...PLAIN, family: 'number', infinite: true };
  if (base === 'money') return { ...PLAIN, family: 'number', scale: 2, bound: 1e12 };
  const family = otherFamily(base);
  const isMoment = family === 'timestamp' || family === 'timestamptz';
  return { ...PLAIN, family, scale: isMoment && first !== undefined ? Number(first) : null, infinite: base === 'date' || base.startsWith('timestamp') };
}

function textShape(base: string, length: string | undefined): TypeShape {
  const padded = base === 'char' || base === 'character' || base === 'bpchar';
  const fixed = length === undefined && (base === 'char' || base === 'character') ? 1 : null;
  return { ...PLAIN, family: 'text', padded, length: length === undefined ? fixed : Number(length) };
}

function otherFamily(base: string): Family {
  if (base === 'boolean' || base === 'bool') return 'boolean';
  if (base === 'date') return 'date';
  if (base === 'timestamptz' || base === 'timestamp with time zone') return 'timestamptz';
  if (base.startsWith('timestamp') || base === 'datetime') return 'timestamp';
  if (base === 'timetz' || base.startsWith('time')) return 'time';
  if (base.startsWith('interval')) return 'interval';
  if (base === 'json' || base === 'jsonb') return 'json';
  if (base === 'uuid') return 'uuid';
  return /^(int4|int8|num|ts|tstz|date)(multi)?range$/.test(base) ? 'range' : 'other';
}

/** Families of which values can be compared with each other, so that one pool serves both. */
export function kin(family: Family): string {
  if (family === 'integer' || family === 'number') return 'number';
  return family === 'date' || family === 'timestamp' || family === 'timestamptz' ? 'moment' : family;
}

export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A text as a literal of SQL: both engines read a backslash as itself. */
export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

export type EngineKind = ScratchSpace['kind'];
