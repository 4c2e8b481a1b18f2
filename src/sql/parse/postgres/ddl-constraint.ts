import type { Constraint as ConstraintNode, IndexStmt, Node, RangeVar } from '@pgsql/types';
import type { Column, Constraint, Relation } from '../../../model/catalog.js';
import { relationKey } from '../../schema-index.js';
import { objectName } from './ddl-names.js';
import type { DdlState, Name } from './ddl-state.js';
import { namesColumn, type Source, parenthesized, whereText } from './ddl-text.js';
import { keepLists } from './ddl-values.js';
import { texts } from './nodes.js';

/** Keys, checks and indexes. */

const CONSTRAINT_KINDS: Record<string, Constraint['kind']> = {
  CONSTR_PRIMARY: 'primary_key', CONSTR_UNIQUE: 'unique', CONSTR_FOREIGN: 'foreign_key', CONSTR_CHECK: 'check', CONSTR_NOTNULL: 'not_null', CONSTR_EXCLUSION: 'exclusion',
};

/** Adds what a node says, if it is a constraint; the DEFAULT of a column and its kin are none. */
export function addConstraint(table: Name, node: ConstraintNode, own: string[], state: DdlState, source: Source): Constraint | null {
  const kind = CONSTRAINT_KINDS[node.contype ?? ''];
  if (!kind) return null;
  const columns = constrainedColumns(node, kind, own, state);
  const expression = kind === 'check' ? parenthesized(source, node.location ?? 0) : null;
  const constraint: Constraint = {
    schema: table.schema,
    relation: table.name,
    name: node.conname ?? nameFor(table, kind, columns, expression, state),
    kind,
    columns,
    expression,
    references: node.pktable ? referenced(node.pktable, texts(node.pk_attrs), state) : null,
    validated: !node.skip_validation,
    enforced: node.is_enforced ?? kind !== 'check',
    ...(node.nulls_not_distinct && state.recorder !== null ? { nullsNotDistinct: true as const } : {}),
  };
  if (state.recorder !== null) return complete(constraint, node, table, own, state);
  state.catalog.constraints.push(constraint);
  return constraint;
}

/** What the server adds to a constraint by itself, and tells of it. */
function complete(constraint: Constraint, node: ConstraintNode, table: Name, own: string[], state: DdlState): Constraint | null {
  const { kind, columns, expression } = constraint;
  if (kind === 'not_null') return requireValue(table, columns[0] ?? '', state, node.conname);
  // NOT ENFORCED is 18's; the grammar says `is_enforced: true` of none but those that are.
  constraint.enforced = node.is_enforced ?? true;
  const relation = state.index().get(relationKey(table));
  if (kind === 'check' && own.length === 0 && expression !== null) constraint.columns = checkedColumns(expression, relation);
  if (state.constraintsOf(table).some(({ name }) => name === constraint.name)) state.unknown(`fails: ${relationKey(table)} has a constraint ${constraint.name} already`);
  if (kind === 'primary_key' || kind === 'unique') addBacking(constraint, node, state);
  state.catalog.constraints.push(constraint);
  if (kind === 'primary_key') for (const column of columns) requireValue(table, column, state);
  state.emit({ kind: 'constraint-added', relation: relationKey(table), constraint: { ...constraint } });
  return constraint;
}

/** A key stands on a unique index of the same name; one that was there already takes that name. */
function addBacking(constraint: Constraint, node: ConstraintNode, state: DdlState): void {
  const { schema, relation, columns, name, kind, nullsNotDistinct } = constraint;
  const taken = node.indexname === undefined ? undefined : state.catalog.indexes.find((index) => index.name === node.indexname && index.schema === schema);
  if (taken) {
    if (node.conname === undefined) constraint.name = taken.name;
    taken.name = constraint.name;
    taken.primary = kind === 'primary_key';
    return;
  }
  state.catalog.indexes.push({
    schema, relation, name, columns, unique: true, primary: kind === 'primary_key', predicate: null, valid: true, scans: null, size_bytes: null, ...(nullsNotDistinct ? { nullsNotDistinct } : {}),
  });
}

