import { Scanner, Token } from '../../sql/lexer.js';
import { metricView } from './metric-view.js';

/** A metric that a semantic view of a warehouse defines. */
export interface SemanticMetric {
  name: string;
  /** As written, and where it begins in the statement; -1 where it stands in a text of its own. */
  expression: string;
  start: number;
  /** One statement over the table that it measures; null where that is not known. */
  sql: string | null;
  comment: string | null;
  synonyms: string[];
  dimensions: string[];
  isPrivate: boolean;
  /** What the SQL leaves out; null where it is the whole metric. */
  incomplete: string | null;
}

export interface SemanticView {
  name: string;
  comment: string | null;
  metrics: SemanticMetric[];
}

const NAME = String.raw`(?:"[^"]+"|[\w$]+)(?:\s*\.\s*(?:"[^"]+"|[\w$]+)){0,3}`;
const HEAD = new RegExp(String.raw`^create\s+(?:or\s+replace\s+)?semantic\s+view\s+(?:if\s+not\s+exists\s+)?(${NAME})`, 'i');
/** Items of one clause, and how far facts may stand within facts, at most. */
const ITEMS_MAX = 2_000;
const DEPTH_MAX = 20;
const LENGTH_MAX = 50_000;

/**
 * What CREATE SEMANTIC VIEW (Snowflake) or CREATE VIEW … WITH METRICS LANGUAGE YAML (Databricks) defines; null for any other
 * statement.
 */
export function semanticView(statement: string): SemanticView | null {
  const head = HEAD.exec(statement.slice(0, 1_000));
  return head?.[1] === undefined ? metricView(statement) : snowflakeView(statement, head[1], head[0].length);
}

interface Item {
  text: string;
  start: number;
}

/** The clauses of the statement, each with its items: what stands between commas outside of inner parentheses. */
function clausesOf(statement: string, from: number): { clauses: Map<string, Item[]>; comment: string | null } {
  const clauses = new Map<string, Item[]>();
  const scanner = new Scanner(statement);
  scanner.position = from;
  let depth = 0;
  let clause: Item[] | null = null;
  let word = '';
  let start = 0;
  let comment: string | null = null;
  for (let kind = scanner.next(); kind !== Token.End; kind = scanner.next()) {
    const text = statement.slice(scanner.start, scanner.end);
    if (depth === 0 && kind === Token.Word) word = text.toLowerCase();
    if (depth === 0 && kind === Token.String && word === 'comment') comment = unquoted(text);
    if (text === '(') {
      depth += 1;
      if (depth !== 1) continue;
      clause = clauses.get(word) ?? [];
      clauses.set(word, clause);
      start = scanner.end;
    } else if (text === ')' || (text === ',' && depth === 1)) {
      if (depth === 1) {
        if (clause !== null && clause.length < ITEMS_MAX) clause.push({ text: statement.slice(start, scanner.start), start });
        start = scanner.end;
      }
      if (text === ')') depth -= 1;
    }
  }
  return { clauses, comment };
}

interface Expression {
  table: string | null;
  name: string;
  expression: string;
  start: number;
  comment: string | null;
  synonyms: string[];
  isPrivate: boolean;
}

const DEFINED = /^(\s*(?:(private|public)\s+)?(?:("[^"]+"|[\w$]+)\s*\.\s*)?("[^"]+"|[\w$]+)\s+as\s+)/i;

function expressionOf({ text, start }: Item): Expression | null {
  const match = DEFINED.exec(text);
  if (match?.[1] === undefined || match[4] === undefined) return null;
  const rest = text.slice(match[1].length);
  const end = endOfExpression(rest);
  const tail = rest.slice(end);
  const synonyms = /\bsynonyms\s*=?\s*\(([^)]{0,2000})\)/i.exec(tail)?.[1] ?? '';
  const comment = /\bcomment\s*=\s*('(?:[^']|'')*')/i.exec(tail)?.[1];
  return {
    table: match[3] === undefined ? null : bare(match[3]),
    name: bare(match[4]),
    expression: rest.slice(0, end).trim(),
    start: start + match[1].length,
    comment: comment === undefined ? null : unquoted(comment),
    synonyms: [...synonyms.matchAll(/'((?:[^']|'')*)'/g)].flatMap((one) => one[1]?.replaceAll("''", "'") ?? []),
    isPrivate: match[2]?.toLowerCase() === 'private',
  };
}

