import type { Call, Expression, OrderItem, Window } from '../../../model/syntax-tree.js';
import { composite, literal, operation, star } from './build.js';
import { type Context, expressions, isDialect, optional } from './context.js';
import { lowerStar, named } from './access.js';
import { ident, isQuoted, nameParts } from './names.js';
import { isAbsent, items, list, member, text, variant } from './node.js';
import { FUNCTION_OPERATORS } from './operators.js';
import { frameText } from '../window-frame.js';
import { cover } from './positions.js';
import { unitOf } from './units.js';

/** The name of a function: lower case unless it is quoted and the dialect keeps what is quoted. */
export function functionName(name: unknown, at: Context): { name: string[]; span: Call['span'] } {
  const parts = nameParts(name);
  return {
    name: parts.map((part) => (isQuoted(part) ? ident(part, at) : (text(member(part, 'value')) ?? '').toLowerCase())),
    span: cover(parts.map((part) => at.positions.of(part))),
  };
}

export function lowerFunction(content: unknown, at: Context): Expression {
  const { name, span } = functionName(member(content, 'name'), at);
  const args = member(content, 'args');
  const { tag, content: given } = variant(args);
  const [only] = name.length === 1 ? name : [];
  if (tag === 'Subquery') {
    const kind = only === 'array' ? 'array' : 'scalar';
    const query: Expression = { type: 'subquery', kind, operand: null, operator: null, query: at.valueQuery(given), span: at.positions.around(content) };
    return only === 'array' ? query : { ...bare(name, span), arguments: [query] };
  }
  const clauses = list(given, 'clauses').map(variant);
  const passed = [...parameters(content, at), ...list(given, 'args').flatMap((argument, index) => unitOf(name, argument, index, at) ?? lowerArgument(argument, at))];
  const isCountOfRows = (only === 'count' || only === 'count_big') && passed.length === 1 && passed[0]?.type === 'star' && isBareStar(passed[0]);
  const withinGroup = list(content, 'within_group');
  const over = member(content, 'over');
  const lowered: Call = {
    ...bare(name, span),
    arguments: isCountOfRows ? [] : [...passed, ...clauses.flatMap((clause) => extraArguments(clause.tag, clause.content, at))],
    distinct: member(given, 'duplicate_treatment') === 'Distinct',
    star: isCountOfRows,
    filter: optional(member(content, 'filter'), at),
    orderBy: [...orderItems(withinGroup, at), ...clauses.flatMap((clause) => orderedBy(clause.tag, clause.content, at))],
    withinGroup: withinGroup.length > 0,
    over: isAbsent(over) ? null : lowerWindow(over, at),
  };
  return spokenOtherwise(lowered, at);
}

function bare(name: string[], span: Call['span']): Call {
  return { type: 'call', name, arguments: [], distinct: false, star: false, filter: null, orderBy: [], withinGroup: false, over: null, span };
}

function isBareStar(expression: Extract<Expression, { type: 'star' }>): boolean {
  return expression.qualifier.length === 0 && expression.except.length === 0 && expression.replace.length === 0;
}

/** Functions that stand behind a point as methods of a column: of T-SQL's XML, and built-in ones of DuckDB (not those of a schema). */
const XML_METHODS: ReadonlySet<string> = new Set(['value', 'query', 'exist', 'nodes']);
const METHODS: ReadonlySet<string> = new Set(
  `lower upper trim ltrim rtrim replace reverse length len left right substring substr split split_part string_split contains starts_with ends_with prefix suffix
   lpad rpad repeat strip_accents regexp_replace regexp_extract regexp_matches concat list_transform list_filter list_sum list_aggregate list_contains list_sort
   strftime strptime date_trunc date_part year month day hour minute abs round floor ceil`.split(/\s+/),
);

function isMethod(name: readonly string[], at: Context): boolean {
  const last = name.at(-1) ?? '';
  if (name.length < 2) return false;
  if (isDialect(at, 'tsql')) return XML_METHODS.has(last);
  return isDialect(at, 'duckdb') && METHODS.has(last) && name.at(-2) !== 'main';
}

