import type { Alias, JoinExpr, Node, RangeFunction, RangeVar, SelectStmt, WithClause } from '@pgsql/types';
import type { CommonTable, FromItem, FunctionTable, GroupItem, Join, Projection, Query, Select, TableReference } from '../../../model/syntax-tree.js';
import { expressions, lowerChildren, lowerExpression, lowerWindow, optionalExpression, orderItems } from './expression.js';
import { items, text, texts } from './nodes.js';
import type { Positions } from './positions.js';
import { withSearchColumns } from './search-cycle.js';
import { lowerStatement } from './statement.js';

export function lowerQuery(select: SelectStmt, at: Positions): Query {
  return {
    type: 'query',
    recursive: select.withClause?.recursive ?? false,
    ctes: lowerCommonTables(select.withClause, at),
    definitions: [],
    body: lowerBody(select, at),
    orderBy: orderItems(select.sortClause, at),
    limit: optionalExpression(select.limitCount, at),
    offset: optionalExpression(select.limitOffset, at),
    locks: (select.lockingClause ?? []).flatMap((node) =>
      'LockingClause' in node
        ? [{ strength: node.LockingClause.strength ?? '', skipLocked: node.LockingClause.waitPolicy === 'LockWaitSkip' }]
        : [],
    ),
  };
}

export function lowerCommonTables(clause: WithClause | undefined, at: Positions): CommonTable[] {
  return (clause?.ctes ?? []).flatMap((node) => {
    if (!('CommonTableExpr' in node) || !node.CommonTableExpr.ctequery) return [];
    const table = node.CommonTableExpr;
    const lowered: CommonTable = {
      name: table.ctename ?? '',
      columns: texts(table.aliascolnames),
      statement: lowerStatement(node.CommonTableExpr.ctequery, at),
      span: at.name(table.location, 1),
      ...MATERIALIZED[table.ctematerialized ?? ''],
    };
    return [withSearchColumns(lowered, table.search_clause, table.cycle_clause)];
  });
}

const MATERIALIZED: Partial<Record<string, Pick<CommonTable, 'materialized'>>> = { CTEMaterializeAlways: { materialized: true }, CTEMaterializeNever: { materialized: false } };

function lowerBody(select: SelectStmt, at: Positions): Query['body'] {
  if (select.larg && select.rarg) {
    const operators = { SETOP_UNION: 'union', SETOP_INTERSECT: 'intersect', SETOP_EXCEPT: 'except', SETOP_NONE: 'union' } as const;
    return {
      type: 'set_operation',
      operator: operators[select.op ?? 'SETOP_UNION'],
      all: select.all ?? false,
      byName: false,
      left: lowerQuery(select.larg, at),
      right: lowerQuery(select.rarg, at),
    };
  }
  if (select.valuesLists) {
    return { type: 'values', rows: select.valuesLists.map((row) => expressions(items(row), at)) };
  }
  return lowerSelect(select, at);
}

function lowerSelect(select: SelectStmt, at: Positions): Select {
  return {
    type: 'select',
    distinct: lowerDistinct(select.distinctClause, at),
    projections: lowerProjections(select.targetList, at),
    from: lowerFrom(select.fromClause, at),
    where: optionalExpression(select.whereClause, at),
    groupBy: (select.groupClause ?? []).map((node) => lowerGroup(node, at)),
    having: optionalExpression(select.havingClause, at),
    qualify: null,
    windows: (select.windowClause ?? []).flatMap((node) =>
      'WindowDef' in node ? [{ name: node.WindowDef.name ?? '', window: lowerNamedWindow(node, at) }] : [],
    ),
  };
}

function lowerNamedWindow(node: Extract<Node, { WindowDef: unknown }>, at: Positions): Select['windows'][number]['window'] {
  // In the WINDOW clause `name` is the window's own; only `refname` refers to another.
  return { ...lowerWindow(node.WindowDef, at), reference: node.WindowDef.refname ?? null };
}

/** Plain DISTINCT is a list with one empty node. */
function lowerDistinct(nodes: Node[] | undefined, at: Positions): Select['distinct'] {
  if (!nodes) return null;
  const named = nodes.filter((node) => Object.keys(node).length > 0);
  return named.length === 0 ? 'all' : expressions(named, at);
}

export function lowerProjections(nodes: Node[] | undefined, at: Positions): Projection[] {
  return (nodes ?? []).flatMap((node) => {
    if (!('ResTarget' in node) || !node.ResTarget.val) return [];
    const expression = lowerExpression(node.ResTarget.val, at);
    return [{ expression, alias: node.ResTarget.name ?? null, span: at.at(node.ResTarget.location) }];
  });
}

function lowerGroup(node: Node, at: Positions): GroupItem {
  if (!('GroupingSet' in node)) return { type: 'expression', expression: lowerExpression(node, at) };
  const kinds: Record<string, 'rollup' | 'cube' | 'sets' | 'empty'> = {
    GROUPING_SET_ROLLUP: 'rollup', GROUPING_SET_CUBE: 'cube', GROUPING_SET_SETS: 'sets', GROUPING_SET_EMPTY: 'empty',
  };
  const content = (node.GroupingSet.content ?? []).map((child) => lowerGroup(child, at));
  return { type: 'sets', kind: kinds[node.GroupingSet.kind ?? ''] ?? 'sets', items: content };
}

