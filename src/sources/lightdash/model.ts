import { isObject } from '../common/json.js';
import { pointerStep } from '../common/json-position.js';
import type { SourceFile } from '../common/source-file.js';

/** A place in a file. */
export interface Place {
  file: SourceFile;
  pointer: string;
}

export interface Field {
  kind: 'dimension' | 'metric';
  name: string;
  /** The tool's word: `sum`, `count_distinct`, `timestamp` …; null where nothing says so. */
  type: string | null;
  /** As written; null where the column of that name, or the one it stands under, is meant. */
  sql: string | null;
  /** The column that it stands under; null for fields of the model itself. */
  column: string | null;
  label: string | null;
  description: string | null;
  owner: string | null;
  percentile: number | null;
  filters: unknown[];
  /** Everything that it says, for what people write into free fields. */
  meta: Record<string, unknown>;
  /** Of the field; its SQL stands at `/sql` below. */
  place: Place;
}

export interface Join {
  /** The model that is joined, and what it is called here. */
  table: string;
  alias: string;
  sqlOn: string | null;
  type: string;
  place: Place;
}

export interface Predicate {
  part: string;
  sql: string;
  place: Place;
}

/** A model with Lightdash's metadata: what people call a table or an explore. */
export interface Table {
  name: string;
  label: string | null;
  description: string | null;
  owners: string[];
  /** What `sql_from` says. */
  sqlFrom: { sql: string; place: Place } | null;
  /** The relation where `sql_from` says nothing: the model, or what the interface told. */
  relation: string;
  fields: Map<string, Field>;
  joins: Join[];
  filters: Predicate[];
  place: Place;
  /** The project that an answer of the interface belongs to. */
  project: string | null;
}

const MODEL_KEYS = ['sql_filter', 'sql_where', 'sql_from', 'explores', 'default_filters', 'required_attributes', 'additional_dimensions'];

type Values = Record<string, unknown>;

function text(value: unknown): string | null {
  return typeof value === 'string' && value.trim() !== '' ? value : null;
}

