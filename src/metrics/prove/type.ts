import type { Column } from '../../model/catalog.js';
import type { Expression } from '../../model/syntax-tree.js';
import { namedType } from '../rows/types.js';
import type { Node, Session } from './block.js';
import { aliasOf, columnPart, isAggregate, isNull } from './expression.js';

export type Typed = Pick<Column, 'type' | 'enumValues'>;

const named = (type: string): Typed => ({ type, enumValues: null });
const BOOLEANS = new Set(
  'and or not = <> < <= > >= in not_in between not_between is_null is_not_null is_true is_not_true is_false is_not_false is_unknown is_not_unknown is_distinct is_not_distinct like not_like ilike not_ilike similar not_similar ~ !~ ~* !~*'.split(' '),
);
/** Results of functions of PostgreSQL by name, where arguments do not matter. */
const RESULTS: Record<string, string> = {
  lower: 'text', upper: 'text', trim: 'text', btrim: 'text', ltrim: 'text', rtrim: 'text', substring: 'text', replace: 'text', left: 'text', right: 'text', concat: 'text',
  to_char: 'text', split_part: 'text', md5: 'text', initcap: 'text', reverse: 'text', regexp_replace: 'text', length: 'integer', strpos: 'integer', extract: 'numeric',
  row_number: 'bigint', rank: 'bigint', dense_rank: 'bigint', count: 'bigint', string_agg: 'text', bool_or: 'boolean', bool_and: 'boolean', every: 'boolean',
};
const INTEGERS = ['smallint', 'integer', 'bigint'];

export const isInteger = (type: string | undefined): boolean => type !== undefined && INTEGERS.includes(type);
export const isNumeric = (type: string | undefined): boolean => type !== undefined && /^(?:numeric|decimal)\b/.test(type);
export const isDouble = (type: string | undefined): boolean => type === 'double precision' || type === 'real';

/** The type of a resolved expression as PostgreSQL derives it; null where that is not known. */
export function typeOf(expression: Expression, session: Session): Typed | null {
  switch (expression.type) {
    case 'column': {
      const name = expression.parts[0] ?? '';
      const found = session.sources.get(aliasOf(name))?.columns.find((candidate) => candidate.name === columnPart(name));
      return found === undefined || found.type === 'unknown' ? null : { type: found.type, enumValues: found.enumValues };
    }
    case 'literal':
      if (expression.kind === 'number') return named(/^[0-9]+$/.test(expression.value ?? '') ? integerOf(expression.value ?? '') : 'numeric');
      return expression.kind === 'boolean' ? named('boolean') : null;
    case 'cast':
      return named(expression.target === 'int' ? 'integer' : expression.target);
    case 'case': {
      const results = [...expression.branches.map(({ then }) => then), ...(expression.otherwise === null ? [] : [expression.otherwise])];
      return common(results, session);
    }
    case 'operation':
      return operationType(expression, session);
    case 'call':
      return callType(expression, session);
    default:
      return null;
  }
}

const integerOf = (digits: string): string => (digits.length < 10 ? 'integer' : digits.length < 19 ? 'bigint' : 'numeric');

function common(results: readonly Expression[], session: Session): Typed | null {
  const types = results.filter((result) => !isNull(result) && !(result.type === 'literal' && result.kind === 'string')).map((result) => typeOf(result, session));
  const [first] = types;
  if (first === undefined) return results.every(isNull) ? null : named('text');
  if (first === null || types.includes(null)) return null;
  if (types.every((type) => type?.type === first.type)) return first;
  const names = types.map((type) => type?.type ?? '');
  return arithmetic(names);
}

/** The type that numbers of several types are brought to. */
function arithmetic(types: readonly string[]): Typed | null {
  if (types.every(isInteger)) return named(INTEGERS[Math.max(...types.map((type) => INTEGERS.indexOf(type)))] ?? 'bigint');
  if (types.every((type) => isInteger(type) || isNumeric(type))) return named('numeric');
  return types.every((type) => isInteger(type) || isNumeric(type) || isDouble(type)) ? named('double precision') : null;
}

