import type { SchemaIndex } from '../../sql/schema-index.js';
import { holdsReference } from './sizes.js';

/** Last words of columns that find one thing, or what belongs to one. */
const IDENTIFIERS = new Set(
  `id ids uuid guid ulid oid pk key token slug email mail username login handle number no nr num code sku isbn iban ean upc vin ssn
   reference ref phone msisdn serial barcode identifier fingerprint imei plate
   assignee owner author user customer sender recipient parent member stream account wallet subscriber`.split(/\s+/),
);

/** Words before `code`, `number` or `key` that say that many rows share one. */
const SHARED = new Set(
  `country region currency status state type kind language lang locale postal post zip area color colour reason error response http result
   category class line page week month year day date time house room row version sequence seq store dept department`.split(/\s+/),
);

/** Words that end in `id` and mean none. */
const NO_IDENTIFIERS = new Set('paid unpaid prepaid valid invalid void bid grid mid aid raid said rapid solid liquid hybrid android covid'.split(' '));

/**
 * Whether the name of a column says that one value of it finds one thing or what belongs to one. Weak evidence, for tables of
 * which no catalogue tells the keys.
 */
export function readsLikeIdentifier(column: string): boolean {
  const words = column.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase().split(/[^a-z0-9]+/).filter((word) => word !== '');
  const last = words.at(-1) ?? '';
  const before = words.at(-2);
  if (NO_IDENTIFIERS.has(last)) return false;
  if (IDENTIFIERS.has(last)) return before === undefined ? last !== 'code' || words.length === 1 : !(SHARED.has(before) && last !== 'id');
  if (before !== undefined && (last === 'by' || last === 'to') && before.endsWith('ed')) return true;
  return /(?:id\d?|key|uuid|guid)$/.test(last) && !/^(?:date|day|time|month|year)key$/.test(last);
}

/** Whether the name of a column says that its values are few, and each has many rows: a status, a country, a date. */
export function readsLikeCategory(column: string): boolean {
  const words = column.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase().split(/[^a-z0-9]+/);
  return words.some((word) => SHARED.has(word)) || /^(?:is|has)_|^(?:active|enabled|deleted|archived|disabled|priority|level|queue|plan|tier|gender|brand|segment|channel|source)$|(?:_at|_on|_date|flag|status|type)$/i.test(column);
}

/** Whether the catalogue has such a table but tells no key and no index of it: a sketch of a schema, or a warehouse. */
export function tellsNoKeys(index: SchemaIndex, table: string): boolean {
  const relation = index.get(table);
  if (relation === undefined) return true;
  if (index.tellsIndexes) return false;
  return index.uniqueKeys(table).length === 0 && !relation.columns.some(({ name }) => index.leadsAnIndex(table, name) || index.refersTo(table, name) !== null);
}

/** A value of a column that finds few rows, though no index is known to begin with it. */
export function findsFew(index: SchemaIndex, table: string, column: string): boolean {
  if (tellsNoKeys(index, table)) return readsLikeIdentifier(column);
  const parent = index.refersTo(table, column);
  // PostgreSQL makes no index for a foreign key: where indexes are known, one without is looked up by reading the table.
  if (parent !== null) return !index.tellsIndexes && !holdsReference(index, parent);
  return /^uuid$/i.test(typeOf(index, table, column));
}

/** Words of columns whose values part a whole business: a tenant, a shop, a region. */
const PARTS = /^(?:tenant|org|organi[sz]ation|company|workspace|shop|store|merchant|region|country|branch|site|brand|department|business_unit|mandt|client)(?:_?(?:id|uuid|key|code))?$/i;

const PARTING_SHARE_MIN = 0.6;
const PARTING_TABLES_MIN = 4;

/**
 * Whether a value of a column stands for a part of the whole business, with a part of the rows of most tables. By the catalogue where
 * it tells foreign keys: most tables refer to what it names.
 */
export function partsAll(index: SchemaIndex, table: string, column: string): boolean {
  if (tellsNoKeys(index, table)) return PARTS.test(column);
  const parent = index.refersTo(table, column);
  if (parent === null) return false;
  // What belongs to something else again is no whole part.
  if (index.get(parent)?.columns.some(({ name }) => index.refersTo(parent, name) !== null)) return false;
  const { tables, share } = index.referring(parent);
  return tables >= PARTING_TABLES_MIN && share >= PARTING_SHARE_MIN;
}

/**
 * Whether a table refers to something both by itself and through another of its foreign keys, as orders refer to the tenant of
 * their customer: what all rows below it carry, so that one value may have very many.
 */
export function repeatsOwner(index: SchemaIndex, table: string, column: string): boolean {
  const parent = index.refersTo(table, column);
  const relation = index.get(table);
  if (parent === null || relation === undefined || parent === table) return false;
  return relation.columns.some(({ name }) => {
    const other = name === column ? null : index.refersTo(table, name);
    return other !== null && other !== parent && (index.get(other)?.columns.some((inner) => index.refersTo(other, inner.name) === parent) ?? false);
  });
}

/** Whether an index begins with a column of which neither a key nor a foreign key nor its type says that a value finds few rows. */
export function isCategory(index: SchemaIndex, table: string, column: string): boolean {
  if (tellsNoKeys(index, table) || index.uniqueKeys(table).some(([first]) => first === column)) return false;
  const parent = index.refersTo(table, column);
  if (parent !== null) return holdsReference(index, parent);
  return /^(?:text|citext|char|character|varchar|bpchar|bool|date|timestamp|enum|smallint|int2)/i.test(typeOf(index, table, column));
}

/** Whether a column is of a type that has few values: a flag, an enumeration, a day, a short code. */
export function isCode(index: SchemaIndex, table: string, column: string): boolean {
  return /^(?:bool|date$|enum|smallint|int2|tinyint|(?:character|char|bpchar|varchar|character varying)\s*\(\s*[1-8]\s*\))/i.test(typeOf(index, table, column));
}

function typeOf(index: SchemaIndex, table: string, column: string): string {
  return index.get(table)?.columns.find(({ name }) => name === column)?.type ?? '';
}
