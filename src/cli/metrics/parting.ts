import type { Call, TableReference } from '../../model/syntax-tree.js';
import { Scanner, Token } from '../../sql/lexer.js';
import { walkExpression } from '../../sql/walk.js';
import type { Plan } from './measure-plan.js';

/** A definition and how it would be run. */
export interface Planned {
  sql: string;
  plan: Plan;
}

/**
 * A statement that counts the rows of today that part two definitions over one table, from the conditions of both as they are
 * written. It is to be parsed and looked at like any other before it is run.
 *
 * @returns why it cannot be told where they are not row-level filters over the same table
 */
export function partingSql(first: Planned, second: Planned): { sql: string } | { refused: string } {
  if ('refused' in first.plan) return { refused: first.plan.refused };
  if ('refused' in second.plan) return { refused: second.plan.refused };
  const [one, other] = [rowFilterOf(first.sql, first.plan), rowFilterOf(second.sql, second.plan)];
  if (one === null || other === null) return { refused: 'they are not both conditions on the rows of one table' };
  if (one.table !== other.table) return { refused: 'they read different tables' };
  if (one.measure !== other.measure) return { refused: 'they measure different things' };
  // Two names for one table cannot stand in one condition, unless one of them is not used.
  if (one.alias !== other.alias && one.isQualified && other.isQualified) return { refused: 'they call the table by different names' };
  const { from } = one.isQualified ? one : other;
  return { sql: `SELECT count(*) FILTER (WHERE ((${one.condition}\n) IS TRUE) IS DISTINCT FROM ((${other.condition}\n) IS TRUE)) FROM ${from}` };
}

interface RowFilter {
  /** With its alias. */
  from: string;
  table: string;
  alias: string;
  condition: string;
  /** As written, without the condition. */
  measure: string;
  isQualified: boolean;
}

function rowFilterOf(sql: string, { select, query }: Exclude<Plan, { refused: string }>): RowFilter | null {
  const [table, join] = select.from;
  const [projection, another] = select.projections;
  if (table?.type !== 'table' || join !== undefined || projection === undefined || another !== undefined || table.only || table.columnAliases.length > 0) return null;
  if (query.ctes.length > 0 || query.limit !== null || query.offset !== null || query.orderBy.length > 0 || select.having !== null) return null;
  const { expression } = projection;
  if (expression.type !== 'call') return null;
  const texts = clausesOf(sql);
  if (texts === null || (texts.where !== null) !== (select.where !== null) || (texts.filter !== null) !== (expression.filter !== null)) return null;
  const written = [texts.where, texts.filter].filter((text) => text !== null);
  return {
    from: fromOf(table),
    table: table.schema === null ? table.name : `${table.schema}.${table.name}`,
    alias: table.alias ?? table.name,
    condition: written.length === 0 ? 'TRUE' : written.map((text) => `(${text}\n)`).join(' AND '),
    measure: measureOf(expression),
    isQualified: [select.where, expression.filter].some((condition) => condition !== null && namesTable(condition)),
  };
}

function namesTable(condition: Parameters<typeof walkExpression>[0]): boolean {
  let found = false;
  walkExpression(condition, { expression: (inner) => void (found ||= inner.type === 'column' && inner.parts.length > 1) });
  return found;
}

/** Equal for calls that are made of the same parts, wherever they stand. */
function measureOf({ filter: _filter, ...call }: Call): string {
  return JSON.stringify(call, (key, value: unknown) => (key === 'span' ? undefined : value));
}

function fromOf({ schema, name, alias }: TableReference): string {
  const quote = (text: string): string => `"${text.replaceAll('"', '""')}"`;
  return `${schema === null ? '' : `${quote(schema)}.`}${quote(name)}${alias === null ? '' : ` AS ${quote(alias)}`}`;
}

/**
 * The texts of WHERE and of the one FILTER of a query that ends with its WHERE. Trees say where a condition begins, not
 * where it ends. Null where there are several.
 */
function clausesOf(sql: string): { where: string | null; filter: string | null } | null {
  const scanner = new Scanner(sql, { backticks: false });
  const found: { where: string | null; filter: string | null } = { where: null, filter: null };
  let depth = 0;
  let previous = ['', ''];
  let filterFrom: number | null = null;
  let whereFrom: number | null = null;
  let end = sql.length;
  for (let kind = scanner.next(); kind !== Token.End; kind = scanner.next()) {
    if (kind === Token.LineComment || kind === Token.BlockComment) continue;
    const word = sql.slice(scanner.start, scanner.end).toLowerCase();
    if (word === '(') depth += 1;
    if (word === ')') depth -= 1;
    if (word === ')' && depth === 0 && filterFrom !== null && found.filter === null) found.filter = sql.slice(filterFrom, scanner.start);
    if (word === ';') end = scanner.start;
    if (word === 'where' && depth === 0) {
      if (whereFrom !== null) return null;
      whereFrom = scanner.end;
    }
    if (word === 'where' && depth === 1 && whereFrom === null && previous[1] === '(' && previous[0] === 'filter') {
      if (filterFrom !== null) return null;
      filterFrom = scanner.end;
    }
    previous = [previous[1] ?? '', word];
  }
  if (whereFrom !== null) found.where = sql.slice(whereFrom, end);
  return found;
}
