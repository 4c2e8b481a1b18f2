import type { DerivedTable, Expression, FromItem, FunctionTable } from '../../../model/syntax-tree.js';
import type { Context } from './context.js';
import { type Fields, fieldsOf, isAbsent, listOf, taggedOf, textOf } from './data.js';
import { expressions, lowerChildren, lowerExpression } from './expression.js';
import { joined, lowerJoin } from './join.js';
import { call } from './make.js';
import { isOpaqueTable, lowerOpaqueTable } from './opaque-table.js';
import { isQueryNode, lowerQuery } from './query.js';
import { aliasOf, lowerTable } from './table.js';
import { fileReader } from '../file-reader.js';

/** What stands before and behind a table: its alias, and the names that it gives to the columns. */
interface Names {
  alias: string | null;
  columnAliases: string[];
}

const NO_NAMES: Names = { alias: null, columnAliases: [] };

/** FROM with its joins: each joins what stands before it, and a comma begins anew. */
export function lowerFrom(from: unknown, joins: unknown, views: unknown, context: Context): FromItem[] {
  const items: FromItem[] = [];
  for (const item of listOf(fieldsOf(from)?.['expressions'])) items.push(arrayOf(lowerFromItem(item, context), items, context));
  for (const value of listOf(joins)) {
    const fields = taggedOf(value)?.kind === 'join' ? taggedOf(value)?.fields : fieldsOf(value);
    if (!fields) continue;
    const left = items.pop();
    if (left && textOf(fields['kind']) !== 'Implicit') items.push(lowerJoin(left, fields, context));
    else items.push(...(left ? [left] : []), arrayOf(lowerFromItem(fields['this'], context), [...items, ...(left ? [left] : [])], context));
  }
  for (const value of listOf(views)) {
    const left = items.pop();
    const view = lateralView(value, context);
    if (left) items.push(joined(view.outer ? 'left' : 'cross', left, view.item, null));
    else items.push(view.item);
  }
  return items;
}

/** `FROM t, t.items AS i` (BigQuery, Redshift): what looks like a table is an array of a table before it. */
export function arrayOf(item: FromItem, before: readonly FromItem[], context: Context): FromItem {
  if (item.type !== 'table' || item.schema === null || (context.dialect.id !== 'bigquery' && context.dialect.id !== 'redshift')) return item;
  const parts = [item.catalog, item.schema, item.name].flatMap((part) => part ?? []);
  const [first] = parts;
  if (!before.some((known) => namesOf(known).includes(first ?? ''))) return item;
  const alias = item.alias ?? item.name;
  return functionTable(call(['unnest'], [{ type: 'column', parts, span: item.span }]), { alias, columnAliases: [] }, false);
}

function namesOf(item: FromItem): string[] {
  if (item.type === 'join' && item.alias === null) return [...namesOf(item.left), ...namesOf(item.right)];
  return [item.alias ?? (item.type === 'table' ? item.name : '')];
}

/** LATERAL VIEW explode(a) t AS x (Hive, Spark). */
function lateralView(value: unknown, context: Context): { outer: boolean; item: FromItem } {
  const fields = taggedOf(value)?.kind === 'lateral_view' ? (taggedOf(value)?.fields ?? {}) : (fieldsOf(value) ?? {});
  const columns = context.names(listOf(fields['column_aliases']));
  const item = functionTable(lowerExpression(fields['this'], context), { alias: context.name(fields['table_alias']), columnAliases: columns }, false);
  for (const one of item.functions) if (one.columns.length === 0) one.columns = columns;
  return { outer: fields['outer'] === true, item };
}

