import type { Assignment, DeleteStatement, Expression, FromItem, InsertStatement, MergeStatement, Projection, Query, SqlStatement, TableReference, UpdateStatement } from '../../../model/syntax-tree.js';
import { call, conjunction, literal, operation, star } from './build.js';
import { type Context, doubt, expressions, optional } from './context.js';
import { orderItems } from './functions.js';
import { aliasOf, ident, isWord, nameParts, NO_ALIAS, objectName, simpleName, tableReference } from './names.js';
import { isAbsent, isRecord, items, list, member, variant, when } from './node.js';
import { NOWHERE } from './positions.js';
import { plainQuery, selectFrom } from './query.js';
import { lowerProjections } from './select.js';
import { detach, matches } from './target.js';

const NO_TARGET: TableReference = { type: 'table', catalog: null, schema: null, name: '', alias: null, columnAliases: [], only: false, span: NOWHERE };

export function lowerInsert(content: unknown, at: Context): SqlStatement[] {
  const branches = [
    ...list(content, 'multi_table_into_clauses'),
    ...list(content, 'multi_table_when_clauses').flatMap((clause) => list(clause, 'into_clauses')),
    ...list(content, 'multi_table_else_clause'),
  ];
  return branches.length > 0 ? lowerMultiTable(content, branches, at) : [lowerPlainInsert(content, at)];
}

function lowerPlainInsert(content: unknown, at: Context): InsertStatement {
  const assignments = lowerAssignments(list(content, 'assignments'), at);
  const given = member(content, 'source');
  const set: Query | null = assignments.length > 0 ? plainQuery({ type: 'values', rows: [assignments.map(({ value }) => value)] }) : null;
  const named = [...list(content, 'columns'), ...list(content, 'after_columns')].map((column) => columnName(column, at));
  const target = tableReference(when(member(content, 'table'), 'TableName'), insertAlias(content, at), at);
  return {
    type: 'insert',
    ctes: [],
    target,
    columns: named.length > 0 ? named : assignments.map(({ column }) => column),
    source: isRecord(given) ? at.query(given) : set,
    conflict: lowerConflict(content, at),
    returning: lowerReturning(content, target, at),
  };
}

function insertAlias(content: unknown, at: Context): { alias: string | null; columnAliases: string[] } {
  const alias = member(content, 'table_alias');
  if (isAbsent(alias)) return NO_ALIAS;
  if (isRecord(member(alias, 'name'))) return aliasOf(alias, at);
  const name = member(alias, 'alias') ?? alias;
  return { alias: ident(name, at), columnAliases: [] };
}

function columnName(node: unknown, at: Context): string {
  return Array.isArray(node) ? simpleName(node, at) : ident(node, at);
}

/** Snowflake's INSERT ALL writes several tables from one query: as many statements. */
function lowerMultiTable(content: unknown, branches: readonly unknown[], at: Context): SqlStatement[] {
  return branches.map((branch): InsertStatement => {
    const source = at.query(member(content, 'source'));
    const values = list(member(branch, 'values'), 'values').map((value): Projection => {
      const { tag, content: inner } = variant(value);
      const expression = tag === 'Expr' ? at.expression(inner) : literal('null', null, NOWHERE);
      return { expression, alias: null, span: expression.span };
    });
    const over = selectFrom([{ type: 'derived', query: source, alias: null, columnAliases: [], lateral: false }]);
    return {
      type: 'insert', ctes: [], target: tableReference(member(branch, 'table_name'), NO_ALIAS, at),
      columns: list(branch, 'columns').map((column) => columnName(column, at)),
      source: values.length > 0 && over.body.type === 'select' ? { ...over, body: { ...over.body, projections: values } } : source,
      conflict: null, returning: [],
    };
  });
}

function lowerConflict(content: unknown, at: Context): InsertStatement['conflict'] {
  const { tag, content: action } = variant(member(content, 'on'));
  if (tag === 'DuplicateKeyUpdate') {
    const row = member(member(content, 'insert_alias'), 'row_alias');
    const outer = at.insertedRow;
    at.insertedRow = isAbsent(row) ? '' : simpleName(row, at);
    const assignments = lowerAssignments(items(action), at);
    at.insertedRow = outer;
    return { assignments, where: null };
  }
  if (tag !== 'OnConflict') return null;
  const update = when(member(action, 'action'), 'DoUpdate');
  return { assignments: lowerAssignments(list(update, 'assignments'), at), where: optional(member(update, 'selection'), at) };
}

/** SET a = …, (b, c) = (…). */
export function lowerAssignments(nodes: readonly unknown[], at: Context): Assignment[] {
  return nodes.flatMap((node): Assignment[] => {
    const value = at.expression(member(node, 'value'));
    const { tag, content } = variant(member(node, 'target'));
    if (tag !== 'Tuple') return [{ column: simpleName(content, at), value, ordinal: null }];
    return items(content).map((name, index) => ({ column: simpleName(name, at), value, ordinal: index + 1 }));
  });
}

/** RETURNING; and OUTPUT of T-SQL, where `inserted` and `deleted` are the row of the target after and before. */
function lowerReturning(content: unknown, target: TableReference, at: Context): Projection[] {
  const output = list(variant(member(content, 'output')).content, 'select_items');
  const own = target.alias ?? target.name;
  const renamed = (parts: string[]): string[] => (parts[0] === 'inserted' || parts[0] === 'deleted' ? [own, ...parts.slice(1)] : parts);
  const shown = lowerProjections(output, at).map((projection): Projection => {
    const { expression } = projection;
    if (expression.type === 'column') return { ...projection, expression: { ...expression, parts: renamed(expression.parts) } };
    if (expression.type === 'star') return { ...projection, expression: { ...expression, qualifier: renamed(expression.qualifier) } };
    return projection;
  });
  return [...lowerProjections(list(content, 'returning'), at), ...shown];
}

