import type { RegisteredColumn } from '../../model/contract.js';

const COLUMNS_MAX = 2_000;
/** Lists within objects within objects: no registry writes deeper, and a hostile one would. */
const DEPTH_MAX = 5;
const NAME_KEYS = ['name', 'column', 'column_name', 'columnName', 'field', 'field_name', 'physicalName'];
const TYPE_KEYS = ['type', 'data_type', 'dataType', 'column_type', 'physicalType', 'sql_type', 'logicalType'];
/** In a map, what is no name of a type says that the map is something else: an address, a sentence. */
const TYPE_NAME = /^[a-z_"][\w ."]{0,60}(?:\([\d ,]*\))?[\w []{0,30}\]?$/i;
const LIST_KEYS = ['columns', 'fields', 'properties', 'schema'];

/**
 * The columns of a registered schema: a list of columns, alone or under `columns`, `fields` (Avro, BigQuery), `properties`
 * (Open Data Contract Standard) or `schema`; the `properties` of a JSON Schema; or a map from name to type. Null for any
 * other text, and for one of which a part is not understood: a list that lacks some would be taken for all.
 */
export function registeredColumns(text: string): RegisteredColumn[] | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  // A json document that somebody stored as a text within json.
  if (typeof value === 'string') {
    try {
      value = JSON.parse(value);
    } catch {
      return null;
    }
  }
  const columns = columnsOf(value);
  return columns === null || columns.length === 0 || columns.length > COLUMNS_MAX || isRepeated(columns) ? null : columns;
}

function isRepeated(columns: readonly RegisteredColumn[]): boolean {
  return new Set(columns.map(({ name }) => name)).size < columns.length;
}

function columnsOf(value: unknown, depth = 0): RegisteredColumn[] | null {
  if (depth > DEPTH_MAX) return null;
  if (Array.isArray(value)) return fromList(value);
  if (!isRecord(value)) return null;
  const key = LIST_KEYS.find((candidate) => typeof value[candidate] === 'object' && value[candidate] !== null);
  if (key === undefined) return fromMap(value, null);
  const inner: unknown = value[key];
  if (Array.isArray(inner)) {
    // The standard has a list of objects with properties each; one object is one view.
    const [only, another] = inner;
    if (another === undefined && isRecord(only) && Array.isArray(only['properties'])) return fromList(only['properties']);
    return fromList(inner);
  }
  if (!isRecord(inner)) return null;
  const required: unknown = value['required'];
  return key === 'properties' ? fromMap(inner, Array.isArray(required) ? required : []) : columnsOf(inner, depth + 1);
}

function fromList(list: readonly unknown[]): RegisteredColumn[] | null {
  const columns = list.map((item) => {
    if (typeof item === 'string') return fromText(item);
    if (!isRecord(item)) return null;
    const name = NAME_KEYS.map((key) => item[key]).find((candidate) => typeof candidate === 'string');
    return typeof name === 'string' && name.trim() !== '' ? described(name.trim(), item) : null;
  });
  return columns.every((column) => column !== null) ? columns : null;
}

/** `case_id`, or `case_id bigint not null` as DDL has it. */
function fromText(text: string): RegisteredColumn | null {
  const [, name = '', type = ''] = /^\s*([A-Za-z_][\w$]*)(?:\s*:\s*|\s+|$)([\w .,()[\]"]*)$/.exec(text) ?? [];
  if (name === '') return null;
  const isRequired = /\s+not\s+null\s*$/i.test(` ${type}`);
  const bare = ` ${type}`.replace(/\s+(not\s+)?null\s*$/i, '').trim();
  return { name, type: bare === '' ? null : bare, nullable: isRequired ? false : null };
}

/** @param required of a JSON Schema, whose types are its own words; null for other maps */
function fromMap(map: Record<string, unknown>, required: readonly unknown[] | null): RegisteredColumn[] | null {
  const columns = Object.entries(map).map(([name, value]): RegisteredColumn | null => {
    if (name.trim() === '' || name.startsWith('$')) return null;
    const nullable = required === null ? null : !required.includes(name);
    if (typeof value === 'string') return !TYPE_NAME.test(value) ? null : { name, type: value, nullable, ...(required === null ? {} : { isLogicalType: true as const }) };
    if (!isRecord(value)) return null;
    const column = described(name, value);
    return required === null || column === null ? column : { ...ofJsonSchema(column, value), nullable };
  });
  return columns.every((column) => column !== null) ? columns : null;
}

/** `format` says what a string is: `date-time`, `uuid`. */
function ofJsonSchema(column: RegisteredColumn, value: Record<string, unknown>): RegisteredColumn {
  const format = value['format'];
  return { ...column, ...(typeof format === 'string' && column.type === 'string' ? { type: format } : {}), isLogicalType: true };
}

function described(name: string, item: Record<string, unknown>): RegisteredColumn | null {
  const key = TYPE_KEYS.find((candidate) => item[candidate] !== undefined && item[candidate] !== null);
  const given = key === undefined ? null : typeOf(item[key]);
  if (given === undefined) return null;
  const type = given?.type ?? null;
  return { name, type, nullable: nullability(item) ?? given?.nullable ?? null, ...(key === 'logicalType' || given?.isAvro === true ? { isLogicalType: true } : {}) };
}

/** A type by its name, or a union with null as Avro and JSON Schema write it; undefined for what is none. */
function typeOf(value: unknown, depth = 0): { type: string | null; nullable: boolean | null; isAvro?: true } | undefined {
  if (typeof value === 'string') return { type: value, nullable: null };
  if (Array.isArray(value)) {
    const [type, another] = value.filter((one) => one !== 'null');
    if (another !== undefined) return { type: null, nullable: null };
    const inner = depth > DEPTH_MAX ? undefined : typeOf(type, depth + 1);
    return inner === undefined ? undefined : { ...inner, nullable: value.includes('null'), isAvro: true };
  }
  if (!isRecord(value)) return undefined;
  // {"type": "long", "logicalType": "timestamp-micros"}: of nested records and arrays only that they are some.
  const logical: unknown = value['logicalType'] ?? value['type'];
  return typeof logical === 'string' ? { type: logical, nullable: null, isAvro: true } : { type: null, nullable: null };
}

function nullability(item: Record<string, unknown>): boolean | null {
  for (const key of ['nullable', 'is_nullable', 'isNullable', 'optional']) if (typeof item[key] === 'boolean') return item[key];
  for (const key of ['required', 'not_null', 'notNull']) if (typeof item[key] === 'boolean') return !item[key];
  if (typeof item['mode'] === 'string') return !/^required$/i.test(item['mode']);
  if (typeof item['is_nullable'] === 'string') return /^y/i.test(item['is_nullable']);
  return null;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
