import type { Expression } from '../../model/syntax-tree.js';
import { conjuncts, type Reduction, type RowSource } from './reduce.js';
import { NotReducible } from './not-reducible.js';
import { expressionText } from '../../sql/expression-text.js';

export type MeasureKind = 'count' | 'sum' | 'avg' | 'min' | 'max' | 'other';

/** What a claim computes from its rows. */
export interface Measure {
  kind: MeasureKind;
  distinct: boolean;
  /** The text of what is summed, averaged or counted distinctly; null for a count of rows. */
  argument: string | null;
  /** Whether the argument is one column and nothing else. */
  plain: boolean;
}

/** A measure with the conditions that it puts on rows itself. */
export interface MeasuredRows {
  measure: Measure;
  conditions: Expression[];
  /** Of the conditions, those that nobody wrote and that the name of the measure says: a sum is of values that are there. */
  implied?: Expression[];
  assumes: string[];
}

type Call = Extract<Expression, { type: 'call' }>;

/** What is put around an aggregate for the eye: casts, rounding, a value for an empty answer. */
function withoutPresentation(expression: Expression): Expression {
  if (expression.type === 'cast') return withoutPresentation(expression.operand);
  const [first, second] = expression.type === 'operation' || expression.type === 'call' ? operandsOf(expression) : [];
  if (expression.type === 'operation' && expression.operator === 'coalesce' && first && second?.type === 'literal') return withoutPresentation(first);
  if (expression.type === 'call' && expression.name.at(-1) === 'round' && first) return withoutPresentation(first);
  return expression;
}

function operandsOf(expression: Extract<Expression, { type: 'operation' | 'call' }>): Expression[] {
  return expression.type === 'operation' ? expression.operands : expression.arguments;
}

/** The measure as it is written, for claims whose rows are not understood. */
export function rawMeasure(expression: Expression): Measure {
  const inner = withoutPresentation(expression);
  if (inner.type !== 'call') return { kind: 'other', distinct: false, argument: expressionText(inner), plain: false };
  const argument = inner.arguments[0];
  const kind = kindOf(inner);
  const text = argument === undefined || (kind === 'count' && !inner.distinct) ? null : expressionText(argument);
  return { kind, distinct: inner.distinct, argument: text, plain: argument?.type === 'column' };
}

function kindOf(call: Call): MeasureKind {
  const name = call.name.at(-1) ?? '';
  return name === 'count' || name === 'sum' || name === 'avg' || name === 'min' || name === 'max' ? name : 'other';
}

/**
 * Reads an aggregate as a measure over rows: `count(*) FILTER (WHERE p)`, `count(CASE WHEN p THEN 1 END)` and
 * `sum(CASE WHEN p THEN 1 ELSE 0 END)` are the count of rows for which p is true. Rows whose argument is null contribute
 * to no aggregate, and a zero nothing to a sum, so both become conditions; whether an empty answer shows NULL or 0 is left
 * to the eye.
 *
 * @throws NotReducible when the value is computed otherwise.
 */
export function readMeasure(expression: Expression, source: RowSource, reduction: Reduction): MeasuredRows {
  const inner = withoutPresentation(expression);
  if (inner.type !== 'call' || inner.over !== null) throw new NotReducible('computes its value from several aggregates');
  const kind = kindOf(inner);
  if (kind === 'other' || inner.withinGroup || inner.arguments.length > 1) {
    throw new NotReducible(`computes ${inner.name.at(-1) ?? 'its value'}, which is not compared`);
  }
  const filter = conjuncts(inner.filter).map((condition) => reduction.rewrite(condition, source));
  const [first] = inner.arguments;
  if (inner.star || first === undefined) return { measure: countOfRows, conditions: filter, assumes: [] };
  const unwrapped = unwrapCondition(kind, inner.distinct, reduction.rewrite(first, source));
  const conditions = [...filter, ...unwrapped.conditions];
  const rows = measured(kind, inner.distinct, unwrapped.argument, source, reduction);
  return { ...rows, conditions: [...conditions, ...rows.conditions] };
}

const countOfRows: Measure = { kind: 'count', distinct: false, argument: null, plain: true };

