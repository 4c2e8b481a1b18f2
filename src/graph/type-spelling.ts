import type { Column } from '../model/catalog.js';

/** A type taken apart: `numeric(12, 2)[]` is base `numeric`, modifiers 12 and 2, one dimension. */
interface Spelled {
  base: string;
  modifiers: number[];
  isArray: boolean;
}

/**
 * Names of types that mean one another in PostgreSQL 18 (table 8.1), DuckDB 1.5 (data types) and the physical types that data
 * contracts name for other engines. `text` stands for texts of any length, which an engine does not tell apart.
 */
const ALIASES: Readonly<Record<string, string>> = {
  int: 'integer', int4: 'integer', int32: 'integer', signed: 'integer', serial: 'integer', serial4: 'integer', mediumint: 'integer',
  int8: 'bigint', int64: 'bigint', long: 'bigint', bigserial: 'bigint', serial8: 'bigint',
  int2: 'smallint', int16: 'smallint', short: 'smallint', smallserial: 'smallint',
  decimal: 'numeric', dec: 'numeric', number: 'numeric', bignumeric: 'numeric',
  float8: 'double precision', double: 'double precision', float64: 'double precision', float4: 'real', float32: 'real',
  bool: 'boolean', logical: 'boolean',
  'character varying': 'text', varchar: 'text', string: 'text', nvarchar: 'text', 'char varying': 'text', citext: 'text', clob: 'text',
  char: 'character', bpchar: 'character', nchar: 'character',
  timestamptz: 'timestamp with time zone', timestamp_tz: 'timestamp with time zone', timestamp_ltz: 'timestamp with time zone',
  timestamp: 'timestamp without time zone', datetime: 'timestamp without time zone', timestamp_ntz: 'timestamp without time zone', timestamp_s: 'timestamp without time zone',
  timestamp_ms: 'timestamp without time zone', timestamp_us: 'timestamp without time zone', timestamp_ns: 'timestamp without time zone',
  time: 'time without time zone', timetz: 'time with time zone',
  blob: 'bytea', binary: 'bytea', varbinary: 'bytea', bytes: 'bytea', jsonb: 'json', guid: 'uuid', 'bit varying': 'varbit', map: 'struct', record: 'struct',
};

const KNOWN = new Set([
  ...Object.values(ALIASES), 'date', 'uuid', 'json', 'interval', 'inet', 'cidr', 'macaddr', 'money', 'xml', 'hugeint', 'tinyint', 'utinyint', 'usmallint', 'uinteger', 'ubigint', 'uhugeint',
  'tsvector', 'point', 'bit', 'int4range', 'int8range', 'numrange', 'tsrange', 'tstzrange', 'daterange',
]);

/** Words of JSON Schema, Avro and the Open Data Contract Standard, and the types that a database may keep such values in. */
const LOGICAL: Readonly<Record<string, readonly string[]>> = {
  integer: ['integer', 'bigint', 'smallint', 'hugeint', 'tinyint', 'utinyint', 'usmallint', 'uinteger', 'ubigint', 'uhugeint'],
  number: ['numeric', 'double precision', 'real', 'float', 'money', 'integer', 'bigint', 'smallint', 'hugeint', 'tinyint'],
  string: ['text', 'character', 'uuid', 'inet', 'cidr', 'macaddr', 'xml', 'interval', 'bytea', 'enum'],
  boolean: ['boolean'],
  date: ['date'],
  timestamp: ['timestamp with time zone', 'timestamp without time zone'],
  time: ['time without time zone', 'time with time zone'],
  object: ['json', 'struct'],
  array: ['json'],
  uuid: ['uuid', 'text', 'character'],
  bytes: ['bytea'],
};

const LOGICAL_WORDS: Readonly<Record<string, string>> = {
  int: 'integer', long: 'integer', bigint: 'integer', decimal: 'number', double: 'number', float: 'number', numeric: 'number', text: 'string', varchar: 'string', email: 'string', uri: 'string', enum: 'string',
  'date-time': 'timestamp', datetime: 'timestamp', 'timestamp-micros': 'timestamp', 'timestamp-millis': 'timestamp', 'local-timestamp-micros': 'timestamp', 'local-timestamp-millis': 'timestamp',
  timestamp_tz: 'timestamp', timestamp_ntz: 'timestamp', 'time-micros': 'time', 'time-millis': 'time', record: 'object', struct: 'object', map: 'object', bool: 'boolean',
};