/** Where WITH SYNONYMS or COMMENT begins. */
function endOfExpression(text: string): number {
  const scanner = new Scanner(text);
  let depth = 0;
  for (let kind = scanner.next(); kind !== Token.End; kind = scanner.next()) {
    const token = text.slice(scanner.start, scanner.end);
    if (token === '(') depth += 1;
    if (token === ')') depth -= 1;
    if (depth !== 0 || kind !== Token.Word) continue;
    if (/^with$/i.test(token) && /^\s+synonyms\b/i.test(text.slice(scanner.end))) return scanner.start;
    if (/^comment$/i.test(token) && /^\s*=/.test(text.slice(scanner.end))) return scanner.start;
  }
  return text.length;
}

function bare(name: string): string {
  return name.startsWith('"') ? name.slice(1, -1) : name.toLowerCase();
}

function unquoted(text: string): string {
  return text.slice(1, -1).replaceAll("''", "'");
}

function snowflakeView(statement: string, name: string, from: number): SemanticView {
  const { clauses, comment } = clausesOf(statement, from);
  const tables = new Map((clauses.get('tables') ?? []).flatMap(({ text }): [string, string][] => {
    const match = new RegExp(String.raw`^\s*(?:("[^"]+"|[\w$]+)\s+as\s+)?(${NAME})`, 'i').exec(text);
    if (match?.[2] === undefined) return [];
    return [[bare(match[1] ?? match[2].split('.').at(-1)?.trim() ?? ''), match[2].replace(/\s+/g, '')]];
  }));
  const read = (clause: string): Expression[] => (clauses.get(clause) ?? []).flatMap((item) => expressionOf(item) ?? []);
  const dimensions = read('dimensions');
  const known = [...read('facts'), ...dimensions];
  const all = read('metrics');
  const metrics = all.map((metric): SemanticMetric => {
    const expanded = expand(metric, [...known, ...all], tables);
    const relation = metric.table === null ? undefined : tables.get(metric.table);
    const sql = relation === undefined || expanded.incomplete !== null ? null : `SELECT ${expanded.sql} AS ${quotedName(metric.name)} FROM ${relation} AS ${quotedName(metric.table ?? 't')}`;
    const incomplete = expanded.incomplete ?? (relation === undefined ? 'it is calculated from the metrics of several tables' : null);
    const own = dimensions.filter(({ table }) => table === metric.table).map((dimension) => dimension.name);
    return { name: metric.name, expression: metric.expression, start: metric.start, sql, comment: metric.comment, synonyms: metric.synonyms, dimensions: own, isPrivate: metric.isPrivate, incomplete };
  });
  return { name, comment, metrics };
}

function quotedName(name: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
}

/** The expression with the facts, dimensions and metrics of its own table in their places. */
function expand(metric: Expression, known: readonly Expression[], tables: ReadonlyMap<string, string>): { sql: string; incomplete: string | null } {
  const own = new Map(known.filter(({ table }) => table === metric.table).map((one) => [one.name, one]));
  let incomplete: string | null = /\bover\s*\(/i.test(metric.expression) ? 'it is a window over the rows of an answer' : null;
  const within = (expression: string, path: readonly string[]): string => {
    const scanner = new Scanner(expression);
    let sql = '';
    let copied = 0;
    for (let kind = scanner.next(); kind !== Token.End; kind = scanner.next()) {
      if (kind !== Token.Word && kind !== Token.Identifier) continue;
      const name = bare(expression.slice(scanner.start, scanner.end));
      const before = /(?:("[^"]+"|[\w$]+)\s*\.\s*)$/.exec(expression.slice(Math.max(0, scanner.start - 200), scanner.start));
      const owner = before?.[1] === undefined ? null : bare(before[1]);
      if (/^\s*\.(?!\d)/.test(expression.slice(scanner.end))) continue;
      if (owner !== null && owner !== metric.table && tables.has(owner)) incomplete ??= `it reads ${owner} as well, whose join the SQL leaves out`;
      const found = owner === null || owner === metric.table ? own.get(name) : undefined;
      if (found === undefined || path.includes(name) || path.length > DEPTH_MAX || /^\s*\(/.test(expression.slice(scanner.end))) continue;
      sql += `${expression.slice(copied, scanner.start - (before?.[0].length ?? 0))}(${within(found.expression, [...path, name])})`;
      copied = scanner.end;
      if (sql.length > LENGTH_MAX) incomplete ??= `it expands to more than ${LENGTH_MAX} characters`;
      if (incomplete !== null) break;
    }
    return sql + expression.slice(copied);
  };
  const sql = within(metric.expression, [metric.name]);
  return { sql, incomplete };
}
