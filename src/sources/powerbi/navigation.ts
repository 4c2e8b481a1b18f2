import type { ConnectionReference, Problem, QueryVariant } from '../../model/query.js';
import { dynamicName } from '../../template/placeholder.js';
import { Rewriter } from '../../template/rewrite.js';
import { connectionOf, engineOf } from './access.js';
import type { MNode } from './m-parser.js';
import type { Bound, MScope } from './m-scope.js';
import type { PlacedText } from './placed-text.js';

/** One step from a server to a table: `{[Schema="dbo",Item="t"]}[Data]`. */
interface Step {
  key: Extract<MNode, { kind: 'record' }>;
  bound: Bound;
  kind: string | null;
}

/** Where a chain of steps begins, and its steps. */
export interface Path {
  callee: string;
  engine: string;
  connection: ConnectionReference;
  steps: Step[];
}

/** A name of the path: where it is written, if it is a plain literal, and its text, if it is known. */
interface Name {
  value: string | null;
  shown: string;
  node: MNode;
}

const STEPS_MAX = 20;
const BACKTICKS = new Set(['mysql', 'mariadb', 'bigquery', 'databricks', 'clickhouse']);
const TABLE = /^(table|view|materialized ?view|external ?table)$/i;

/** The path of a node that navigates, or opens a server; null for anything else. */
export function pathOf(bound: Bound, scope: MScope): Path | null {
  const steps: Step[] = [];
  let at = scope.follow(bound);
  while (steps.length <= STEPS_MAX) {
    const { node, scopes, expression } = at;
    if (node.kind === 'field' && node.name === 'Data') at = scope.follow({ node: node.target, scopes, expression });
    else if (node.kind === 'item') {
      if (node.key.kind !== 'record') return null;
      steps.push({ key: node.key, bound: at, kind: kindOf(node.key, at, scope) });
      at = scope.follow({ node: node.target, scopes, expression });
    } else break;
  }
  const { node } = at;
  const path = steps.toReversed();
  const dataSource = node.kind === 'name' ? scope.dataSources.get(node.name) : undefined;
  if (dataSource !== undefined) return { callee: '', engine: dataSource.engine ?? '', connection: dataSource, steps: path };
  if (node.kind !== 'call' || node.callee.kind !== 'name') return null;
  const engine = engineOf(node.callee.name);
  if (engine === null) return null;
  const args = node.args.map((arg) => scope.textOf({ ...at, node: arg }));
  const connection = connectionOf(node.callee.name, engine, args, databaseOf(path, scope));
  return { callee: node.callee.name, engine, connection, steps: path };
}

function field(key: Step['key'], name: string, bound: Bound, scope: MScope): string | null {
  const node = key.fields.get(name);
  return node === undefined ? null : scope.textOf({ ...bound, node });
}

function kindOf(key: Step['key'], bound: Bound, scope: MScope): string | null {
  return field(key, 'Kind', bound, scope) ?? field(key, 'ItemKind', bound, scope);
}

/** The database that the first step of a server with several names. */
function databaseOf([first, second]: readonly Step[], scope: MScope): string | null {
  if (first === undefined || first.key.fields.has('Item') || first.key.fields.has('Schema')) return null;
  const isDatabase = first.kind?.toLowerCase() === 'database' || (first.kind === null && (second !== undefined || !first.key.fields.has('ItemKind')));
  return isDatabase ? field(first.key, 'Name', first.bound, scope) : null;
}

/** True where the last step of a path is a table or view. */
export function isTable({ steps, callee }: Path): boolean {
  const last = steps.at(-1);
  if (last === undefined) return false;
  if (last.kind !== null) return TABLE.test(last.kind);
  if (last.key.fields.has('Item')) return true;
  const before = steps.at(-2);
  // Oracle with hierarchical navigation, and schemas that people write by hand: `{[Schema="HR"]}[Data]{[Name="EMPLOYEES"]}[Data]`.
  return last.key.fields.has('Name') && before !== undefined && (before.key.fields.has('Schema') || before.kind?.toLowerCase() === 'schema' || /^(GoogleBigQuery|AmazonRedshift)/.test(callee));
}