export function lowerFromItem(value: unknown, context: Context, names: Names = NO_NAMES): FromItem {
  const node = taggedOf(value);
  const kind = node?.kind ?? 'nothing';
  const fields: Fields = node?.fields ?? {};
  if (kind === 'alias') return lowerFromItem(fields['this'], context, { alias: aliasOf(fields['alias'], fields, context), columnAliases: context.names(listOf(fields['column_aliases'])) });
  if (kind === 'paren' || kind === 'annotated') return lowerFromItem(fields['this'], context, names);
  const file = kind === 'table' && context.dialect.id === 'duckdb' && isAbsent(fields['schema']) ? fileName(fields['name'], context) : null;
  if (file) return functionTable({ ...call([fileReader(file.value)], [file.literal]), span: file.literal.span }, { alias: names.alias ?? aliasOf(fields['alias'], fields, context), columnAliases: names.columnAliases }, false);
  if (kind === 'table' && isAbsent(fields['identifier_func'])) return withNames(lowerTable(value, context), names);
  if (isQueryNode(value)) return lowerDerived(kind, value, fields, names, context);
  if (kind === 'subquery') return lowerInParentheses(fields, names, context);
  if (kind === 'joined_table') return lowerJoinedTable(fields, names, context);
  if (kind === 'unnest') return lowerUnnest(fields, names, context);
  if (kind === 'lateral') return lowerLateral(fields, names, context);
  if (kind === 'from') return lowerFromItem(listOf(fields['expressions'])[0], context, names);
  if (kind === 'column') return withNames({ ...lowerTable(fields, context), ...tableOfColumn(value, context) }, names);
  if (isOpaqueTable(kind)) return lowerOpaqueTable(kind, fields, names, context);
  const expression = node ? lowerExpression(value, context) : null;
  if (expression?.type === 'call') return identifiedTable(expression, names, context) ?? functionTable(expression, names, false);
  return { type: 'opaque_table', what: kind, alias: names.alias, columns: names.columnAliases, inputs: expression ? [expression] : lowerChildren(value, context), source: null };
}

/** DuckDB reads a file whose name stands in place of a table. */
function fileName(identifier: unknown, context: Context): { value: string; literal: Expression } | null {
  const span = context.spans.of(identifier);
  const value = textOf(fieldsOf(identifier)?.['name']);
  if (value === null || span.end === 0 || context.text.charAt(span.start) !== "'") return null;
  return { value, literal: { type: 'literal', kind: 'string', value, span } };
}

/** Snowflake: IDENTIFIER('schema.table'). */
function identifiedTable(value: Expression, names: Names, context: Context): FromItem | null {
  const [only] = value.type === 'call' && value.name.join('.') === 'identifier' ? value.arguments : [];
  if (only?.type !== 'literal' || only.value === null) return null;
  const parts = context.names(only.value.split('.').map((name) => ({ name, quoted: false })));
  return { type: 'table', catalog: parts.at(-3) ?? null, schema: parts.at(-2) ?? null, name: parts.at(-1) ?? '', ...names, only: false, span: only.span };
}

function withNames<T extends Names>(item: T, { alias, columnAliases }: Names): T {
  return { ...item, alias: alias ?? item.alias, columnAliases: columnAliases.length > 0 ? columnAliases : item.columnAliases };
}

/** DuckDB: `PIVOT t …` has its table as a column. */
function tableOfColumn(value: unknown, context: Context): { schema: string | null; name: string; span: { start: number; end: number } } {
  const column = lowerExpression(value, context);
  const parts = column.type === 'column' ? column.parts : [];
  return { schema: parts.at(-2) ?? null, name: parts.at(-1) ?? '', span: column.span };
}

function lowerDerived(kind: string, value: unknown, fields: Fields, names: Names, context: Context): FromItem {
  const query = lowerQuery(value, context);
  if (!query) return { type: 'opaque_table', what: kind, alias: names.alias, columns: [], inputs: [], source: null };
  const own = kind === 'subquery' || kind === 'values' ? { alias: aliasOf(fields['alias'], fields, context), columnAliases: context.names(listOf(fields['column_aliases'])) } : NO_NAMES;
  const derived: DerivedTable = { type: 'derived', query, ...own, lateral: kind === 'subquery' && fields['lateral'] === true };
  return withNames(derived, names);
}

