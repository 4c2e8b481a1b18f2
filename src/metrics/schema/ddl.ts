import type { Catalog, Column, Constraint, Relation } from '../../model/catalog.js';
import { checkText, columnType, uniqueIndexes } from './ddl-parts.js';
import { functionsOf } from './ddl-functions.js';
import { grouped } from './grouped.js';
import { insertOrder } from './insert-order.js';
import { qualified } from './names.js';
import { neededRelations } from './needed-relations.js';

/** The statements that make a schema on an empty database. */
export interface CatalogueDdl {
  ddl: string;
  /** What runs after rows are there: constraints that hold of new rows only. */
  late: string;
  /** Constraints that the engine only records. They are in neither text. */
  asserted: Constraint[];
  /** What the catalogue does not tell and rows may depend on, in words. */
  doubts: string[];
}

/**
 * The statements that make relations of a collected catalogue, with all that they need: parents of foreign keys, what views
 * read, enums, functions. PostgreSQL and DuckDB read them.
 *
 * @param relations as `schema.name`; all when left out
 */
export function catalogueDdl(catalog: Catalog, relations?: readonly string[]): CatalogueDdl {
  const doubts: string[] = [];
  const needed = neededRelations(catalog, relations);
  const tables = needed.filter(({ kind }) => kind !== 'view' && kind !== 'materialized_view');
  const views = needed.filter(({ kind, definition }) => (kind === 'view' || kind === 'materialized_view') && definition !== null);
  const keys = new Set(needed.map(keyOf));
  const constraints = catalog.constraints.filter((constraint) => keys.has(relationKey(constraint)));
  const enforced = constraints.filter(({ enforced: isEnforced }) => isEnforced);
  const byRelation = grouped(enforced.filter(({ validated }) => validated), relationKey);
  const order = insertOrder(tables.map(keyOf), enforced.filter(({ validated }) => validated));
  const tableOf = new Map(tables.map((table) => [keyOf(table), table]));
  const circular = new Set(order.circular);
  const statements = [
    ...schemasOf(needed),
    ...enumsOf(tables),
    ...order.relations.flatMap((key) => {
      const table = tableOf.get(key);
      return table === undefined ? [] : [tableStatement(table, (byRelation.get(key) ?? []).filter((constraint) => !circular.has(constraint)), catalog, doubts)];
    }),
    ...order.circular.map((key) => `alter table ${qualified(key.schema, key.relation)} add ${constraintText(key)}`),
    ...uniqueIndexes(catalog, keys, doubts),
    ...views.map((view) => `create view ${qualified(view.schema, view.name)} as ${view.definition ?? ''}`),
  ];
  const functions = functionsOf(catalog, statements.join('\n'));
  const late = enforced.flatMap((constraint) => (constraint.validated ? [] : [`alter table ${qualified(constraint.schema, constraint.relation)} add ${constraintText(constraint)} not valid`]));
  const firstTable = statements.findIndex((sql) => sql.startsWith('create table'));
  return {
    ddl: script([...statements.slice(0, Math.max(firstTable, 0)), ...functions, ...statements.slice(Math.max(firstTable, 0))]),
    late: script(late),
    asserted: constraints.filter(({ enforced: isEnforced }) => !isEnforced),
    doubts,
  };
}

/** The statements that make some relations of a catalogue, with what they need; constraints that are NOT VALID are left out. */
export function ddlFromCatalog(catalog: Catalog, relations: readonly string[]): string {
  return catalogueDdl(catalog, relations).ddl;
}

function keyOf({ schema, name }: Relation): string {
  return `${schema}.${name}`;
}

function relationKey({ schema, relation }: { schema: string; relation: string }): string {
  return `${schema}.${relation}`;
}

function script(statements: readonly string[]): string {
  return statements.map((sql) => `${sql};\n`).join('');
}

function schemasOf(relations: readonly Relation[]): string[] {
  const names = new Set(relations.map(({ schema }) => schema).filter((schema) => schema !== '' && schema !== 'public' && schema !== 'main'));
  return [...names].sort().map((schema) => `create schema if not exists ${qualified(schema)}`);
}

/** By the name under which columns have them. DuckDB's own spelling needs no type. */
function enumsOf(tables: readonly Relation[]): string[] {
  const members = new Map<string, string[]>();
  for (const { columns } of tables) {
    for (const { type, enumValues } of columns) if (enumValues !== null && !/^enum\b/i.test(type) && !members.has(type)) members.set(type, enumValues);
  }
  return [...members].sort(([a], [b]) => (a < b ? -1 : 1)).map(([type, values]) => `create type ${type} as enum (${values.map((value) => literal(value)).join(', ')})`);
}

function literal(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}

function tableStatement(table: Relation, constraints: readonly Constraint[], catalog: Catalog, doubts: string[]): string {
  const lines = [
    ...table.columns.map((column) => columnLine(column, table, catalog, doubts)),
    ...constraints.flatMap((constraint) => {
      if (constraint.kind === 'exclusion') doubts.push(`the catalogue does not tell what the exclusion constraint ${constraint.name} on ${keyOf(table)} excludes`);
      return constraint.kind === 'not_null' || constraint.kind === 'exclusion' ? [] : [constraintText(constraint)];
    }),
  ];
  return `create table ${qualified(...[table.schema, table.name].filter((part) => part !== ''))} (\n  ${lines.join(',\n  ')}\n)`;
}

function columnLine(column: Column, table: Relation, catalog: Catalog, doubts: string[]): string {
  const type = columnType(column, `${keyOf(table)}.${column.name}`, catalog, doubts);
  const generated = column.generated === undefined ? '' : generatedText(column.generated, `${keyOf(table)}.${column.name}`, catalog, doubts);
  return `${qualified(column.name)} ${type}${generated}${column.nullable ? '' : ' not null'}`;
}

/** A function of the database is not there when tables are made, and the table counts more than how one column is computed. */
function generatedText(expression: string, name: string, catalog: Catalog, doubts: string[]): string {
  const called = catalog.functions.find((one) => expression.includes(`${one.name}(`) || expression.includes(`${qualified(one.name)}(`));
  if (called === undefined) return ` generated always as (${expression}) stored`;
  doubts.push(`${name} is computed by ${called.schema}.${called.name}, and holds any value here`);
  return '';
}

function constraintText(constraint: Constraint): string {
  const { kind, name, columns, references } = constraint;
  const list = columns.map((column) => qualified(column)).join(', ');
  const head = `constraint ${qualified(name)} `;
  if (kind === 'primary_key') return `${head}primary key (${list})`;
  if (kind === 'unique') return `${head}unique${constraint.nullsNotDistinct === true ? ' nulls not distinct' : ''} (${list})`;
  if (kind === 'not_null') return `${head}not null ${list}`;
  if (kind === 'check') return `${head}check (${checkText(constraint)})`;
  const parent = references === null ? '' : ` references ${qualified(references.schema, references.relation)} (${references.columns.map((column) => qualified(column)).join(', ')})`;
  return `${head}foreign key (${list})${parent}`;
}
