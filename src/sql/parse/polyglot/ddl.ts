import type { SqlStatement, TableDefinition, TableReference } from '../../../model/syntax-tree.js';
import type { Context } from './context.js';
import { type Fields, fieldsOf, isAbsent, listOf, taggedOf, textOf } from './data.js';
import { lowerQuery, lowerWith, selectAll } from './query.js';
import { lowerTable } from './table.js';
import { typeText } from './types.js';

/** CREATE TABLE with columns, AS a query, or as a copy of another table. */
export function lowerCreateTable(fields: Fields, context: Context): SqlStatement {
  const target = lowerTable(fields['name'], context);
  const columns = columnsOf(fields, context);
  const query = lowerQuery(fields['as_select'], context);
  if (query) {
    const { ctes } = lowerWith(fields['with_cte'], context, query.definitions);
    return { type: 'create', object: 'table', target, columns: columns.map(({ name }) => name), query: { ...query, ctes: [...ctes, ...query.ctes] } };
  }
  if (!isAbsent(fields['clone_source'])) {
    return { type: 'create', object: 'table', target, columns: [], query: selectAll(lowerTable(fields['clone_source'], context)) };
  }
  if (!isAbsent(fields['as_select'])) context.warn('the query of CREATE TABLE AS was not read');
  return { type: 'table_definition', target, columns, keys: keysOf(fields, context) };
}

function columnsOf(fields: Fields, context: Context): TableDefinition['columns'] {
  const partitions = listOf(fields['properties']).flatMap((property) => {
    const node = taggedOf(property);
    // Hive: columns of the partitions are columns of the table.
    if (node?.kind !== 'partitioned_by_property') return [];
    const list = taggedOf(node.fields['this']);
    return listOf(list?.fields['expressions']).flatMap((item) => (taggedOf(item)?.kind === 'column_def' ? [taggedOf(item)?.fields ?? {}] : []));
  });
  const own = listOf(fields['columns']).map((column) => fieldsOf(column) ?? {});
  return [...own, ...partitions].map((column) => columnOf(column, fields, context));
}

function columnOf(column: Fields, table: Fields, context: Context): TableDefinition['columns'][number] {
  const name = context.name(column['name']) ?? '';
  const type = fieldsOf(column['data_type']);
  const order = listOf(column['constraint_order']);
  const isKey = column['primary_key'] === true || keysOf(table, context).some(({ kind, columns }) => kind === 'primary_key' && columns.includes(name));
  // In ClickHouse a column takes NULL only when its type says so, and a key forbids nothing.
  const nullable = context.dialect.id === 'clickhouse'
    ? type?.['data_type'] === 'nullable' || column['nullable'] === true || /^nullable\(/i.test(textOf(type?.['name']) ?? '')
    : !isKey && column['nullable'] !== false && !order.includes('NotNull');
  return { name, dataType: type ? typeText(type, context.dialect.id) : '', nullable };
}

function keysOf(fields: Fields, context: Context): TableDefinition['keys'] {
  // A primary key of ClickHouse is an order, not a promise.
  if (context.dialect.id === 'clickhouse') return [];
  const own = listOf(fields['columns']).flatMap((item): TableDefinition['keys'] => {
    const column = fieldsOf(item);
    const name = context.name(column?.['name']);
    if (!column || name === null) return [];
    if (column['primary_key'] === true) return [{ kind: 'primary_key', columns: [name] }];
    return column['unique'] === true ? [{ kind: 'unique', columns: [name] }] : [];
  });
  const listed = listOf(fields['constraints']).flatMap((item): TableDefinition['keys'] => {
    const node = taggedOf(item);
    const isUnique = node?.kind === 'Unique' || (node?.kind === 'Index' && textOf(node.fields['kind'])?.toUpperCase() === 'UNIQUE');
    const kind = node?.kind === 'PrimaryKey' ? 'primary_key' : isUnique ? 'unique' : null;
    return kind && node ? [{ kind, columns: context.names(listOf(node.fields['columns'])) }] : [];
  });
  return [...own, ...listed];
}

export function lowerCreateView(fields: Fields, context: Context): SqlStatement {
  const target = lowerTable(fields['name'], context);
  const query = lowerQuery(fields['query'], context);
  if (!query) {
    context.warn('the query of CREATE VIEW was not read');
    return { type: 'utility', verb: 'create_view', inner: null, relations: [target] };
  }
  const isMaterialized = fields['materialized'] === true;
  // ClickHouse: `TO t` makes the view a trigger that writes into t.
  if (!isAbsent(fields['to_table'])) return { type: 'insert', ctes: [], target: lowerTable(fields['to_table'], context), columns: [], source: query, conflict: null, returning: [] };
  const columns = listOf(fields['columns']).flatMap((column) => context.name(fieldsOf(column)?.['name']) ?? context.name(column) ?? []);
  return { type: 'create', object: isMaterialized ? 'materialized_view' : 'view', target, columns, query };
}

/** COPY and COPY INTO: of a table, or of a query. */
export function lowerCopy(fields: Fields, context: Context): SqlStatement {
  const subject = taggedOf(fields['this']);
  const query = lowerQuery(fields['this'], context) ?? firstQuery(fields, context);
  const table: TableReference | null = subject?.kind === 'table' ? lowerTable(fields['this'], context) : null;
  // COPY INTO t FROM (SELECT $1 … FROM @stage): the query reads the files.
  if (table && query) return { type: 'insert', ctes: [], target: table, columns: [], source: query, conflict: null, returning: [] };
  const [source] = listOf(fields['files']);
  // COPY INTO @stage FROM t
  const unloaded = !table && !query && taggedOf(source)?.kind === 'table' ? lowerTable(source, context) : null;
  const isFrom = fields['kind'] === true && table !== null;
  return { type: 'copy', direction: isFrom ? 'from' : 'to', table: table ?? unloaded, columns: copyColumns(subject?.fields ?? {}, context), query };
}

function firstQuery(fields: Fields, context: Context): ReturnType<typeof lowerQuery> {
  for (const file of listOf(fields['files'])) {
    const query = lowerQuery(file, context);
    if (query) return query;
  }
  return null;
}

function copyColumns(fields: Fields, context: Context): string[] {
  return context.names(listOf(fields['columns']));
}
