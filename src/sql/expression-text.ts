import type { Expression, OrderItem, Window } from '../model/syntax-tree.js';

const PREFIX = new Set(['not', '-', '+']);
const SUFFIX: Record<string, string> = {
  is_null: 'is null',
  is_not_null: 'is not null',
  is_true: 'is true',
  is_not_true: 'is not true',
  is_false: 'is false',
  is_not_false: 'is not false',
  is_unknown: 'is unknown',
  is_not_unknown: 'is not unknown',
};
const WORDS: Record<string, string> = {
  is_distinct: 'is distinct from',
  is_not_distinct: 'is not distinct from',
  not_like: 'not like',
  not_ilike: 'not ilike',
  similar: 'similar to',
  not_similar: 'not similar to',
  at_time_zone: 'at time zone',
};

/** Functions that SQL writes without parentheses. */
const BARE = new Set(['current_date', 'current_time', 'current_timestamp', 'localtime', 'localtimestamp', 'current_user', 'session_user', 'current_role']);

/**
 * An expression as text: the same for the same expression however it was formatted, and close to SQL for messages. Two
 * expressions with the same text are the same expression, since every part of a node that has a meaning is in it.
 */
export function expressionText(expression: Expression): string {
  switch (expression.type) {
    case 'column':
      return expression.parts.join('.');
    case 'star':
      return [...expression.qualifier, '*'].join('.');
    case 'literal':
      return literalText(expression.kind, expression.value);
    case 'parameter':
      return `$${expression.number}`;
    case 'cast':
      return `${wrapped(expression.operand)}::${expression.target}`;
    case 'operation':
      return operationText(expression.operator, expression.operands);
    case 'call':
      return callText(expression);
    case 'case':
      return caseText(expression);
    case 'composite': {
      const inner = expression.elements.map(expressionText).join(', ');
      if (expression.kind === 'field') return `(${inner}).${expression.field ?? ''}`;
      return `${expression.kind}[${inner}]`;
    }
    case 'subquery': {
      const operand = expression.operand === null ? '' : `${expressionText(expression.operand)} `;
      return `${operand}${expression.operator ?? ''} ${expression.kind} (${JSON.stringify(expression.query, withoutSpans)})`;
    }
    case 'lambda':
      return `(${expression.parameters.join(', ')}) -> ${expressionText(expression.body)}`;
    case 'opaque':
      return `${expression.what}(${expression.parts.map(expressionText).join(', ')})`;
  }
}

function literalText(kind: string, value: string | null): string {
  if (value === null) return 'null';
  return kind === 'string' || kind === 'bits' ? `'${value.replaceAll("'", "''")}'` : value;
}

/** Operators that are written as functions. */
const FUNCTIONS = new Set(['coalesce', 'nullif', 'greatest', 'least']);

function wrapped(expression: Expression): string {
  const text = expressionText(expression);
  if (expression.type === 'operation') return FUNCTIONS.has(expression.operator) ? text : `(${text})`;
  return expression.type === 'case' ? `(${text})` : text;
}

function operationText(operator: string, operands: Expression[]): string {
  const [first, ...rest] = operands;
  if (first === undefined) return operator;
  const suffix = SUFFIX[operator];
  if (suffix !== undefined) return `${wrapped(first)} ${suffix}`;
  if (rest.length === 0) return PREFIX.has(operator) ? `${operator} ${wrapped(first)}` : `${operator}(${expressionText(first)})`;
  if (operator === 'in' || operator === 'not_in') {
    return `${wrapped(first)} ${operator.replace('_', ' ')} (${rest.map(expressionText).join(', ')})`;
  }
  if (operator.includes('between')) return `${wrapped(first)} ${operator.replaceAll('_', ' ')} ${rest.map(wrapped).join(' and ')}`;
  if (FUNCTIONS.has(operator)) return `${operator}(${operands.map(expressionText).join(', ')})`;
  return operands.map(wrapped).join(` ${WORDS[operator] ?? operator} `);
}

function callText(call: Extract<Expression, { type: 'call' }>): string {
  const name = call.name.filter((part) => part !== 'pg_catalog').join('.');
  if (BARE.has(name) && call.arguments.length === 0) return name;
  const inner = [call.distinct ? 'distinct ' : '', call.star ? '*' : call.arguments.map(expressionText).join(', ')].join('');
  const order = call.orderBy.length > 0 ? ` order by ${orderText(call.orderBy)}${call.withinGroup ? ' within group' : ''}` : '';
  const filter = call.filter === null ? '' : ` filter (${expressionText(call.filter)})`;
  const over = call.over === null ? '' : ` over (${windowText(call.over)})`;
  return `${name}(${inner}${order})${filter}${over}`;
}

function windowText({ reference, partitionBy, orderBy }: Window): string {
  const partition = partitionBy.length > 0 ? `partition by ${partitionBy.map(expressionText).join(', ')}` : '';
  return [reference ?? '', partition, orderBy.length > 0 ? `order by ${orderText(orderBy)}` : ''].filter((part) => part !== '').join(' ');
}

function orderText(items: OrderItem[]): string {
  return items.map(({ expression, descending }) => `${expressionText(expression)}${descending ? ' desc' : ''}`).join(', ');
}

function caseText(node: Extract<Expression, { type: 'case' }>): string {
  const operand = node.operand === null ? '' : ` ${expressionText(node.operand)}`;
  const branches = node.branches.map(({ when, then }) => ` when ${expressionText(when)} then ${expressionText(then)}`).join('');
  const otherwise = node.otherwise === null ? '' : ` else ${expressionText(node.otherwise)}`;
  return `case${operand}${branches}${otherwise} end`;
}

function withoutSpans(key: string, value: unknown): unknown {
  return key === 'span' ? undefined : value;
}
