import type { DialectId } from '../../dialect.js';
import type { Expression } from '../../../model/syntax-tree.js';
import type { Context } from './context.js';
import { type Fields, isAbsent, taggedOf, type Tagged, textOf } from './data.js';
import { lowerExpression } from './expression.js';
import { negated } from './literal.js';
import { call, operation } from './make.js';

/** Operators between `left` and `right`, or `this` and `expression`. */
const BINARY: Record<string, string> = {
  add: '+', sub: '-', mul: '*', div: '/', mod: '%', int_div: 'div', eq: '=', neq: '<>', lt: '<', lte: '<=', gt: '>', gte: '>=', concat: '||',
  bitwise_and: '&', bitwise_or: '|', bitwise_xor: '#', bitwise_left_shift: '<<', bitwise_right_shift: '>>', xor: 'xor',
  null_safe_eq: 'is_not_distinct', null_safe_neq: 'is_distinct', is: 'is_not_distinct', glob: 'glob', match: 'match', ts_match: '@@',
  array_contains_all: '@>', array_contained_by: '<@', array_overlaps: '&&', adjacent: '-|-', extends_left: '&<', extends_right: '&>',
  j_s_o_n_b_contains_all_top_keys: '?&', j_s_o_n_b_contains_any_top_keys: '?|', j_s_o_n_b_delete_at_path: '#-', member_of: 'member_of',
};

/** Lowers operators; null for nodes of other kinds. */
export function lowerOperator(node: Tagged, context: Context): Expression | null {
  const { kind, fields } = node;
  switch (kind) {
    case 'and':
    case 'or':
      return operation(kind, chain(fields, kind, context));
    case 'not':
      return lowerNot(fields, context);
    case 'neg':
      return lowerNegative(fields, context);
    case 'prior':
      return operation('prior', [lowerExpression(fields['this'], context)]);
    case 'bitwise_not':
      return operation('~', [lowerExpression(fields['this'], context)]);
    case 'at_time_zone':
      return operation('at_time_zone', [lowerExpression(fields['this'], context), lowerExpression(fields['zone'], context)]);
    case 'collation':
      return operation(`collate ${textOf(fields['collation']) ?? ''}`, [lowerExpression(fields['this'], context)]);
    case 'operator': {
      const name = (context.name(taggedOf(fields['operator'])?.fields) ?? textOf(fields['operator']) ?? 'operator').replace(/^.*\.(?=\W)/, '');
      return operation(name, pair(fields, context));
    }
    case 'array_overlaps':
      // MySQL writes AND this way.
      return operation(context.dialect.id === 'mysql' ? 'and' : '&&', pair(fields, context));
    default:
      return lowerBinary(node, context);
  }
}

/** `**` and `^` are a power, or exclusive or in MySQL; so is the function POWER, which is a call. */
const ARROWS: Record<string, [string, string]> = { json_extract: ['->', '#>'], json_extract_scalar: ['->>', '#>>'] };

function lowerBinary({ kind, fields }: Tagged, context: Context): Expression | null {
  const arrows = ARROWS[kind];
  if (arrows && fields['arrow_syntax'] === true) return operation(arrows[0], [lowerExpression(fields['this'], context), lowerExpression(fields['path'], context)]);
  if (arrows && fields['hash_arrow_syntax'] === true) return operation(arrows[1], [lowerExpression(fields['this'], context), lowerExpression(fields['path'], context)]);
  if (kind === 'regexp_like' || kind === 'regexp_i_like') return lowerMatch(kind, fields, context);
  if (kind === 'power') return lowerPower(fields, context);
  if (kind === 'j_s_o_n_b_contains' || kind === 'j_s_o_n_b_exists') return operation(textOf(fields['original_name']) ?? '@>', pair(fields, context));
  const operator = BINARY[kind];
  if (operator === undefined) return null;
  if (kind === 'concat' && !('left' in fields)) return null;
  return operation(bitwise(kind, context.dialect.id) ?? operator, pair(fields, context));
}