/** The columns that a CHECK names, in the order of the table. */
export function checkedColumns(expression: string, relation: Relation | undefined): string[] {
  return (relation?.columns ?? []).filter(({ name }) => namesColumn(expression, name)).map(({ name }) => name);
}

/** Makes a column one that lets no NULL in. A catalogue that lists such constraints, as 18 does, gets one. */
export function requireValue(table: Name, column: string, state: DdlState, name?: string): Constraint | null {
  const known = state.index().get(relationKey(table))?.columns.find((candidate) => candidate.name === column);
  if (known) allowNull(table, known, false, state);
  if (!state.listsNotNull || state.constraintsOf(table).some(({ kind, columns }) => kind === 'not_null' && columns[0] === column)) return null;
  const constraint: Constraint = {
    schema: table.schema, relation: table.name, name: name ?? nameFor(table, 'not_null', [column], null, state), kind: 'not_null', columns: [column],
    expression: null, references: null, validated: true, enforced: true,
  };
  state.catalog.constraints.push(constraint);
  return constraint;
}

export function allowNull(table: Name, column: Column, nullable: boolean, state: DdlState): void {
  if (column.nullable === nullable) return;
  column.nullable = nullable;
  state.emit({ kind: 'column-nullable', relation: relationKey(table), column: column.name, nullable });
}

/** The name that the server gives to a constraint without one (`ChooseConstraintName` and `makeObjectName`, indexcmds.c, 18). */
function nameFor(table: Name, kind: Constraint['kind'], columns: readonly string[], expression: string | null, state: DdlState): string {
  if (state.recorder === null) {
    const suffix = { primary_key: 'pkey', unique: `${columns.join('_')}_key`, foreign_key: `${columns.join('_')}_fkey`, check: 'check', not_null: `${columns.join('_')}_not_null`, exclusion: 'excl' }[kind];
    return `${table.name}_${suffix}`;
  }
  const label = { primary_key: 'pkey', unique: 'key', foreign_key: 'fkey', check: 'check', not_null: 'not_null', exclusion: 'excl' }[kind];
  const relation = state.index().get(relationKey(table));
  const named = kind === 'check' ? [...new Set([...columns.filter((column) => namesColumn(expression ?? '', column)), ...checkedColumns(expression ?? '', relation)])] : columns;
  const part = kind === 'primary_key' || (kind === 'check' && named.length !== 1) ? null : (kind === 'check' ? named : columns).join('_');
  const taken = new Set([...state.constraintsOf(table).map(({ name }) => name), ...state.catalog.indexes.filter(({ schema }) => schema === table.schema).map(({ name }) => name)]);
  return objectName(table.name, part, label, (name) => taken.has(name));
}

function constrainedColumns(node: ConstraintNode, kind: Constraint['kind'], own: string[], state: DdlState): string[] {
  if (own.length > 0) return own;
  if (kind === 'foreign_key') return texts(node.fk_attrs);
  if (kind === 'exclusion') return (node.exclusions ?? []).flatMap((item) => ('List' in item ? (item.List.items ?? []) : [])).flatMap((item) => ('IndexElem' in item ? (item.IndexElem.name ?? []) : []));
  // ADD PRIMARY KEY USING INDEX.
  const index = node.indexname === undefined ? undefined : state.catalog.indexes.find(({ name }) => name === node.indexname);
  if (index) return index.columns.flatMap((column) => column ?? []);
  return texts(node.keys);
}

function referenced(table: RangeVar, columns: string[], state: DdlState): Constraint['references'] {
  const found = state.find(table, state.recorder === null);
  const name = found ?? state.newName(table.schemaname, table.relname);
  const key = found && columns.length === 0 ? state.constraintsOf(found).find(({ kind }) => kind === 'primary_key') : undefined;
  return { schema: name.schema, relation: name.name, columns: key?.columns ?? columns };
}

/** Columns of a primary key are never null. */
export function markKeyColumns(table: Relation, state: DdlState): void {
  const primary = state.constraintsOf(table).find(({ kind }) => kind === 'primary_key');
  for (const column of table.columns) if (primary?.columns.includes(column.name)) allowNull(table, column, false, state);
}

