import type { Expression, FromItem, Query, Select, SqlStatement } from '../model/syntax-tree.js';
import { AGGREGATES } from './functions.js';
import { walkStatement } from './walk.js';

/** What a statement looks like, without any catalogue. */
export interface Shape {
  kind: StatementKind;
  /** Names of aggregate functions called without OVER, in any query of the statement, sorted. */
  aggregates: string[];
  grouped: boolean;
  windowed: boolean;
  distinct: boolean;
  setOperation: boolean;
  /** The outermost query has a row limit. */
  limited: boolean;
  /** The literal row limit of the outermost query. */
  limit: number | null;
  ordered: boolean;
  /** Some query has WHERE, HAVING or a join condition. */
  filtered: boolean;
  /** The outermost select list has a bare or qualified star over something in FROM. */
  selectsStar: boolean;
  /** How many relations are joined to another. */
  joins: number;
  /** Rows are locked: the statement is part of a write. */
  locks: boolean;
  /** A sub-query is tested by EXISTS, or the outermost select list shows nothing of the rows. */
  probesExistence: boolean;
  /** COPY … TO or a cursor. */
  exports: boolean;
  /** INSERT … VALUES and its kin: rows come from the client. */
  writesValues: boolean;
}

export type StatementKind =
  | 'select' | 'insert' | 'update' | 'delete' | 'merge' | 'copy_to' | 'copy_from' | 'cursor' | 'create' | 'utility';

/** Reads the shape of a statement. */
export function shapeOf(statement: SqlStatement): Shape {
  const outer = outerQuery(statement);
  const select = outer?.body.type === 'select' ? outer.body : null;
  const shape: Shape = {
    kind: kindOf(statement),
    aggregates: [], grouped: false, windowed: false, distinct: false, setOperation: false,
    limited: outer?.limit !== null && outer?.limit !== undefined && !isNull(outer.limit),
    limit: outer?.limit?.type === 'literal' && outer.limit.kind === 'number' ? Number(outer.limit.value) : null,
    ordered: (outer?.orderBy.length ?? 0) > 0,
    filtered: hasCondition(statement),
    selectsStar: select !== null && select.from.length > 0 && select.projections.some(({ expression }) => expression.type === 'star'),
    joins: 0, locks: false,
    probesExistence: select !== null && isProbe(select),
    exports: (statement.type === 'copy' && statement.direction === 'to') || (statement.type === 'query_statement' && statement.form === 'cursor'),
    writesValues: statement.type === 'insert' && (statement.source === null || statement.source.body.type === 'values'),
  };
  const aggregates = new Set<string>();
  walkStatement(statement, {
    query: (query) => readQuery(query, shape),
    from: (item) => {
      if (item.type === 'join') shape.joins++;
    },
    expression: (expression) => readExpression(expression, shape, aggregates),
  });
  shape.aggregates = [...aggregates].sort();
  return shape;
}

/** The query whose rows the statement gives or writes. */
export function outerQuery(statement: SqlStatement): Query | null {
  switch (statement.type) {
    case 'query_statement':
    case 'create':
      return unwrap(statement.query);
    case 'insert':
      return statement.source ? unwrap(statement.source) : null;
    case 'copy':
      return statement.query ? unwrap(statement.query) : null;
    case 'utility':
      return statement.inner ? outerQuery(statement.inner) : null;
    default:
      return null;
  }
}

/** Dashboards wrap: `SELECT * FROM (…) AS source`. What is inside counts. */
export function unwrap(query: Query): Query {
  const { body } = query;
  if (body.type !== 'select' || query.ctes.length > 0 || query.limit !== null || query.orderBy.length > 0) return query;
  const [only, another] = body.from;
  const [star, more] = body.projections;
  const bare = body.where === null && body.groupBy.length === 0 && body.having === null && body.distinct === null;
  if (!bare || another || more || only?.type !== 'derived' || star?.expression.type !== 'star') return query;
  return unwrap(only.query);
}

function kindOf(statement: SqlStatement): StatementKind {
  if (statement.type === 'query_statement') return statement.form === 'cursor' ? 'cursor' : 'select';
  if (statement.type === 'copy') return statement.direction === 'to' ? 'copy_to' : 'copy_from';
  if (statement.type === 'table_definition') return 'utility';
  if (statement.type === 'utility') return statement.inner ? kindOf(statement.inner) : 'utility';
  return statement.type;
}

function readQuery(query: Query, shape: Shape): void {
  if (query.locks.length > 0) shape.locks = true;
  const { body } = query;
  if (body.type === 'set_operation') shape.setOperation = true;
  if (body.type !== 'select') return;
  if (body.groupBy.length > 0) shape.grouped = true;
  if (body.distinct !== null) shape.distinct = true;
  shape.joins += Math.max(0, body.from.filter(isRelation).length - 1);
  if (body.where !== null || body.having !== null) shape.filtered = true;
}

function isRelation(item: FromItem): boolean {
  return item.type !== 'function';
}

function readExpression(expression: Expression, shape: Shape, aggregates: Set<string>): void {
  if (expression.type !== 'call') return;
  const name = expression.name.at(-1) ?? '';
  if (expression.over) shape.windowed = true;
  else if (AGGREGATES.has(name)) aggregates.add(name);
}

function hasCondition(statement: SqlStatement): boolean {
  return (statement.type === 'update' || statement.type === 'delete') && statement.where !== null;
}

/** `SELECT 1 FROM …`, `SELECT EXISTS (…)`: nothing of the rows is shown. */
function isProbe(select: Select): boolean {
  return select.projections.every(({ expression }) =>
    expression.type === 'literal' || expression.type === 'parameter' || (expression.type === 'subquery' && expression.kind === 'exists'),
  );
}

function isNull(expression: Expression): boolean {
  return expression.type === 'literal' && expression.kind === 'null';
}
