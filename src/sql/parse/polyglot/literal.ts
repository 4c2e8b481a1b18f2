import type { Expression, Literal } from '../../../model/syntax-tree.js';
import type { DialectId } from '../../dialect.js';
import type { Context } from './context.js';
import { type Fields, fieldsOf, listOf, numberOf, type Tagged, textOf } from './data.js';
import { lowerExpression } from './expression.js';

/** The parser tells no place of literals. */
const NOWHERE = { start: 0, end: 0 };

export function literal(kind: Literal['kind'], value: string | null): Literal {
  return { type: 'literal', kind, value, span: NOWHERE };
}

/** Lowers literals, parameters and intervals; null for nodes of other kinds. */
export function lowerLiteral({ kind, fields, body }: Tagged, context: Context): Expression | null {
  switch (kind) {
    case 'literal':
      return lowerTyped(fields);
    case 'boolean':
      return literal('boolean', fields['value'] === true ? 'true' : 'false');
    case 'null':
      return literal('null', null);
    case 'unicode_string':
    case 'national':
      return lowerExpression(fields['this'], context);
    case 'byte_string':
    case 'hex_string_expr':
    case 'heredoc':
      return literal('string', textOf(fields['this']) ?? '');
    case 'var':
      // A word of a function's own grammar, such as the unit in DATEADD(day, …).
      return literal('string', (textOf(fields['this']) ?? '').toLowerCase());
    case 'parameter':
      return lowerParameter(fields, context);
    case 'placeholder':
      return { type: 'parameter', number: context.parameter(null), span: NOWHERE };
    case 'session_parameter':
      return { type: 'parameter', number: context.parameter(JSON.stringify(body)), span: NOWHERE };
    case 'interval':
      return lowerInterval(fields, context);
    default:
      return null;
  }
}

/** `DATE '…'` is a cast of its text, as in PostgreSQL. */
const TYPED: Record<string, string> = {
  date: 'date', time: 'time without time zone', timestamp: 'timestamp without time zone', datetime: 'timestamp without time zone',
};

function lowerTyped(fields: Fields): Expression {
  const kind = textOf(fields['literal_type']) ?? '';
  // A triple quoted string comes with its quote.
  const value = textOf(fields['value']) ?? textOf(listOf(fields['value'])[0]) ?? '';
  const target = TYPED[kind];
  if (target !== undefined) return { type: 'cast', operand: literal('string', value), target, span: NOWHERE };
  if (kind === 'number' || kind === 'hex_number') return literal('number', value);
  if (kind === 'bit_string') return literal('bits', `b${value}`);
  if (kind === 'hex_string') return literal('bits', `x${value}`);
  return literal('string', kind === 'escape_string' ? value.replace(/^[eE]:/, '') : value);
}

function lowerParameter(fields: Fields, context: Context): Expression {
  const index = numberOf(fields['index']);
  const style = textOf(fields['style']);
  // Snowflake: `$1` is a column by its position, of a stage or of VALUES.
  if (index !== null && style === 'Dollar' && context.dialect.id === 'snowflake') return { type: 'column', parts: [`$${index}`], span: NOWHERE };
  const number = index ?? context.parameter(`${style ?? ''} ${textOf(fields['name']) ?? ''}`);
  return { type: 'parameter', number, span: NOWHERE };
}

/** Where the number of an interval is written without quotes, of which the parser makes a text. */
const PLAIN_NUMBERS: readonly DialectId[] = ['mysql', 'bigquery', 'clickhouse', 'spark', 'databricks', 'hive', 'tsql', 'sqlite'];

/** `INTERVAL '1 day'` is a cast to interval, `INTERVAL 1 DAY` a cast to `interval day`. */
function lowerInterval(fields: Fields, context: Context): Expression {
  const unit = unitText(fields['unit']);
  const value = lowerExpression(fields['this'], context);
  const isNumber = value.type === 'literal' && unit !== '' && PLAIN_NUMBERS.includes(context.dialect.id) && /^-?\d+(\.\d+)?$/.test(value.value ?? '');
  const operand = isNumber ? literal('number', value.value) : value;
  return { type: 'cast', operand, target: `interval ${unit}`.trim(), span: operand.span };
}

function unitText(unit: unknown): string {
  const fields = fieldsOf(unit);
  if (!fields) return '';
  const parts = [fields['unit'], fields['this'], fields['expression']].flatMap((part) => textOf(part) ?? []);
  return parts.map((part) => part.toLowerCase().replace(/s$/, '')).join(' to ');
}

/** The negative of a number is a literal too, as the grammar of PostgreSQL has it. */
export function negated({ kind, value }: Literal): Literal | null {
  if (kind !== 'number' || value === null) return null;
  return literal('number', value.startsWith('-') ? value.slice(1) : `-${value}`);
}
