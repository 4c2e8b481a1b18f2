import type { Assignment, Expression, FromItem, InsertStatement, Projection, Query, SqlStatement, TableReference } from '../../../model/syntax-tree.js';
import type { Context } from './context.js';
import { type Fields, fieldsOf, held, isAbsent, listOf, taggedOf } from './data.js';
import { expressions, lowerExpression, lowerProjections, optionalExpression, orderItems } from './expression.js';
import { detach } from '../sqlparser/target.js';
import { lowerFrom } from './from.js';
import { lowerJoin } from './join.js';
import { both, call, operation } from './make.js';
import { lowerQuery, lowerWith, queryOf } from './query.js';
import { lowerTable } from './table.js';

/** RETURNING; and OUTPUT of T-SQL, where `inserted` and `deleted` are the row of the target after and before. */
function returningOf(fields: Fields, target: TableReference, context: Context): Projection[] {
  const output = lowerProjections(listOf(fieldsOf(fields['output'])?.['columns']), context);
  return [...lowerProjections(listOf(fields['returning']), context), ...output.map((projection) => ofTarget(projection, target))];
}

export function ofTarget(projection: Projection, target: TableReference): Projection {
  const { expression } = projection;
  const own = (parts: string[]): string[] => (parts[0] === 'inserted' || parts[0] === 'deleted' ? [target.alias ?? target.name, ...parts.slice(1)] : parts);
  if (expression.type === 'column') return { ...projection, expression: { ...expression, parts: own(expression.parts) } };
  return expression.type === 'star' ? { ...projection, expression: { ...expression, qualifier: own(expression.qualifier) } } : projection;
}

export function lowerInsert(fields: Fields, context: Context): SqlStatement {
  const definitions: Projection[] = [];
  context.inlineNames.push(definitions);
  const { ctes } = lowerWith(fields['with'], context, definitions);
  const source = insertSource(fields, context);
  context.inlineNames.pop();
  if (source) source.definitions.unshift(...definitions);
  // INSERT INTO FUNCTION s3(…): the rows leave for somewhere outside.
  // INSERT OVERWRITE DIRECTORY '…' does so too.
  const isOutside = !isAbsent(fields['function_target']) || !isAbsent(fields['directory']);
  if (isOutside && source) return { type: 'copy', direction: 'to', table: null, columns: [], query: { ...source, ctes: [...ctes, ...source.ctes] } };
  const table = lowerTable(fields['table'], context);
  const target = { ...table, alias: table.alias ?? context.name(fields['alias']) };
  return {
    type: 'insert',
    ctes,
    target,
    columns: fields['by_name'] === true ? columnsByName(source, context) : [...context.names(listOf(fields['columns'])), ...partitionColumns(fields, context)],
    source,
    conflict: conflictOf(fields['on_conflict'], context),
    returning: returningOf(fields, target, context),
  };
}

/** INSERT … BY NAME: the columns are those of the query. */
function columnsByName(source: Query | null, context: Context): string[] {
  const projections = source?.body.type === 'select' ? source.body.projections : [];
  const names = projections.map(({ expression, alias }) => alias ?? (expression.type === 'column' ? (expression.parts.at(-1) ?? null) : null));
  if (names.length > 0 && names.every((name) => name !== null)) return names;
  context.warn('the columns of INSERT BY NAME were not followed');
  return [];
}

/** PARTITION (day = '…') gives a column whose value is not in the query; without a value the query has it at its end. */
function partitionColumns(fields: Fields, context: Context): string[] {
  if (listOf(fields['columns']).length === 0) return [];
  return listOf(fields['partition']).flatMap((pair) => {
    const [column, value] = listOf(pair);
    return value === null || value === undefined ? context.names([column]) : [];
  });
}

function insertSource(fields: Fields, context: Context): Query | null {
  const rows = listOf(fields['values']);
  if (rows.length > 0) return queryOf({ type: 'values', rows: rows.map((row) => expressions(row, context)) });
  const query = lowerQuery(fields['query'], context) ?? lowerQuery(fields['source'], context) ?? directoryQuery(fields, context);
  if (!query && taggedOf(fields['query']) && taggedOf(fields['query'])?.kind !== 'command') context.warn('the source of an INSERT was not read');
  return query;
}

/** INSERT OVERWRITE DIRECTORY '…' USING csv OPTIONS (…) SELECT …: the parser keeps what follows the directory as text. */
function directoryQuery(fields: Fields, context: Context): Query | null {
  const command = taggedOf(fields['query']);
  const text = command?.kind === 'command' ? command.fields['this'] : null;
  const head = typeof text === 'string' && !isAbsent(fields['directory']) ? DIRECTORY_HEAD.exec(text)?.[0] : undefined;
  if (head === undefined || typeof text !== 'string') return null;
  const found = context.text.indexOf(text);
  const inner = context.inner(text.slice(head.length), found < 0 ? null : found + head.length);
  return inner ? lowerQuery(inner.trees[0], inner.context) : null;
}

const DIRECTORY_HEAD = /^\s*using\s+[\w.]+\s+(?:options\s*\([^)]*\)\s*)?/i;

