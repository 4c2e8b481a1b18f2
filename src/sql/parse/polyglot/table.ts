import type { TableReference } from '../../../model/syntax-tree.js';
import type { Context } from './context.js';
import { type Fields, fieldsOf, listOf, taggedOf } from './data.js';
import { around } from './spans.js';

/** A reference to a table, from its node or the fields of one. */
export function lowerTable(value: unknown, context: Context): TableReference {
  const node = taggedOf(value);
  const fields = (node?.kind === 'table' ? node.fields : fieldsOf(value)) ?? {};
  const parts = nameParts(fields, context);
  return {
    type: 'table',
    catalog: parts.length > 2 ? parts.slice(0, -2).join('.') : null,
    schema: parts.at(-2) ?? null,
    name: parts.at(-1) ?? '',
    alias: aliasOf(fields['alias'], fields, context),
    columnAliases: context.names(listOf(fields['column_aliases'])),
    only: fields['only'] === true,
    span: around(['catalog', 'schema', 'name'].map((key) => context.spans.of(fields[key]))),
  };
}

/** The parts of a table's name. BigQuery quotes several in one piece; the parser joins those beyond three. */
function nameParts(fields: Fields, context: Context): string[] {
  const parts = ['catalog', 'schema', 'name'].flatMap((key) => context.name(fields[key]) ?? []);
  if (context.dialect.id !== 'bigquery') return parts;
  const all = parts.flatMap((part) => part.split('.'));
  const meta = all.indexOf('information_schema');
  // Views of metadata have two words where a table has one.
  return meta > 0 ? [...all.slice(0, meta - 1), all.slice(meta - 1, meta + 1).join('.'), ...all.slice(meta + 1)] : all;
}

const JOIN_WORDS = /^\s*(?:any|all|asof|semi|anti|left|right|full|inner|cross|join)\b/i;

/** The alias of an item of FROM. ClickHouse: GLOBAL and PASTE before a join, which the parser takes for one, are none. */
export function aliasOf(identifier: unknown, item: Fields, context: Context): string | null {
  const name = context.name(identifier);
  const span = context.spans.of(identifier);
  if (name === null) return null;
  if (context.dialect.id === 'clickhouse' && item['alias_explicit_as'] !== true && /^(?:global|paste)$/i.test(name) && JOIN_WORDS.test(context.text.slice(span.end))) return null;
  // BigQuery: the parser makes aliases for quoted names, which stand nowhere.
  return context.dialect.id === 'bigquery' && span.end === 0 ? null : name;
}

/** Every reference to a table below a value, whatever its shape. */
export function tablesIn(value: unknown, context: Context): TableReference[] {
  if (Array.isArray(value)) return value.flatMap((item) => tablesIn(item, context));
  const fields = fieldsOf(value);
  if (!fields) return [];
  if ('catalog' in fields && 'schema' in fields && 'name' in fields) return [lowerTable(fields, context)];
  return Object.values(fields).flatMap((inner) => tablesIn(inner, context));
}
