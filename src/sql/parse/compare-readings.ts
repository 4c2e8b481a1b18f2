import type { Expression, GroupItem, ParseOutcome, Query, SqlStatement } from '../../model/syntax-tree.js';
import { writtenQuery } from '../shape.js';
import { children, walkExpression, walkStatement } from '../walk.js';

export interface Difference {
  what: string;
  /** What the one read, and the other. */
  here: string;
  there: string;
}

/** What a reading claims, in sets that do not depend on how a parser shapes its tree. */
interface Reading {
  statements: string[];
  relations: Set<string>;
  outputs: string[];
  shown: Set<string>;
  grouping: Set<string>;
  condition: Set<string>;
  operators: Set<string>;
}

/** What two readings of one text differ in; nothing where they mean the same. Trees are compared by what they say, not by form. */
export function differences(one: ParseOutcome, other: ParseOutcome): Difference[] {
  const [here, there] = [readingOf(one), readingOf(other)];
  const pairs: [string, Iterable<string>, Iterable<string>][] = [
    ['the statements', here.statements, there.statements],
    ['the relations read', sorted(here.relations), sorted(there.relations)],
    ['the outputs', here.outputs, there.outputs],
    ['the columns shown', sorted(here.shown), sorted(there.shown)],
    ['the columns grouped by', sorted(here.grouping), sorted(there.grouping)],
    ['the columns of conditions', sorted(here.condition), sorted(there.condition)],
    ['the operators of conditions', sorted(here.operators), sorted(there.operators)],
  ];
  return pairs.flatMap(([what, left, right]) => {
    const [first, second] = [listed(left), listed(right)];
    return first.all === second.all ? [] : [{ what, here: first.shown, there: second.shown }];
  });
}

const LISTED_MAX = 12;

function listed(names: Iterable<string>): { all: string; shown: string } {
  const all = [...names];
  const shown = all.slice(0, LISTED_MAX).map((name) => (name.length > 60 ? `${name.slice(0, 60)}…` : name));
  const more = all.length > LISTED_MAX ? ` and ${all.length - LISTED_MAX} more` : '';
  // A parser of another dialect's grammar may have kept the case of a quoted name.
  return { all: all.join('\n').toLowerCase(), shown: all.length === 0 ? 'none' : `${shown.join(', ')}${more}` };
}

function sorted(names: Iterable<string>): string[] {
  return [...names].sort((a, b) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1));
}

function readingOf({ statements }: ParseOutcome): Reading {
  const reading: Reading = {
    statements: statements.map(({ statement }) => kindOf(statement)), relations: new Set(), outputs: [], shown: new Set(), grouping: new Set(), condition: new Set(), operators: new Set(),
  };
  for (const { statement } of statements) read(statement, reading);
  return reading;
}

function kindOf(statement: SqlStatement): string {
  return statement.type === 'utility' ? statement.verb : statement.type;
}

function read(statement: SqlStatement, reading: Reading): void {
  const commonTables = new Set<string>();
  collectCommonTables(statement, commonTables);
  walkStatement(statement, {
    from: (item) => {
      if (item.type === 'table' && (item.schema !== null || !commonTables.has(item.name))) reading.relations.add([item.catalog, item.schema, item.name].filter((part) => part !== null).join('.'));
      if (item.type === 'join' && item.on) readCondition(item.on, reading);
    },
    query: (query) => readQuery(query, reading),
  });
  const target = 'target' in statement ? statement.target : null;
  if (target) reading.relations.add([target.catalog, target.schema, target.name].filter((part) => part !== null).join('.'));
  if ('where' in statement && statement.where) readCondition(statement.where, reading);
  const query = writtenQuery(statement);
  if (query) reading.outputs.push(...outputsOf(query));
}

function collectCommonTables(statement: SqlStatement, names: Set<string>): void {
  const add = (tables: readonly { name: string; statement: SqlStatement }[]) => {
    for (const table of tables) names.add(table.name);
  };
  if ('ctes' in statement) add(statement.ctes);
  walkStatement(statement, { query: (query) => add(query.ctes) });
}

/** The names of the outputs, in order; `?` for one that each dialect names as it likes. */
function outputsOf(query: Query): string[] {
  let { body } = query;
  while (body.type === 'set_operation') ({ body } = body.left);
  if (body.type === 'values') return (body.rows[0] ?? []).map(() => '?');
  return body.projections.map(({ alias, expression }) => alias ?? (expression.type === 'column' ? expression.parts.at(-1) : expression.type === 'star' ? '*' : undefined) ?? '?');
}

function readQuery(query: Query, reading: Reading): void {
  const { body } = query;
  if (body.type !== 'select') return;
  for (const { expression } of body.projections) addColumns(expression, reading.shown);
  for (const item of body.groupBy) readGroup(item, reading);
  for (const condition of [body.where, body.having, body.qualify]) if (condition) readCondition(condition, reading);
}

function readGroup(item: GroupItem, reading: Reading): void {
  if (item.type === 'expression') addColumns(item.expression, reading.grouping);
  else if (item.type === 'sets') for (const inner of item.items) readGroup(inner, reading);
}

/** Columns outside of sub-queries, which are read as queries of their own. */
function addColumns(expression: Expression, into: Set<string>): void {
  if (expression.type === 'column') into.add(expression.parts.join('.'));
  else if (expression.type === 'star') into.add([...expression.qualifier, '*'].join('.'));
  else if (expression.type === 'call' && expression.name.join('.') === 'columns') into.add('*');
  else if (expression.type === 'lambda') walkExpression(expression.body, { expression: (inner) => addLambdaColumn(inner, expression.parameters, into) });
  else for (const child of children(expression)) addColumns(child, into);
}

function addLambdaColumn(expression: Expression, parameters: readonly string[], into: Set<string>): void {
  if (expression.type === 'column' && !parameters.includes(expression.parts[0] ?? '')) into.add(expression.parts.join('.'));
}

const NEGATIONS: readonly (readonly [positive: string, negative: string])[] = [
  ['=', '<>'], ['<', '>='], ['>', '<='], ['like', 'not_like'], ['ilike', 'not_ilike'], ['similar', 'not_similar'], ['in', 'not_in'], ['between', 'not_between'],
  ['between_symmetric', 'not_between_symmetric'], ['is_null', 'is_not_null'], ['is_true', 'is_not_true'], ['is_false', 'is_not_false'], ['is_distinct', 'is_not_distinct'],
];
const NEGATED = new Map(NEGATIONS.flatMap(([positive, negative]) => [[positive, negative], [negative, positive]] as const));

function readCondition(expression: Expression, reading: Reading): void {
  addColumns(expression, reading.condition);
  addOperators(expression, false, reading.operators);
}

/** The tests that a condition makes: `NOT (a = 1)` and `a <> 1` are one. Arithmetic is left out, which parsers rewrite. */
function addOperators(expression: Expression, negated: boolean, into: Set<string>): void {
  if (expression.type === 'operation') {
    const { operator, operands } = expression;
    if (operator === 'not') {
      for (const operand of operands) addOperators(operand, !negated, into);
      return;
    }
    if (NEGATED.has(operator)) into.add((negated ? NEGATED.get(operator) : operator) ?? operator);
    for (const operand of operands) addOperators(operand, (operator === 'and' || operator === 'or') && negated, into);
    return;
  }
  if (expression.type === 'subquery' && expression.kind !== 'scalar' && expression.kind !== 'array') into.add(negated ? `not ${expression.kind}` : expression.kind);
  for (const child of children(expression)) addOperators(child, false, into);
}
