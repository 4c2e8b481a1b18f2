import type { Call, Expression } from '../../model/syntax-tree.js';
import { cast, choice, isPlain, number, operation, renamed, text } from './nodes.js';

/** Functions that are operators under another name (ClickHouse, Snowflake, MySQL, T-SQL, Oracle, Redshift). */
const OPERATORS: Record<string, { operator: string; operands: number | 'many' }> = {
  coalesce: { operator: 'coalesce', operands: 'many' },
  ifnull: { operator: 'coalesce', operands: 2 },
  nvl: { operator: 'coalesce', operands: 'many' },
  nullif: { operator: 'nullif', operands: 2 },
  greatest: { operator: 'greatest', operands: 'many' },
  least: { operator: 'least', operands: 'many' },
  equals: { operator: '=', operands: 2 },
  notequals: { operator: '<>', operands: 2 },
  less: { operator: '<', operands: 2 },
  lessorequals: { operator: '<=', operands: 2 },
  greater: { operator: '>', operands: 2 },
  greaterorequals: { operator: '>=', operands: 2 },
  equal_null: { operator: 'is_not_distinct', operands: 2 },
  and: { operator: 'and', operands: 'many' },
  or: { operator: 'or', operands: 'many' },
  not: { operator: 'not', operands: 1 },
  isnotnull: { operator: 'is_not_null', operands: 1 },
  plus: { operator: '+', operands: 2 },
  minus: { operator: '-', operands: 2 },
  multiply: { operator: '*', operands: 2 },
  divide: { operator: '/', operands: 2 },
};

/** The same function by the name that PostgreSQL has for it. */
const NAMES: Record<string, string> = {
  ucase: 'upper', lcase: 'lower', len: 'length', char_length: 'length', character_length: 'length', substr: 'substring', ceiling: 'ceil', pow: 'power',
};

const CASTS: Record<string, string> = { tostring: 'text', toint32: 'integer', toint64: 'bigint', tofloat64: 'double precision', todate: 'date' };

/** A function in one spelling; null where there is but one. */
export function canonicalFunction(call: Call): Expression | null {
  if (!isPlain(call)) return null;
  const [name = ''] = call.name;
  const { arguments: operands, span } = call;
  const [first, second, third] = operands;
  const operator = Object.hasOwn(OPERATORS, name) ? OPERATORS[name] : undefined;
  if (operator && operands.length > 0 && (operator.operands === 'many' || operator.operands === operands.length)) return operation(operator.operator, operands, span);
  if (first && !second && Object.hasOwn(CASTS, name)) return cast(first, CASTS[name] ?? '', span);
  const rewritten = Object.hasOwn(REWRITES, name) && first ? REWRITES[name]?.(call, first, second, third) : undefined;
  if (rewritten !== undefined) return rewritten;
  return Object.hasOwn(NAMES, name) ? renamed(call, NAMES[name] ?? name) : null;
}

type Rewrite = (call: Call, first: Expression, second: Expression | undefined, third: Expression | undefined) => Expression | null;

/** `IF(p, a, b)` (MySQL, BigQuery, ClickHouse), `IFF(p, a, b)` (Snowflake). */
const twoWays: Rewrite = ({ arguments: operands, span }, first, second, third) =>
  second && operands.length <= 3 ? choice([{ when: first, then: second }], third ?? null, span) : null;

/** Functions that stand for an expression of several parts, or mean another one by the number of their arguments. */
const REWRITES: Record<string, Rewrite> = {
  if: twoWays,
  iff: twoWays,
  multiif: (call) => (call.arguments.length >= 3 && call.arguments.length % 2 === 1 ? choices(call.arguments, call) : null),
  decode: decoded,
  // MySQL and ClickHouse test, T-SQL replaces.
  isnull: ({ arguments: operands, span }) => (operands.length > 2 ? null : operation(operands.length === 1 ? 'is_null' : 'coalesce', operands, span)),
  nvl2: ({ span }, first, second, third) => (second && third ? choice([{ when: operation('is_not_null', [first], span), then: second }], third, span) : null),
  zeroifnull: ({ span }, first) => operation('coalesce', [first, number('0', span)], span),
  nullifzero: ({ span }, first) => operation('nullif', [first, number('0', span)], span),
  safe_divide: ({ span }, first, second) => (second ? operation('/', [first, operation('nullif', [second, number('0', span)], span)], span) : null),
  div0: ({ span }, first, second) =>
    second ? choice([{ when: operation('=', [second, number('0', span)], span), then: number('0', span) }], operation('/', [first, second], span), span) : null,
  empty: ({ span }, first, second) => (second ? null : operation('=', [first, text('', span)], span)),
  notempty: ({ span }, first, second) => (second ? null : operation('<>', [first, text('', span)], span)),
};

function choices(operands: readonly Expression[], { span }: Call): Expression {
  const branches: { when: Expression; then: Expression }[] = [];
  for (let position = 0; position + 1 < operands.length; position += 2) {
    const [when, then] = [operands[position], operands[position + 1]];
    if (when && then) branches.push({ when, then });
  }
  return choice(branches, operands.at(-1) ?? null, span);
}

/** DECODE finds NULL equal to NULL, so that only constants make it a CASE. With two arguments it is PostgreSQL's, for bytes. */
function decoded({ arguments: operands, span }: Call): Expression | null {
  const [tested, ...pairs] = operands;
  if (!tested || pairs.length < 2) return null;
  const branches: { when: Expression; then: Expression }[] = [];
  for (let position = 0; position + 1 < pairs.length; position += 2) {
    const [value, then] = [pairs[position], pairs[position + 1]];
    if (value?.type !== 'literal' || value.kind === 'null' || !then) return null;
    branches.push({ when: operation('=', [tested, value], span), then });
  }
  return choice(branches, pairs.length % 2 === 1 ? (pairs.at(-1) ?? null) : null, span);
}