function bitwise(kind: string, dialect: DialectId): string | null {
  return kind === 'bitwise_xor' && dialect !== 'postgres' && dialect !== 'redshift' ? '^' : null;
}

function pair(fields: Fields, context: Context): Expression[] {
  return ['left', 'this', 'expression', 'right'].flatMap((key) => (isAbsent(fields[key]) ? [] : [lowerExpression(fields[key], context)]));
}

/**
 * The parser balances long chains; the grammar of PostgreSQL makes one list of them, into which a chain in parentheses at
 * its very left is drawn too.
 */
function chain(fields: Fields, kind: 'and' | 'or', context: Context): Expression[] {
  const operands: Expression[] = [];
  const visit = (value: unknown): void => {
    const node = taggedOf(value);
    if (node?.kind === 'annotated') return visit(node.fields['this']);
    if (node?.kind === kind) {
      visit(node.fields['left']);
      visit(node.fields['right']);
      return;
    }
    const operand = lowerExpression(value, context);
    const isFirst = operands.length === 0;
    if (isFirst && node?.kind === 'paren' && operand.type === 'operation' && operand.operator === kind) operands.push(...operand.operands);
    else operands.push(operand);
  };
  visit(fields['left']);
  visit(fields['right']);
  return operands;
}

/** Predicates with a NOT inside them, as `a NOT LIKE b`, which the parser writes as NOT around. */
const NEGATED: Record<string, string> = {
  like: 'not_like', ilike: 'not_ilike', 'like any': 'not_like any', 'like all': 'not_like all', '~': '!~', '~*': '!~*', rlike: 'not_rlike', is_not_distinct: 'is_distinct', glob: 'not_glob', match: 'not_match',
};
/** Nodes around which a NOT is the predicate's own; it was raw text if it stood before the whole predicate. */
const OWN_NOT = new Set(['like', 'i_like', 'regexp_like', 'regexp_i_like', 'is', 'glob', 'match']);

function lowerNot(fields: Fields, context: Context): Expression {
  const operand = lowerExpression(fields['this'], context);
  const inner = taggedOf(fields['this'])?.kind ?? '';
  const negative = operand.type === 'operation' && OWN_NOT.has(inner) ? NEGATED[operand.operator] : undefined;
  if (operand.type === 'operation' && negative !== undefined) return { ...operand, operator: negative };
  return operation('not', [operand]);
}

function lowerNegative(fields: Fields, context: Context): Expression {
  const operand = lowerExpression(fields['this'], context);
  const number = operand.type === 'literal' ? negated(operand) : null;
  return number ?? operation('-', [operand]);
}

/** Where a match is written with a tilde; elsewhere it is RLIKE or REGEXP. */
const TILDE: readonly DialectId[] = ['postgres', 'redshift', 'duckdb'];

function lowerMatch(kind: string, fields: Fields, context: Context): Expression {
  const operands = ['this', 'pattern', 'expression', 'flags'].flatMap((key) => (isAbsent(fields[key]) ? [] : [lowerExpression(fields[key], context)]));
  const name = writtenAs(operands, ['regexp_like', 'regexp_matches', 'regexp_contains', 'regexp_ilike'], context);
  if (name !== null) return call([name], operands);
  if (kind === 'regexp_i_like') return operation('~*', operands);
  return operation(TILDE.includes(context.dialect.id) ? '~' : 'rlike', operands);
}

function lowerPower(fields: Fields, context: Context): Expression {
  const operands = pair(fields, context);
  const symbol = textOf(fields['original_name']);
  if (symbol !== null && /^\W+$/.test(symbol)) return operation('^', operands);
  const name = writtenAs(operands, ['power', 'pow'], context);
  const isSymbolic = name === null && operands.some(({ span }) => span.end > 0);
  return isSymbolic ? operation('^', operands) : call([name ?? 'power'], operands);
}

/** The name under which a call with these arguments stands in the text. */
export function writtenAs(operands: readonly Expression[], possible: readonly string[], context: Context): string | null {
  const known = operands.find(({ span }) => span.end > 0);
  return known ? context.written.nameAround(known.span.start, possible) : null;
}
