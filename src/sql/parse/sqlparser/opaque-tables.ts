import type { Expression, FromItem, OpaqueTable } from '../../../model/syntax-tree.js';
import { type Context, expressions } from './context.js';
import { childExpressions } from './expression.js';
import { aliasOf, ident, NO_ALIAS, tableReference } from './names.js';
import { isAbsent, isRecord, items, list, member, text, variant } from './node.js';
import { pivoted, unpivoted } from '../pivot.js';

/** PIVOT, UNPIVOT, MATCH_RECOGNIZE, JSON_TABLE and what a later grammar brings: columns made of a source and of expressions. */
export function lowerOpaqueTable(tag: string, content: unknown, at: Context): FromItem {
  const alias = aliasOf(member(content, 'alias'), at);
  const made = maker(tag, content, at);
  const inner = member(content, 'table');
  const written = tag === 'Pivot' ? pivotQuery(content, at) : tag === 'Unpivot' ? unpivotQuery(content, at) : null;
  if (written !== null) return written;
  return {
    type: 'opaque_table',
    what: tag,
    alias: alias.alias,
    columns: alias.columnAliases.length > 0 ? alias.columnAliases : made.columns,
    inputs: made.inputs,
    source: tag === 'SemanticView' ? tableReference(member(content, 'name'), NO_ALIAS, at) : isRecord(inner) ? at.fromItem(inner) : null,
  };
}

function pivotQuery(content: unknown, at: Context): FromItem | null {
  const chosen = list(content, 'value_column');
  const values = variant(member(content, 'value_source'));
  const named = (node: unknown): { expression: Expression; alias: string | null } => ({ expression: at.expression(member(node, 'expr')), alias: aliasName(node, at) });
  return pivoted({
    source: at.fromItem(member(content, 'table')),
    ...aliasOf(member(content, 'alias'), at),
    aggregates: list(content, 'aggregate_functions').map(named),
    key: chosen.length === 1 ? at.expression(Array.isArray(chosen[0]) ? { CompoundIdentifier: chosen[0] } : chosen[0]) : null,
    values: (values.tag === 'List' ? items(values.content) : []).map(named),
    groupBy: null,
  }, at.dialect);
}

function unpivotQuery(content: unknown, at: Context): FromItem | null {
  const value = at.expression(member(content, 'value'));
  return unpivoted({
    source: at.fromItem(member(content, 'table')),
    ...aliasOf(member(content, 'alias'), at),
    values: elements(value).flatMap((one) => (one.type === 'column' ? one.parts.slice(-1) : [])),
    name: ident(member(content, 'name'), at),
    columns: list(content, 'columns').map((column) => ({ parts: elements(at.expression(member(column, 'expr'))), alias: aliasName(column, at) })),
  }, at.dialect);
}

function aliasName(node: unknown, at: Context): string | null {
  const alias = member(node, 'alias');
  return isAbsent(alias) ? null : ident(alias, at);
}

type Made = Pick<OpaqueTable, 'columns' | 'inputs'>;

function maker(tag: string, content: unknown, at: Context): Made {
  switch (tag) {
    case 'Pivot':
      return pivot(content, at);
    case 'Unpivot':
      return unpivot(content, at);
    case 'MatchRecognize':
      return matchRecognize(content, at);
    case 'OpenJsonTable': {
      // Without WITH it gives the members of the document.
      const columns = columnNames(list(content, 'columns'), at);
      return { columns: columns.length > 0 ? columns : ['key', 'value', 'type'], inputs: documentOf(content, at) };
    }
    case 'JsonTable':
    case 'XmlTable':
      return { columns: columnNames(list(content, 'columns'), at), inputs: documentOf(content, at) };
    default:
      return { columns: [], inputs: childExpressions(withoutSource(content), at) };
  }
}

