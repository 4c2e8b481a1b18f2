import type { Catalog, Column, Constraint } from '../../model/catalog.js';
import { qualified } from './names.js';

/** Types that every PostgreSQL and DuckDB has, and those of extensions that a scratch engine loads by itself; without modifier and brackets. */
const KNOWN_TYPE = new RegExp(
  `^(?:pg_catalog\\.)?"?(?:${[
    'smallint', 'integer', 'bigint', 'int[248]?', 'numeric', 'decimal', 'real', 'double precision', 'float[48]?', 'double', 'money', 'bool(?:ean)?', 'text', 'character varying',
    'varchar', 'character', 'char', 'bpchar', 'name', 'bytea', 'blob', 'date', 'time(?:stamp|stamptz|tz)?', 'time(?:stamp)? with(?:out)? time zone', 'interval', 'uuid', 'jsonb?', 'xml',
    'inet', 'cidr', 'macaddr8?', 'bit', 'bit varying', 'varbit', 'point', 'line', 'lseg', 'box', 'path', 'polygon', 'circle', 'tsvector', 'tsquery', 'int[48](?:multi)?range',
    'num(?:multi)?range', 'ts(?:tz)?(?:multi)?range', 'date(?:multi)?range', 'oid', 'reg\\w+', 'pg_lsn', 'u?(?:tiny|small|big|huge)int', 'uinteger',
    'timestamp_(?:s|ms|ns)', 'struct', 'map', 'union', 'enum', 'hstore', 'citext', 'ltree',
  ].join('|')})"?$`,
  'i',
);

/** The type of a column as CREATE TABLE takes it. One that the catalogue does not explain becomes text, with a doubt. */
export function columnType(column: Column, place: string, catalog: Catalog, doubts: string[]): string {
  const { type, enumValues, baseType } = column;
  if (/^enum$/i.test(type) && enumValues !== null) return `enum(${enumValues.map((value) => `'${value.replaceAll("'", "''")}'`).join(', ')})`;
  if (enumValues !== null) return type;
  if (baseType !== undefined) {
    doubts.push(`the catalogue does not tell which values the domain ${type} of ${place} admits`);
    return baseType;
  }
  const bare = type.replace(/(?:\[\d*\])+$/, '');
  const plain = bare.replace(/\([^)]*\)/, '').replace(/\s+/g, ' ').trim();
  const unqualified = plain.slice(plain.lastIndexOf('.') + 1);
  if (KNOWN_TYPE.test(plain) || /^(?:struct|map|union|decimal)\b/i.test(plain) || isEnum(catalog, bare)) return type;
  if (plain.includes('.') && /^(?:hstore|citext|ltree)$/i.test(unqualified)) return type.slice(type.lastIndexOf('.') + 1);
  doubts.push(`the catalogue does not tell what the type ${type} of ${place} is made of; it was taken for text`);
  return type.endsWith(']') ? 'text[]' : 'text';
}

function isEnum({ relations }: Catalog, type: string): boolean {
  return relations.some(({ columns }) => columns.some((column) => column.type === type && column.enumValues !== null));
}

/** Its predicate alone: a collected one has no CHECK and no outer parentheses. */
export function checkText({ expression }: Constraint): string {
  return expression ?? 'true';
}

/** Unique indexes that no constraint has made. */
export function uniqueIndexes(catalog: Catalog, keys: ReadonlySet<string>, doubts: string[]): string[] {
  const made = new Set(catalog.constraints.map(({ schema, relation, name }) => `${schema}.${relation}.${name}`));
  return catalog.indexes.flatMap(({ schema, relation, name, columns, unique, primary, valid, predicate, nullsNotDistinct }) => {
    if (!unique || primary || !valid || !keys.has(`${schema}.${relation}`) || made.has(`${schema}.${relation}.${name}`)) return [];
    const list = columns.flatMap((column) => (column === null ? [] : [qualified(column)]));
    if (list.length < columns.length) {
      doubts.push(`the catalogue does not tell over which expressions the index ${name} on ${schema}.${relation} is unique`);
      return [];
    }
    return [`create unique index ${qualified(name)} on ${qualified(schema, relation)} (${list.join(', ')})${nullsNotDistinct === true ? ' nulls not distinct' : ''}${predicate === null ? '' : ` where ${predicate}`}`];
  });
}
