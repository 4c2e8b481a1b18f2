import type { Expression } from '../../model/syntax-tree.js';
import { walkExpression } from '../../sql/walk.js';
import { namedType } from './types.js';

/**
 * Functions of one value (none returns a set) that give null as soon as one argument is null (`proisstrict` in pg_proc of PostgreSQL 18). Every comparison,
 * arithmetic and pattern operator of the server is strict too; `||` is not for arrays.
 */
export const STRICT = new Set(
  'lower upper trim btrim ltrim rtrim length char_length substr substring replace left right abs round ceil ceiling floor trunc date_trunc date_part extract mod to_char to_date to_timestamp split_part strpos position regexp_replace md5 initcap reverse sqrt power sign'.split(
    ' ',
  ),
);

const STRICT_OPERATORS = new Set([
  '=', '<>', '<', '<=', '>', '>=', '+', '-', '*', '/', '%', '~', '!~', '~*', '!~*', '~~', '!~~', '~~*', '!~~*',
  'like', 'not_like', 'ilike', 'not_ilike', 'similar', 'not_similar', 'at_time_zone',
]);

/** Strict functions that never give null for arguments that are none. */
const TOTAL = new Set(
  'lower upper trim btrim ltrim rtrim length char_length left right abs round ceil ceiling floor trunc date_trunc mod initcap reverse md5 replace split_part strpos now current_date current_timestamp localtimestamp transaction_timestamp'.split(
    ' ',
  ),
);

/** Functions that give the same value for the same arguments in every session and at every time (`provolatile` = i). */
const IMMUTABLE = new Set(
  'lower upper trim btrim ltrim rtrim length char_length substr substring replace left right abs round ceil ceiling floor trunc mod split_part strpos position regexp_replace md5 initcap reverse sqrt power sign cardinality array_length'.split(
    ' ',
  ),
);

/** Functions of PostgreSQL that give another value on each call (`provolatile` = v), as far as dashboards use them. */
export const VOLATILE: ReadonlySet<string> = new Set(
  'random clock_timestamp timeofday nextval setval gen_random_uuid uuidv4 uuidv7 uuid_generate_v4 random_normal pg_sleep lastval'.split(' '),
);

/** The name of a function of the server itself; empty for one of another schema. */
function ownName(call: Extract<Expression, { type: 'call' }>): string {
  const [name, more] = call.name.filter((part) => part !== 'pg_catalog');
  return name === undefined || more !== undefined ? '' : name;
}

/** The names of the columns in it, without their relations. */
export function columnsOf(expression: Expression): string[] {
  const columns = new Set<string>();
  walkExpression(expression, {
    expression: (inner) => {
      if (inner.type === 'column') columns.add(inner.parts.at(-1) ?? '');
    },
  });
  return [...columns];
}

/**
 * The columns that make an expression null when they are null. A column below anything that is not known to be strict is
 * not among them.
 */
export function strictColumns(expression: Expression): string[] {
  switch (expression.type) {
    case 'column':
      return expression.parts.length === 1 ? expression.parts : [];
    case 'cast':
      return strictColumns(expression.operand);
    case 'operation':
      return STRICT_OPERATORS.has(expression.operator) ? [...new Set(expression.operands.flatMap(strictColumns))] : [];
    case 'call': {
      if (!STRICT.has(ownName(expression)) || expression.over !== null) return [];
      return [...new Set(expression.arguments.flatMap(strictColumns))];
    }
    default:
      return [];
  }
}

/**
 * Whether an expression of strict parts is null only when one of its columns is: then a comparison of it is true or false
 * for every other row.
 */
export function isTotal(expression: Expression): boolean {
  switch (expression.type) {
    case 'column':
      return expression.parts.length === 1;
    case 'literal':
      return expression.kind !== 'null';
    case 'cast':
      return (namedType(expression.target) !== null || expression.target === 'interval') && isTotal(expression.operand);
    case 'operation':
      return STRICT_OPERATORS.has(expression.operator) && expression.operands.every(isTotal);
    case 'call':
      return TOTAL.has(ownName(expression)) && expression.over === null && expression.arguments.every(isTotal);
    default:
      return false;
  }
}

/**
 * Whether an expression without times in it gives the same value whenever it is computed. PostgreSQL takes that for granted
 * of a CHECK and does not test it, so `due_on > now()` held when the row was written and says nothing about today.
 */
export function isImmutable(expression: Expression): boolean {
  let immutable = true;
  walkExpression(expression, {
    expression: (inner) => {
      if (inner.type === 'call') immutable &&= IMMUTABLE.has(ownName(inner));
      if (inner.type === 'cast') immutable &&= !/date|time|interval/.test(inner.target);
    },
  });
  return immutable;
}

/**
 * Why the same text need not mean the same value, in words: a function that gives another value on each call, or a part
 * that the tree does not hold entirely. Null where the text decides.
 */
export function unsettledPart(expression: Expression): string | null {
  let found: string | null = null;
  walkExpression(expression, {
    expression: (inner) => {
      found ??= unsettled(inner);
    },
  });
  return found;
}

function unsettled(expression: Expression): string | null {
  switch (expression.type) {
    case 'call': {
      const name = expression.name.at(-1) ?? '';
      return VOLATILE.has(name) ? `${name}() gives another value each time` : null;
    }
    case 'opaque':
      return `${expression.what} is not read entirely`;
    case 'composite':
      return expression.kind === 'json' ? 'a JSON expression is not read entirely' : null;
    case 'cast':
      // INTERVAL '1' YEAR keeps its field in the type, where the tree does not show it.
      return expression.target.startsWith('interval') && expression.operand.type === 'literal' && /^\s*[-+]?[0-9:. ]*$/.test(expression.operand.value ?? '')
        ? 'an interval without its unit is not read entirely'
        : null;
    case 'subquery':
      return 'a sub-query is not looked into';
    case 'star':
    case 'parameter':
      return 'a part of it has no value yet';
    default:
      return null;
  }
}