function withoutSource(content: unknown): unknown[] {
  return isRecord(content) ? Object.entries(content).flatMap(([key, value]) => (key === 'table' || key === 'alias' || key === 'name' ? [] : [value])) : [];
}

/** A column of each value of FOR, and for each aggregate where there are several or they have names. */
function pivot(content: unknown, at: Context): Made {
  const aggregates = list(content, 'aggregate_functions');
  const source = variant(member(content, 'value_source'));
  const values = (source.tag === 'List' ? items(source.content) : []).map((value) => valueName(value, at));
  const names = aggregates.map((aggregate) => {
    const alias = member(aggregate, 'alias');
    return alias === undefined ? null : ident(alias, at);
  });
  const columns = values.flatMap((value) => (names.some((name) => name !== null) ? names.map((name) => pivotName(value, name, at)) : [value]));
  const chosen = list(content, 'value_column').map((column) => at.expression(Array.isArray(column) ? { CompoundIdentifier: column } : column));
  const inputs = [...expressions(aggregates.map((aggregate) => member(aggregate, 'expr')), at), ...chosen];
  return { columns: [...new Set(columns)], inputs };
}

/** BigQuery puts the aggregate's alias first, the others last. */
function pivotName(value: string, aggregate: string | null, at: Context): string {
  if (aggregate === null) return value;
  return at.dialect.id === 'bigquery' ? `${aggregate}_${value}` : `${value}_${aggregate}`;
}

function valueName(value: unknown, at: Context): string {
  const alias = member(value, 'alias');
  if (alias !== undefined) return ident(alias, at);
  const expression = at.expression(member(value, 'expr'));
  if (expression.type === 'column') return expression.parts.at(-1) ?? '';
  const shown = expression.type === 'literal' ? (expression.value ?? 'null').toLowerCase() : '';
  // Snowflake keeps the quotes of the value in the column's name.
  return at.dialect.id === 'snowflake' && expression.type === 'literal' && expression.kind === 'string' ? `'${shown}'` : shown;
}

/** The columns for the value and for the name of the column that it stood in. */
function unpivot(content: unknown, at: Context): Made {
  const value = member(content, 'value');
  const inputs = list(content, 'columns').map((column) => at.expression(member(column, 'expr')));
  const values = at.expression(value);
  const held = values.type === 'composite' ? values.elements : [values];
  const columns = held.flatMap((one) => (one.type === 'column' ? one.parts.slice(-1) : []));
  return { columns: [...columns, ident(member(content, 'name'), at)], inputs: inputs.flatMap(elements) };
}

function elements(expression: Expression): Expression[] {
  return expression.type === 'composite' && expression.kind === 'row' ? expression.elements : [expression];
}

function matchRecognize(content: unknown, at: Context): Made {
  const measures = list(content, 'measures');
  const ordered = list(content, 'order_by').map((item) => member(item, 'expr'));
  const conditions = list(content, 'symbols').map((symbol) => member(symbol, 'definition'));
  return {
    columns: measures.map((measure) => ident(member(measure, 'alias'), at)),
    inputs: expressions([...measures.map((measure) => member(measure, 'expr')), ...list(content, 'partition_by'), ...ordered, ...conditions], at),
  };
}

function documentOf(content: unknown, at: Context): Expression[] {
  const named = ['json_expr', 'xml_expr', 'row_expression'].map((name) => member(content, name)).filter(isRecord);
  return [...expressions(named, at), ...childExpressions(member(content, 'passing'), at)];
}

/** The columns in order; those of NESTED PATH stand in their place. */
function columnNames(columns: readonly unknown[], at: Context): string[] {
  return columns.flatMap((column) => {
    const { tag, content } = variant(column);
    if (tag === 'Nested') return columnNames(list(content, 'columns'), at);
    const name = member(tag === 'Named' || tag === 'ForOrdinality' ? content : column, 'name') ?? content;
    return text(member(name, 'value')) === null ? [] : [ident(name, at)];
  });
}

