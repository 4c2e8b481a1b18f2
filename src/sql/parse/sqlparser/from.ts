import { fileReader } from '../file-reader.js';
import type { Expression, FromItem, Join } from '../../../model/syntax-tree.js';
import { conjunction } from './build.js';
import { type Context, isDialect, optional } from './context.js';
import { lowerArgument } from './functions.js';
import { aliasOf, dotted, ident, isQuoted, isWord, nameParts, NO_ALIAS, simpleName, tableReference } from './names.js';
import { flag, isAbsent, items, list, member, text, variant, when } from './node.js';
import { functionTable, lowerArrayJoin, lowerFunctionTable, lowerUnnest } from './function-tables.js';
import { lowerOpaqueTable } from './opaque-tables.js';

/** Lowers FROM. ClickHouse's comma after ARRAY JOIN goes on with arrays, not with tables. */
export function lowerFromList(nodes: readonly unknown[], at: Context): FromItem[] {
  const seen = new Set<string>();
  const found: FromItem[] = [];
  let unfolding: Join['kind'] | null = null;
  for (const node of nodes) {
    const last: FromItem | undefined = found.at(-1);
    if (unfolding && last) found[found.length - 1] = lowerArrayJoin(last, member(node, 'relation'), unfolding, at);
    else found.push(lowerJoins(node, seen, at));
    const operator = variant(member(list(node, 'joins').at(-1), 'join_operator')).tag;
    unfolding = ARRAY_JOINS[operator] ?? unfolding;
  }
  return found;
}

const ARRAY_JOINS: Record<string, Join['kind']> = { ArrayJoin: 'cross', InnerArrayJoin: 'cross', LeftArrayJoin: 'left' };

/** One relation with what is joined to it. */
function lowerJoins(node: unknown, seen: Set<string>, at: Context): FromItem {
  let current = lowerFactor(member(node, 'relation'), seen, at);
  for (const joined of list(node, 'joins')) {
    const { tag, content } = variant(member(joined, 'join_operator'));
    const unfolded = ARRAY_JOINS[tag];
    current = unfolded
      ? lowerArrayJoin(current, member(joined, 'relation'), unfolded, at)
      : lowerJoin(current, lowerFactor(member(joined, 'relation'), seen, at), tag, content, at);
  }
  return current;
}

const KINDS: Record<string, Join['kind']> = {
  Left: 'left', LeftOuter: 'left', OuterApply: 'left', Right: 'right', RightOuter: 'right', FullOuter: 'full', CrossJoin: 'cross', CrossApply: 'cross',
  Semi: 'semi', LeftSemi: 'semi', RightSemi: 'semi', Anti: 'anti', LeftAnti: 'anti', RightAnti: 'anti',
};

function lowerJoin(left: FromItem, right: FromItem, tag: string, content: unknown, at: Context): Join {
  const constraint = variant(tag === 'AsOf' ? member(content, 'constraint') : content);
  const matched = tag === 'AsOf' ? optional(member(content, 'match_condition'), at) : null;
  const on = conjunction([matched, constraint.tag === 'On' ? at.expression(constraint.content) : null]);
  const using = constraint.tag === 'Using' ? items(constraint.content).map((name) => simpleName(name, at)) : [];
  const natural = constraint.tag === 'Natural';
  const apply = tag === 'CrossApply' || tag === 'OuterApply';
  // The right side is kept and the left one only tested.
  const swapped = tag === 'RightSemi' || tag === 'RightAnti';
  const unconditional = on === null && using.length === 0 && !natural;
  // Snowflake's ASOF JOIN keeps the rows without a partner.
  const otherwise = tag === 'AsOf' && isDialect(at, 'snowflake') ? 'left' : unconditional ? 'cross' : 'inner';
  const seeing = apply ? lateral(right) : right;
  return {
    type: 'join',
    kind: KINDS[tag] === 'cross' && !unconditional ? 'inner' : (KINDS[tag] ?? otherwise),
    natural,
    left: swapped ? seeing : left,
    right: swapped ? left : seeing,
    on,
    using,
    ...NO_ALIAS,
  };
}

/** The right side of APPLY sees the left one. */
function lateral(item: FromItem): FromItem {
  return item.type === 'derived' ? { ...item, lateral: true } : item;
}

