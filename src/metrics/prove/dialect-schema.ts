import type { Catalog, Column, Constraint, Relation } from '../../model/catalog.js';
import type { DialectId } from '../../sql/dialect.js';
import type { MetricSchema } from '../definition.js';
import { type DialectRules, rulesOf } from './dialect-rules.js';

/** A schema as PostgreSQL would describe it, and what must be known of its columns by their names. */
export interface SchemaInDialect {
  schema: MetricSchema;
  columns: ColumnNames;
  /** Names are other ones than those of the catalogue. */
  renamed: boolean;
}

/** Columns by name over all relations, since a name is looked at before it is known whose it is. */
export interface ColumnNames {
  all: ReadonlySet<string>;
  /** Of some relation. */
  texts: ReadonlySet<string>;
  enums: ReadonlySet<string>;
  doubles: ReadonlySet<string>;
  dates: ReadonlySet<string>;
  nullable: ReadonlySet<string>;
}

const known = new WeakMap<Catalog, Map<DialectId, { catalog: Catalog; columns: ColumnNames; renamed: boolean }>>();

/** Types and names of a catalogue in the words of PostgreSQL. Where texts of other letters may be equal, texts are a type of their own. */
export function schemaInDialect(schema: MetricSchema, rules: DialectRules): SchemaInDialect {
  const byDialect = known.get(schema.catalog) ?? new Map<DialectId, { catalog: Catalog; columns: ColumnNames; renamed: boolean }>();
  known.set(schema.catalog, byDialect);
  const found = byDialect.get(rules.id) ?? translated(schema.catalog, rules);
  byDialect.set(rules.id, found);
  const searchPath = rules.id === 'clickhouse' ? schema.searchPath : schema.searchPath.map((name) => name.toLowerCase());
  return { schema: { ...schema, catalog: found.catalog, searchPath }, columns: found.columns, renamed: found.renamed };
}

function translated(catalog: Catalog, rules: DialectRules): { catalog: Catalog; columns: ColumnNames; renamed: boolean } {
  const fold = rules.id === 'clickhouse' ? (name: string): string => name : (name: string): string => name.toLowerCase();
  const relations = catalog.relations.map((relation): Relation => ({
    ...relation, schema: fold(relation.schema), name: fold(relation.name), columns: relation.columns.map((column) => translatedColumn(column, rules, fold)),
  }));
  const texts = new Set(relations.flatMap(({ schema, name, columns }) => columns.filter(({ type }) => type === 'citext').map((column) => `${schema}.${name}.${column.name}`)));
  const constraints = catalog.constraints.map((entry): Constraint => ({
    ...entry, schema: fold(entry.schema), relation: fold(entry.relation), columns: entry.columns.map(fold),
    references: entry.references && { schema: fold(entry.references.schema), relation: fold(entry.references.relation), columns: entry.references.columns.map(fold) },
  })).filter(({ kind, schema, relation, columns }) => kind === 'check' || kind === 'not_null' || !columns.some((column) => texts.has(`${schema}.${relation}.${column}`)));
  const indexes = catalog.indexes.map((index) => ({ ...index, schema: fold(index.schema), relation: fold(index.relation), columns: index.columns.map((column) => column && fold(column)) }))
    .filter(({ schema, relation, columns }) => !columns.some((column) => column !== null && texts.has(`${schema}.${relation}.${column}`)));
  const renamed = JSON.stringify(relations.map(({ schema, name, columns }) => [schema, name, columns.map((column) => column.name)])) !== JSON.stringify(catalog.relations.map(({ schema, name, columns }) => [schema, name, columns.map((column) => column.name)]));
  return { catalog: { ...catalog, relations, constraints, indexes }, columns: namesOf(relations), renamed };
}

