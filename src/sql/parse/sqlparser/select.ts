import type { Expression, FromItem, GroupItem, Projection, Select, Star } from '../../../model/syntax-tree.js';
import { composite, conjunction, opaque, operation, star } from './build.js';
import { type Context, doubt, expressions, optional } from './context.js';
import { lowerStar } from './access.js';
import { childExpressions } from './expression.js';
import { lowerWindow } from './functions.js';
import { misreadAlias } from './literal.js';
import { ident, isWord, nameParts, simpleName } from './names.js';
import { isAbsent, items, list, member, text, variant, when } from './node.js';
import { cover, NOWHERE } from './positions.js';
import { prefixAlias } from './prefix-alias.js';

export function lowerSelect(select: unknown, at: Context): Select {
  const from = withLateralViews(at.fromList(list(select, 'from')), list(select, 'lateral_views'), at);
  const projections = lowerProjections(list(select, 'projection'), at);
  const left = exclusions(member(select, 'exclude'), at);
  return {
    type: 'select',
    distinct: lowerDistinct(member(select, 'distinct'), at),
    // FROM without SELECT shows every column.
    projections: projections.length > 0 ? projections.map((projection) => without(projection, left)) : [{ expression: star([], NOWHERE), alias: null, span: NOWHERE }],
    from,
    where: conjunction([optional(member(select, 'prewhere'), at), optional(member(select, 'selection'), at), hierarchy(list(select, 'connect_by'), at)]),
    groupBy: lowerGroups(member(select, 'group_by'), at),
    having: optional(member(select, 'having'), at),
    qualify: optional(member(select, 'qualify'), at),
    windows: list(select, 'named_window').map((window) => {
      const [name, definition] = items(window);
      return { name: ident(name, at), window: lowerWindow(definition, at) };
    }),
  };
}

/** DISTINCT, or the expressions of DISTINCT ON. */
function lowerDistinct(node: unknown, at: Context): Select['distinct'] {
  const { tag, content } = variant(node);
  if (tag === 'On') return expressions(items(content), at);
  return tag === 'Distinct' ? 'all' : null;
}

export function lowerProjections(nodes: readonly unknown[], at: Context): Projection[] {
  return nodes.flatMap((node) => lowerProjection(node, at));
}

function lowerProjection(node: unknown, at: Context): Projection[] {
  const { tag, content } = variant(node);
  switch (tag) {
    case 'UnnamedExpr': {
      const prefixed = prefixAlias(content, at);
      if (prefixed) {
        const value = at.expression(prefixed.expression);
        return [{ expression: value, alias: ident(prefixed.alias, at), span: cover([at.positions.of(prefixed.alias), value.span]) }];
      }
      const expression = at.expression(content);
      return [{ expression, alias: null, span: expression.span }];
    }
    case 'ExprWithAlias':
      return [aliased(content, at)];
    case 'ExprWithAliases': {
      const expression = at.expression(member(content, 'expr'));
      return list(content, 'aliases').map((alias) => ({ expression, alias: ident(alias, at), span: cover([expression.span, at.positions.of(alias)]) }));
    }
    case 'Wildcard':
      return [shownStar(undefined, content, at)];
    case 'QualifiedWildcard': {
      const [qualifier, options] = items(content);
      return [shownStar(qualifier, options, at)];
    }
    default: {
      const expression = opaque(tag, childExpressions(content, at));
      return [{ expression, alias: null, span: expression.span }];
    }
  }
}

function shownStar(qualifier: unknown, options: unknown, at: Context): Projection {
  const expression = lowerStar(qualifier, options, at);
  if (!isAbsent(member(options, 'opt_ilike'))) doubt('which columns * ILIKE shows is not known', expression.span, at);
  return { expression, alias: null, span: expression.span };
}

/** What follows the expression without the word AS may be no alias at all. */
function aliased(content: unknown, at: Context): Projection {
  const expression = at.expression(member(content, 'expr'));
  const alias = member(content, 'alias');
  const literal = misreadAlias(expression, alias, at);
  if (literal) return { expression: literal, alias: null, span: literal.span };
  const aliasSpan = at.positions.of(alias);
  const span = cover([expression.span, aliasSpan]);
  const before = at.positions.text({ start: Math.max(aliasSpan.start - BEFORE_ALIAS, 0), end: aliasSpan.start });
  if (isWord(alias, 'isnull', 'notnull') && NULL_TESTS.has(at.dialect.id) && !/\bas\s+$/i.test(before)) {
    return { expression: operation(isWord(alias, 'isnull') ? 'is_null' : 'is_not_null', [expression]), alias: null, span };
  }
  return { expression, alias: ident(alias, at), span };
}

/** How far before an alias the word AS is looked for. */
const BEFORE_ALIAS = 40;

