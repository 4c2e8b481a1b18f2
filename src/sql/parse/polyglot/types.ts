import type { DialectId } from '../../dialect.js';
import { type Fields, fieldsOf, listOf, numberOf, textOf } from './data.js';

/** The names that the tree has for types, as `format_type` of PostgreSQL gives them. */
const NAMES: Record<string, string> = {
  big_int: 'bigint', small_int: 'smallint', tiny_int: 'tinyint', int: 'integer', decimal: 'numeric', var_char: 'character varying',
  char: 'character', string: 'text', text_with_length: 'text', double: 'double precision', var_bit: 'bit varying', json_b: 'jsonb', var_binary: 'varbinary',
};

/** Names that the parser hands through as written. */
const CUSTOM_NAMES: Record<string, string> = {
  int: 'integer', int2: 'smallint', int4: 'integer', int8: 'bigint', int64: 'bigint', float4: 'real', float8: 'double precision', float64: 'double precision', string: 'text', bool: 'boolean', bpchar: 'character',
  varchar: 'character varying', timestamptz: 'timestamp with time zone', timetz: 'time with time zone', number: 'numeric', bignumeric: 'numeric',
};

/** Where FLOAT has 32 bits; elsewhere it is double precision. */
const SHORT_FLOATS: readonly DialectId[] = ['duckdb', 'mysql', 'spark', 'databricks', 'hive', 'athena', 'clickhouse'];

/** The text of a type, in the names of PostgreSQL where it has one. */
export function typeText(value: unknown, dialect: DialectId): string {
  const type = fieldsOf(value) ?? {};
  const kind = textOf(type['data_type']) ?? '';
  const inner = (key: string): string => typeText(type[key], dialect);
  switch (kind) {
    case 'array':
    case 'list':
      return type['element_type'] ? `${inner('element_type')}[]` : 'array';
    case 'nullable':
      return inner('inner');
    case 'map':
      return `map(${inner('key_type')}, ${inner('value_type')})`;
    case 'struct':
      return `struct(${listOf(type['fields']).map((field) => fieldText(field, dialect)).join(', ')})`;
    case 'custom':
      return customText(textOf(type['name']) ?? '');
    case 'float':
      return floatText(type, dialect);
    case 'timestamp':
    case 'time':
      return `${kind} ${type['timezone'] === true ? 'with' : 'without'} time zone${modifiers(type)}`;
    case 'var_binary':
      return numberOf(type['length']) === null ? 'bytea' : `varbinary${modifiers(type)}`;
    case 'char':
      // CHAR alone has one character.
      return `character${modifiers(type) || '(1)'}`;
    default:
      return (NAMES[kind] ?? kind) + modifiers(type);
  }
}

function fieldText(field: unknown, dialect: DialectId): string {
  const fields = fieldsOf(field);
  const name = textOf(fields?.['name']);
  return `${name === null || name === '' ? '' : `${name} `}${typeText(fields?.['data_type'], dialect)}`;
}

function customText(name: string): string {
  const lower = name.toLowerCase();
  const nested = /^(?:nullable|lowcardinality)\((.*)\)$/.exec(lower)?.[1];
  if (nested !== undefined) return customText(nested);
  const elements = /^array\((.*)\)$/.exec(lower)?.[1];
  if (elements !== undefined) return `${customText(elements)}[]`;
  const [, base = lower, rest = ''] = /^(\w+)(\(.*\))?$/.exec(lower) ?? [];
  return (CUSTOM_NAMES[base] ?? base) + rest;
}

/** The type that a text names, such as the second argument of CAST in ClickHouse. */
export function typeOfText(text: string): string {
  return customText(text);
}

function floatText(type: Fields, dialect: DialectId): string {
  const precision = numberOf(type['precision']);
  // SQL: up to 24 binary digits are single precision.
  const isShort = type['real_spelling'] === true || (precision === null ? SHORT_FLOATS.includes(dialect) : precision <= 24);
  return isShort ? 'real' : 'double precision';
}

function modifiers(type: Fields): string {
  const found = ['length', 'precision', 'scale'].flatMap((key) => numberOf(type[key]) ?? []);
  return found.length > 0 ? `(${found.join(',')})` : '';
}
