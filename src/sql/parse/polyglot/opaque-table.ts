import type { Expression, FromItem } from '../../../model/syntax-tree.js';
import type { Context } from './context.js';
import { type Fields, fieldsOf, isAbsent, listOf, taggedOf, textOf } from './data.js';
import { expressions, lowerChildren } from './expression.js';
import { lowerFromItem } from './from.js';

const KINDS = new Set(['pivot', 'unpivot', 'match_recognize', 'open_j_s_o_n', 'x_m_l_table', 'j_s_o_n_table', 'stage_reference', 'table', 'table_from_rows', 'semantic_view', 'changes']);

export function isOpaqueTable(kind: string): boolean {
  return KINDS.has(kind);
}

interface Names {
  alias: string | null;
  columnAliases: string[];
}

/** Tables whose columns are made of others in a way that is not followed: each may hold anything of its source. */
export function lowerOpaqueTable(kind: string, fields: Fields, names: Names, context: Context): FromItem {
  const { this: source, alias, ...rest } = fields;
  const own = context.names(listOf(fields['alias_columns']));
  const given = own.length > 0 ? own : names.columnAliases;
  const isTable = kind === 'pivot' || kind === 'unpivot' || kind === 'match_recognize';
  return {
    type: 'opaque_table',
    what: kind,
    alias: context.name(alias) ?? names.alias,
    columns: given.length > 0 ? given : columnsOf(kind, fields, context),
    inputs: kind === 'pivot' ? pivotInputs(rest, context) : isTable ? lowerChildren(rest, context) : lowerChildren({ source, rest }, context),
    source: isTable && !isAbsent(source) ? lowerFromItem(source, context) : null,
  };
}

/** What is aggregated, and by what; the members of FOR … IN (…) are values, also where T-SQL writes them as names. */
function pivotInputs(fields: Fields, context: Context): Expression[] {
  const { fields: lists, ...rest } = fields;
  const keys = listOf(lists).map((list) => {
    const node = taggedOf(list);
    return node?.kind === 'in' ? node.fields['this'] : list;
  });
  return [...lowerChildren(rest, context), ...keys.flatMap((key) => lowerChildren(key, context))];
}

function columnsOf(kind: string, fields: Fields, context: Context): string[] {
  switch (kind) {
    case 'unpivot':
      return context.names([fields['value_column'], ...listOf(fields['extra_value_columns']), fields['name_column']]);
    case 'pivot':
      return pivotColumns(fields, context);
    case 'match_recognize':
      return [...columnNames(expressions(fields['partition_by'], context)), ...listOf(fields['measures']).flatMap((measure) => aliasIn(measure, context))];
    case 'open_j_s_o_n':
      return listOf(fields['expressions']).flatMap((column) => {
        const word = taggedOf(fieldsOf(taggedOf(column)?.body)?.['this']);
        const name = textOf(word?.fields['this']) ?? textOf(word?.fields['name']);
        return name === null ? [] : context.names([{ name, quoted: false }]);
      });
    default:
      return [];
  }
}

function columnNames(values: readonly Expression[]): string[] {
  return values.flatMap((value) => (value.type === 'column' ? (value.parts.at(-1) ?? []) : []));
}

function aliasIn(measure: unknown, context: Context): string[] {
  const alias = taggedOf(fieldsOf(measure)?.['this']) ?? taggedOf(measure);
  return alias?.kind === 'alias' ? context.names([alias.fields['alias']]) : [];
}

/** FOR m IN ('a' AS x, 'b') with one aggregate gives the columns x and b; with more their names are the store's matter. */
function pivotColumns(fields: Fields, context: Context): string[] {
  const [aggregate, another] = listOf(fields['expressions']);
  const [list, more] = listOf(fields['fields']);
  if (another !== undefined || more !== undefined || taggedOf(aggregate)?.kind === 'alias') return [];
  const values = listOf(taggedOf(list)?.fields['expressions']);
  const names = values.map((value) => pivotName(value, context));
  return names.every((name) => name !== null) ? names : [];
}

function pivotName(value: unknown, context: Context): string | null {
  const node = taggedOf(value);
  const fields = node?.fields ?? {};
  if (node?.kind === 'pivot_alias' || node?.kind === 'alias') return pivotName(fields['alias'], context) ?? context.name(fields['alias']);
  if (node?.kind === 'column') return context.name(fields['name']);
  if (node?.kind === 'identifier') return context.name(fields);
  // Snowflake keeps the quotes of a text in the name of its column.
  const text = node?.kind === 'literal' && context.dialect.id !== 'snowflake' ? textOf(fields['value']) : null;
  return text === null ? null : (context.names([{ name: text, quoted: true }])[0] ?? null);
}
