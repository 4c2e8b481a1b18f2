import type { Expression, FromItem, Query, Select, SqlStatement } from '../model/syntax-tree.js';
import { isAggregateName } from './functions.js';
import { unwrap } from './unwrap.js';
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
  /** Some query has WHERE, HAVING or QUALIFY, or a join that only tests for a partner. */
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
  const written = writtenQuery(statement);
  const unwrapped = written && unwrap(written);
  const outer = unwrapped?.query ?? null;
  const select = outer?.body.type === 'select' ? outer.body : null;
  const limits = [...(unwrapped?.limits ?? []), ...(outer?.limit ? [outer.limit] : [])].filter((limit) => !isNull(limit));
  const shape: Shape = {
    kind: kindOf(statement),
    aggregates: [], grouped: false, windowed: false, distinct: false, setOperation: false,
    limited: limits.length > 0,
    limit: least(limits),
    ordered: (unwrapped?.ordered ?? false) || (outer?.orderBy.length ?? 0) > 0,
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
      if (item.type !== 'join') return;
      shape.joins++;
      // They only ask for a partner, as EXISTS does.
      if (item.kind === 'semi' || item.kind === 'anti') shape.filtered = true;
    },
    expression: (expression) => readExpression(expression, shape, aggregates),
  });
  shape.aggregates = [...aggregates].sort();
  return shape;
}

/** The query whose rows the statement gives or writes, without the wrappers of a dashboard: what is inside counts. */
export function outerQuery(statement: SqlStatement): Query | null {
  const written = writtenQuery(statement);
  return written && unwrap(written).query;
}

/** The query of a statement as it is written, wrappers and all. */
export function writtenQuery(statement: SqlStatement): Query | null {
  switch (statement.type) {
    case 'query_statement':
    case 'create':
      return statement.query;
    case 'insert':
      return statement.source;
    case 'copy':
      return statement.query;
    case 'utility':
      return statement.inner ? writtenQuery(statement.inner) : null;
    default:
      return null;
  }
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
  if (body.where !== null || body.having !== null || body.qualify !== null) shape.filtered = true;
  if (body.qualify !== null) shape.windowed = true;
}

/** The smallest of the limits that are numbers. */
function least(limits: readonly Expression[]): number | null {
  const numbers = limits.flatMap((limit) => (limit.type === 'literal' && limit.kind === 'number' ? [Number(limit.value)] : []));
  return numbers.length > 0 ? Math.min(...numbers) : null;
}

function isRelation(item: FromItem): boolean {
  return item.type !== 'function';
}

function readExpression(expression: Expression, shape: Shape, aggregates: Set<string>): void {
  if (expression.type !== 'call') return;
  const name = expression.name.at(-1) ?? '';
  if (expression.over) shape.windowed = true;
  else if (isAggregateName(name)) aggregates.add(name);
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
