import type { Span, TableReference } from '../../../model/syntax-tree.js';
import { foldName } from '../../dialect.js';
import { type Context, isDialect } from './context.js';
import { items, list, member, text, variant } from './node.js';
import { cover } from './positions.js';

export interface Name {
  parts: string[];
  span: Span;
}

/** The name of one identifier, folded. */
export function ident(node: unknown, at: Context): string {
  return foldName(text(member(node, 'value')) ?? '', isQuoted(node), at.dialect);
}

export function isQuoted(node: unknown): boolean {
  return text(member(node, 'quote_style')) !== null;
}

/** Whether it is this word without quotes. */
export function isWord(node: unknown, ...words: string[]): boolean {
  const value = text(member(node, 'value'));
  return value !== null && !isQuoted(node) && words.includes(value.toLowerCase());
}

/** The identifiers of a dotted name; a part that is computed, as IDENTIFIER($name), is left out. */
export function nameParts(name: unknown): unknown[] {
  return items(name).flatMap((part) => {
    const { tag, content } = variant(part);
    return tag === 'Identifier' ? [content] : [];
  });
}

/** A dotted name. The empty parts of `db..relation` are left out; those of BigQuery's `one.backticked.name` are split. */
export function dotted(identifiers: readonly unknown[], at: Context): Name {
  const parts = identifiers.map((part) => ident(part, at)).filter((part) => part !== '');
  return { parts, span: cover(identifiers.map((part) => at.positions.of(part))) };
}

export function objectName(node: unknown, at: Context): Name {
  const { parts, span } = dotted(nameParts(node), at);
  return { parts: isDialect(at, 'bigquery') ? parts.flatMap((part) => part.split('.')) : parts, span };
}

/** The one name of something that the parser writes as a dotted name, such as a column of USING. */
export function simpleName(node: unknown, at: Context): string {
  return objectName(node, at).parts.at(-1) ?? '';
}

export interface Alias {
  alias: string | null;
  columnAliases: string[];
}

/** Words that ClickHouse has before JOIN or after a table and the parser takes for an alias, and T-SQL's OPTION (…). */
const NO_ALIASES = { clickhouse: ['any', 'all', 'final', 'global'], tsql: ['option'] };

export function aliasOf(node: unknown, at: Context): Alias {
  const name = member(node, 'name');
  const misread = at.dialect.id === 'clickhouse' || at.dialect.id === 'tsql' ? NO_ALIASES[at.dialect.id] : [];
  if (name === undefined || (member(node, 'explicit') !== true && isWord(name, ...misread))) return { alias: null, columnAliases: [] };
  return { alias: ident(name, at), columnAliases: list(node, 'columns').map((column) => ident(member(column, 'name'), at)) };
}

/** A reference to a stored relation; of more than three parts (a linked server) the last three count. */
export function tableReference(name: unknown, alias: Alias, at: Context): TableReference {
  const { parts, span } = objectName(name, at);
  return {
    type: 'table',
    catalog: parts.at(-3) ?? null,
    schema: parts.at(-2) ?? null,
    name: parts.at(-1) ?? '',
    ...alias,
    only: false,
    span,
  };
}

export const NO_ALIAS: Alias = { alias: null, columnAliases: [] };