function operationType({ operator, operands }: Extract<Expression, { type: 'operation' }>, session: Session): Typed | null {
  if (BOOLEANS.has(operator) || / (?:any|all)$/.test(operator)) return named('boolean');
  if (operator === 'coalesce' || operator === 'greatest' || operator === 'least') return common(operands, session);
  const [first] = operands;
  if (operator === 'nullif') return first === undefined ? null : typeOf(first, session);
  if (operator === '||' || operator === '->>' || operator === '#>>') return named('text');
  if (operator === 'at_time_zone' && first !== undefined) {
    const type = typeOf(first, session)?.type ?? '';
    return !type.startsWith('timestamp') ? null : named(type.includes('with time zone') ? 'timestamp without time zone' : 'timestamp with time zone');
  }
  if (!['+', '-', '*', '/', '%'].includes(operator)) return null;
  const types = operands.map((operand) => typeOf(operand, session)?.type ?? '');
  const result = arithmetic(types);
  if (result !== null) return result;
  return operands.length === 2 ? timeArithmetic(operator, types[0] ?? '', types[1] ?? '') : null;
}

/** PostgreSQL 18, "Date/Time Functions and Operators". */
function timeArithmetic(operator: string, left: string, right: string): Typed | null {
  const isTime = (type: string): boolean => type.startsWith('timestamp');
  if (operator === '-' && left === 'date' && right === 'date') return named('integer');
  if (operator === '-' && isTime(left) && isTime(right)) return named('interval');
  if (operator !== '+' && operator !== '-') return null;
  if (left === 'date' && isInteger(right)) return named('date');
  if (left === 'date' && right === 'interval') return named('timestamp without time zone');
  return isTime(left) && right === 'interval' ? named(left) : null;
}

const MOMENTS: Record<string, string> = { now: 'timestamp with time zone', current_timestamp: 'timestamp with time zone', localtimestamp: 'timestamp without time zone', current_date: 'date' };

const QUOTIENTS: Record<string, string> = { '%days': 'integer', '%div': 'numeric', '%fdiv': 'double precision', '%idiv': 'bigint' };
const OF_ARGUMENT = new Set(['min', 'max', 'lag', 'lead', 'first_value', 'last_value', 'nth_value']);

function callType(expression: Extract<Expression, { type: 'call' }>, session: Session): Typed | null {
  const sub = session.subOf(expression);
  if (sub !== null) return sub.kind === 'exists' || sub.kind === 'in' ? named('boolean') : sub.kind === 'scalar' ? outputType(sub.node, 0, session) : null;
  const [name = '', more, atomType] = expression.name;
  if (name === '%count' || name === '%sum') return named(atomType ?? 'unknown');
  if (more !== undefined) return null;
  if (Object.hasOwn(QUOTIENTS, name)) return named(QUOTIENTS[name] ?? '');
  if (Object.hasOwn(MOMENTS, name)) return named(MOMENTS[name] ?? '');
  if (Object.hasOwn(RESULTS, name)) return named(RESULTS[name] ?? 'text');
  const [first, second] = expression.arguments;
  if (name === 'date_trunc') return truncationType(second === undefined ? null : typeOf(second, session));
  const argument = first === undefined ? null : typeOf(first, session);
  if (isAggregate(expression) || expression.over !== null) return aggregateType(name, argument);
  if (name === 'abs') return argument;
  if (!['round', 'ceil', 'floor', 'trunc'].includes(name)) return null;
  const type = argument?.type;
  if (isInteger(type)) return named(second === undefined ? 'double precision' : 'numeric');
  return isNumeric(type) ? named('numeric') : isDouble(type) ? argument : null;
}

/** PostgreSQL 18, "Aggregate Functions". */
function aggregateType(name: string, argument: Typed | null): Typed | null {
  const type = argument?.type;
  if (OF_ARGUMENT.has(name)) return argument;
  if (name === 'avg') return isInteger(type) || isNumeric(type) ? named('numeric') : isDouble(type) ? named('double precision') : null;
  if (name !== 'sum') return null;
  if (type === 'smallint' || type === 'integer') return named('bigint');
  return type === 'bigint' || isNumeric(type) ? named('numeric') : type === 'double precision' ? argument : null;
}

/** Of a date it is a timestamp with time zone. */
function truncationType(of: Typed | null): Typed | null {
  if (of === null) return null;
  return of.type === 'date' ? named('timestamp with time zone') : of.type.startsWith('timestamp') ? of : null;
}

/** The type of an output of a query; unknown types as an empty object's would be: `unknown`. */
export function outputType(node: Node, place: number, session: Session): Typed {
  if (node.type === 'set') {
    const types = node.parts.map((part) => outputType(part, place, session));
    const [first] = types;
    return first !== undefined && types.every(({ type }) => type === first.type) ? first : { type: 'unknown', enumValues: null };
  }
  const output = node.outputs[place];
  const type = output === undefined ? null : typeOf(output, session);
  return type === null || (type.enumValues === null && namedType(type.type) === null && type.type !== 'interval') ? { type: 'unknown', enumValues: null } : type;
}