/** What the tree has no call for. */
function spokenOtherwise(lowered: Call, at: Context): Expression {
  if (isMethod(lowered.name, at)) {
    const base: Expression = { type: 'column', parts: lowered.name.slice(0, -1), span: lowered.span };
    return { ...lowered, name: lowered.name.slice(-1), arguments: [base, ...lowered.arguments] };
  }
  const [only] = lowered.name.length === 1 ? lowered.name : [];
  if (only === undefined || lowered.filter || lowered.over || lowered.distinct) return lowered;
  if (FUNCTION_OPERATORS.has(only)) return operation(only, lowered.arguments, cover([lowered.span, ...lowered.arguments.map(({ span }) => span)]));
  if (only === 'row') return composite('row', lowered.arguments);
  // MySQL's VALUES(column) is the row that was to be inserted.
  const [argument] = lowered.arguments;
  if (only === 'values' && at.insertedRow !== null && argument?.type === 'column' && isDialect(at, 'mysql')) {
    return { ...argument, parts: ['excluded', ...argument.parts.slice(-1)] };
  }
  return lowered;
}

/** ClickHouse's `quantile(0.5)(amount)`: what stands in the first parentheses comes first. */
function parameters(content: unknown, at: Context): Expression[] {
  return list(variant(member(content, 'parameters')).content, 'args').flatMap((argument) => lowerArgument(argument, at));
}

export function lowerArgument(argument: unknown, at: Context): Expression[] {
  const { tag, content } = variant(argument);
  if (tag === 'Unnamed') return value(content, at);
  if (tag === 'Named') return value(member(content, 'arg'), at).map((inner) => named(ident(member(content, 'name'), at), inner));
  if (tag === 'ExprNamed') {
    const name = at.expression(member(content, 'name'));
    return value(member(content, 'arg'), at).map((inner) => operation('=>', [name, inner]));
  }
  return [];
}

function value(argument: unknown, at: Context): Expression[] {
  const { tag, content } = variant(argument);
  if (tag === 'Expr') return [at.expression(content)];
  if (tag === 'Wildcard') return [star([], { start: 0, end: 0 })];
  if (tag === 'QualifiedWildcard') return [lowerStar({ ObjectName: content }, undefined, at)];
  if (tag === 'WildcardWithOptions') return [lowerStar(undefined, content, at)];
  return [];
}

/** SEPARATOR of GROUP_CONCAT is an argument elsewhere. */
function extraArguments(tag: string, content: unknown, at: Context): Expression[] {
  if (tag !== 'Separator') return [];
  return [literal('string', text(variant(member(content, 'value')).content) ?? '', at.positions.of(content))];
}

/** ORDER BY in the parentheses, and BigQuery's HAVING MAX: both choose among rows. */
function orderedBy(tag: string, content: unknown, at: Context): OrderItem[] {
  if (tag === 'OrderBy') return orderItems(items(content), at);
  if (tag === 'Having') return expressions(items(content).slice(1), at).map((expression) => ({ expression, descending: false }));
  return [];
}

export function orderItems(nodes: readonly unknown[], at: Context): OrderItem[] {
  return nodes.map((node) => {
    const options = member(node, 'options');
    const first = member(options, 'nulls_first');
    const nulls = typeof first === 'boolean' ? ({ nulls: first ? 'first' : 'last' } as const) : {};
    return { expression: at.expression(member(node, 'expr')), descending: member(options, 'asc') === false, ...nulls };
  });
}

/** `OVER w`, `OVER (w …)`, `OVER (…)`. */
export function lowerWindow(node: unknown, at: Context): Window {
  const { tag, content } = variant(node);
  if (tag === 'NamedWindow') return { partitionBy: [], orderBy: [], reference: ident(content, at) };
  const name = member(content, 'window_name');
  const frame = frameOf(member(content, 'window_frame'));
  return {
    ...(frame === null ? {} : { frame }),
    partitionBy: expressions(list(content, 'partition_by'), at),
    orderBy: orderItems(list(content, 'order_by'), at),
    reference: isAbsent(name) ? null : ident(name, at),
  };
}

/** `ROWS BETWEEN … AND …`, without the distances. */
function frameOf(node: unknown): string | null {
  const unit = text(member(node, 'units'));
  const start = boundOf(member(node, 'start_bound'));
  return unit === null || start === null ? null : frameText({ unit: unit.toLowerCase(), start, end: boundOf(member(node, 'end_bound')), exclude: null });
}

function boundOf(node: unknown): string | null {
  if (isAbsent(node)) return null;
  const { tag, content } = variant(node);
  return tag === 'CurrentRow' ? 'current row' : `${isAbsent(content) ? 'unbounded ' : ''}${tag.toLowerCase()}`;
}