function measured(kind: MeasureKind, distinct: boolean, argument: Expression, source: RowSource, reduction: Reduction): MeasuredRows {
  const plain = argument.type === 'column';
  const present = notNull(argument);
  if (isNumber(argument, '1') && kind === 'sum' && !distinct) return { measure: countOfRows, conditions: [], assumes: [] };
  if (kind === 'count' && !distinct) return { measure: countOfRows, conditions: present, assumes: [] };
  if (kind === 'count' && plain) {
    const key = reduction.keyOf(source.relation, argument.parts[0] ?? '');
    if (key !== null) return { measure: countOfRows, conditions: key.primary ? [] : present, assumes: [key.name] };
  }
  const zero = kind === 'sum' && plain ? [differentFromZero(argument)] : [];
  const noDuplicates = kind === 'min' || kind === 'max';
  const implied = [...present, ...zero];
  return { measure: { kind, distinct: distinct && !noDuplicates, argument: expressionText(argument), plain }, conditions: implied, implied, assumes: [] };
}

/** `CASE WHEN p THEN e END` is e of the rows for which p is true; so is `ELSE 0` in a sum. */
function unwrapCondition(kind: MeasureKind, distinct: boolean, argument: Expression): { argument: Expression; conditions: Expression[] } {
  const value = kind === 'sum' && argument.type === 'cast' && isCondition(argument.operand) ? asCase(argument.operand) : argument;
  const counted = kind === 'sum' && !distinct ? countingCondition(value) : null;
  if (counted !== null) return { argument: { type: 'literal', kind: 'number', value: '1', span: value.span }, conditions: [counted] };
  if (value.type !== 'case' || value.operand !== null || value.branches.length !== 1) return { argument, conditions: [] };
  const [branch] = value.branches;
  const { otherwise } = value;
  const empty = otherwise === null || (otherwise.type === 'literal' && otherwise.kind === 'null') || (kind === 'sum' && !distinct && isNumber(otherwise, '0'));
  return branch === undefined || !empty ? { argument, conditions: [] } : { argument: branch.then, conditions: [branch.when] };
}

/** The sum of a choice between ones and zeros counts the rows for which it chooses one. */
function countingCondition(expression: Expression): Expression | null {
  if (expression.type !== 'case' || expression.branches.length < 2) return null;
  const truth = (value: Expression | null): Expression | null => {
    const isOne = value !== null && isNumber(value, '1');
    const isNothing = value === null || isNumber(value, '0') || (value.type === 'literal' && value.kind === 'null');
    return isOne || isNothing ? { type: 'literal', kind: 'boolean', value: String(isOne), span: expression.span } : null;
  };
  const branches = expression.branches.flatMap(({ when, then }) => {
    const chosen = truth(then);
    return chosen === null ? [] : [{ when, then: chosen }];
  });
  const otherwise = truth(expression.otherwise);
  return otherwise === null || branches.length < expression.branches.length ? null : { ...expression, branches, otherwise };
}

/** `(status = 'OPEN')::int`. */
function isCondition(expression: Expression): boolean {
  return expression.type === 'operation' && ['=', '<>', '<', '<=', '>', '>=', 'and', 'or', 'not', 'in', 'not_in', 'is_null', 'is_not_null'].includes(expression.operator);
}

function asCase(condition: Expression): Expression {
  const { span } = condition;
  return { type: 'case', operand: null, branches: [{ when: condition, then: { type: 'literal', kind: 'number', value: '1', span } }], otherwise: null, span };
}

function isNumber(expression: Expression, value: string): boolean {
  return expression.type === 'literal' && expression.kind === 'number' && expression.value === value;
}

function differentFromZero(argument: Expression): Expression {
  const { span } = argument;
  return { type: 'operation', operator: '<>', operands: [argument, { type: 'literal', kind: 'number', value: '0', span }], span };
}

/** The conditions under which an expression has a value; arithmetic of columns has one when each of them has. */
function notNull(expression: Expression): Expression[] {
  if (expression.type === 'literal') return expression.kind === 'null' ? [{ type: 'literal', kind: 'boolean', value: 'false', span: expression.span }] : [];
  if (expression.type === 'operation' && ['+', '-', '*'].includes(expression.operator)) return expression.operands.flatMap(notNull);
  if (expression.type === 'cast') return notNull(expression.operand);
  return [{ type: 'operation', operator: 'is_not_null', operands: [expression], span: expression.span }];
}

const NOUN: Record<MeasureKind, string> = { count: 'count', sum: 'sum', avg: 'average', min: 'least', max: 'greatest', other: 'value' };

/** In words: `count of rows`, `count of distinct officer_id`, `sum of amount`. */
export function measureText({ kind, distinct, argument }: Measure): string {
  if (argument === null) return `${NOUN[kind]} of rows`;
  return `${NOUN[kind]} of ${distinct ? 'distinct ' : ''}${argument}`;
}
