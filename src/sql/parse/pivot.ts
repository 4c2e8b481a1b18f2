import type { DerivedTable, Expression, FromItem, GroupItem, Literal, Projection, Query, Select, Star } from '../../model/syntax-tree.js';
import { type Dialect, foldName } from '../dialect.js';
import { walkExpression } from '../walk.js';

interface Named {
  expression: Expression;
  alias: string | null;
}

interface Surroundings {
  source: FromItem;
  alias: string | null;
  columnAliases: string[];
}

/** `source PIVOT (aggregates FOR key IN (values) GROUP BY groupBy)`. */
export interface Pivot extends Surroundings {
  aggregates: Named[];
  key: Expression | null;
  values: Named[];
  /** Only DuckDB has it. */
  groupBy: Expression[] | null;
}

/** `source UNPIVOT ((values) FOR name IN ((columns) AS alias, …))`. */
export interface Unpivot extends Surroundings {
  values: string[];
  name: string;
  columns: { parts: Expression[]; alias: string | null }[];
}

/** A pivot of more columns is not written out. */
const COLUMNS_MAX = 500;
const NOWHERE = { start: 0, end: 0 };

/**
 * A pivot as the query that it stands for: what no part of it names groups, and each value has its column,
 * `sum(x) FILTER (WHERE key = value)`. Null where the values, or the names of the columns, are not to be told.
 */
export function pivoted({ aggregates, key, values, groupBy, ...around }: Pivot, dialect: Dialect): DerivedTable | null {
  if (key?.type !== 'column' || values.length === 0 || aggregates.length === 0 || values.length * aggregates.length > COLUMNS_MAX) return null;
  const kept = groupBy ? groupBy.map((expression) => projection(expression, null)) : [projection(starWithout([...aggregates.map(({ expression }) => expression), key]), null)];
  const columns: Projection[] = [];
  for (const value of values) {
    const literal = literalOf(value.expression);
    if (literal === null) return null;
    for (const { expression, alias } of aggregates) {
      const name = columnName(value.alias ?? valueName(literal, dialect), alias, aggregates.length, dialect);
      if (name === null || expression.type !== 'call' || expression.filter !== null || expression.over !== null) return null;
      const filter: Expression = { type: 'operation', operator: '=', operands: [key, literal], span: key.span };
      columns.push(projection({ ...expression, filter }, foldName(name, true, dialect)));
    }
  }
  const grouping: GroupItem[] = groupBy ? groupBy.map((expression) => ({ type: 'expression', expression })) : [{ type: 'all' }];
  return derived(around, [...kept, ...columns], grouping);
}

/** What a column holds is one of those that it is made of; which one, its name column says. */
export function unpivoted({ values, name, columns, ...around }: Unpivot, dialect: Dialect): DerivedTable | null {
  if (values.length === 0 || columns.length === 0 || columns.some(({ parts }) => parts.length !== values.length || parts.some(({ type }) => type !== 'column'))) return null;
  const labels = columns.map(({ parts, alias }): Expression => ({ type: 'literal', kind: 'string', value: alias ?? parts.map(lastName).join('_'), span: NOWHERE }));
  const named = projection(firstOf(labels), name);
  const held = values.map((value, position) => projection(firstOf(columns.flatMap(({ parts }) => parts[position] ?? [])), value));
  const kept = projection(starWithout(columns.flatMap(({ parts }) => parts)), null);
  return derived(around, dialect.id === 'bigquery' ? [kept, ...held, named] : [kept, named, ...held], []);
}

function firstOf(operands: Expression[]): Expression {
  return operands.length === 1 && operands[0] ? operands[0] : { type: 'operation', operator: 'coalesce', operands, span: NOWHERE };
}

function derived({ source, alias, columnAliases }: Surroundings, projections: Projection[], groupBy: GroupItem[]): DerivedTable {
  const own = source.type === 'table' ? (source.alias ?? source.name) : source.alias;
  const select: Select = { type: 'select', distinct: null, projections, from: [source], where: null, groupBy, having: null, qualify: null, windows: [] };
  const query: Query = { type: 'query', recursive: false, ctes: [], definitions: [], body: select, orderBy: [], limit: null, offset: null, locks: [] };
  return { type: 'derived', query, alias: alias ?? own, columnAliases, lateral: false };
}

function projection(expression: Expression, alias: string | null): Projection {
  return { expression, alias, span: expression.span };
}

function starWithout(expressions: readonly Expression[]): Star {
  const except = new Set<string>();
  for (const expression of expressions) {
    walkExpression(expression, {
      expression: (inner) => {
        if (inner.type === 'column') except.add(lastName(inner));
      },
    });
  }
  return { type: 'star', qualifier: [], except: [...except], replace: [], rename: [], span: NOWHERE };
}

function lastName(expression: Expression): string {
  return expression.type === 'column' ? (expression.parts.at(-1) ?? '') : '';
}

/** T-SQL writes the values as names. */
function literalOf(expression: Expression): Literal | null {
  if (expression.type === 'literal') return expression;
  return expression.type === 'column' && expression.parts.length === 1 ? { type: 'literal', kind: 'string', value: lastName(expression), span: expression.span } : null;
}

/** Snowflake and Oracle keep the quotes of a text in the name of its column; no name begins with a digit in BigQuery. */
function valueName({ kind, value }: Literal, { id }: Dialect): string {
  const shown = value ?? 'null';
  if (kind === 'string') return id === 'snowflake' || id === 'oracle' ? `'${shown}'` : shown;
  return kind === 'number' && id === 'bigquery' ? `_${shown.replaceAll('.', '_')}` : shown;
}

/**
 * BigQuery puts the aggregate's alias first, the others last; one aggregate needs none, and in Spark its alias is not looked at.
 * Several without aliases have names of their text.
 */
function columnName(value: string, aggregate: string | null, aggregates: number, { id }: Dialect): string | null {
  if (aggregates === 1 && (aggregate === null || id === 'spark' || id === 'databricks')) return value;
  if (aggregate === null) return null;
  return id === 'bigquery' ? `${aggregate}_${value}` : `${value}_${aggregate}`;
}