function lowerFactor(node: unknown, seen: Set<string>, at: Context): FromItem {
  const { tag, content } = variant(node);
  const item = (tag === 'Table' ? unfoldedColumn(content, seen, at) : null) ?? lowerFromItem(node, at);
  const name = nameOf(item);
  if (name !== null) seen.add(name);
  return item;
}

function nameOf(item: FromItem): string | null {
  return item.type === 'table' ? (item.alias ?? item.name) : item.alias;
}

/** `FROM cases AS c, c.officers AS o`: an array of a relation to the left (BigQuery, Redshift), not a table of a schema. */
function unfoldedColumn(content: unknown, seen: ReadonlySet<string>, at: Context): FromItem | null {
  if (!isDialect(at, 'bigquery', 'redshift') || !isAbsent(member(content, 'args'))) return null;
  const parts = nameParts(member(content, 'name'));
  if (parts.length < 2 || isQuoted(parts[0]) || !seen.has(ident(parts[0], at))) return null;
  const column: Expression = { type: 'column', ...dotted(parts, at) };
  return functionTable('unnest', [column], column.span, aliasOf(member(content, 'alias'), at));
}

/** Lowers one item of FROM that does not depend on those to its left. */
export function lowerFromItem(node: unknown, at: Context): FromItem {
  const { tag, content } = variant(node);
  switch (tag) {
    case 'Table':
      return lowerTable(content, at);
    case 'Derived':
      return {
        type: 'derived',
        query: at.query(member(content, 'subquery')),
        ...aliasOf(member(content, 'alias'), at),
        lateral: flag(content, 'lateral'),
      };
    case 'NestedJoin': {
      const inner = lowerJoins(member(content, 'table_with_joins'), new Set(), at);
      const alias = aliasOf(member(content, 'alias'), at);
      return alias.alias !== null && (inner.type === 'join' || inner.type === 'table') ? { ...inner, ...alias } : inner;
    }
    case 'UNNEST':
      return lowerUnnest(content, at);
    case 'Function':
    case 'TableFunction':
      return lowerFunctionTable(tag, content, at);
    default:
      return lowerOpaqueTable(tag, content, at);
  }
}

function lowerTable(content: unknown, at: Context): FromItem {
  const name = member(content, 'name');
  const alias = aliasOf(member(content, 'alias'), at);
  const parts = nameParts(name);
  const [first] = parts;
  const args = member(content, 'args');
  if (!isAbsent(args)) {
    const { span } = dotted(parts, at);
    const passed = list(args, 'args').flatMap((argument) => lowerArgument(argument, at));
    const names = parts.map((part) => ident(part, at).toLowerCase());
    return functionTable(names, passed, span, alias, flag(content, 'with_ordinality'));
  }
  if (parts.length === 0) return computedName(name, alias, at);
  if (parts.length === 1 && member(first, 'quote_style') === "'") {
    const file = text(member(first, 'value')) ?? '';
    const span = at.positions.of(first);
    return functionTable(fileReader(file), [{ type: 'literal', kind: 'string', value: file, span }], span, alias);
  }
  // The parser reads FROM ONLY cases as a table `only` under the name `cases`.
  const aliasName = member(member(content, 'alias'), 'name');
  if (parts.length === 1 && isWord(first, 'only') && aliasName !== undefined && !flag(member(content, 'alias'), 'explicit')) {
    return { ...tableReference([{ Identifier: aliasName }], NO_ALIAS, at), only: true };
  }
  return tableReference(name, alias, at);
}

/** Snowflake's IDENTIFIER('schema.name') is that name; with a variable in it nobody knows which. */
function computedName(name: unknown, alias: { alias: string | null; columnAliases: string[] }, at: Context): FromItem {
  const computed = when(items(name)[0], 'Function');
  const [argument] = list(computed, 'args').flatMap((one) => lowerArgument(one, at));
  if (argument?.type === 'literal' && argument.value !== null) {
    const parts = argument.value.split('.').map((value) => ({ Identifier: { value } }));
    return { ...tableReference(parts, alias, at), span: argument.span };
  }
  return { type: 'opaque_table', what: 'identifier', alias: alias.alias, columns: alias.columnAliases, inputs: argument ? [argument] : [], source: null };
}