/** `meta`, with what dbt 1.10 and later keep under `config.meta` before it; each with its pointer. */
function metasOf(value: Values, pointer: string): { meta: Values; pointer: string }[] {
  const { config } = value;
  const found: { meta: Values; pointer: string }[] = [];
  if (isObject(config) && isObject(config['meta'])) found.push({ meta: config['meta'], pointer: `${pointer}/config/meta` });
  if (isObject(value['meta'])) found.push({ meta: value['meta'], pointer: `${pointer}/meta` });
  return found;
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function entriesOf(value: unknown): [string, Values][] {
  return isObject(value) ? Object.entries(value).flatMap(([name, inner]) => (isObject(inner) ? [[name, inner]] : [])) : [];
}

/** True where a model of a dbt property file says something to Lightdash. */
export function speaksToLightdash(model: unknown): boolean {
  if (!isObject(model)) return false;
  const ofModel = metasOf(model, '').some(({ meta }) => {
    const joins = listOf(meta['joins']);
    return MODEL_KEYS.some((key) => Object.hasOwn(meta, key)) || isMetrics(meta['metrics']) || joins.some((join) => isObject(join) && (Object.hasOwn(join, 'sql_on') || Object.hasOwn(join, 'join')));
  });
  return ofModel || listOf(model['columns']).some((column) => isObject(column) && metasOf(column, '').some(({ meta }) => isMetrics(meta['metrics']) || isObject(meta['dimension']) || isObject(meta['additional_dimensions'])));
}

function isMetrics(value: unknown): boolean {
  return entriesOf(value).some(([, metric]) => typeof metric['type'] === 'string');
}

/** The models of a dbt property file that say something to Lightdash. */
export function dbtTables(file: SourceFile, value: unknown, pointer: string): Table[] {
  if (!isObject(value)) return [];
  return listOf(value['models']).flatMap((model, index) => {
    const name = isObject(model) ? text(model['name']) : null;
    return !isObject(model) || name === null || !speaksToLightdash(model) ? [] : [dbtTable(file, name, model, `${pointer}/models/${index}`)];
  });
}

function dbtTable(file: SourceFile, name: string, model: Values, pointer: string): Table {
  const table = emptyTable(name, { file, pointer });
  table.description = text(model['description']);
  // dbt builds the relation under the alias.
  const called = isObject(model['config']) ? text(model['config']['alias']) : null;
  if (called !== null && /^\w+$/.test(called)) table.relation = called;
  for (const { meta, pointer: at } of metasOf(model, pointer)) readTableMeta(table, meta, at);
  for (const [index, column] of listOf(model['columns']).entries()) {
    const columnName = isObject(column) ? text(column['name']) : null;
    if (!isObject(column) || columnName === null) continue;
    const place = { file, pointer: `${pointer}/columns/${index}` };
    const own = fieldOf('dimension', columnName, {}, columnName, place);
    own.description = text(column['description']);
    for (const { meta, pointer: at } of metasOf(column, place.pointer)) {
      const { dimension } = meta;
      if (isObject(dimension)) Object.assign(own, fieldOf('dimension', columnName, dimension, columnName, { file, pointer: `${at}/dimension` }), { description: own.description });
      for (const [key, inner] of entriesOf(meta['additional_dimensions'])) add(table, fieldOf('dimension', key, inner, columnName, { file, pointer: `${at}/additional_dimensions${pointerStep(key)}` }));
      for (const [key, inner] of entriesOf(meta['metrics'])) add(table, fieldOf('metric', key, inner, columnName, { file, pointer: `${at}/metrics${pointerStep(key)}` }));
    }
    add(table, own);
  }
  return table;
}

function readTableMeta(table: Table, meta: Values, at: string): void {
  const { file } = table.place;
  table.label ??= text(meta['label']);
  for (const owner of [meta['owner'], meta['owners']].flatMap((one) => (Array.isArray(one) ? one : [one]))) {
    const name = text(owner) ?? (isObject(owner) ? (text(owner['email']) ?? text(owner['name'])) : null);
    if (name !== null && !table.owners.includes(name)) table.owners.push(name);
  }
  const from = text(meta['sql_from']);
  if (from !== null) table.sqlFrom ??= { sql: from, place: { file, pointer: `${at}/sql_from` } };
  readPredicates(table, meta, at, '');
  readJoins(table, meta['joins'], `${at}/joins`);
  for (const [key, inner] of entriesOf(meta['metrics'])) add(table, fieldOf('metric', key, inner, null, { file, pointer: `${at}/metrics${pointerStep(key)}` }));
  for (const [key, inner] of entriesOf(meta['additional_dimensions'])) add(table, fieldOf('dimension', key, inner, null, { file, pointer: `${at}/additional_dimensions${pointerStep(key)}` }));
  for (const [name, explore] of entriesOf(meta['explores'])) {
    const below = `${at}/explores${pointerStep(name)}`;
    readPredicates(table, explore, below, `explore:${name}:`);
    readJoins(table, explore['joins'], `${below}/joins`);
    for (const [key, inner] of entriesOf(explore['additional_dimensions'])) add(table, fieldOf('dimension', key, inner, null, { file, pointer: `${below}/additional_dimensions${pointerStep(key)}` }));
  }
}

function readPredicates(table: Table, meta: Values, at: string, prefix: string): void {
  for (const key of ['sql_filter', 'sql_where']) {
    const sql = text(meta[key]);
    if (sql !== null) table.filters.push({ part: `${prefix}${key}`, sql, place: { file: table.place.file, pointer: `${at}/${key}` } });
  }
}

function readJoins(table: Table, value: unknown, at: string): void {
  for (const [index, join] of listOf(value).entries()) {
    const name = isObject(join) ? text(join['join']) : null;
    if (!isObject(join) || name === null) continue;
    table.joins.push({ table: name, alias: text(join['alias']) ?? name, sqlOn: text(join['sql_on']), type: text(join['type']) ?? 'left', place: { file: table.place.file, pointer: `${at}/${index}` } });
  }
}

/** A model of a project without dbt: `type: model`, its fields at the top. */
export function isLightdashModel(value: unknown): boolean {
  return isObject(value) && typeof value['type'] === 'string' && /^model(\/|$)/.test(value['type']) && typeof value['name'] === 'string' && (typeof value['sql_from'] === 'string' || Array.isArray(value['dimensions']));
}

export function lightdashTable(file: SourceFile, value: Values, pointer: string): Table {
  const table = emptyTable(text(value['name']) ?? 'model', { file, pointer });
  table.description = text(value['description']);
  readTableMeta(table, value, pointer);
  for (const [index, dimension] of listOf(value['dimensions']).entries()) {
    const name = isObject(dimension) ? text(dimension['name']) : null;
    if (!isObject(dimension) || name === null) continue;
    const at = `${pointer}/dimensions/${index}`;
    add(table, fieldOf('dimension', name, dimension, name, { file, pointer: at }));
    for (const [key, inner] of entriesOf(dimension['metrics'])) add(table, fieldOf('metric', key, inner, name, { file, pointer: `${at}/metrics${pointerStep(key)}` }));
    for (const [key, inner] of entriesOf(dimension['additional_dimensions'])) add(table, fieldOf('dimension', key, inner, name, { file, pointer: `${at}/additional_dimensions${pointerStep(key)}` }));
  }
  return table;
}

/** An explore as the interface tells it: its tables, the first with its joins. */
export function exploreTables(file: SourceFile, explore: Values, pointer: string, project: string | null): Table[] {
  const base = text(explore['baseTable']);
  return entriesOf(explore['tables']).map(([name, value]) => {
    const at = `${pointer}/tables${pointerStep(name)}`;
    const table = emptyTable(name, { file, pointer: at });
    table.project = project;
    table.label = text(value['label']);
    table.description = text(value['description']);
    table.relation = text(value['sqlTable']) ?? name;
    const where = text(value['uncompiledSqlWhere']) ?? text(value['sqlWhere']);
    if (where !== null) table.filters.push({ part: 'sql_filter', sql: where, place: { file, pointer: `${at}/${text(value['uncompiledSqlWhere']) === null ? 'sqlWhere' : 'uncompiledSqlWhere'}` } });
    for (const kind of ['dimension', 'metric'] as const) {
      for (const [key, inner] of entriesOf(value[`${kind}s`])) {
        const field = fieldOf(kind, key, inner, null, { file, pointer: `${at}/${kind}s${pointerStep(key)}` });
        // What stands there by default is no text of the project.
        if (field.sql === `\${TABLE}.${key}`) field.sql = null;
        add(table, field);
      }
    }
    for (const [index, join] of listOf(name === base ? explore['joinedTables'] : []).entries()) {
      const joined = isObject(join) ? text(join['table']) : null;
      if (isObject(join) && joined !== null) table.joins.push({ table: joined, alias: joined, sqlOn: text(join['sqlOn']), type: text(join['type']) ?? 'left', place: { file, pointer: `${pointer}/joinedTables/${index}` } });
    }
    return table;
  });
}

export function emptyTable(name: string, place: Place): Table {
  return { name, label: null, description: null, owners: [], sqlFrom: null, relation: name, fields: new Map(), joins: [], filters: [], place, project: null };
}

function add(table: Table, field: Field): void {
  if (!table.fields.has(field.name)) table.fields.set(field.name, field);
}

function fieldOf(kind: Field['kind'], name: string, value: Values, column: string | null, place: Place): Field {
  const { spotlight, percentile, sql } = value;
  return {
    kind,
    name,
    type: text(value['type']),
    sql: text(sql) ?? (typeof sql === 'number' ? String(sql) : null),
    column,
    label: text(value['label']),
    description: text(value['description']),
    owner: isObject(spotlight) ? text(spotlight['owner']) : null,
    percentile: typeof percentile === 'number' ? percentile : null,
    filters: listOf(value['filters']),
    meta: value,
    place,
  };
}
