import type { CTECycleClause, CTESearchClause } from '@pgsql/types';
import type { CommonTable, Expression, Projection, Query, Select, Span } from '../../../model/syntax-tree.js';
import { outputName } from '../../output-name.js';
import { texts } from './nodes.js';

/**
 * A recursive common table with the columns that SEARCH and CYCLE add, written out as the manual does ("WITH Queries", "Search
 * Order" and "Cycle Detection"): each is a row of the columns that the clause names, in every branch.
 */
export function withSearchColumns(table: CommonTable, search: CTESearchClause | undefined, cycle: CTECycleClause | undefined): CommonTable {
  const { statement } = table;
  if ((!search && !cycle) || statement.type !== 'query_statement') return table;
  const names = table.columns.length > 0 ? table.columns : namesOf(statement.query);
  const added: Added[] = [];
  if (search) added.push({ name: search.search_seq_column ?? '', columns: texts(search.search_col_list), tests: false });
  if (cycle) {
    const columns = texts(cycle.cycle_col_list);
    added.push({ name: cycle.cycle_mark_column ?? '', columns, tests: true }, { name: cycle.cycle_path_column ?? '', columns, tests: false });
  }
  return { ...table, statement: { ...statement, query: extended(statement.query, names, added) } };
}

interface Added {
  name: string;
  columns: string[];
  /** The column only tells whether the row was seen before. */
  tests: boolean;
}

function namesOf({ body }: Query): string[] {
  if (body.type === 'set_operation') return namesOf(body.left);
  return body.type === 'select' ? body.projections.map(({ alias, expression }) => alias ?? outputName(expression)) : [];
}

function extended(query: Query, names: readonly string[], added: readonly Added[]): Query {
  const { body } = query;
  if (body.type === 'set_operation') return { ...query, body: { ...body, left: extended(body.left, names, added), right: extended(body.right, names, added) } };
  if (body.type === 'values') return { ...query, body: { ...body, rows: body.rows.map((row) => [...row, ...added.map((one) => valueOf(one, names, row, NOWHERE))]) } };
  return { ...query, body: { ...body, projections: [...body.projections, ...added.map((one) => projection(one, names, body))] } };
}

const NOWHERE: Span = { start: 0, end: 0 };

function projection(one: Added, names: readonly string[], { projections }: Select): Projection {
  const hasStar = projections.some(({ expression }) => expression.type === 'star');
  const values = hasStar ? [] : projections.map(({ expression }) => expression);
  return { expression: valueOf(one, names, values, NOWHERE), alias: one.name, span: NOWHERE };
}

function valueOf({ columns, tests }: Added, names: readonly string[], values: readonly Expression[], span: Span): Expression {
  const elements = columns.map((name): Expression => values[names.indexOf(name)] ?? { type: 'column', parts: [name], span });
  const row: Expression = { type: 'composite', kind: 'row', elements, field: null, span };
  return tests ? { type: 'operation', operator: 'is_distinct', operands: [row], span } : row;
}
