import type { ColumnDef, Constraint as ConstraintNode, CreateStmt, Node, RangeVar, TypeName } from '@pgsql/types';
import type { Column, Relation } from '../../../model/catalog.js';
import { relationKey } from '../../schema-index.js';
import { addConstraint, addCopy, markKeyColumns, requireValue } from './ddl-constraint.js';
import { type DdlState, type Name } from './ddl-state.js';
import { newRelation } from './ddl-relation.js';
import { defaultText, parenthesized, quoteName, type Source } from './ddl-text.js';
import { text, texts } from './nodes.js';

/** Tables and their columns. */

/** Bits of LIKE … INCLUDING (`TableLikeOption` in src/include/nodes/parsenodes.h, 18). */
const LIKE_COMMENTS = 1 << 0;
const LIKE_CONSTRAINTS = 1 << 2;
const LIKE_DEFAULTS = 1 << 3;
const LIKE_GENERATED = 1 << 4;
const LIKE_IDENTITY = 1 << 5;
const LIKE_INDEXES = 1 << 6;

export function createTable(create: CreateStmt, kind: Relation['kind'], state: DdlState, source: Source): void {
  const name = state.newName(create.relation?.schemaname, create.relation?.relname);
  if (state.index().get(relationKey(name)) && (create.if_not_exists || state.recorder)) return state.exists(relationKey(name), create.if_not_exists ?? false);
  state.quietly(() => makeTable(create, kind, name, state, source));
  const made = state.index().get(relationKey(name));
  if (made) state.emit({ kind: 'relation-added', relation: relationKey(made), relationKind: made.kind });
}

function makeTable(create: CreateStmt, kind: Relation['kind'], name: Name, state: DdlState, source: Source): void {
  const parents = (create.inhRelations ?? []).flatMap((node) => ('RangeVar' in node ? [node.RangeVar] : [])).flatMap((parent) => state.find(parent) ?? []);
  const isPartition = create.partbound !== undefined;
  const table = newRelation(name, create.partspec ? 'partitioned_table' : isPartition && kind === 'table' ? 'partition' : kind, [], null);
  table.partitionOf = isPartition && parents[0] ? relationKey(parents[0]) : null;
  table.options = optionTexts(create.options);
  for (const column of parents.flatMap(({ columns }) => columns)) mergeColumn(table, { ...column });
  if (create.ofTypename) {
    const type = state.findType(texts(create.ofTypename.names));
    if (type?.kind === 'composite') table.columns.push(...type.columns.map((column) => ({ ...column })));
  }
  state.add(table);
  // As on the server: what a constraint is called depends on the columns that it names.
  const elements = state.recorder === null ? (create.tableElts ?? []) : (create.tableElts ?? []).toSorted((a, b) => Number('Constraint' in a) - Number('Constraint' in b));
  for (const element of elements) {
    if ('ColumnDef' in element) mergeColumn(table, columnOf(element.ColumnDef, table, state, source));
    if ('TableLikeClause' in element) copyColumns(element.TableLikeClause.relation, element.TableLikeClause.options ?? 0, table, state);
    if ('Constraint' in element) addConstraint(table, element.Constraint, [], state, source);
  }
  markKeyColumns(table, state);
  if (isPartition && parents[0]) inheritConstraints(parents[0], table, state);
}

/** A partition has the keys and checks of its parent; not null constraints under the parent's name for them. */
export function inheritConstraints(parent: Relation, part: Relation, state: DdlState): void {
  if (state.recorder === null) return;
  const own = state.constraintsOf(part);
  for (const constraint of state.constraintsOf(parent)) {
    const isSame = (other: (typeof own)[number]): boolean => other.kind === constraint.kind && other.columns.join() === constraint.columns.join() && (constraint.kind !== 'check' || other.name === constraint.name);
    if (!own.some(isSame)) addCopy(constraint, part, parent, state);
  }
  for (const column of part.columns) if (parent.columns.some(({ name, nullable }) => name === column.name && !nullable)) column.nullable = false;
}

/** Storage options as the server writes them, e.g. `security_invoker=true`. */
export function optionTexts(options: Node[] | undefined): string[] {
  return (options ?? [])
    .flatMap((node) => ('DefElem' in node ? [`${node.DefElem.defname ?? ''}=${optionValue(node.DefElem.arg)}`] : []))
    .sort();
}

function optionValue(node: Node | undefined): string {
  if (!node) return 'true';
  if ('Integer' in node) return String(node.Integer.ival ?? 0);
  if ('Float' in node) return node.Float.fval ?? '';
  if ('TypeName' in node) return texts(node.TypeName.names).at(-1) ?? '';
  return text(node);
}

/** A column that a parent has too is one column. */
export function mergeColumn(table: Relation, column: Column): void {
  const at = table.columns.findIndex(({ name }) => name === column.name);
  const known = table.columns[at];
  if (known) table.columns[at] = { ...column, type: column.type || known.type, nullable: column.nullable && known.nullable };
  else table.columns.push(column);
}

