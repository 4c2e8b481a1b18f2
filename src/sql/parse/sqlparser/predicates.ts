import type { Expression } from '../../../model/syntax-tree.js';
import { composite, operation } from './build.js';
import { binaryOperator } from './binary-operator.js';
import { type Context, expressions, isDialect } from './context.js';
import { misreadArray } from './access.js';
import { flag, items, list, member, variant, when } from './node.js';
import { UNARY } from './operators.js';
import { regrouped, regroupedArithmetic } from './regroup.js';

type Lower = (content: unknown, at: Context) => Expression;

function negated(operator: string, content: unknown): string {
  return flag(content, 'negated') ? `not_${operator}` : operator;
}

export function lowerBinary(content: unknown, at: Context): Expression {
  const again = regrouped({ BinaryOp: content }, at) ?? regroupedArithmetic({ BinaryOp: content }, at);
  if (again) return again;
  const array = misreadArray(content, at);
  if (array) return array;
  const left = at.expression(member(content, 'left'));
  const right = at.expression(member(content, 'right'));
  const operator = binaryOperator(member(content, 'op'), at);
  // A chain of AND or OR is one node, as far as it leans to the left.
  if ((operator === 'and' || operator === 'or') && left.type === 'operation' && left.operator === operator) {
    return operation(operator, [...left.operands, right]);
  }
  return JSON_OPERATORS.has(operator) ? tightened(operator, left, right, at) : operation(operator, [left, right]);
}

const JSON_OPERATORS: ReadonlySet<string> = new Set(['->', '->>', '#>', '#>>']);

/** What binds more tightly than the operators of JSON in DuckDB, as in PostgreSQL; in MySQL and SQLite nothing does. */
const ARITHMETIC: ReadonlySet<string> = new Set(['+', '-', '*', '/', '%', '//', '^', '**']);

/**
 * Outside of its PostgreSQL dialect the parser lets `->>` bind less tightly than comparisons: `doc ->> 'a' = 'b'` is read as
 * `doc ->> ('a' = 'b')`. The operator belongs to the first operand of what it takes for its right side.
 */
function tightened(operator: string, left: Expression, right: Expression, at: Context): Expression {
  const [first, ...rest] = right.type === 'operation' ? right.operands : [];
  if (right.type === 'operation' && first && !right.operator.endsWith('=>') && !(isDialect(at, 'duckdb', 'redshift') && ARITHMETIC.has(right.operator))) {
    return operation(right.operator, [tightened(operator, left, first, at), ...rest]);
  }
  if (right.type === 'subquery' && right.operand) return { ...right, operand: tightened(operator, left, right.operand, at) };
  return operation(operator, [left, right]);
}

export function lowerUnary(content: unknown, at: Context): Expression {
  const again = regrouped({ UnaryOp: content }, at);
  if (again) return again;
  const operand = at.expression(member(content, 'expr'));
  const operator = UNARY[variant(member(content, 'op')).tag] ?? '?';
  if (operator === '-' && operand.type === 'literal' && operand.kind === 'number') return { ...operand, value: negative(operand.value ?? '0') };
  return operation(operator, [operand]);
}

function negative(number: string): string {
  if (number === '0') return number;
  return number.startsWith('-') ? number.slice(1) : `-${number}`;
}

const lowerIn: Lower = (content, at) =>
  operation(negated('in', content), [at.expression(member(content, 'expr')), ...expressions(list(content, 'list'), at)]);

const lowerInQuery: Lower = (content, at) => {
  const operand = at.expression(member(content, 'expr'));
  const tested: Expression = {
    type: 'subquery', kind: 'in', operand, operator: null, query: at.valueQuery(member(content, 'subquery')), span: at.positions.around(content),
  };
  return flag(content, 'negated') ? operation('not', [tested]) : tested;
};

const lowerInUnnest: Lower = (content, at) =>
  operation(flag(content, 'negated') ? '<> all' : '= any', [at.expression(member(content, 'expr')), at.expression(member(content, 'array_expr'))]);

const lowerBetween: Lower = (content, at) =>
  operation(negated('between', content), expressions([member(content, 'expr'), member(content, 'low'), member(content, 'high')], at));

