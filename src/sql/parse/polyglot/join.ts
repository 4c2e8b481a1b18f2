import type { Expression, FromItem, Join } from '../../../model/syntax-tree.js';
import type { Context } from './context.js';
import { type Fields, listOf, taggedOf, textOf } from './data.js';
import { lowerExpression, optionalExpression } from './expression.js';
import { arrayOf, lowerFromItem } from './from.js';
import { both, call } from './make.js';

export function joined(kind: Join['kind'], left: FromItem, right: FromItem, on: Expression | null): Join {
  return { type: 'join', kind, natural: false, left, right, on, using: [], alias: null, columnAliases: [] };
}

/** The parser's kinds of joins; those that are not here are inner. */
const KINDS: Record<string, Join['kind']> = {
  Left: 'left', NaturalLeft: 'left', LeftArray: 'left', OuterApply: 'left', LeftLateral: 'left', AsOfLeft: 'left',
  Right: 'right', NaturalRight: 'right', AsOfRight: 'right', Full: 'full', Outer: 'full', NaturalFull: 'full',
  Cross: 'cross', CrossApply: 'cross', Array: 'cross', Semi: 'semi', LeftSemi: 'semi', RightSemi: 'semi', Anti: 'anti', LeftAnti: 'anti', RightAnti: 'anti',
};

/** Joins the item before with the one that a join node holds. */
export function lowerJoin(left: FromItem, fields: Fields, context: Context): Join {
  const name = textOf(fields['kind']) ?? '';
  const kind = kindOf(name, textOf(fields['join_hint'])?.toUpperCase() ?? '', context);
  if (name === 'Array' || name === 'LeftArray') return joined(kind, left, arrayTable(fields['this'], context), null);
  const right = arrayOf(lowerFromItem(fields['this'], context), [left], context);
  // CROSS APPLY reads its right side for each row of the left.
  if (right.type === 'derived' && name.endsWith('Apply')) right.lateral = true;
  const on = both(optionalExpression(fields['on'], context), optionalExpression(fields['match_condition'], context));
  const using = listOf(fields['using']).flatMap((column) => usingName(column, context));
  const natural = name.startsWith('Natural');
  const isTurned = (kind === 'semi' || kind === 'anti') && isRight(name, fields);
  const isUnconditional = !on && using.length === 0 && !natural;
  return {
    ...joined(kind === 'inner' && isUnconditional ? 'cross' : kind, isTurned ? right : left, isTurned ? left : right, on),
    using,
    natural,
  };
}

function kindOf(name: string, hint: string, context: Context): Join['kind'] {
  if (/\bSEMI\b/.test(hint)) return 'semi';
  if (/\bANTI\b/.test(hint)) return 'anti';
  // Snowflake keeps rows without a partner.
  if (name === 'AsOf' && context.dialect.id === 'snowflake') return 'left';
  return KINDS[name] ?? 'inner';
}

function isRight(name: string, fields: Fields): boolean {
  return name.startsWith('Right') && fields['this'] !== undefined;
}

/** Columns of USING come as identifiers, qualified ones as columns. */
function usingName(value: unknown, context: Context): string[] {
  const node = taggedOf(value);
  const name = context.name(node?.kind === 'column' ? node.fields['name'] : node?.kind === 'identifier' ? node.fields : value);
  return name === null ? [] : [name];
}

/** ARRAY JOIN a, b AS c (ClickHouse): arrays read side by side, each element under the name of its array or alias. */
function arrayTable(value: unknown, context: Context): FromItem {
  const node = taggedOf(value);
  const values = node?.kind === 'tuple' ? listOf(node.fields['expressions']) : [value];
  const functions = values.map((item) => {
    const inner = taggedOf(item);
    const array = lowerExpression(inner?.kind === 'alias' ? inner.fields['this'] : item, context);
    const alias = inner?.kind === 'alias' ? context.name(inner.fields['alias']) : null;
    const name = alias ?? (array.type === 'column' ? (array.parts.at(-1) ?? null) : null);
    return { call: call(['arrayjoin'], [array]), name: 'arrayjoin', columns: name === null ? [] : [name] };
  });
  const [only, more] = functions;
  // Fields of a nested array are reached through its name.
  const alias = more ? null : (only?.columns[0] ?? null);
  return { type: 'function', functions, alias, columnAliases: [], ordinality: false, lateral: true };
}