/**
 * Whether a column has the type that was promised, however either is spelled; null where that cannot be told (a word of another
 * engine, a domain). A promise without length or precision holds for any.
 *
 * @param isLogical the promise is a word of JSON Schema, Avro or the Open Data Contract Standard for a family of types
 */
export function hasPromisedType(promised: string, isLogical: boolean, column: Pick<Column, 'type' | 'enumValues' | 'baseType'>): boolean | null {
  if (spaced(promised) === spaced(column.type)) return true;
  const actual = spelled(column.baseType ?? column.type);
  const isEnum = column.enumValues !== null || /^enum$/i.test(column.type);
  if (isLogical) return fitsLogical(promised, actual, isEnum);
  const wanted = spelled(promised);
  if (lastPart(wanted.base) === lastPart(actual.base)) return wanted.isArray === actual.isArray && fitsModifiers(wanted, actual);
  if (isFloat(wanted.base, actual.base)) return wanted.isArray === actual.isArray;
  // Only a type that is known on both sides is surely another one.
  const isForeign = !KNOWN.has(wanted.base) && !wanted.base.includes('.');
  const isDomain = !KNOWN.has(actual.base) && !isEnum;
  return isForeign || isDomain ? null : false;
}

/** `float` is double precision in PostgreSQL and real in DuckDB. */
function isFloat(one: string, other: string): boolean {
  const floats = ['double precision', 'real'];
  return (one === 'float' && floats.includes(other)) || (other === 'float' && floats.includes(one));
}

function fitsLogical(promised: string, actual: Spelled, isEnum: boolean): boolean | null {
  const word = spaced(promised);
  const family = LOGICAL_WORDS[word] ?? word;
  const fitting = LOGICAL[family];
  if (fitting === undefined) return null;
  if (actual.isArray) return family === 'array' || (family === 'object' ? null : false);
  if (isEnum) return family === 'string';
  if (!KNOWN.has(actual.base) && actual.base !== 'float') return null;
  if (family === 'integer' && actual.base === 'numeric') return (actual.modifiers[1] ?? 0) === 0 ? null : false;
  // Decimals and moments travel as strings in many formats.
  if (family === 'string' && (actual.base === 'numeric' || actual.base.startsWith('time') || actual.base === 'date')) return null;
  return fitting.includes(actual.base);
}

/** The number in `int(11)` is how wide MySQL shows it. */
const INTEGERS = new Set(['integer', 'bigint', 'smallint']);

function fitsModifiers(wanted: Spelled, actual: Spelled): boolean {
  if (wanted.modifiers.length === 0 || INTEGERS.has(wanted.base) || wanted.base.startsWith('time') || wanted.base === 'interval') return true;
  const own = actual.modifiers;
  return own.length > 0 && wanted.modifiers[0] === own[0] && (wanted.modifiers[1] ?? 0) === (own[1] ?? 0);
}

function spaced(type: string): string {
  return type.toLowerCase().replace(/"/g, '').replace(/\s+/g, ' ').replace(/\s*([(),])\s*/g, '$1').trim();
}

function spelled(type: string): Spelled {
  const text = spaced(type).replace(/^pg_catalog\./, '').replace(/ (not )?null$/, '');
  const inner = /^(?:array|list)<(.*)>$/.exec(text)?.[1];
  if (inner !== undefined) return { ...spelled(inner), isArray: true };
  const isArray = /\[\d*\]$/.test(text) || /^_[a-z0-9]+$/.test(text);
  const bare = text.replace(/(\[\d*\])+$/, '').replace(/^_(?=[a-z0-9]+$)/, '');
  const [, front = '', modifiers = '', rest = ''] = /^([^(]*)\(([0-9,]*)\)(.*)$/.exec(bare) ?? [null, bare, '', ''];
  const name = `${front.trim()} ${rest.trim()}`.trim();
  return { base: ALIASES[name] ?? name, modifiers: modifiers.split(',').filter((part) => part !== '').map(Number), isArray };
}

function lastPart(base: string): string {
  return base.slice(base.lastIndexOf('.') + 1);
}
