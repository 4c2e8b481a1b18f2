import type { Node } from '@pgsql/types';
import type { Column, Relation } from '../../../model/catalog.js';
import type { CreateStatement, TableReference } from '../../../model/syntax-tree.js';
import { lineageContext, resolveStatement } from '../../lineage.js';
import type { Slot } from '../../scope.js';
import { Scanner, Token } from '../../lexer.js';
import { relationKey } from '../../schema-index.js';
import { walkStatement } from '../../walk.js';
import type { Parse } from '../front-end.js';
import { DEFAULT_SCHEMA, type DdlState, type Name } from './ddl-state.js';
import { newRelation } from './ddl-relation.js';
import { optionTexts } from './ddl-table.js';
import { quoteName } from './ddl-text.js';

/**
 * Views, materialised views and tables made of a query.
 *
 * @param source the text of the statement, which becomes the definition of a view
 */
export function createOfQuery(node: Node, source: string, state: DdlState, parse: Parse): void {
  const statement = parse(source).statements[0]?.statement;
  if (statement?.type !== 'create') return;
  const name = state.newName(statement.target.schema ?? undefined, statement.target.name);
  const ifNotExists = 'CreateTableAsStmt' in node && (node.CreateTableAsStmt.if_not_exists ?? false);
  const known = state.index().get(relationKey(name));
  if (ifNotExists && known) return state.exists(relationKey(name), true);
  const context = lineageContext(state.index(), parse, { searchPath: state.path, views: state.views });
  const slots = resolveStatement(statement, context).writes.values().next().value ?? [];
  const columns = slots.map((slot) => outputColumn(slot, state));
  const isTable = statement.object === 'table';
  const relation = newRelation(name, statement.object, columns, isTable ? null : definitionOf(source, statement, columns, state));
  if ('ViewStmt' in node) relation.options = optionTexts(node.ViewStmt.options);
  if ('CreateTableAsStmt' in node) relation.options = optionTexts(node.CreateTableAsStmt.into?.options);
  if (known && state.recorder !== null) return replaceView(known, relation, 'ViewStmt' in node && (node.ViewStmt.replace ?? false), state);
  state.add(relation);
  state.emit({ kind: 'relation-added', relation: relationKey(name), relationKind: relation.kind });
}

/** A column that only passes through has the type of what it is. */
function outputColumn({ name, flows }: Slot, state: DdlState): Column {
  const column: Column = { name, type: '', nullable: true, comment: null, label: null, enumValues: null };
  const [source, another] = [...flows];
  if (state.recorder === null || !source || another || !source[1].identity) return column;
  const point = source[0].lastIndexOf('.');
  const from = state.index().get(source[0].slice(0, point))?.columns.find((candidate) => candidate.name === source[0].slice(point + 1));
  return from ? { ...column, type: from.type, enumValues: from.enumValues, ...(from.domain === undefined ? {} : { domain: from.domain }), ...(from.baseType === undefined ? {} : { baseType: from.baseType }) } : column;
}

/** A view under the same name: what it shows first must stay, under the same names. */
function replaceView(known: Relation, made: Relation, isAllowed: boolean, state: DdlState): void {
  const key = relationKey(known);
  if (!isAllowed || known.kind !== 'view') return state.exists(key, false);
  const lost = known.columns.filter(({ name }, at) => made.columns[at]?.name !== name);
  if (lost.length > 0) state.unknown(`fails: CREATE OR REPLACE VIEW cannot drop, rename or move a column; ${key} has ${lost.map(({ name }) => name).join(', ')} otherwise; drop the view and make it again`);
  const before = known.definition ?? '';
  const { columns, definition, options } = made;
  Object.assign(known, { columns, definition, options, recordedColumns: null });
  state.changed();
  state.emit({ kind: 'view-replaced', relation: key, before, after: definition ?? '' });
}

/** A text of DDL keeps the statement; a catalogue has the query alone, with all columns that it shows written out. */
function definitionOf(source: string, statement: CreateStatement, columns: readonly Column[], state: DdlState): string {
  if (state.recorder === null) return qualified(source, statement, state, 0, source.length);
  const [from, to] = queryOf(source);
  const query = withStarsWritten(source, statement, columns, state, from, to);
  if (statement.columns.length === 0) return query;
  return `SELECT * FROM (${query}) AS ${quoteName(statement.target.name)} (${columns.map(({ name }) => quoteName(name)).join(', ')})`;
}