/** Operators of LIKE under a quantifier, as PostgreSQL spells them. */
const QUANTIFIED: Record<string, string> = { like: '~~', not_like: '!~~', ilike: '~~*', not_ilike: '!~~*' };

function lowerLike(operator: string): Lower {
  return (content, at) => {
    const value = at.expression(member(content, 'expr'));
    const pattern = member(content, 'pattern');
    const all = when(pattern, 'Function');
    const name = all === undefined ? null : at.expression(pattern);
    const named = negated(operator, content);
    if (flag(content, 'any')) return operation(`${QUANTIFIED[named] ?? named} any`, [value, patterns(at.expression(pattern))]);
    if (name?.type === 'call' && name.name.length === 1 && (name.name[0] === 'all' || name.name[0] === 'any')) {
      return operation(`${QUANTIFIED[named] ?? named} ${name.name[0]}`, [value, composite('array', name.arguments)]);
    }
    return operation(named, [value, escaped(name ?? at.expression(pattern), 'like_escape', content, at)]);
  };
}

function patterns(pattern: Expression): Expression {
  if (pattern.type === 'literal') return composite('array', [pattern]);
  return pattern.type === 'composite' && pattern.kind === 'row' ? { ...pattern, kind: 'array' } : pattern;
}

/** ESCAPE is a function of the pattern, as in PostgreSQL's grammar. */
function escaped(pattern: Expression, name: string, content: unknown, at: Context): Expression {
  const character = member(content, 'escape_char');
  if (character === undefined && name === 'like_escape') return pattern;
  const operands = character === undefined ? [pattern] : [pattern, at.expression({ Value: character })];
  return {
    type: 'call', name: ['pg_catalog', name], arguments: operands, distinct: false, star: false, filter: null, orderBy: [], withinGroup: false,
    over: null, span: pattern.span,
  };
}

const lowerSimilar: Lower = (content, at) =>
  operation(negated('similar', content), [at.expression(member(content, 'expr')), escaped(at.expression(member(content, 'pattern')), 'similar_to_escape', content, at)]);

const lowerRegular: Lower = (content, at) =>
  operation(negated('rlike', content), expressions([member(content, 'expr'), member(content, 'pattern')], at));

/** `= ANY (…)` and its kin, with a query or with an array. */
function lowerQuantified(kind: 'any' | 'all'): Lower {
  return (content, at) => {
    const operand = at.expression(member(content, 'left'));
    const operator = binaryOperator(member(content, 'compare_op'), at);
    const right = at.expression(member(content, 'right'));
    if (right.type === 'subquery' && right.kind === 'scalar') return { ...right, kind, operand, operator, span: at.positions.around(content) };
    return operation(`${operator} ${kind}`, [operand, right]);
  };
}

function lowerDistinct(tag: string, operator: string): Lower {
  return (content, at) => regrouped({ [tag]: content }, at) ?? operation(operator, expressions(items(content), at));
}

const lowerExists: Lower = (content, at) => {
  const subquery = member(content, 'subquery');
  const tested: Expression = {
    type: 'subquery', kind: 'exists', operand: null, operator: null, query: at.valueQuery(subquery), span: at.positions.around(subquery),
  };
  return flag(content, 'negated') ? operation('not', [tested]) : tested;
};

/** Predicates, by the parser's names. */
export const PREDICATES: Record<string, Lower> = {
  BinaryOp: lowerBinary,
  UnaryOp: lowerUnary,
  InList: lowerIn,
  InSubquery: lowerInQuery,
  InUnnest: lowerInUnnest,
  Between: lowerBetween,
  Like: lowerLike('like'),
  ILike: lowerLike('ilike'),
  SimilarTo: lowerSimilar,
  RLike: lowerRegular,
  AnyOp: lowerQuantified('any'),
  AllOp: lowerQuantified('all'),
  IsDistinctFrom: lowerDistinct('IsDistinctFrom', 'is_distinct'),
  IsNotDistinctFrom: lowerDistinct('IsNotDistinctFrom', 'is_not_distinct'),
  Exists: lowerExists,
  IsNormalized: (content, at) => operation(negated('is_normalized', content), [at.expression(member(content, 'expr'))]),
  MemberOf: (content, at) => operation('member_of', expressions([member(content, 'value'), member(content, 'array')], at)),
};
