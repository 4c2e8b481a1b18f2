import type { Relation } from '../../model/catalog.js';
import type { Expression, ParseOutcome, Select, SqlStatement, TableReference } from '../../model/syntax-tree.js';
import { walkExpression } from '../../sql/walk.js';
import { freezeClock } from './clock.js';
import { quoteName } from './family.js';
import { viewBody } from './parser.js';
import { fromTables, groupExpressions, selectExpressions, visitQueries, type Relations } from './references.js';
import { splice, type Edit } from './splice.js';

/** What a rewriting needs to know. */
export interface RewriteContext {
  relations: Relations;
  parse: (text: string) => ParseOutcome;
  /** What stands for a table, in parentheses: its rows of one world. */
  rowsOf: (relation: Relation) => string;
  /** The columns of the primary key; empty for none. */
  primaryKey: (relation: Relation) => readonly string[];
  /** What the text sees as the present; null leaves it. */
  instant: string | null;
}

/** A text that cannot be evaluated over invented rows, and why. */
export class NotRewritable extends Error {
  override readonly name = 'NotRewritable';
}

/** Views in views are followed no further. */
const DEPTH_MAX = 20;

/**
 * The text of a statement with every table replaced by its rows of one world, and every view by its definition.
 *
 * @throws NotRewritable
 */
export function rewrite(text: string, statement: SqlStatement, context: RewriteContext, depth = 0): string {
  if (statement.type !== 'query_statement') throw new NotRewritable('it is not a SELECT');
  if (depth > DEPTH_MAX) throw new NotRewritable('views are nested too deeply');
  if (/\btablesample\b/i.test(text)) throw new NotRewritable('TABLESAMPLE takes rows by chance');
  const edits: Edit[] = [];
  const qualified: TableReference[] = [];
  visitQueries(statement, {
    table: (reference) => {
      if (reference.schema !== null) qualified.push(reference);
      edits.push(...tableEdits(reference, text, context, depth));
    },
    select: (select, { orderBy }) => void edits.push(...keyGroupEdits(select, orderBy.map(({ expression }) => expression), context)),
  });
  visitQueries(statement, { expression: (expression) => void edits.push(...qualifierEdits(expression, text, qualified)) });
  if (context.instant !== null) {
    const frozen = freezeClock(text, statement, context.instant);
    if (frozen === null) throw new NotRewritable('the place where it asks for the time was not found');
    edits.push(...frozen);
  }
  const result = splice(text, edits);
  if (result === null) throw new NotRewritable('its tables could not be replaced in its text');
  return result;
}