/** Takes a constraint away, with the index on which it stands. */
export function removeConstraint(constraint: Constraint, state: DdlState): void {
  const { catalog } = state;
  catalog.constraints = catalog.constraints.filter((other) => other !== constraint);
  const { kind, schema, relation, name } = constraint;
  if (state.recorder === null) return;
  if (kind === 'check') keepLists(constraint, state);
  if (kind === 'primary_key' || kind === 'unique') catalog.indexes = catalog.indexes.filter((index) => index.name !== name || index.schema !== schema || index.relation !== relation);
  const column = kind === 'not_null' ? state.index().get(relationKey({ schema, name: relation }))?.columns.find((candidate) => candidate.name === constraint.columns[0]) : undefined;
  if (column) allowNull({ schema, name: relation }, column, true, state);
  else state.emit({ kind: 'constraint-dropped', relation: relationKey({ schema, name: relation }), constraint });
}

export function createIndex(node: IndexStmt, state: DdlState, source: Source): void {
  const table = node.relation ? state.find(node.relation) : null;
  if (!table) return;
  const columns = (node.indexParams ?? []).map((item) => ('IndexElem' in item ? (item.IndexElem.name ?? null) : null));
  const taken = (name: string): boolean => state.catalog.indexes.some((index) => index.name === name && index.schema === table.schema);
  const part = (node.indexParams ?? []).map((item) => ('IndexElem' in item ? (item.IndexElem.name ?? (state.recorder === null ? 'expr' : expressionName(item.IndexElem.expr))) : 'expr')).join('_');
  const name = node.idxname ?? (state.recorder === null ? `${table.name}_${part}_idx` : objectName(table.name, part, 'idx', taken));
  if (state.recorder !== null && taken(name)) return state.exists(`${table.schema}.${name}`, node.if_not_exists ?? false);
  const predicate = state.recorder === null ? (node.whereClause ? 'partial' : null) : whereText(node.whereClause, source);
  const isUnique = node.unique ?? false;
  const nulls = node.nulls_not_distinct && state.recorder !== null ? { nullsNotDistinct: true as const } : {};
  state.catalog.indexes.push({
    schema: table.schema, relation: table.name, name, columns, unique: isUnique, primary: node.primary ?? false, predicate, valid: true, scans: null, size_bytes: null, ...nulls,
  });
  if (isUnique) state.emit({ kind: 'constraint-added', relation: relationKey(table), constraint: asConstraint({ schema: table.schema, relation: table.name, name, columns, predicate, ...nulls }) });
  else state.harmless(relationKey(table), `index ${name}`);
}

/** What an expression is called in the name of an index: by its function (`FigureIndexColname`, parse_target.c, 18). */
function expressionName(expression: Node | undefined): string {
  if (expression && 'TypeCast' in expression) return expressionName(expression.TypeCast.arg);
  if (expression && 'CoalesceExpr' in expression) return 'coalesce';
  return expression && 'FuncCall' in expression ? (texts(expression.FuncCall.funcname).at(-1) ?? 'expr') : 'expr';
}

/** A unique index makes rows unique as a constraint does; `expression` is the condition of a partial one. */
export function asConstraint({ schema, relation, name, columns, predicate, nullsNotDistinct }: { schema: string; relation: string; name: string; columns: (string | null)[]; predicate: string | null; nullsNotDistinct?: true }): Constraint {
  return {
    schema, relation, name, kind: 'unique', columns: columns.flatMap((column) => column ?? []), expression: predicate, references: null, validated: true, enforced: true,
    ...(nullsNotDistinct ? { nullsNotDistinct } : {}),
  };
}

/** What a partition has of its parent: keys under names of its own, checks and NOT NULL under that of the parent. */
export function addCopy(constraint: Constraint, part: Name, parent: Name, state: DdlState): void {
  const own = { schema: part.schema, relation: part.name };
  const isKey = constraint.kind === 'primary_key' || constraint.kind === 'unique';
  const name = isKey ? nameFor(part, constraint.kind, constraint.columns, null, state) : constraint.name;
  state.catalog.constraints.push({ ...constraint, ...own, name, columns: [...constraint.columns] });
  if (!isKey) return;
  const index = state.catalog.indexes.find((candidate) => candidate.name === constraint.name && candidate.schema === parent.schema && candidate.relation === parent.name);
  if (index) state.catalog.indexes.push({ ...index, ...own, name });
}