export interface TableRead {
  /** The key of the last step, as it is written. */
  placed: PlacedText;
  /** `dbo.case_file`. */
  name: string;
  variant: QueryVariant;
  problems: Problem[];
}

/** `SELECT * FROM schema.table` for the last step of a path, or of the columns that the expression keeps of it. */
export function tableRead(path: Path, columns: readonly string[] | null, scope: MScope): TableRead {
  const last = path.steps.at(-1);
  const start = last?.key.start ?? 0;
  const expression = last?.bound.expression;
  const raw = expression?.placed.text.slice(start, last?.key.end ?? start) ?? '';
  const sign = BACKTICKS.has(path.engine) ? '`' : '"';
  const names = path.steps.flatMap((step, index) => namesOf(step, index, path, scope));
  const problems: Problem[] = names.flatMap(({ value, shown }) =>
    value === null ? [{ code: 'dynamic-relation' as const, message: `the expression ${shown} names a relation that only the running report knows` }] : [],
  );
  const rewriter = new Rewriter(raw);
  const list = columns === null ? '*' : columns.map((column) => quoted(column, sign)).join(', ');
  rewriter.generate(`SELECT ${list} FROM `, 0, 0);
  for (const [index, { value, shown, node }] of names.entries()) {
    const inRaw = last !== undefined && node.start >= start && node.end <= last.key.end && [...last.key.fields.values()].includes(node);
    const [from, to] = inRaw ? [node.start - start, node.end - start] : [0, 0];
    if (index > 0) rewriter.generate('.', from, to);
    const name = value ?? dynamicName(shown);
    const isPlain = inRaw && node.kind === 'string' && raw.slice(from + 1, to - 1) === name && !name.includes(sign);
    if (isPlain) {
      rewriter.generate(sign, from, from + 1);
      rewriter.copy(from + 1, to - 1);
      rewriter.generate(sign, to - 1, to);
    } else rewriter.generate(quoted(name, sign), from, to);
  }
  rewriter.generate(' AS t', raw.length, raw.length);
  const unknown = names.filter(({ value }) => value === null).map(({ shown }) => `the expression ${shown} is ${dynamicName(shown)}`);
  const assumptions = ['Power Query asks for the rows and columns only that its later steps keep', ...unknown];
  const placed = { text: raw, originAt: (offset: number) => expression?.placed.originAt(start + offset) ?? { file: '', pointer: '', line: 1, column: 1 } };
  return { placed, name: names.map(({ value, shown }) => value ?? shown).join('.'), variant: { label: 'default', ...rewriter.finish(), assumptions }, problems };
}

function quoted(name: string, sign: string): string {
  return sign + name.replaceAll(sign, sign + sign) + sign;
}

/** What a step adds to the name of the table. A database that the connection names already is left out. */
function namesOf({ key, bound, kind }: Step, index: number, { engine, connection, steps }: Path, scope: MScope): Name[] {
  const isLast = index === steps.length - 1;
  const fields = ['Schema', 'Item', 'Name', 'Id'].flatMap((field) => {
    const node = key.fields.get(field);
    return node === undefined ? [] : [{ field, node }];
  });
  const names = fields.map(({ node }) => ({
    value: scope.textOf({ ...bound, node }),
    shown: bound.expression.placed.text.slice(node.start, node.end).replace(/^#?"|"$/g, '').slice(0, 80),
    node,
  }));
  const [first] = names;
  const isDatabase = !isLast && (kind?.toLowerCase() === 'database' || kind === null) && index === 0 && !key.fields.has('Schema');
  if (isDatabase && (engine === 'mssql' || engine === 'postgres' || engine === 'fabric') && (connection.database === first?.value || first === undefined)) return [];
  // An empty schema is what servers without schemas are given.
  return names.filter(({ value }) => value !== '');
}