function tableEdits(reference: TableReference, text: string, context: RewriteContext, depth: number): Edit[] {
  const relation = context.relations.find(reference);
  const shown = reference.schema === null ? reference.name : `${reference.schema}.${reference.name}`;
  if (relation === null) throw new NotRewritable(`relation ${shown} is not in the schema`);
  const { start, end } = reference.span;
  if (end <= start) throw new NotRewritable(`the place of ${shown} in the text is not known`);
  const name = reference.alias === null ? ` as ${quoteName(reference.name)}` : '';
  const edit = { start, end, text: `(${sourceOf(relation, context, depth)})${name}` };
  const [table] = /\btable\s+$/i.exec(text.slice(0, start)) ?? [];
  // TABLE t stands for SELECT * FROM t, and takes no sub-query.
  if (table !== undefined) return [{ start: start - table.length, end: start, text: 'select * from ' }, edit];
  if (!reference.only) return [edit];
  const [only] = /\bonly\s*(\(\s*)?$/i.exec(text.slice(0, start)) ?? [];
  if (only === undefined || only.includes('(')) throw new NotRewritable(`ONLY (${shown}) is not supported`);
  return [{ start: start - only.length, end: start, text: '' }, edit];
}

function sourceOf(relation: Relation, context: RewriteContext, depth: number): string {
  if (relation.kind !== 'view' && relation.kind !== 'materialized_view') return context.rowsOf(relation);
  const name = `${relation.schema}.${relation.name}`;
  if (relation.definition === null) throw new NotRewritable(`the definition of view ${name} is not known`);
  const body = viewBody(relation.definition);
  const parsed = context.parse(body).statements[0]?.statement;
  if (parsed === undefined) throw new NotRewritable(`the definition of view ${name} could not be parsed`);
  return `${rewrite(body, parsed, context, depth + 1)}\n`;
}

/** `app.case_file.status` means nothing where the table is a sub-query: its schema goes. */
function qualifierEdits(expression: Expression, text: string, qualified: readonly TableReference[]): Edit[] {
  const parts = expression.type === 'column' ? expression.parts : expression.type === 'star' ? [...expression.qualifier, '*'] : [];
  if (parts.length < 3 || (expression.type !== 'column' && expression.type !== 'star')) return [];
  const isTable = qualified.some(({ schema, name, alias }) => alias === null && schema === parts.at(-3) && name === parts.at(-2));
  if (!isTable) return [];
  const { start, end } = expression.span;
  const points = pointsOf(text.slice(start, end));
  const cut = points.at(parts.length === 3 ? 0 : -2);
  return cut === undefined ? [] : [{ start, end: start + cut + 1, text: '' }];
}

/** Where the points between the parts of a name stand. */
function pointsOf(name: string): number[] {
  const points: number[] = [];
  let quoted = false;
  for (let at = 0; at < name.length; at += 1) {
    if (name[at] === '"') quoted = !quoted;
    else if (name[at] === '.' && !quoted) points.push(at);
  }
  return points;
}

/**
 * PostgreSQL lets a SELECT that is grouped by a primary key show the table's other columns. A sub-query has no primary key, so
 * the columns that the SELECT mentions are added to the GROUP BY: the key determines them, so the groups stay what they are.
 */
function keyGroupEdits(select: Select, order: readonly Expression[], { relations, primaryKey }: RewriteContext): Edit[] {
  const grouped = select.groupBy.flatMap((item) => (item.type === 'expression' && item.expression.type === 'column' ? [item.expression] : []));
  if (grouped.length === 0 || select.groupBy.some(({ type }) => type !== 'expression')) return [];
  const edits: Edit[] = [];
  const tables = fromTables(select.from);
  for (const reference of tables) {
    const relation = relations.find(reference);
    const key = relation === null ? [] : primaryKey(relation);
    const name = reference.alias ?? reference.name;
    if (relation === null || key.length === 0 || reference.columnAliases.length > 0) continue;
    const named = grouped.filter(({ parts }) => parts.length === 1 || parts.at(-2) === name);
    const last = named.findLast(({ parts }) => key.includes(parts.at(-1) ?? ''));
    if (last === undefined || !key.every((column) => named.some(({ parts }) => parts.at(-1) === column))) continue;
    if (tables.some((other) => other !== reference && (other.alias ?? other.name) === name)) continue;
    const extra = relation.columns.filter((column) => !/^json$|^xml$|^point$/.test(column.type) && !key.includes(column.name) && mentions(select, order, column.name, name));
    if (extra.length > 0) edits.push({ start: last.span.end, end: last.span.end, text: extra.map((column) => `, ${quoteName(name)}.${quoteName(column.name)}`).join('') });
  }
  return edits;
}

function mentions(select: Select, order: readonly Expression[], column: string, table: string): boolean {
  const grouped = new Set(select.groupBy.flatMap(groupExpressions));
  let found = false;
  const see = (expression: Expression): void => {
    if (expression.type === 'star') found ||= expression.qualifier.length === 0 || expression.qualifier.at(-1) === table;
    if (expression.type === 'column') found ||= expression.parts.at(-1) === column && (expression.parts.length === 1 || expression.parts.at(-2) === table);
  };
  for (const expression of [...selectExpressions(select), ...order]) if (!grouped.has(expression)) walkExpression(expression, { expression: see });
  return found;
}
