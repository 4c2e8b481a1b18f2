import type { Catalog, Column, Relation } from '../../model/catalog.js';
import type { ProbeTarget } from '../probe.js';
import { keyOf, splitKey, type RelationName } from './name.js';
import { isAnalytical, productsIn, relationIn } from './target.js';
import { isInteger, kindOf } from './time.js';

/** A column of a fact that points to a dimension. */
export interface DimensionKey {
  column: string;
  /** Whether NULL means an unknown member there. */
  null_is_unknown: boolean;
}

/** A fact table and what is looked at in it. */
export interface FactTable extends RelationName {
  product: string | null;
  time_column: string;
  /** `key`: a date as a whole number, 20260630. */
  time_form: 'time' | 'key';
  event_column: string | null;
  dimension_keys: DimensionKey[];
  /** Why it cannot be looked at; null where it can. */
  problem: string | null;
}

const DETECTED_MAX = 20;
const FACT_NAME = /^(fact|fct)_|_(fact|facts)$/;
const EVENT_TIME = /_(at|on|date|time|ts|timestamp)$|^(event_time|event_date|occurred_at|timestamp)$/;
const DATE_KEY = /(^|_)date_key$|_date_sk$/;
/** Names of times that speak of the load or of the row, not of the event. */
const NOT_THE_EVENT = /load|ingest|insert|creat|updat|modif|sync|extract|emitted|dbt_|etl|valid_|effective|expir|delet|^_/;
const EVENT_IDS = ['event_id', 'source_event_id', '_event_id'];

/**
 * Fact tables of this store: those of data products with a relation and a time column, and, where the names leave no doubt,
 * tables called `fact_…`, `fct_…` or `…_fact` with exactly one time that can be the event's, or exactly one date key.
 */
export function factTables(target: ProbeTarget): FactTable[] {
  const configured = productsIn(target).flatMap(({ name, relation, time_column, event_id_column }) =>
    relation === null || time_column === null ? [] : [configuredTable(target.catalog, { product: name, relation, time_column, event_id_column })],
  );
  if (!isAnalytical(target)) return configured;
  const detected = (target.catalog?.relations ?? []).flatMap((relation) => detectedTable(target.catalog, relation) ?? []);
  const isNew = (table: FactTable): boolean => !configured.some((known) => keyOf(known) === keyOf(table));
  return [...configured, ...detected.filter(isNew).slice(0, DETECTED_MAX)];
}

function configuredTable(catalog: Catalog | null, product: { product: string; relation: string; time_column: string; event_id_column: string | null }): FactTable {
  const relation = relationIn(catalog, product.relation);
  const frame = { ...splitKey(product.relation), product: product.product, time_column: product.time_column, time_form: 'time', event_column: product.event_id_column, dimension_keys: [], problem: null } as const;
  // Without a catalogue the names are taken as they are written, and the server says what is wrong with them.
  if (!relation) return { ...frame, dimension_keys: [], problem: catalog === null ? null : 'there is no such relation; correct it in the configuration' };
  const column = columnIn(relation, product.time_column);
  const form = column === undefined ? null : formOf(column);
  const event = product.event_id_column === null ? null : columnIn(relation, product.event_id_column);
  const problem = problemOf(product, column, form, event);
  return {
    ...frame,
    schema: relation.schema,
    name: relation.name,
    time_column: column?.name ?? product.time_column,
    time_form: form ?? 'time',
    event_column: event === null ? eventColumn(relation) : (event?.name ?? product.event_id_column),
    dimension_keys: dimensionKeys(catalog, relation),
    problem,
  };
}

function problemOf(product: { time_column: string; event_id_column: string | null }, column: Column | undefined, form: 'time' | 'key' | null, event: Column | null | undefined): string | null {
  if (column === undefined) return `there is no column ${product.time_column.slice(0, 60)}; correct time_column in the configuration`;
  if (form === null) return `time_column ${column.name.slice(0, 60)} is neither a time nor a date as a whole number`;
  return event === undefined ? `there is no column ${(product.event_id_column ?? '').slice(0, 60)}; correct event_id_column in the configuration` : null;
}

function detectedTable(catalog: Catalog | null, relation: Relation): FactTable | null {
  if (relation.kind !== 'table' && relation.kind !== 'partitioned_table') return null;
  if (!FACT_NAME.test(relation.name.toLowerCase())) return null;
  const time = eventTime(relation);
  if (time === null) return null;
  return {
    schema: relation.schema,
    name: relation.name,
    product: null,
    time_column: time.name,
    time_form: formOf(time) ?? 'time',
    event_column: eventColumn(relation),
    dimension_keys: dimensionKeys(catalog, relation),
    problem: null,
  };
}

/** The only time that can be the event's, or the only date key; null where there are several or none. */
function eventTime({ columns }: Relation): Column | null {
  const named = (column: Column, pattern: RegExp): boolean => pattern.test(column.name.toLowerCase()) && !NOT_THE_EVENT.test(column.name.toLowerCase());
  const times = columns.filter((column) => kindOf(column.type) === 'time' && named(column, EVENT_TIME));
  const keys = columns.filter((column) => isInteger(column.type) && named(column, DATE_KEY));
  const candidates = times.length > 0 ? times : keys;
  return candidates.length === 1 ? (candidates[0] ?? null) : null;
}

function formOf({ type }: Column): 'time' | 'key' | null {
  if (kindOf(type) === 'time') return 'time';
  return isInteger(type) ? 'key' : null;
}

function columnIn({ columns }: Relation, name: string): Column | undefined {
  return columns.find((column) => column.name === name) ?? columns.find((column) => column.name.toLowerCase() === name.toLowerCase());
}

function eventColumn(relation: Relation): string | null {
  return relation.columns.find(({ name }) => EVENT_IDS.includes(name.toLowerCase()))?.name ?? null;
}

/**
 * Whole numbers called `…_key` that point to a dimension which the catalogue shows: a table `dim_…` with a column of that
 * name or of its end (`from_status_key` → `status_key`). The members 0 and -1 are the unknown ones by convention (Kimball). NULL
 * counts only where nobody declares NOT NULL in that table: elsewhere a nullable key says that there may be no member.
 * Date keys are left out: a date that has not come yet is no mistake.
 */
function dimensionKeys(catalog: Catalog | null, fact: Relation): DimensionKey[] {
  const known = new Set((catalog?.relations ?? []).filter(({ name }) => /^dim_|_dim$/.test(name.toLowerCase())).flatMap(({ columns }) => columns.map(({ name }) => name.toLowerCase()).filter((name) => name.endsWith('_key'))));
  const declares = fact.columns.some(({ nullable }) => !nullable);
  const own = ownKeys(catalog, fact);
  return fact.columns
    .filter(({ name, type }) => {
      const folded = name.toLowerCase();
      if (!folded.endsWith('_key') || DATE_KEY.test(folded) || !isInteger(type) || own.has(name)) return false;
      return [...known].some((key) => folded === key || folded.endsWith(`_${key}`));
    })
    .map(({ name, nullable }) => ({ column: name, null_is_unknown: nullable && !declares }));
}

/** Columns of its own primary key that stand alone. */
function ownKeys(catalog: Catalog | null, { schema, name }: Relation): ReadonlySet<string> {
  const keys = (catalog?.constraints ?? []).filter((constraint) => constraint.kind === 'primary_key' && constraint.schema === schema && constraint.relation === name);
  return new Set(keys.filter(({ columns }) => columns.length === 1).flatMap(({ columns }) => columns));
}