export function lowerFrom(nodes: Node[] | undefined, at: Positions): FromItem[] {
  return (nodes ?? []).map((node) => lowerFromItem(node, at));
}

export function lowerFromItem(node: Node, at: Positions): FromItem {
  if ('RangeVar' in node) return lowerTable(node.RangeVar, at);
  if ('JoinExpr' in node) return lowerJoin(node.JoinExpr, at);
  if ('RangeFunction' in node) return lowerFunctions(node.RangeFunction, at);
  if ('RangeTableSample' in node && node.RangeTableSample.relation) return lowerFromItem(node.RangeTableSample.relation, at);
  if ('RangeSubselect' in node) {
    const inner = node.RangeSubselect.subquery;
    if (inner && 'SelectStmt' in inner) {
      return { type: 'derived', query: lowerQuery(inner.SelectStmt, at), ...aliases(node.RangeSubselect.alias), lateral: node.RangeSubselect.lateral ?? false };
    }
  }
  return lowerOtherTable(node, at);
}

/** XMLTABLE, JSON_TABLE and whatever a later grammar brings: named columns made from expressions. */
function lowerOtherTable(node: Node, at: Positions): FromItem {
  const [what, content] = Object.entries(node)[0] ?? ['', undefined];
  const alias = 'JsonTable' in node ? node.JsonTable.alias : 'RangeTableFunc' in node ? node.RangeTableFunc.alias : undefined;
  const own = 'JsonTable' in node ? node.JsonTable.columns : 'RangeTableFunc' in node ? node.RangeTableFunc.columns : undefined;
  const columns = columnNames(own);
  const named = texts(alias?.colnames);
  return {
    type: 'opaque_table',
    what,
    alias: alias?.aliasname ?? null,
    columns: columns.length > 0 ? columns.map((name, position) => named[position] ?? name) : named,
    inputs: lowerChildren(content, at),
    source: null,
  };
}

/** The columns of XMLTABLE and JSON_TABLE in order; those of NESTED PATH stand in their place. */
function columnNames(nodes: Node[] | undefined): string[] {
  return (nodes ?? []).flatMap((column) => {
    if ('RangeTableFuncCol' in column) return [column.RangeTableFuncCol.colname ?? ''];
    if (!('JsonTableColumn' in column)) return [];
    return column.JsonTableColumn.coltype === 'JTC_NESTED' ? columnNames(column.JsonTableColumn.columns) : [column.JsonTableColumn.name ?? ''];
  });
}

export function lowerTable(table: RangeVar, at: Positions): TableReference {
  const parts = 1 + (table.schemaname ? 1 : 0) + (table.catalogname ? 1 : 0);
  return {
    type: 'table',
    catalog: table.catalogname ?? null,
    schema: table.schemaname ?? null,
    name: table.relname ?? '',
    ...aliases(table.alias),
    // The parser writes `inh: true` and leaves it out after ONLY.
    only: !table.inh,
    span: at.name(table.location, parts),
  };
}

function aliases(alias: Alias | undefined): { alias: string | null; columnAliases: string[] } {
  return { alias: alias?.aliasname ?? null, columnAliases: texts(alias?.colnames) };
}

function lowerJoin(join: JoinExpr, at: Positions): FromItem {
  const left = join.larg ? lowerFromItem(join.larg, at) : null;
  const right = join.rarg ? lowerFromItem(join.rarg, at) : null;
  if (!left || !right) return { type: 'opaque_table', what: 'JoinExpr', alias: null, columns: [], inputs: [], source: null };
  const using = texts(join.usingClause);
  const kinds: Record<string, Join['kind']> = { JOIN_LEFT: 'left', JOIN_RIGHT: 'right', JOIN_FULL: 'full' };
  const unconditional = !join.quals && using.length === 0 && !join.isNatural;
  return {
    type: 'join',
    kind: kinds[join.jointype ?? ''] ?? (unconditional ? 'cross' : 'inner'),
    natural: join.isNatural ?? false,
    left,
    right,
    on: optionalExpression(join.quals, at),
    using,
    ...aliases(join.alias),
  };
}

function lowerFunctions(range: RangeFunction, at: Positions): FunctionTable {
  const functions = (range.functions ?? []).flatMap((node) => {
    const [first, definitions] = items(node);
    if (!first) return [];
    const columns = [...items(definitions), ...(range.coldeflist ?? [])].flatMap((definition) =>
      'ColumnDef' in definition ? [definition.ColumnDef.colname ?? ''] : [],
    );
    const name = 'FuncCall' in first ? text(first.FuncCall.funcname?.at(-1)) : '';
    return [{ call: lowerExpression(first, at), name, columns }];
  });
  // PostgreSQL lets a function in FROM see its left neighbours with or without the word LATERAL.
  return { type: 'function', functions, ...aliases(range.alias), ordinality: range.ordinality ?? false, lateral: true };
}
