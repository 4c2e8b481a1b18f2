import type { Expression } from '../../model/syntax-tree.js';
import type { MaskLevel } from '../flow.js';
import type { MaskContext } from './context.js';
import { numberOf } from './literals.js';
import { isNetmask } from './network.js';
import { quotient, remainder } from './numbers.js';

const PREDICATES = new Set([
  '=', '==', '<>', '<', '<=', '>', '>=', 'like', 'not_like', 'ilike', 'not_ilike', 'similar', 'not_similar', 'in', 'not_in', 'between', 'not_between',
  'between_symmetric', 'not_between_symmetric', 'is_null', 'is_not_null', 'is_true', 'is_not_true', 'is_false', 'is_not_false', 'is_unknown',
  'is_not_unknown', 'is_distinct', 'is_not_distinct', 'and', 'or', 'not', 'xor', '~', '!~', '~*', '!~*', '~~', '!~~', '~~*', '!~~*', '@>', '<@', '?', '?|', '?&', '&&',
  '@?', '@@', '@@@', '^@', '<<|', '|>>', '&<', '&>', '&<|', '|&>', '-|-', '<<=', '>>=', '~=', 'overlaps', 'rlike', 'not_rlike', 'regexp', 'not_regexp', 'glob',
  'not_glob', 'like_any', 'ilike_any', 'like_all', 'ilike_all', 'global_in', 'global_not_in', 'member_of', 'sounds_like', 'is_json', 'is_not_json', 'is_empty', '!',
]);

/** What an operator leaves of its operands: a comparison tells one bit, everything else may tell all. */
export function maskOfOperator(operator: string): MaskLevel {
  return PREDICATES.has(operator) || operator.endsWith(' any') || operator.endsWith(' all') ? 'predicate' : 'raw';
}

/** The same for each operand, with the literals beside it in view. */
export function masksOfOperation(operator: string, operands: readonly Expression[], context: MaskContext = {}): MaskLevel[] {
  const [left, right] = operands;
  switch (operator) {
    case 'nullif':
      return ['raw', 'predicate'];
    case '%':
      return [remainder(operands), 'raw'];
    case '/':
      return [quotient(operands, false, context), 'raw'];
    case '//':
    case 'div':
      return [quotient(operands, true, context), 'raw'];
    case '*':
      return numberOf(left) === 0 || numberOf(right) === 0 ? ['constant', 'constant'] : ['raw', 'raw'];
    case '&':
      if (isNetmask(right)) return ['partial', 'predicate'];
      return isNetmask(left) ? ['predicate', 'partial'] : ['raw', 'raw'];
    case '<<':
    case '>>':
      // Between networks and ranges these compare, between numbers they shift.
      return operands.some((operand) => isNetworkOrRange(operand, context)) ? ['predicate', 'predicate'] : ['raw', 'raw'];
    case '#':
      return ['reversible', 'reversible'];
    default: {
      const level = maskOfOperator(operator);
      return operands.map(() => level);
    }
  }
}

function isNetworkOrRange(operand: Expression, { typeOf }: MaskContext): boolean {
  const type = operand.type === 'cast' ? operand.target : (typeOf?.(operand) ?? '');
  return /^(?:inet|cidr|\w*range|box|circle|polygon|point)$/.test(type);
}
