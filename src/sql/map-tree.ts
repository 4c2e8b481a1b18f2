import type { Expression, FromItem, GroupItem, OrderItem, Projection, Query, Select, SqlStatement, Window } from '../model/syntax-tree.js';

export interface Mapper {
  /** Gives what an expression is replaced by. Everything inside it has been replaced before. */
  expression: (expression: Expression) => Expression;
  /** Sub-queries stay as they are. */
  keepsQueries?: boolean;
}

/** A statement with every expression of its queries replaced, from the innermost outwards. Statements other than queries stay. */
export function mapStatement(statement: SqlStatement, map: Mapper): SqlStatement {
  return statement.type === 'query_statement' ? { ...statement, query: mapQuery(statement.query, map) } : statement;
}

export function mapQuery(query: Query, map: Mapper): Query {
  return {
    ...query,
    ctes: query.ctes.map((table) => ({ ...table, statement: mapStatement(table.statement, map) })),
    definitions: projections(query.definitions, map),
    body: mapBody(query.body, map),
    orderBy: order(query.orderBy, map),
    limit: optional(query.limit, map),
    offset: optional(query.offset, map),
  };
}

function mapBody(body: Query['body'], map: Mapper): Query['body'] {
  switch (body.type) {
    case 'set_operation':
      return { ...body, left: mapQuery(body.left, map), right: mapQuery(body.right, map) };
    case 'values':
      return { ...body, rows: body.rows.map((row) => all(row, map)) };
    case 'select':
      return mapSelect(body, map);
  }
}

function mapSelect(select: Select, map: Mapper): Select {
  return {
    ...select,
    distinct: Array.isArray(select.distinct) ? all(select.distinct, map) : select.distinct,
    projections: projections(select.projections, map),
    from: select.from.map((item) => mapFrom(item, map)),
    where: optional(select.where, map),
    groupBy: select.groupBy.map((item) => mapGroup(item, map)),
    having: optional(select.having, map),
    qualify: optional(select.qualify, map),
    windows: select.windows.map(({ name, window }) => ({ name, window: mapWindow(window, map) })),
  };
}

function mapFrom(item: FromItem, map: Mapper): FromItem {
  switch (item.type) {
    case 'table':
      return item;
    case 'derived':
      return { ...item, query: mapQuery(item.query, map) };
    case 'function':
      return { ...item, functions: item.functions.map((one) => ({ ...one, call: mapExpression(one.call, map) })) };
    case 'join':
      return { ...item, left: mapFrom(item.left, map), right: mapFrom(item.right, map), on: optional(item.on, map) };
    case 'opaque_table':
      return { ...item, inputs: all(item.inputs, map), source: item.source && mapFrom(item.source, map) };
  }
}

function mapGroup(item: GroupItem, map: Mapper): GroupItem {
  if (item.type === 'all') return item;
  if (item.type === 'expression') return { type: 'expression', expression: mapExpression(item.expression, map) };
  return { ...item, items: item.items.map((inner) => mapGroup(inner, map)) };
}

function mapWindow(window: Window, map: Mapper): Window {
  return { ...window, partitionBy: all(window.partitionBy, map), orderBy: order(window.orderBy, map) };
}

/** An expression with everything inside it replaced, and then itself. */
export function mapExpression(expression: Expression, map: Mapper): Expression {
  return map.expression(withChildren(expression, map));
}

function withChildren(expression: Expression, map: Mapper): Expression {
  switch (expression.type) {
    case 'column':
    case 'literal':
    case 'parameter':
      return expression;
    case 'star':
      return { ...expression, replace: projections(expression.replace, map) };
    case 'call':
      return {
        ...expression,
        arguments: all(expression.arguments, map),
        filter: optional(expression.filter, map),
        orderBy: order(expression.orderBy, map),
        over: expression.over && mapWindow(expression.over, map),
      };
    case 'operation':
      return { ...expression, operands: all(expression.operands, map) };
    case 'cast':
      return { ...expression, operand: mapExpression(expression.operand, map) };
    case 'case':
      return {
        ...expression,
        operand: optional(expression.operand, map),
        branches: expression.branches.map(({ when, then }) => ({ when: mapExpression(when, map), then: mapExpression(then, map) })),
        otherwise: optional(expression.otherwise, map),
      };
    case 'subquery':
      return { ...expression, operand: optional(expression.operand, map), query: map.keepsQueries === true ? expression.query : mapQuery(expression.query, map) };
    case 'composite':
      return { ...expression, elements: all(expression.elements, map) };
    case 'lambda':
      return { ...expression, body: mapExpression(expression.body, map) };
    case 'opaque':
      return { ...expression, parts: all(expression.parts, map) };
  }
}

function all(expressions: readonly Expression[], map: Mapper): Expression[] {
  return expressions.map((expression) => mapExpression(expression, map));
}

function optional(expression: Expression | null, map: Mapper): Expression | null {
  return expression && mapExpression(expression, map);
}

function order(items: readonly OrderItem[], map: Mapper): OrderItem[] {
  return items.map((item) => ({ ...item, expression: mapExpression(item.expression, map) }));
}

function projections(items: readonly Projection[], map: Mapper): Projection[] {
  return items.map((item) => ({ ...item, expression: mapExpression(item.expression, map) }));
}
