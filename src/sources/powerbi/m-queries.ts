import type { ConnectionReference, Problem, QueryVariant } from '../../model/query.js';
import { regionAt, regions } from '../../sql/lexer.js';
import { fillHoles, type Hole } from '../../template/holes.js';
import { TEXT_LENGTH_MAX } from '../../template/limits.js';
import { connectionOf, engineOf, isOtherLanguage } from './access.js';
import { nodesOf, type MNode } from './m-parser.js';
import { branchesOf, type Bound, type MExpression, type MScope } from './m-scope.js';
import { sqlTextOf, type SqlText } from './m-text.js';
import { isTable, pathOf, tableRead, type Path } from './navigation.js';
import type { PlacedText } from './placed-text.js';
import { nativeStatements } from './tsql.js';

/** A text that an M expression sends to a database. */
export interface MQuery {
  /** The step of the expression that sends it; null for the expression itself. */
  step: string | null;
  sqlKind: 'statement' | 'relation';
  placed: PlacedText;
  connection: ConnectionReference | null;
  variants: QueryVariant[];
  problems: Problem[];
}

type Call = Extract<MNode, { kind: 'call' }>;

/** Functions whose second argument is the query; the first one is what it is sent to. */
const QUERY_SECOND = new Set(['Value.NativeQuery', 'Odbc.Query', 'OleDb.Query']);

/** Texts that are chosen among, within each other, at most. */
const BRANCH_DEPTH_MAX = 4;

/** Every native query and every navigation to a table of one expression, in the order of its text. */
export function mQueries(expression: MExpression, scope: MScope): MQuery[] {
  const reader = new QueryReader(expression, scope);
  return reader.read();
}

class QueryReader {
  readonly #found: MQuery[] = [];
  /** The tables read, by the key of their last step. */
  readonly #tables = new Map<MNode, { path: Path; step: string | null }>();
  /** The columns that are kept of a table, each time that an expression says so. */
  readonly #kept = new Map<MNode, string[][]>();
  /** How often names are used. */
  readonly #uses = new Map<string, number>();

  constructor(
    readonly expression: MExpression,
    readonly scope: MScope,
  ) {}

  read(): MQuery[] {
    for (const { node, binding, scopes } of nodesOf(this.expression.tree)) {
      const bound: Bound = { node, scopes, expression: this.expression };
      if (node.kind === 'call' && node.callee.kind === 'name') this.#call(node, node.callee.name, bound, binding);
      else if (node.kind === 'item') this.#navigation(bound, binding);
      else if (node.kind === 'name') this.#uses.set(node.name, (this.#uses.get(node.name) ?? 0) + 1);
    }
    for (const [key, { path, step }] of this.#tables) {
      const [columns = null, ...others] = this.#kept.get(key) ?? [];
      const isOnly = others.length === 0 && (step === null || (this.#uses.get(step) ?? 0) <= 1);
      const { placed, variant, problems } = tableRead(path, isOnly ? columns : null, this.scope);
      this.#found.push({ step, sqlKind: 'relation', placed, connection: path.connection, variants: [variant], problems });
    }
    return this.#found;
  }

  #navigation(bound: Bound, step: string | null): void {
    const path = pathOf(bound, this.scope);
    if (path === null || !isTable(path)) return;
    const key = path.steps.at(-1)?.key;
    if (key !== undefined) this.#tables.set(key, { path, step });
  }

  #call(node: Call, callee: string, bound: Bound, step: string | null): void {
    if (callee === 'Table.SelectColumns') return this.#columns(node, bound);
    const [first, second, third] = node.args;
    if (QUERY_SECOND.has(callee) && second !== undefined) {
      const connection = first === undefined ? null : callee === 'Value.NativeQuery' ? (pathOf({ ...bound, node: first }, this.scope)?.connection ?? null) : this.#opened(callee, node, bound);
      return this.#native({ ...bound, node: second }, third, connection, step, false);
    }
    if (callee === 'AdoDotNet.Query' && third !== undefined) return this.#native({ ...bound, node: third }, undefined, this.#opened(callee, node, bound), step, false);
    const isOther = isOtherLanguage(callee);
    if (!isOther && engineOf(callee) === null) return;
    for (const argument of node.args) {
      const options = this.scope.follow({ ...bound, node: argument });
      const query = options.node.kind === 'record' ? options.node.fields.get('Query') : undefined;
      if (query !== undefined) this.#native({ ...options, node: query }, undefined, isOther ? null : this.#opened(callee, node, bound), step, isOther);
    }
  }