/** ON CONFLICT, ON DUPLICATE KEY UPDATE. */
function conflictOf(value: unknown, context: Context): InsertStatement['conflict'] {
  const fields = taggedOf(value)?.kind === 'on_conflict' ? taggedOf(value)?.fields : fieldsOf(value);
  if (!fields) return null;
  const action = taggedOf(fields['action']);
  const pairs = [...listOf(fields['expressions']), ...(action?.kind === 'tuple' ? listOf(action.fields['expressions']) : [])];
  context.hasInsertedRow = true;
  const assigned = pairs.flatMap((pair) => assignmentOf(pair, context));
  context.hasInsertedRow = false;
  return { assignments: assigned, where: optionalExpression(held(fields['where_']), context) };
}

/** `a = value` as a comparison of a name and a value. */
export function assignmentOf(value: unknown, context: Context): Assignment[] {
  const node = taggedOf(value);
  if (node?.kind !== 'eq') return [];
  const left = taggedOf(node.fields['left']);
  const column = context.name(left?.kind === 'column' ? left.fields['name'] : left?.fields);
  return column === null ? [] : [{ column: lastPart(column), value: lowerExpression(node.fields['right'], context), ordinal: null }];
}

function lastPart(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}

function assignments(value: unknown, context: Context): Assignment[] {
  return listOf(value).flatMap((pair): Assignment[] => {
    const [identifier, content] = listOf(pair);
    const name = context.name(identifier);
    if (name === null) return [];
    // `t.a` comes as one name that is not quoted.
    const column = fieldsOf(identifier)?.['quoted'] === true ? name : lastPart(name);
    return [{ column, value: lowerExpression(content, context), ordinal: null }];
  });
}

export function lowerUpdate(fields: Fields, context: Context): SqlStatement {
  const { ctes } = lowerWith(fields['with'], context, []);
  const given = lowerTable(fields['table'], context);
  const from = lowerFrom(fields['from_clause'], fields['from_joins'], null, context);
  // MySQL: any of the joined tables may be the one that is written; the assignments tell.
  const others = listOf(fields['extra_tables']).map((table) => lowerTable(table, context));
  const beside = [joinedWith(given, fields['table_joins'], context), ...others];
  const isJoined = beside.length > 1 || beside[0] !== given;
  const found = isJoined ? detach([...beside, ...from], assignedRelation(fields['set'], context)) : targetIn(from, given, context);
  const target = found.target ?? given;
  return {
    type: 'update',
    ctes,
    target,
    assignments: assignments(fields['set'], context),
    from: found.rest,
    where: both(optionalExpression(held(fields['where_clause']), context), chosenRows(fields, context)),
    returning: returningOf(fields, target, context),
  };
}

export function lowerDelete(fields: Fields, context: Context): SqlStatement {
  const { ctes } = lowerWith(fields['with'], context, []);
  const first = lowerTable(fields['table'], context);
  const base: TableReference = { ...first, alias: first.alias ?? context.name(fields['alias']) };
  const item = joinedWith(base, fields['joins'], context);
  // `DELETE x FROM t x JOIN …`: what is deleted from is named before FROM.
  const [named, another] = listOf(fields['tables']).map((table) => lowerTable(table, context));
  if (another) context.warn('of a DELETE from several tables only the first is followed', another.span);
  const wanted = named ?? base;
  const found = named || item !== base ? detach([item], wanted.alias ?? wanted.name) : { target: base, rest: [] };
  const target = found.target ?? base;
  return {
    type: 'delete',
    ctes,
    target,
    from: [...found.rest, ...listOf(fields['using']).map((table) => lowerTable(table, context))],
    where: both(optionalExpression(held(fields['where_clause']), context), chosenRows(fields, context)),
    returning: returningOf(fields, target, context),
  };
}

/** T-SQL: `UPDATE x … FROM t x` writes the table that FROM has under that name. */
function targetIn(from: FromItem[], given: TableReference, context: Context): { target: TableReference | null; rest: FromItem[] } {
  return context.dialect.id === 'tsql' ? detach(from, given.alias ?? given.name) : { target: given, rest: from };
}

function joinedWith(target: FromItem, joins: unknown, context: Context): FromItem {
  return listOf(joins).reduce<FromItem>((left, join) => {
    const fields = taggedOf(join)?.kind === 'join' ? taggedOf(join)?.fields : fieldsOf(join);
    return fields ? lowerJoin(left, fields, context) : left;
  }, target);
}

/** The relation before the point in `SET t.a = …`. */
function assignedRelation(set: unknown, context: Context): string | null {
  for (const pair of listOf(set)) {
    const parts = (context.name(listOf(pair)[0]) ?? '').split('.');
    const relation = parts.at(-2);
    if (relation !== undefined) return relation;
  }
  return null;
}

/** ORDER BY of an UPDATE or DELETE with a LIMIT (MySQL): which rows are changed depends on these columns. */
function chosenRows(fields: Fields, context: Context): Expression | null {
  const items = orderItems(fields['order_by'], context);
  if (items.length === 0) return null;
  const position: Expression = { ...call(['row_number'], []), over: { partitionBy: [], orderBy: items, reference: null } };
  const limit = optionalExpression(held(fields['limit']), context);
  return operation('<=', limit ? [position, limit] : [position]);
}