/** Parentheses around something else than a query: a join, a table. */
function lowerInParentheses(fields: Fields, names: Names, context: Context): FromItem {
  const own: Names = { alias: aliasOf(fields['alias'], fields, context), columnAliases: context.names(listOf(fields['column_aliases'])) };
  return lowerFromItem(fields['this'], context, own.alias === null ? names : own);
}

function lowerJoinedTable(fields: Fields, names: Names, context: Context): FromItem {
  const [item, ...more] = lowerFrom({ expressions: [fields['left']] }, fields['joins'], fields['lateral_views'], context);
  const own = aliasOf(fields['alias'], fields, context);
  const whole = more.reduce((left: FromItem, right) => joined('cross', left, right, null), item ?? lowerFromItem(null, context));
  if (own === null && names.alias === null) return whole;
  return 'alias' in whole ? { ...whole, alias: own ?? names.alias } : whole;
}

/** The table that a function gives. Like PostgreSQL's it may see its left neighbours. */
function functionTable(value: Expression, names: Names, ordinality: boolean): FunctionTable {
  const name = value.type === 'call' ? (value.name.at(-1) ?? '') : '';
  return { type: 'function', functions: [{ call: value, name, columns: ROW_COLUMNS[name] ?? [] }], ...names, ordinality, lateral: true };
}

/** Functions whose rows have columns of fixed names (Snowflake, "FLATTEN", "SPLIT_TO_TABLE"; Spark, "posexplode"; T-SQL, "STRING_SPLIT"). */
const ROW_COLUMNS: Record<string, string[]> = {
  flatten: ['seq', 'key', 'path', 'index', 'value', 'this'],
  split_to_table: ['seq', 'index', 'value'],
  posexplode: ['pos', 'col'],
  posexplode_outer: ['pos', 'col'],
  string_split: ['value', 'ordinal'],
};

/** UNNEST: several arrays are read side by side, each a column of its own. */
function lowerUnnest(fields: Fields, names: Names, context: Context): FromItem {
  const arrays = [lowerExpression(fields['this'], context), ...expressions(fields['expressions'], context)];
  const alias = aliasOf(fields['alias'], fields, context) ?? names.alias;
  const ordinality = fields['with_ordinality'] === true;
  const columns = names.columnAliases;
  if (context.dialect.id === 'bigquery') {
    // The alias names the value; its position is `offset` or what follows WITH OFFSET.
    const position = context.name(fields['offset_alias']) ?? 'offset';
    return { ...functionTable(call(['unnest'], arrays), { alias, columnAliases: ordinality ? [alias ?? 'unnest', position] : [] }, ordinality) };
  }
  if (arrays.length === 1) {
    const item = functionTable(call(['unnest'], arrays), { alias, columnAliases: columns }, ordinality);
    // A map or an array of rows gives several columns; the last name is that of the position.
    if (columns.length > (ordinality ? 2 : 1)) for (const one of item.functions) one.columns = ordinality ? columns.slice(0, -1) : columns;
    return item;
  }
  const functions = arrays.map((array, index) => ({ call: call(['unnest'], [array]), name: 'unnest', columns: columns[index] === undefined ? [] : [columns[index]] }));
  return { type: 'function', functions, alias, columnAliases: columns, ordinality, lateral: true };
}

/** LATERAL before a function or a query; the parser keeps these names as plain texts. */
function lowerLateral(fields: Fields, names: Names, context: Context): FromItem {
  const fold = (name: unknown, quoted: boolean): string[] => context.names([{ name, quoted }]);
  const [own] = fold(fields['alias'], fields['alias_quoted'] === true);
  const columns = listOf(fields['column_aliases']).flatMap((column) => fold(column, false));
  const item = lowerFromItem(fields['this'], context, { alias: own ?? names.alias, columnAliases: columns.length > 0 ? columns : names.columnAliases });
  return item.type === 'derived' ? { ...item, lateral: true } : item;
}
