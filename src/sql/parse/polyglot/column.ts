import type { Expression, Projection, Span } from '../../../model/syntax-tree.js';
import type { Context } from './context.js';
import { type Fields, fieldsOf, listOf, taggedOf, type Tagged, textOf } from './data.js';
import { lowerExpression } from './expression.js';
import { call, composite } from './make.js';
import { around } from './spans.js';

/** Lowers columns, stars, fields and paths; null for nodes of other kinds. */
export function lowerColumnNode({ kind, fields }: Tagged, context: Context): Expression | null {
  switch (kind) {
    case 'column':
      return lowerColumn(fields, context);
    case 'identifier':
      return { type: 'column', parts: context.names([fields]), span: context.spans.of(fields) };
    case 'star':
      return lowerStar(fields, context);
    case 'dot':
      return lowerDot(fields, context);
    case 'subscript':
      return composite('subscript', [lowerExpression(fields['this'], context), lowerIndex(fields['index'], context)]);
    case 'array_slice': {
      const bounds = [fields['this'], fields['start'], fields['end']].filter((value) => value !== null && value !== undefined);
      return composite('subscript', bounds.map((value) => lowerExpression(value, context)));
    }
    case 'j_s_o_n_extract':
      return fields['variant_extract'] ? lowerPath(fields, context) : null;
    case 'struct_extract': {
      const field = context.name(fields['field']) ?? textOf(fields['field']);
      return field === null ? null : composite('field', [lowerExpression(fields['this'], context)], field);
    }
    case 'pseudocolumn':
      return call([(textOf(fields['kind']) ?? 'pseudocolumn').toLowerCase()], []);
    default:
      return null;
  }
}

function lowerColumn(fields: Fields, context: Context): Expression {
  const name = context.name(fields['name']) ?? '';
  // A variable: `@rows` in T-SQL and MySQL, `@from` in BigQuery.
  if (name.startsWith('@') && !fields['table']) return { type: 'parameter', number: context.parameter(name), span: context.spans.of(fields) };
  const qualifier = qualifierParts(fields['table'], context);
  const span = around([context.spans.of(fields), context.spans.of(fields['name'])]);
  const column: Expression = { type: 'column', parts: [...qualifier, name], span };
  // Oracle: the side of an outer join that may be missing.
  return fields['join_mark'] === true ? { type: 'operation', operator: '(+)', operands: [column], span } : column;
}

/** The parts of a relation before a point; the parser joins several of them, and BigQuery quotes them in one piece. */
function qualifierParts(identifier: unknown, context: Context): string[] {
  const name = context.name(identifier);
  if (name === null) return [];
  const isOne = fieldsOf(identifier)?.['quoted'] === true && context.dialect.id !== 'bigquery';
  return isOne ? [name] : name.split('.');
}

function lowerStar(fields: Fields, context: Context): Expression {
  const replace = listOf(fields['replace']).flatMap((item): Projection[] => {
    const alias = fieldsOf(item);
    if (!alias) return [];
    const expression = lowerExpression(alias['this'], context);
    return [{ expression, alias: context.name(alias['alias']), span: around([expression.span, context.spans.of(alias['alias'])]) }];
  });
  const rename = listOf(fields['rename']).flatMap((pair) => {
    const [column, name] = context.names(listOf(pair));
    return column !== undefined && name !== undefined ? [{ column, name }] : [];
  });
  return {
    type: 'star',
    qualifier: qualifierParts(fields['table'], context),
    except: context.names(listOf(fields['except'])),
    replace,
    rename,
    span: withStar(around([context.spans.of(fields), context.spans.of(fields['table'])]), context),
  };
}

/** The parser tells where the relation before a star stands, and not the star itself. */
function withStar({ start, end }: Span, context: Context): Span {
  const behind = end > 0 ? /^\s*\.\s*\*/.exec(context.text.slice(end, end + 16)) : null;
  return { start, end: end + (behind?.[0].length ?? 0) };
}

/** `a.b.c`: a longer name, or a field of a value in parentheses. */
function lowerDot(fields: Fields, context: Context): Expression {
  const name = context.name(fields['field']) ?? '';
  const inner = lowerExpression(fields['this'], context);
  const span = around([inner.span, context.spans.of(fields['field'])]);
  const isName = taggedOf(fields['this'])?.kind !== 'paren' && inner.type === 'column' && !/^\d+$/.test(name);
  if (isName && name === '*') return { type: 'star', qualifier: inner.parts, except: [], replace: [], rename: [], span };
  if (isName) return { type: 'column', parts: [...inner.parts, name], span };
  return { ...composite('field', [inner], name), span };
}

/** BigQuery: `items[OFFSET(0)]`. */
const POSITIONS = new Set(['offset', 'safe_offset', 'ordinal', 'safe_ordinal']);

function lowerIndex(value: unknown, context: Context): Expression {
  const index = lowerExpression(value, context);
  const [only] = index.type === 'call' && POSITIONS.has(index.name.join('.')) ? index.arguments : [];
  return only ?? index;
}

const STEP = /^(?:\.?([^.[\]"]+)|\.?"((?:[^"]|"")*)"|\[(\d+)\]|\[(?:'([^']*)'|"([^"]*)")\])/;

/** `value:path.to[0]` of Snowflake and Databricks: a field of a field. */
function lowerPath(fields: Fields, context: Context): Expression {
  let value = lowerExpression(fields['this'], context);
  let rest = textOf(fieldsOf(taggedOf(fields['expression'])?.body)?.['value']);
  if (rest === null) return composite('subscript', [value, lowerExpression(fields['expression'], context)]);
  while (rest !== '') {
    const [whole, name, quoted, index, key, other]: (string | undefined)[] = STEP.exec(rest) ?? [rest, rest];
    const span: Span = value.span;
    const field = name ?? quoted ?? key ?? other ?? null;
    const elements: Expression[] = field === null ? [value, { type: 'literal', kind: 'number', value: index ?? '0', span: { start: 0, end: 0 } }] : [value];
    value = { type: 'composite', kind: field === null ? 'subscript' : 'field', elements, field, span };
    rest = rest.slice(whole?.length ?? rest.length);
  }
  return value;
}
