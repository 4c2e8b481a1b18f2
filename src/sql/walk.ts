import type {
  CommonTable, Expression, FromItem, GroupItem, OrderItem, Projection, Query, SqlStatement, Window,
} from '../model/syntax-tree.js';

/** What a walk may meet. A handler that returns false keeps the walk out of the node. */
export interface Visitor {
  expression?: (expression: Expression) => boolean | void;
  query?: (query: Query) => boolean | void;
  from?: (item: FromItem) => boolean | void;
}

/** Visits everything in a statement: sub-queries, common tables and nested statements too. */
export function walkStatement(statement: SqlStatement, visitor: Visitor): void {
  switch (statement.type) {
    case 'query_statement':
    case 'create':
      return walkQuery(statement.query, visitor);
    case 'insert':
      walkCommonTables(statement.ctes, visitor);
      if (statement.source) walkQuery(statement.source, visitor);
      for (const { value } of statement.conflict?.assignments ?? []) walkExpression(value, visitor);
      walkOptional(statement.conflict?.where ?? null, visitor);
      return walkProjections(statement.returning, visitor);
    case 'update':
      walkCommonTables(statement.ctes, visitor);
      for (const { value } of statement.assignments) walkExpression(value, visitor);
      for (const item of [statement.target, ...statement.from]) walkFrom(item, visitor);
      walkOptional(statement.where, visitor);
      return walkProjections(statement.returning, visitor);
    case 'delete':
      walkCommonTables(statement.ctes, visitor);
      for (const item of [statement.target, ...statement.from]) walkFrom(item, visitor);
      walkOptional(statement.where, visitor);
      return walkProjections(statement.returning, visitor);
    case 'merge':
      walkCommonTables(statement.ctes, visitor);
      for (const item of [statement.target, statement.source]) walkFrom(item, visitor);
      walkExpression(statement.condition, visitor);
      for (const clause of statement.clauses) {
        walkOptional(clause.condition, visitor);
        for (const { value } of clause.assignments) walkExpression(value, visitor);
      }
      return walkProjections(statement.returning, visitor);
    case 'copy':
      if (statement.table) walkFrom(statement.table, visitor);
      return statement.query ? walkQuery(statement.query, visitor) : undefined;
    case 'table_definition':
      return;
    case 'utility':
      return statement.inner ? walkStatement(statement.inner, visitor) : undefined;
  }
}

export function walkQuery(query: Query, visitor: Visitor): void {
  if (visitor.query?.(query) === false) return;
  walkCommonTables(query.ctes, visitor);
  walkProjections(query.definitions, visitor);
  if (query.body.type === 'set_operation') {
    walkQuery(query.body.left, visitor);
    walkQuery(query.body.right, visitor);
  } else if (query.body.type === 'values') {
    for (const row of query.body.rows) for (const value of row) walkExpression(value, visitor);
  } else {
    const select = query.body;
    if (Array.isArray(select.distinct)) for (const value of select.distinct) walkExpression(value, visitor);
    walkProjections(select.projections, visitor);
    for (const item of select.from) walkFrom(item, visitor);
    walkOptional(select.where, visitor);
    for (const item of select.groupBy) walkGroup(item, visitor);
    walkOptional(select.having, visitor);
    walkOptional(select.qualify, visitor);
    for (const { window } of select.windows) walkWindow(window, visitor);
  }
  walkOrder(query.orderBy, visitor);
  walkOptional(query.limit, visitor);
  walkOptional(query.offset, visitor);
}

function walkCommonTables(tables: CommonTable[], visitor: Visitor): void {
  for (const table of tables) walkStatement(table.statement, visitor);
}

function walkProjections(projections: Projection[], visitor: Visitor): void {
  for (const { expression } of projections) walkExpression(expression, visitor);
}

function walkOptional(expression: Expression | null, visitor: Visitor): void {
  if (expression) walkExpression(expression, visitor);
}

function walkOrder(items: OrderItem[], visitor: Visitor): void {
  for (const { expression } of items) walkExpression(expression, visitor);
}

function walkGroup(item: GroupItem, visitor: Visitor): void {
  if (item.type === 'all') return;
  if (item.type === 'expression') return walkExpression(item.expression, visitor);
  for (const child of item.items) walkGroup(child, visitor);
}

function walkWindow(window: Window, visitor: Visitor): void {
  for (const expression of window.partitionBy) walkExpression(expression, visitor);
  walkOrder(window.orderBy, visitor);
}

function walkFrom(item: FromItem, visitor: Visitor): void {
  if (visitor.from?.(item) === false) return;
  switch (item.type) {
    case 'table':
      return;
    case 'derived':
      return walkQuery(item.query, visitor);
    case 'function':
      for (const { call } of item.functions) walkExpression(call, visitor);
      return;
    case 'opaque_table':
      for (const input of item.inputs) walkExpression(input, visitor);
      return item.source ? walkFrom(item.source, visitor) : undefined;
    case 'join':
      walkFrom(item.left, visitor);
      walkFrom(item.right, visitor);
      return walkOptional(item.on, visitor);
  }
}

export function walkExpression(expression: Expression, visitor: Visitor): void {
  if (visitor.expression?.(expression) === false) return;
  for (const child of children(expression)) walkExpression(child, visitor);
  if (expression.type === 'subquery') walkQuery(expression.query, visitor);
  if (expression.type === 'call' && expression.over) walkWindow(expression.over, visitor);
}

/** The expressions directly inside one, its sub-query and window left aside. */
export function children(expression: Expression): Expression[] {
  switch (expression.type) {
    case 'column':
    case 'literal':
    case 'parameter':
      return [];
    case 'star':
      return expression.replace.map((projection) => projection.expression);
    case 'call':
      return [...expression.arguments, ...expression.orderBy.map((item) => item.expression), ...(expression.filter ? [expression.filter] : [])];
    case 'operation':
      return expression.operands;
    case 'cast':
      return [expression.operand];
    case 'case':
      return [
        ...(expression.operand ? [expression.operand] : []),
        ...expression.branches.flatMap((branch) => [branch.when, branch.then]),
        ...(expression.otherwise ? [expression.otherwise] : []),
      ];
    case 'subquery':
      return expression.operand ? [expression.operand] : [];
    case 'composite':
      return expression.elements;
    case 'lambda':
      return [expression.body];
    case 'opaque':
      return expression.parts;
  }
}

/** Whether a column stands anywhere in it, sub-queries aside. */
export function mentionsColumn(expression: Expression): boolean {
  let found = false;
  walkExpression(expression, {
    query: () => false,
    expression: (inner) => {
      if (inner.type === 'column') found = true;
      return !found;
    },
  });
  return found;
}

/** The parts of a condition that must all hold. */
export function conjuncts(expression: Expression | null): Expression[] {
  if (!expression) return [];
  if (expression.type === 'operation' && expression.operator === 'and') return expression.operands.flatMap(conjuncts);
  return [expression];
}
