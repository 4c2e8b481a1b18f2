import type { Expression, FromItem } from '../../../model/syntax-tree.js';
import type { Context } from './context.js';
import { type Fields, fieldsOf, isAbsent, listOf, nodeOf, taggedOf, textOf } from './data.js';
import { expressions, lowerChildren, lowerExpression } from './expression.js';
import { lowerFromItem } from './from.js';
import { pivoted, unpivoted } from '../pivot.js';

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
  const around = { alias: context.name(alias) ?? names.alias, columnAliases: given };
  const written = kind === 'pivot' ? pivotQuery(fields, around, context) : kind === 'unpivot' ? unpivotQuery(fields, around, context) : null;
  if (written !== null) return written;
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

function pivotQuery(fields: Fields, around: Names, context: Context): FromItem | null {
  const lists = listOf(fields['fields']);
  const chosen = nodeOf(lists[0], 'in');
  if (lists.length !== 1 || chosen === null || isAbsent(fields['this'])) return null;
  const group = fieldsOf(fields['group']);
  const groupBy = group === null ? null : expressions(listOf(group['expressions'] ?? taggedOf(fields['group'])?.fields['expressions']), context);
  if (groupBy?.length === 0) return null;
  return pivoted({
    source: lowerFromItem(fields['this'], context),
    ...around,
    aggregates: listOf(fields['expressions']).map((node) => aliased(node, context)),
    key: lowerExpression(chosen['this'], context),
    values: listOf(chosen['expressions']).map((node) => aliased(node, context)),
    groupBy,
  }, context.dialect);
}

function unpivotQuery(fields: Fields, around: Names, context: Context): FromItem | null {
  const [name] = context.names([fields['name_column']]);
  if (name === undefined || isAbsent(fields['this'])) return null;
  const columns = listOf(fields['columns']).map((node) => {
    const { expression, alias } = aliased(node, context);
    return { parts: expression.type === 'composite' && expression.kind === 'row' ? expression.elements : [expression], alias };
  });
  return unpivoted({ source: lowerFromItem(fields['this'], context), ...around, values: context.names([fields['value_column'], ...listOf(fields['extra_value_columns'])]), name, columns }, context.dialect);
}

/** An expression with the name that stands behind it, which may be a name or a text. */
function aliased(node: unknown, context: Context): { expression: Expression; alias: string | null } {
  const tagged = taggedOf(node);
  if (tagged?.kind !== 'alias' && tagged?.kind !== 'pivot_alias') return { expression: lowerExpression(node, context), alias: null };
  const { this: value, alias } = tagged.fields;
  const column = nodeOf(alias, 'column');
  const [text] = context.names([{ name: textOf(nodeOf(alias, 'literal')?.['value']) ?? '', quoted: true }]);
  return { expression: lowerExpression(value, context), alias: context.name(column ? column['name'] : (nodeOf(alias, 'identifier') ?? alias)) ?? text ?? null };
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