/** Where the query stands that follows AS; for SELECT … INTO, which makes no view, the whole. */
function queryOf(source: string): [from: number, to: number] {
  const scanner = new Scanner(source, { backticks: false });
  let depth = 0;
  let from = -1;
  let to = source.length;
  let before = '';
  for (let kind = scanner.next(); kind !== Token.End; kind = scanner.next()) {
    const token = source.slice(scanner.start, scanner.end).toLowerCase();
    if (token === '(') depth++;
    if (token === ')') depth--;
    if (from < 0 && depth === 0 && kind === Token.Word && token === 'as') from = scanner.end;
    // What ends the statement is no part of the query: WITH [NO] DATA, WITH [LOCAL | CASCADED] CHECK OPTION.
    if (from >= 0 && depth === 0 && kind === Token.Word && token === 'with' && before !== '') to = scanner.start;
    if (from >= 0 && to === scanner.start && !/^\s*with\s+(?:no\s+data|data|(?:local\s+|cascaded\s+)?check\s+option)\s*;?\s*$/i.test(source.slice(to))) to = source.length;
    if (from >= 0 && from !== scanner.end) before = token;
  }
  return [Math.max(from, 0), to];
}

/** A star means the columns that are there when the view is made, as the server writes them out. */
function withStarsWritten(source: string, statement: CreateStatement, columns: readonly Column[], state: DdlState, from: number, to: number): string {
  const { body } = statement.query;
  const plain = qualified(source, statement, state, from, to);
  if (body.type !== 'select') return plain;
  const stars = body.projections.filter(({ expression }) => expression.type === 'star');
  const [star] = stars;
  if (stars.length !== 1 || !star || star.expression.type !== 'star') return plain;
  const at = body.projections.indexOf(star);
  const count = columns.length - (body.projections.length - 1);
  const [only, another] = body.from;
  const qualifier = star.expression.qualifier.at(-1) ?? (only?.type === 'table' && !another ? (only.alias ?? only.name) : only?.type === 'derived' && !another ? only.alias : null);
  if (qualifier === null || qualifier === undefined || count < 1) return plain;
  const names = columnsBehind(only, star.expression.qualifier.at(-1) ?? null, state) ?? columns.slice(at, at + count).map(({ name }) => name);
  const written = names.map((name) => `${quoteName(qualifier)}.${quoteName(name)}`).join(', ');
  const starAt = source.indexOf('*', star.expression.span.start);
  if (starAt < 0) return plain;
  const begin = star.expression.span.start;
  return qualified(source, statement, state, from, to, { start: begin, end: starAt + 1, text: written });
}

/** The names of one table's columns, which the view may show under others. */
function columnsBehind(item: CreateStatementFrom, qualifier: string | null, state: DdlState): string[] | null {
  if (item?.type !== 'table' || (qualifier !== null && (item.alias ?? item.name) !== qualifier) || item.columnAliases.length > 0) return null;
  return state.index().find(item.schema, item.name, state.path)?.columns.map(({ name }) => name) ?? null;
}

type CreateStatementFrom = Extract<CreateStatement['query']['body'], { type: 'select' }>['from'][number] | undefined;

/** A definition in which names mean the same under every search path, as in those that the server prints. */
function qualified(source: string, statement: CreateStatement, state: DdlState, from: number, to: number, more: { start: number; end: number; text: string } | null = null): string {
  const commonTables = new Set<string>();
  const references: TableReference[] = [];
  walkStatement(statement, {
    query: ({ ctes }) => {
      for (const { name } of ctes) commonTables.add(name);
    },
    from: (item) => {
      if (item.type === 'table' && item.schema === null) references.push(item);
    },
  });
  const edits = references.flatMap(({ name, span }) => {
    const relation = commonTables.has(name) || span.end === span.start ? null : state.index().find(null, name, state.path);
    const isNeeded = relation && (relation.schema !== DEFAULT_SCHEMA || state.recorder !== null);
    return isNeeded ? [{ start: span.start, end: span.start, text: `${schemaText(relation, state)}.` }] : [];
  });
  let result = source.slice(0, to);
  for (const { start, end, text } of [...edits, ...(more ? [more] : [])].toSorted((a, b) => b.start - a.start)) result = result.slice(0, start) + text + result.slice(end);
  return from === 0 && to === source.length ? result : result.slice(from).trim();
}

function schemaText({ schema }: Name, state: DdlState): string {
  return state.recorder === null ? `"${schema.replaceAll('"', '""')}"` : quoteName(schema);
}
