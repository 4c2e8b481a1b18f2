import type { SqlStatement, TableDefinition, TableReference } from '../../../model/syntax-tree.js';
import { type Context, isDialect } from './context.js';
import { ident, NO_ALIAS, tableReference } from './names.js';
import { flag, isAbsent, isRecord, list, member, variant } from './node.js';
import { optionNames, typeText } from './types.js';

/** CREATE TABLE with columns, AS a query, or after another table. */
export function lowerCreateTable(content: unknown, at: Context): SqlStatement {
  const target = tableReference(member(content, 'name'), NO_ALIAS, at);
  const query = member(content, 'query');
  const columns = list(content, 'columns');
  if (isRecord(query)) {
    return { type: 'create', object: 'table', target, columns: columns.map((column) => ident(member(column, 'name'), at)), query: at.query(query) };
  }
  const model = [variant(member(content, 'like')).content, member(content, 'clone'), member(content, 'version')].flatMap((value) => modelOf(value, at));
  if (columns.length === 0 && model.length > 0) return { type: 'utility', verb: 'create_table', inner: null, relations: [target, ...model] };
  return lowerDefinition(content, target, at);
}

/** The table that the new one is a copy of. */
function modelOf(value: unknown, at: Context): TableReference[] {
  const name = Array.isArray(value) ? value : member(value, 'name');
  return Array.isArray(name) ? [tableReference(name, NO_ALIAS, at)] : [];
}

function lowerDefinition(content: unknown, target: TableReference, at: Context): TableDefinition {
  const nodes = list(content, 'columns');
  const keys = [...nodes.flatMap((column) => ownKeys(column, at)), ...list(content, 'constraints').flatMap((constraint) => tableKeys(constraint, at))];
  const primary = keys.flatMap(({ kind, columns }) => (kind === 'primary_key' ? columns : []));
  const columns = nodes.map((column) => {
    const name = ident(member(column, 'name'), at);
    const dataType = typeText(member(column, 'data_type'), at);
    return { name, dataType, nullable: isNullable(column, dataType, at) && !primary.includes(name) };
  });
  return { type: 'table_definition', target, columns, keys };
}

function isNullable(column: unknown, dataType: string, at: Context): boolean {
  const options = optionNames(column);
  if (options.includes('NotNull') || options.includes('PrimaryKey')) return false;
  // In ClickHouse a column holds NULL only if its type says so.
  return !isDialect(at, 'clickhouse') || dataType.includes('nullable') || options.includes('Null');
}

type Key = TableDefinition['keys'][number];

function ownKeys(column: unknown, at: Context): Key[] {
  const columns = [ident(member(column, 'name'), at)];
  return list(column, 'options').flatMap((option): Key[] => {
    const { tag, content } = variant(member(option, 'option'));
    if (tag === 'PrimaryKey' || (tag === 'Unique' && flag(content, 'is_primary'))) return [{ kind: 'primary_key', columns }];
    return tag === 'Unique' ? [{ kind: 'unique', columns }] : [];
  });
}

function tableKeys(constraint: unknown, at: Context): Key[] {
  const { tag, content } = variant(constraint);
  if (tag !== 'PrimaryKey' && tag !== 'Unique') return [];
  const columns = list(content, 'columns').flatMap((column) => {
    const expression = member(member(column, 'column'), 'expr');
    if (isAbsent(expression)) return [ident(column, at)];
    const lowered = at.expression(expression);
    return lowered.type === 'column' ? lowered.parts.slice(-1) : [];
  });
  return [{ kind: tag === 'PrimaryKey' ? 'primary_key' : 'unique', columns }];
}

export function lowerCreateView(content: unknown, at: Context): SqlStatement {
  const into = member(content, 'to');
  // A materialized view of ClickHouse that writes into a table holds no rows of its own.
  if (!isAbsent(into)) return { type: 'insert', ctes: [], target: tableReference(into, NO_ALIAS, at), columns: [], source: at.query(member(content, 'query')), conflict: null, returning: [] };
  return {
    type: 'create',
    object: flag(content, 'materialized') ? 'materialized_view' : 'view',
    target: tableReference(member(content, 'name'), NO_ALIAS, at),
    columns: list(content, 'columns').map((column) => ident(member(column, 'name'), at)),
    query: at.query(member(content, 'query')),
  };
}