  #opened(callee: string, { args }: Call, bound: Bound): ConnectionReference | null {
    const engine = engineOf(callee);
    if (engine === null) return null;
    return connectionOf(callee, engine, args.map((node) => this.scope.textOf({ ...bound, node })), null);
  }

  #native(bound: Bound, parameters: MNode | undefined, connection: ConnectionReference | null, step: string | null, isOther: boolean, depth = 0): void {
    const chosen = this.scope.follow(bound);
    const branches = branchesOf(chosen.node);
    if (branches.length > 0 && depth < BRANCH_DEPTH_MAX) {
      const { text } = chosen.expression.placed;
      // `else null` and `else error "…"` send nothing.
      const sending = branches.filter((node) => !(node.kind === 'name' && node.name === 'null') && !/\berror\s*$/.test(text.slice(Math.max(0, node.start - 20), node.start)));
      for (const node of sending) this.#native({ ...chosen, node }, parameters, connection, step, isOther, depth + 1);
      return;
    }
    const sql = sqlTextOf(bound, this.scope);
    const found = { step, sqlKind: 'statement' as const, connection };
    if (sql === null) {
      const { node, expression } = bound;
      const written = expression.placed.text.slice(node.start, node.end);
      const message = `the SQL is built by a program: ${written.replace(/\s+/g, ' ').slice(0, 100)}`;
      const placed = { text: written, originAt: (offset: number) => expression.placed.originAt(node.start + offset) };
      this.#found.push({ ...found, placed, variants: [], problems: [{ code: 'dynamic-sql', message }] });
      return;
    }
    if (isOther) {
      this.#found.push({ ...found, placed: sql, variants: [], problems: [{ code: 'unsupported', message: 'the query is written in DAX, MDX or KQL, not in SQL' }] });
      return;
    }
    for (const query of statementsOf(sql, parameters)) this.#found.push({ ...found, ...query });
  }

  /** `Table.SelectColumns(table, {"a", "b"})` says which columns of a table are read, where nothing else is done with it. */
  #columns({ args }: Call, bound: Bound): void {
    const [table, list] = args;
    if (table === undefined || list === undefined) return;
    const path = pathOf({ ...bound, node: table }, this.scope);
    const items = this.scope.follow({ ...bound, node: list });
    if (path === null || !isTable(path) || items.node.kind !== 'list') return;
    const columns = items.node.items.map((node) => this.scope.textOf({ ...items, node }));
    const known = columns.filter((column): column is string => column !== null && column !== '');
    const key = path.steps.at(-1)?.key;
    if (key === undefined || known.length === 0 || known.length !== columns.length) return;
    const kept = this.#kept.get(key);
    if (kept === undefined) this.#kept.set(key, [known]);
    else kept.push(known);
  }
}

/** The statements of a native query, each with its own part of the text. */
export function statementsOf(sql: SqlText, parameters?: MNode): { placed: PlacedText; variants: QueryVariant[]; problems: Problem[] }[] {
  const { text } = sql;
  const holes = [...sql.holes, ...parameterHoles(text, parameters)];
  const view = withoutHoles(text, sql.holes);
  const found = text.length > TEXT_LENGTH_MAX ? [] : nativeStatements(view);
  const places = found.length === 0 ? [{ start: 0, end: text.length }] : found;
  return places.map(({ start: from, end: to }) => {
    const own = holes.filter((hole) => hole.start >= from && hole.end <= to).map((hole) => ({ ...hole, start: hole.start - from, end: hole.end - from }));
    const placed = { text: text.slice(from, to), originAt: (offset: number) => sql.originAt(from + offset) };
    return { placed, ...fillHoles(placed.text, own, { word: 'expression', unknown: 'bound' }) };
  });
}

/** Quotes within a hole belong to M and must not open a string of SQL. */
function withoutHoles(text: string, holes: readonly Hole[]): string {
  let view = '';
  let at = 0;
  for (const { start, end } of holes) {
    view += text.slice(at, start) + 'x'.repeat(end - start);
    at = end;
  }
  return view + text.slice(at);
}

/** `@name` of a record of parameters, `?` of a list. */
function parameterHoles(text: string, parameters: MNode | undefined): Hole[] {
  if (parameters?.kind !== 'record' && parameters?.kind !== 'list') return [];
  const quoted = regions(text);
  const isCode = (at: number): boolean => regionAt(quoted, at)?.kind === 'code';
  const pattern = parameters.kind === 'record' ? /@(\w{1,100})/g : /(\?)/g;
  return [...text.matchAll(pattern)].flatMap((match) => {
    const [whole, name = ''] = match;
    if (!isCode(match.index)) return [];
    if (parameters.kind === 'record' && !parameters.fields.has(name)) return [];
    return [{ start: match.index, end: match.index + whole.length, name: name === '?' ? `parameter ${match.index}` : name }];
  });
}
