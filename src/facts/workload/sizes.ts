import type { Thresholds } from '../../model/thresholds.js';
import type { Relation } from '../../model/catalog.js';
import type { SchemaIndex } from '../../sql/schema-index.js';

/** How large the tables are, as far as the catalogue tells. */
export interface Sizes {
  /** A table of a few pages. */
  isSmall: (table: string) => boolean;
  /** One value of an indexed column that finds more rows than this is no key: a tenant, a region, a status. */
  rowsPerValueMax: number;
}

const ROWS_PER_VALUE_MAX = 1000;

export function sizesOf(index: SchemaIndex, thresholds: Thresholds): Sizes {
  return {
    isSmall: (table) => {
      const size_bytes = index.get(table)?.size_bytes ?? null;
      return size_bytes !== null && size_bytes <= thresholds.bounded_bytes_per_call;
    },
    rowsPerValueMax: ROWS_PER_VALUE_MAX,
  };
}

const REFERENCE_COLUMNS_MAX = 8;
const TEXT_COLUMNS_MAX = 3;

/**
 * Whether a table is a list of codes or settings by its form, where nothing tells its size: its key is a short text or a small number
 * that a person chose, it refers to no other table, and it keeps no time of what happened.
 */
export function holdsReference(index: SchemaIndex, table: string): boolean {
  const relation = index.get(table);
  if (relation === undefined || relation.size_bytes !== null || relation.rows !== null || relation.columns.length > REFERENCE_COLUMNS_MAX) return false;
  const keys = index.uniqueKeys(table).flatMap((columns) => (columns.length === 1 ? columns : [])).map((column) => typeOf(relation, column));
  if (keys.length === 0 || !keys.every((type) => SHORT.test(type) || TEXT.test(type))) return false;
  if (!keys.some((type) => SHORT.test(type)) && (relation.columns.length > TEXT_COLUMNS_MAX || !relation.columns.every(({ type }) => TEXT.test(type) || /^bool/i.test(type)))) return false;
  return relation.columns.every(({ name, type }) => !/^(?:timestamp|date|time|datetime)/i.test(type) && !refersElsewhere(index, table, name));
}

/** Of one to eight characters, or of two bytes at most. */
const SHORT = /^(?:(?:character|char|varchar|bpchar|nchar|character varying)\s*\(\s*[1-8]\s*\)|char$|smallint|smallserial|int2|tinyint)/i;
const TEXT = /^(?:text|citext|character|char|varchar|bpchar|string)/i;

function typeOf(relation: Relation, column: string): string {
  return relation.columns.find(({ name }) => name === column)?.type ?? '';
}

function refersElsewhere(index: SchemaIndex, table: string, column: string): boolean {
  const referenced = index.refersTo(table, column);
  return referenced !== null && referenced !== table;
}