function translatedColumn(column: Column, rules: DialectRules, fold: (name: string) => string): Column {
  const type = typeInDialect(column.type, rules);
  const nullable = rules.defaultsForNothing ? column.nullable && /^nullable\(|^lowcardinality\(nullable\(/i.test(column.type) : column.nullable;
  const collated = rules.textEquality === 'collation' && (column.enumValues !== null || /^(?:text|character|char|varchar|n?varchar|n?char|bpchar|string|tinytext|mediumtext|longtext|ntext|enum)\b/.test(type));
  return { ...column, name: fold(column.name), nullable, type: collated ? 'citext' : column.enumValues === null ? type : column.type, enumValues: collated ? null : column.enumValues };
}

const NAMES: Readonly<Record<string, string>> = {
  varchar: 'text', string: 'text', char: 'text', bpchar: 'text', nvarchar: 'text', nchar: 'text', 'character varying': 'text', character: 'text', text: 'text',
  int: 'integer', int4: 'integer', signed: 'integer', int2: 'smallint', int8: 'bigint', long: 'bigint', short: 'smallint', float8: 'double precision', double: 'double precision', float: 'double precision', float4: 'real', real: 'real',
  bool: 'boolean', logical: 'boolean', datetime: 'timestamp without time zone', timestamp: 'timestamp without time zone', timestamp_ntz: 'timestamp without time zone', timestamptz: 'timestamp with time zone', decimal: 'numeric', numeric: 'numeric', number: 'numeric', dec: 'numeric',
};

/** A type by PostgreSQL's name. Lengths of texts are left out: not every dialect keeps to them, and more values prove less. */
export function typeInDialect(name: string, rules: DialectRules): string {
  const inner = rules.defaultsForNothing ? name.replace(/^(?:LowCardinality\()?(?:Nullable\()?([^()]+(?:\([^()]*\))?)\)*$/i, '$1') : name;
  const text = inner.trim().toLowerCase();
  const [, base = text, modifiers, zone = ''] = /^([a-z0-9_ ]+?)\s*(?:\(([0-9, ]+)\))?((?: with(?:out)? (?:local )?time zone)?)$/.exec(text) ?? [];
  if (text === base + zone && /(?:\[\]|\()/.test(text)) return text;
  if (zone !== '') return zone.includes('local') ? 'timestamp with time zone' : `${base}${modifiers === undefined ? '' : `(${modifiers})`}${zone}`;
  const own = rules.types[base];
  if (own !== undefined && (modifiers === undefined || own === 'unknown')) return own;
  const general = (own ?? NAMES[base] ?? base).replace(/\([^)]*\)/, '');
  if (general === 'text') return rules.textEquality === 'bytes' ? 'text' : base.includes('char') ? base : 'text';
  if (general === 'numeric' && modifiers !== undefined) return `numeric(${modifiers.includes(',') ? modifiers : `${modifiers},0`})`;
  if (general.startsWith('timestamp') && modifiers !== undefined && Number(modifiers) <= 6) return general.replace('timestamp', `timestamp(${modifiers})`);
  return general;
}

function namesOf(relations: readonly Relation[]): ColumnNames {
  const all = relations.filter(({ kind }) => kind !== 'view').flatMap(({ columns }) => columns);
  const having = (test: (column: Column) => boolean): Set<string> => new Set(all.filter(test).map(({ name }) => name));
  return {
    all: new Set(relations.flatMap(({ columns }) => columns.map(({ name }) => name))), dates: having(({ type }) => type === 'date'), texts: having(({ type }) => type === 'citext'), enums: having(({ enumValues }) => enumValues !== null),
    doubles: having(({ type }) => type === 'double precision' || type === 'real'), nullable: having(({ nullable }) => nullable),
  };
}

/**
 * A schema with the constraints that an engine of the dialect does not keep marked as asserted only, for schemas that were read by
 * another engine which does.
 */
export function asEnforced(schema: MetricSchema, dialect: DialectId): MetricSchema {
  const rules = rulesOf(dialect);
  if (rules === null || schema.catalog.constraints.every(({ kind, enforced }) => !enforced || rules.enforced.includes(kind))) return schema;
  const constraints = schema.catalog.constraints.map((entry) => (rules.enforced.includes(entry.kind) ? entry : { ...entry, enforced: false }));
  const keys = new Set(schema.catalog.indexes.filter(({ unique }) => unique).map(({ name }) => name));
  return { ...schema, catalog: { ...schema.catalog, constraints, indexes: rules.enforced.includes('unique') ? schema.catalog.indexes : schema.catalog.indexes.filter(({ name }) => !keys.has(name)) } };
}