export function lowerUpdate(content: unknown, at: Context): UpdateStatement {
  const nodes = list(content, 'assignments');
  const table = member(content, 'table');
  const { content: after } = variant(member(content, 'from'));
  const others = at.fromList(items(after));
  const [given] = at.fromList([table]);
  const named = given && afterTop(given, member(table, 'relation'), at);
  const joined = list(table, 'joins').length > 0;
  // With joins before SET any of the tables may be the one that is written: the assignments tell.
  const wanted = joined ? assignedRelation(nodes, at) : named?.type === 'table' ? (named.alias ?? named.name) : null;
  const pool = joined && named ? [named, ...others] : others;
  const found = joined || wanted !== null ? detach(pool, wanted) : { target: null, rest: pool };
  const target = found.target ?? (named?.type === 'table' ? named : NO_TARGET);
  return {
    type: 'update',
    ctes: [],
    target,
    assignments: lowerAssignments(nodes, at),
    from: found.rest,
    where: conjunction([optional(member(content, 'selection'), at), chosenRows(content, at)]),
    returning: lowerReturning(content, target, at),
  };
}

/** The parser reads T-SQL's UPDATE TOP (n) t as a function `top` under the name t. */
function afterTop(item: FromItem, relation: unknown, at: Context): FromItem {
  const table = member(relation, 'Table');
  const name = member(member(table, 'alias'), 'name');
  if (item.type !== 'function' || name === undefined || !isWord(nameParts(member(table, 'name'))[0], 'top')) return item;
  return tableReference([{ Identifier: name }], NO_ALIAS, at);
}

function assignedRelation(nodes: readonly unknown[], at: Context): string | null {
  for (const node of nodes) {
    const { tag, content } = variant(member(node, 'target'));
    const parts = tag === 'ColumnName' ? objectName(content, at).parts : [];
    const relation = parts.at(-2);
    if (relation !== undefined) return relation;
  }
  return null;
}

export function lowerDelete(content: unknown, at: Context): DeleteStatement {
  const from = at.fromList(items(variant(member(content, 'from')).content));
  const using = at.fromList(list(content, 'using'));
  const names = list(content, 'tables');
  const [first] = from;
  const wanted = names.length > 0 ? simpleName(names[0], at) : using.length > 0 && first?.type === 'table' ? (first.alias ?? first.name) : null;
  if (names.length > 1) doubt('of a DELETE from several tables only the first is followed', at.positions.around(names), at);
  const inUsing = names.length === 0 && using.some((item) => matches(item, wanted));
  const pool = names.length > 0 ? from : inUsing ? using : from;
  const found = detach(pool, wanted);
  const target = found.target ?? (first?.type === 'table' ? first : NO_TARGET);
  return {
    type: 'delete',
    ctes: [],
    target,
    from: inUsing ? found.rest : [...found.rest, ...using],
    where: conjunction([optional(member(content, 'selection'), at), chosenRows(content, at)]),
    returning: lowerReturning(content, target, at),
  };
}

/** ORDER BY of an UPDATE or DELETE with a LIMIT (MySQL): the first rows in that order are changed. */
function chosenRows(content: unknown, at: Context): Expression | null {
  const order = orderItems(list(content, 'order_by'), at);
  if (order.length === 0) return null;
  const position: Expression = { ...call(['row_number'], []), over: { partitionBy: [], orderBy: order, reference: null } };
  const limit = optional(member(content, 'limit'), at);
  return operation('<=', limit ? [position, limit] : [position]);
}

export function lowerMerge(content: unknown, at: Context): MergeStatement {
  const target = at.fromItem(member(content, 'table'));
  const source = at.fromItem(member(content, 'source'));
  const table = target.type === 'table' ? target : NO_TARGET;
  return {
    type: 'merge',
    ctes: [],
    target: table,
    source,
    condition: at.expression(member(content, 'on')),
    clauses: list(content, 'clauses').map((clause) => lowerMergeClause(clause, source, at)),
    returning: lowerReturning(content, table, at),
  };
}

function lowerMergeClause(clause: unknown, source: FromItem, at: Context): MergeStatement['clauses'][number] {
  const { tag, content } = variant(member(clause, 'action'));
  const own = ['insert_predicate', 'update_predicate', 'delete_predicate'].map((name) => optional(member(content, name), at));
  const condition = conjunction([optional(member(clause, 'predicate'), at), ...own]);
  if (tag === 'Insert') return { condition, action: 'insert', assignments: inserted(content, source, at) };
  if (tag === 'Update') return { condition, action: 'update', assignments: lowerAssignments(list(content, 'assignments'), at) };
  return { condition, action: tag === 'Delete' ? 'delete' : 'nothing', assignments: [] };
}

function inserted(content: unknown, source: FromItem, at: Context): Assignment[] {
  const { tag, content: values } = variant(member(content, 'kind'));
  // BigQuery's INSERT ROW writes every column of the source.
  if (tag === 'Row') {
    const name = source.type === 'table' ? (source.alias ?? source.name) : source.alias;
    return [{ column: '', value: star(name === null ? [] : [name], NOWHERE), ordinal: null }];
  }
  const names = list(content, 'columns').map((column) => columnName(column, at));
  const [row] = list(values, 'rows');
  return expressions(list(row, 'content'), at).map((value, index) => ({ column: names[index] ?? '', value, ordinal: null }));
}
