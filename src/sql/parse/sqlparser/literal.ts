import type { Expression, Span } from '../../../model/syntax-tree.js';
import { composite, literal } from './build.js';
import { type Context, isDialect } from './context.js';
import { items, member, text, variant } from './node.js';
import { cover } from './positions.js';
import { typeText } from './types.js';

/** A value with its position: a literal or a parameter. */
export function lowerValue(node: unknown, at: Context): Expression {
  const span = at.positions.of(node);
  const { tag, content } = variant(member(node, 'value'));
  switch (tag) {
    case 'Number':
      return literal('number', plainNumber(text(items(content)[0]) ?? ''), span);
    case 'Boolean':
      return literal('boolean', String(content), span);
    case 'Null':
      return literal('null', null, span);
    case 'Placeholder':
      return placeholder(text(content) ?? '', span, at);
    case 'HexStringLiteral':
      return literal('bits', `x${text(content) ?? ''}`, span);
    case 'SingleQuotedByteStringLiteral':
    case 'DoubleQuotedByteStringLiteral':
      // BigQuery's b'…' are bytes in text, elsewhere it holds binary digits.
      return isDialect(at, 'bigquery', 'spark', 'databricks') ? literal('string', text(content), span) : literal('bits', `b${text(content) ?? ''}`, span);
    default:
      return literal('string', text(content) ?? text(member(content, 'value')) ?? '', span);
  }
}

function plainNumber(written: string): string {
  return written.replaceAll('_', '').replace(/^0+(?=\d+$)/, '');
}

function placeholder(spelling: string, span: Span, at: Context): Expression {
  // The first column of a staged file or of VALUES without names, not a parameter.
  if (isDialect(at, 'snowflake') && /^\$\d+$/.test(spelling)) return { type: 'column', parts: [spelling], span };
  return { type: 'parameter', number: at.parameter(spelling), span };
}

/** `INTERVAL '1 day'` is a cast to interval, `INTERVAL 1 DAY` a cast to `interval day`. */
export function lowerInterval(node: unknown, at: Context): Expression {
  const operand = at.expression(member(node, 'value'));
  const from = variant(member(node, 'leading_field')).tag;
  const to = variant(member(node, 'last_field')).tag;
  const fields = [from, to].filter((field) => field !== '').map(fieldName);
  return { type: 'cast', operand, target: ['interval', fields.join(' to ')].join(' ').trim(), span: operand.span };
}

/** Plural units mean the same as singular ones. */
function fieldName(field: string): string {
  return field.toLowerCase().replace(/s$/, '');
}

/** `DATE '2026-01-31'`. */
export function lowerTypedText(node: unknown, at: Context): Expression {
  const operand = lowerValue(member(node, 'value'), at);
  return { type: 'cast', operand, target: typeText(member(node, 'data_type'), at), span: operand.span };
}

/** Prefixes of literals that the parser takes for a column, with the literal as its name. */
const PREFIX = /^[bxen]$/i;

/**
 * What `expression alias` really is where a literal or a part of a number follows without the word AS: `b'101'`, `e'text'`, `1_000`,
 * and two literals that are one. Null where it is an alias.
 */
export function misreadAlias(expression: Expression, alias: unknown, at: Context): Expression | null {
  const { end } = expression.span;
  const quote = member(alias, 'quote_style');
  const value = text(member(alias, 'value')) ?? '';
  if (end === 0) return null;
  if (quote === "'") {
    const whole = { start: expression.span.start, end: end + value.length + 2 };
    const prefix = expression.type === 'column' && expression.parts.length === 1 ? (expression.parts[0] ?? '') : '';
    if (PREFIX.test(prefix) && at.positions.text({ start: end, end: end + 1 }) === "'") {
      return /[bx]/i.test(prefix) ? literal('bits', prefix.toLowerCase() + value, whole) : literal('string', value, whole);
    }
    const isText = expression.type === 'literal' && expression.kind === 'string' && isDialect(at, 'redshift', 'duckdb');
    const joined = isText && /^\s*'/.test(at.positions.text({ start: end, end: end + ADJACENT }));
    return joined ? literal('string', `${expression.value ?? ''}${value}`, whole) : null;
  }
  const span = at.positions.of(alias);
  if (quote === '[' && isDialect(at, 'redshift') && end === span.start) return bracketed(expression, value, span, at);
  if (end !== span.start || expression.type !== 'literal' || expression.kind !== 'number' || quote !== undefined) return null;
  return literal('number', plainNumber(`${expression.value ?? ''}${value}`), cover([expression.span, span]));
}

/** In Redshift brackets quote no names: `items[position]` is a subscript, `ARRAY[a, b]` an array. */
function bracketed(base: Expression, inside: string, span: Span, at: Context): Expression | null {
  const select = 'select ';
  const [statement] = at.inner(select + inside, span.start + 1 - select.length) ?? [];
  if (statement?.type !== 'query_statement' || statement.query.body.type !== 'select') return null;
  const elements = statement.query.body.projections.map(({ expression }) => expression);
  const isArray = base.type === 'column' && base.parts.join('.') === 'array';
  return isArray ? composite('array', elements) : composite('subscript', [base, ...elements]);
}

/** How far behind a literal the next one is looked for. */
const ADJACENT = 200;
