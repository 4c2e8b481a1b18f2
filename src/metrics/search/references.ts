import type { Relation } from '../../model/catalog.js';
import type { Expression, FromItem, GroupItem, Query, Select, SqlStatement, TableReference } from '../../model/syntax-tree.js';
import { walkExpression } from '../../sql/walk.js';
import type { MetricSchema } from '../definition.js';

/** Finds relations by the names that a statement uses. */
export class Relations {
  private readonly byKey: ReadonlyMap<string, Relation>;
  private readonly fold: (name: string) => string;

  constructor(private readonly schema: MetricSchema, insensitive: boolean) {
    this.fold = insensitive ? (name) => name.toLowerCase() : (name) => name;
    this.byKey = new Map(schema.catalog.relations.map((relation) => [`${this.fold(relation.schema)}.${this.fold(relation.name)}`, relation]));
  }

  find({ schema, name }: { schema: string | null; name: string }): Relation | null {
    // PostgreSQL looks into pg_catalog before anything else (documentation of search_path).
    if (schema === null && name.startsWith('pg_') && !this.schema.searchPath.includes('pg_catalog')) return null;
    for (const candidate of schema === null ? this.schema.searchPath : [schema]) {
      const relation = this.byKey.get(`${this.fold(candidate)}.${this.fold(name)}`);
      if (relation !== undefined) return relation;
    }
    return null;
  }
}

/** What a walk over the queries of a statement meets, innermost last. */
export interface QueryVisitor {
  /** A relation of the catalogue, as no common table has its name. */
  table?: (reference: TableReference, select: Select) => void;
  select?: (select: Select, query: Query) => void;
  expression?: (expression: Expression) => void;
}

/** Visits all queries of a SELECT and knows which names are those of common tables. */
export function visitQueries(statement: SqlStatement, visitor: QueryVisitor): void {
  if (statement.type === 'query_statement') visitQuery(statement.query, new Set(), visitor);
}

function visitQuery(query: Query, outer: ReadonlySet<string>, visitor: QueryVisitor): void {
  const names = new Set(outer);
  if (query.recursive) for (const { name } of query.ctes) names.add(name);
  for (const { name, statement } of query.ctes) {
    if (statement.type === 'query_statement') visitQuery(statement.query, names, visitor);
    names.add(name);
  }
  const inExpression = (expression: Expression | null): void => {
    if (expression === null) return;
    walkExpression(expression, {
      expression: (inner) => void visitor.expression?.(inner),
      query: (inner) => {
        visitQuery(inner, names, visitor);
        return false;
      },
    });
  };
  const { body } = query;
  if (body.type === 'set_operation') {
    visitQuery(body.left, names, visitor);
    visitQuery(body.right, names, visitor);
  } else if (body.type === 'values') {
    for (const row of body.rows) row.forEach(inExpression);
  } else {
    visitor.select?.(body, query);
    for (const item of body.from) visitFrom(item, body, names, visitor, inExpression);
    for (const expression of selectExpressions(body)) inExpression(expression);
  }
  for (const { expression } of [...query.definitions, ...query.orderBy]) inExpression(expression);
  inExpression(query.limit);
  inExpression(query.offset);
}

function visitFrom(item: FromItem, select: Select, names: ReadonlySet<string>, visitor: QueryVisitor, inExpression: (expression: Expression | null) => void): void {
  switch (item.type) {
    case 'table':
      if (item.schema !== null || !names.has(item.name)) visitor.table?.(item, select);
      return;
    case 'derived':
      return visitQuery(item.query, names, visitor);
    case 'function':
      for (const { call } of item.functions) inExpression(call);
      return;
    case 'opaque_table':
      item.inputs.forEach(inExpression);
      if (item.source !== null) visitFrom(item.source, select, names, visitor, inExpression);
      return;
    case 'join':
      visitFrom(item.left, select, names, visitor, inExpression);
      visitFrom(item.right, select, names, visitor, inExpression);
      return inExpression(item.on);
  }
}

/** The expressions of a SELECT outside of its FROM. */
export function selectExpressions(select: Select): Expression[] {
  return [
    ...(Array.isArray(select.distinct) ? select.distinct : []),
    ...select.projections.map(({ expression }) => expression),
    ...[select.where, select.having, select.qualify].flatMap((expression) => expression ?? []),
    ...select.groupBy.flatMap(groupExpressions),
    ...select.windows.flatMap(({ window }) => [...window.partitionBy, ...window.orderBy.map(({ expression }) => expression)]),
  ];
}

export function groupExpressions(item: GroupItem): Expression[] {
  if (item.type === 'all') return [];
  return item.type === 'expression' ? [item.expression] : item.items.flatMap(groupExpressions);
}

/** The tables of a FROM, through its joins. */
export function fromTables(items: readonly FromItem[]): TableReference[] {
  return items.flatMap((item) => {
    if (item.type === 'table') return [item];
    return item.type === 'join' ? fromTables([item.left, item.right]) : [];
  });
}
