import type { RubyValue } from './ruby-parser.js';
import { list, literal, quoted, quotedPart } from './sql-text.js';

/** Columns as the PostgreSQL adapter of Rails makes them (activerecord 8.0, connection_adapters/postgresql_adapter.rb). */

export type Options = ReadonlyMap<string, RubyValue>;

/** `[7, 1]` of `ActiveRecord::Migration[7.1]`: what a migration means is fixed by the version that it was written for. */
export type RailsVersion = readonly [major: number, minor: number];

export function isSince([major, minor]: RailsVersion, wantedMajor: number, wantedMinor: number): boolean {
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
}

export function nameOf(value: RubyValue | undefined): string | null {
  if (!value) return null;
  if (value.kind === 'symbol') return value.text;
  return value.kind === 'text' && !value.dynamic ? value.text : null;
}

/** One name, or those of a list. */
export function namesOf(value: RubyValue | undefined): string[] | null {
  if (value?.kind !== 'list') {
    const name = nameOf(value);
    return name === null ? null : [name];
  }
  const names = value.items.map(nameOf);
  return names.every((name) => name !== null) ? names : null;
}

/** A value as SQL; null for one that only running tells. */
export function sqlValue(value: RubyValue | undefined, type: string): string | null {
  if (!value) return null;
  switch (value.kind) {
    case 'text':
      return value.dynamic ? null : literal(value.text);
    case 'symbol':
      return literal(value.text);
    case 'number':
      return value.text;
    case 'boolean':
      return String(value.value);
    case 'nil':
      return 'NULL';
    case 'lambda':
      return value.text;
    case 'list':
      return listValue(value.items, type);
    case 'hash':
      return value.entries.size === 0 ? "'{}'" : null;
    case 'other':
      return null;
  }
}

function listValue(items: RubyValue[], type: string): string | null {
  if (items.length === 0) return type.startsWith('json') ? "'[]'" : "'{}'";
  const values = items.map((item) => (item.kind === 'number' || item.kind === 'symbol' || (item.kind === 'text' && !item.dynamic) ? item.text : null));
  return values.every((value) => value !== null) && !type.startsWith('json') ? literal(`{${values.join(',')}}`) : null;
}

const TYPES: Record<string, string> = {
  primary_key: 'bigserial primary key', string: 'character varying', text: 'text', bigint: 'bigint', big_integer: 'bigint', float: 'float', decimal: 'decimal', numeric: 'numeric', timestamptz: 'timestamptz', time: 'time',
  date: 'date', binary: 'bytea', blob: 'bytea', boolean: 'boolean', serial: 'serial', bigserial: 'bigserial', bit_varying: 'bit varying',
};

function numberOption(options: Options, name: string): string | null {
  const value = options.get(name);
  return value?.kind === 'number' ? value.text : null;
}

/** The type in SQL; null where it is not known what it is. */
export function columnType(type: string, options: Options, version: RailsVersion): string | null {
  const limit = numberOption(options, 'limit');
  const precision = numberOption(options, 'precision');
  const scale = numberOption(options, 'scale');
  const array = options.get('array');
  const brackets = array?.kind === 'boolean' && array.value ? '[]' : '';
  const base = scalarType(type, { limit, precision, scale }, options, version);
  return base === null ? null : base + brackets;
}

function scalarType(type: string, { limit, precision, scale }: { limit: string | null; precision: string | null; scale: string | null }, options: Options, version: RailsVersion): string | null {
  switch (type) {
    case 'integer':
      return limit !== null && Number(limit) <= 2 ? 'smallint' : limit !== null && Number(limit) > 4 ? 'bigint' : 'integer';
    case 'string':
    case 'bit':
    case 'bit_varying':
      return (TYPES[type] ?? type) + (limit === null ? '' : `(${limit})`);
    case 'decimal':
    case 'numeric':
      return precision === null ? type : `${type}(${precision}${scale === null ? '' : `,${scale}`})`;
    case 'datetime':
    case 'timestamp':
    case 'timestamptz': {
      const base = type === 'timestamptz' ? 'timestamptz' : 'timestamp';
      const given = options.get('precision');
      if (given?.kind === 'nil') return base;
      return precision !== null ? `${base}(${precision})` : isSince(version, 7, 0) && type !== 'timestamp' ? `${base}(6)` : base;
    }
    case 'time':
      return precision === null ? 'time' : `time(${precision})`;
    case 'enum': {
      const name = nameOf(options.get('enum_type'));
      return name === null ? null : quoted(name);
    }
    case 'virtual':
      return columnType(nameOf(options.get('type')) ?? '', new Map([...options].filter(([key]) => key !== 'array')), version);
    default:
      // Any other word is a type of the database: jsonb, uuid, citext, ltree, int4range …
      return TYPES[type] ?? (/^[a-z_][\w ]*(?:\([\d, ]+\))?(?:\[\])?$/i.test(type) ? type : null);
  }
}

/** `"note" text DEFAULT 'x' NOT NULL`; null where an option is not known before it runs. */
export function columnDefinition(name: string, type: string, options: Options, version: RailsVersion): string | null {
  const sqlType = columnType(type, options, version);
  if (sqlType === null) return null;
  const parts = [quotedPart(name), sqlType];
  const as = options.get('as');
  if (type === 'virtual') {
    if (as?.kind !== 'text' || as.dynamic) return null;
    return [...parts, `GENERATED ALWAYS AS (${as.text}) STORED`].join(' ');
  }
  if (options.has('default')) {
    const value = sqlValue(options.get('default'), sqlType);
    if (value === null) return null;
    if (value !== 'NULL') parts.push(`DEFAULT ${value}`);
  }
  const nullable = options.get('null');
  if (nullable?.kind === 'boolean' && !nullable.value) parts.push('NOT NULL');
  const primary = options.get('primary_key');
  if (primary?.kind === 'boolean' && primary.value) parts.push('PRIMARY KEY');
  return parts.join(' ');
}

/** `CREATE UNIQUE INDEX …`; expressions come as one text. */
export function indexStatement(table: string, columns: readonly string[], name: string, options: Options): string {
  const is = (key: string): boolean => {
    const value = options.get(key);
    return value?.kind === 'boolean' && value.value;
  };
  const where = nameOf(options.get('where'));
  const using = nameOf(options.get('using'));
  const isExpression = columns.length === 1 && /\W/.test(columns[0] ?? '');
  const included = namesOf(options.get('include'));
  return [
    `CREATE ${is('unique') ? 'UNIQUE ' : ''}INDEX ${nameOf(options.get('algorithm')) === 'concurrently' ? 'CONCURRENTLY ' : ''}${is('if_not_exists') ? 'IF NOT EXISTS ' : ''}${quotedPart(name)} ON ${quoted(table)}`,
    using === null ? '' : ` USING ${using}`,
    ` ${isExpression ? `(${columns[0] ?? ''})` : list(columns)}`,
    included === null ? '' : ` INCLUDE ${list(included)}`,
    is('nulls_not_distinct') ? ' NULLS NOT DISTINCT' : '',
    where === null ? '' : ` WHERE ${where}`,
  ].join('');
}