/** Where `a ISNULL` is a test and no column of the name `isnull`. */
const NULL_TESTS: ReadonlySet<string> = new Set(['redshift', 'duckdb', 'sqlite']);

/** Redshift's EXCLUDE at the end of the list. */
function exclusions(node: unknown, at: Context): string[] {
  const { tag, content } = variant(node);
  const names = tag === 'Single' ? [content] : tag === 'Multiple' ? items(content) : [];
  return names.map((name) => (Array.isArray(name) ? simpleName(name, at) : ident(name, at)));
}

function without(projection: Projection, names: readonly string[]): Projection {
  if (names.length === 0 || projection.expression.type !== 'star') return projection;
  const expression: Star = { ...projection.expression, except: [...projection.expression.except, ...names] };
  return { ...projection, expression };
}

/** START WITH and CONNECT BY choose rows by walking from row to row. */
function hierarchy(clauses: readonly unknown[], at: Context): Expression | null {
  return clauses.length === 0 ? null : opaque('connect_by', childExpressions(clauses, at));
}

function lowerGroups(node: unknown, at: Context): GroupItem[] {
  const { tag, content } = variant(node);
  if (tag === 'All') return [{ type: 'all' }];
  const [keys, modifiers] = items(content);
  const groups = items(keys).map((key) => lowerGroup(key, at));
  return items(modifiers).reduce<GroupItem[]>((current, modifier) => {
    const { tag: kind, content: sets } = variant(modifier);
    if (kind === 'Rollup' || kind === 'Cube') return [{ type: 'sets', kind: kind === 'Rollup' ? 'rollup' : 'cube', items: current }];
    return kind === 'GroupingSets' ? [...current, lowerGroup(sets, at)] : current;
  }, groups);
}

const SETS: Record<string, 'rollup' | 'cube' | 'sets'> = { Rollup: 'rollup', Cube: 'cube', GroupingSets: 'sets' };

function lowerGroup(node: unknown, at: Context): GroupItem {
  const { tag, content } = variant(node);
  const kind = SETS[tag];
  if (kind) return { type: 'sets', kind, items: items(content).map((set) => lowerSet(items(set), at)) };
  const called = tag === 'Function' ? rollupCall(content, at) : null;
  if (called) return called;
  if (tag === 'Tuple' && items(content).length === 0) return { type: 'sets', kind: 'empty', items: [] };
  return { type: 'expression', expression: at.expression(node) };
}

/** Where the dialect's grammar does not know ROLLUP (Redshift) the parser reads a function. */
function rollupCall(content: unknown, at: Context): GroupItem | null {
  const [name, ...more] = nameParts(member(content, 'name'));
  if (more.length > 0 || !isWord(name, 'rollup', 'cube')) return null;
  const args = list(when(member(content, 'args'), 'List'), 'args').map((argument) => when(when(argument, 'Unnamed'), 'Expr'));
  return { type: 'sets', kind: isWord(name, 'cube') ? 'cube' : 'rollup', items: args.map((argument) => lowerGroup(argument, at)) };
}

/** One member of ROLLUP, CUBE or GROUPING SETS: `a`, `(a, b)` or `()`. */
function lowerSet(members: readonly unknown[], at: Context): GroupItem {
  const [only] = members;
  if (members.length === 0) return { type: 'sets', kind: 'empty', items: [] };
  if (members.length === 1) return lowerGroup(only, at);
  return { type: 'expression', expression: composite('row', expressions(members, at)) };
}

/** Hive's LATERAL VIEW: a function of the rows before it, joined to them. */
function withLateralViews(from: FromItem[], views: readonly unknown[], at: Context): FromItem[] {
  return views.reduce<FromItem[]>((current, view) => {
    const call = at.expression(member(view, 'lateral_view'));
    const [name] = nameParts(member(view, 'lateral_view_name'));
    const right: FromItem = {
      type: 'function',
      functions: [{ call, name: call.type === 'call' ? (call.name.at(-1) ?? '') : '', columns: [] }],
      // The parser takes the AS of a view without a name for the name.
      alias: name === undefined || isWord(name, 'as') ? null : ident(name, at),
      columnAliases: list(view, 'lateral_col_alias').map((column) => ident(column, at)),
      ordinality: false,
      lateral: true,
    };
    const last = current.at(-1);
    if (!last) return [right];
    const kind = member(view, 'outer') === true ? 'left' : 'cross';
    return [...current.slice(0, -1), { type: 'join', kind, natural: false, left: last, right, on: null, using: [], alias: null, columnAliases: [] }];
  }, from);
}

/** Whether the SELECT writes its rows into a table, and its name. */
export function intoName(body: unknown): unknown {
  const into = member(when(body, 'Select'), 'into');
  const name = member(into, 'name');
  const first = text(member(nameParts(name)[0], 'value'));
  // MySQL's SELECT … INTO @variable writes no table.
  return first === null || first.startsWith('@') ? undefined : name;
}