/** Defaults and generation come along only where they are asked for. */
function likeColumn(column: Column, options: number): Column {
  const { default: value, generated, ...copied } = column;
  const isIdentity = value === 'identity';
  return {
    ...copied,
    ...(value !== undefined && options & (isIdentity ? LIKE_IDENTITY : LIKE_DEFAULTS) ? { default: value } : {}),
    ...(generated !== undefined && options & LIKE_GENERATED ? { generated } : {}),
  };
}

function copyColumns(from: RangeVar | undefined, options: number, table: Relation, state: DdlState): void {
  const source = from ? state.find(from) : null;
  if (!source) return;
  for (const column of source.columns) mergeColumn(table, { ...likeColumn(column, options), comment: options & LIKE_COMMENTS ? column.comment : null, label: null });
  if (state.recorder !== null) {
    for (const column of source.columns) {
      const known = state.constraintsOf(source).find(({ kind, columns }) => kind === 'not_null' && columns[0] === column.name);
      if (!column.nullable) requireValue(table, column.name, state, known?.name);
    }
  }
  if (options & LIKE_CONSTRAINTS && state.recorder !== null) {
    for (const check of state.constraintsOf(source)) if (check.kind === 'check') state.catalog.constraints.push({ ...check, schema: table.schema, relation: table.name });
  }
  if (!(options & LIKE_INDEXES)) return;
  const own = { schema: table.schema, relation: table.name };
  for (const key of state.constraintsOf(source)) {
    if (key.kind === 'primary_key' || key.kind === 'unique') state.catalog.constraints.push({ ...key, ...own, name: key.name.replace(source.name, table.name) });
  }
  for (const index of state.catalog.indexes.filter(({ schema, relation }) => schema === source.schema && relation === source.name)) {
    state.catalog.indexes.push({ ...index, ...own, name: index.name.replace(source.name, table.name) });
  }
}

export function columnOf(definition: ColumnDef, table: Name, state: DdlState, source: Source): Column {
  const name = definition.colname ?? '';
  const constraints = (definition.constraints ?? []).flatMap((node) => ('Constraint' in node ? [node.Constraint] : []));
  for (const constraint of constraints) addConstraint(table, constraint, [name], state, source);
  // Serial types are integers with a default, and never null; an identity column neither.
  const serial = SERIAL_TYPES[texts(definition.typeName?.names).at(-1) ?? ''];
  const required = definition.is_not_null || state.isRequired(definition.typeName) || serial !== undefined || constraints.some(({ contype }) => NOT_NULL.has(contype ?? ''));
  const typed = serial === undefined ? typedAs(definition.typeName, state) : { type: serial, enumValues: null };
  const column: Column = { name, nullable: !required, comment: null, label: null, ...typed };
  if (state.recorder === null) return column;
  if (required && !constraints.some(({ contype }) => contype === 'CONSTR_NOTNULL' || contype === 'CONSTR_PRIMARY')) requireValue(table, name, state);
  return { ...column, ...(serial === undefined ? {} : { default: `nextval('${quoteName(table.schema)}.${quoteName(`${table.name}_${name}_seq`)}'::regclass)` }), ...valueOf(constraints, source) };
}

/** What a catalogue says of a column's type. */
export function typedAs(type: TypeName | undefined, state: DdlState): Pick<Column, 'type' | 'enumValues'> & Partial<Pick<Column, 'fields' | 'domain' | 'baseType'>> {
  const fields = state.fields(type);
  return { type: type ? state.typeText(type) : '', enumValues: state.enumValues(type), ...(fields === null ? {} : { fields }), ...state.domainOf(type) };
}

/** The default of a new column, or how it is generated. */
function valueOf(constraints: readonly ConstraintNode[], source: Source): Partial<Pick<Column, 'default' | 'generated'>> {
  const result: Partial<Pick<Column, 'default' | 'generated'>> = {};
  for (const { contype, raw_expr, location } of constraints) {
    if (contype === 'CONSTR_DEFAULT') Object.assign(result, defaultOf(defaultText(raw_expr, source)));
    if (contype === 'CONSTR_IDENTITY') result.default = 'identity';
    if (contype === 'CONSTR_GENERATED') result.generated = parenthesized(source, location ?? 0);
  }
  return result;
}

/** A default of NULL is none. */
export function defaultOf(text: string): Partial<Pick<Column, 'default'>> {
  return text === '' || /^null(?:::.*)?$/i.test(text) ? {} : { default: text };
}

const NOT_NULL = new Set(['CONSTR_NOTNULL', 'CONSTR_PRIMARY', 'CONSTR_IDENTITY']);
const SERIAL_TYPES: Record<string, string> = { serial: 'integer', serial4: 'integer', bigserial: 'bigint', serial8: 'bigint', smallserial: 'smallint', serial2: 'smallint' };
