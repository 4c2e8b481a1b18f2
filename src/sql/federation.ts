import type { Call, Expression, SqlStatement, TableReference } from '../model/syntax-tree.js';
import { Scanner, Token } from './lexer.js';
import { walkStatement } from './walk.js';

/** SQL, or a table, that a statement of one database sends to another one. */
export interface FederatedRead {
  /** The function, in lower case: `external_query`, `dblink` …; `execute` for SQL that runs in the same database. */
  via: string;
  /** What is sent: as written, or built from the name of the table that is read. */
  sql: string;
  /** True where the whole table is read and `sql` was built from its name. */
  wholeTable: boolean;
  engine: 'postgres' | 'mysql' | 'tsql' | null;
  /** What the statement calls the other side: a connection, a server, an attached database. */
  connection: string | null;
  host: string | null;
  database: string | null;
  /** UTF-16 offset of the literal, or of the call where the text is built, in the text of the statement. */
  offset: number;
}

interface Form {
  engine: FederatedRead['engine'];
  /** Position of the name or text of the connection; null where there is none. */
  connection: number | null;
  /** Position of the SQL, counted from the end where it is negative. */
  sql: number;
}

/** Functions that send the SQL in one of their arguments. */
const SENDS: Record<string, Form> = {
  // BigQuery, "Federated query functions": Cloud SQL for PostgreSQL and MySQL, AlloyDB, Spanner.
  external_query: { engine: null, connection: 0, sql: 1 },
  dblink: { engine: 'postgres', connection: 0, sql: 1 },
  dblink_exec: { engine: 'postgres', connection: 0, sql: 1 },
  dblink_send_query: { engine: 'postgres', connection: 0, sql: 1 },
  dblink_open: { engine: 'postgres', connection: 0, sql: 2 },
  // DuckDB's extensions postgres and mysql.
  postgres_query: { engine: 'postgres', connection: 0, sql: 1 },
  postgres_execute: { engine: 'postgres', connection: 0, sql: 1 },
  mysql_query: { engine: 'mysql', connection: 0, sql: 1 },
  mysql_execute: { engine: 'mysql', connection: 0, sql: 1 },
  // A linked server may be of any engine.
  openquery: { engine: null, connection: 0, sql: 1 },
  // OPENROWSET('MSDASQL', 'Server=…;Database=…', 'SELECT …').
  openrowset: { engine: null, connection: 1, sql: 2 },
};

/** Functions that read a table of another database, with the position of each part of its name. */
const SCANS: Record<string, { engine: FederatedRead['engine']; connection: number; database: number | null; schema: number | null; table: number }> = {
  postgres_scan: { engine: 'postgres', connection: 0, database: null, schema: 1, table: 2 },
  postgres_scan_pushdown: { engine: 'postgres', connection: 0, database: null, schema: 1, table: 2 },
  mysql_scan: { engine: 'mysql', connection: 0, database: null, schema: 1, table: 2 },
  // ClickHouse: postgresql('host:port', 'database', 'table', 'user', 'password' [, 'schema']), mysql('host:port', 'database', 'table', …).
  postgresql: { engine: 'postgres', connection: 0, database: 1, schema: 5, table: 2 },
  mysql: { engine: 'mysql', connection: 0, database: 1, schema: null, table: 2 },
};

/** Everything that the functions in a statement send to another database as a literal. What is built at run time is not told. */
export function federatedReads(statement: SqlStatement): FederatedRead[] {
  const found: FederatedRead[] = [];
  walkStatement(statement, {
    expression: (expression) => {
      const read = expression.type === 'call' ? federatedCall(expression) : null;
      if (read) found.push(read);
    },
  });
  return found;
}

function federatedCall(call: Call): FederatedRead | null {
  const via = (call.name.at(-1) ?? '').toLowerCase();
  if (Object.hasOwn(SENDS, via)) {
    const form = SENDS[via];
    return form ? sent(via, form, call) : null;
  }
  return scanned(via, call);
}

function sent(via: string, form: Form, call: Call): FederatedRead | null {
  // dblink without a connection takes the unnamed one: dblink(sql) and dblink(sql, fail_on_error).
  const [, second] = call.arguments;
  const alone = via.startsWith('dblink') && (second === undefined || (second.type === 'literal' && second.kind === 'boolean'));
  const argument = call.arguments[alone ? 0 : form.sql];
  const sql = textOf(argument);
  if (sql === null || sql.trim() === '') return null;
  const connection = alone || form.connection === null ? null : nameOf(call.arguments[form.connection]);
  return { via, sql, wholeTable: false, engine: form.engine, ...placeOf(connection), offset: offsetOf(argument) ?? call.span.start };
}

function scanned(via: string, call: Call): FederatedRead | null {
  const form = Object.hasOwn(SCANS, via) ? SCANS[via] : undefined;
  if (!form) return null;
  const part = (position: number | null): string | null => (position === null ? null : textOf(call.arguments[position]));
  const table = part(form.table);
  if (table === null || table === '') return null;
  const schema = part(form.schema);
  const place = placeOf(nameOf(call.arguments[form.connection]));
  const name = [schema, table].filter((name) => name !== null && name !== '').map((name) => quoted(name ?? '', form.engine)).join('.');
  return { via, sql: `SELECT * FROM ${name}`, wholeTable: true, engine: form.engine, ...place, database: part(form.database) ?? place.database, offset: call.span.start };
}

function quoted(name: string, engine: FederatedRead['engine']): string {
  if (/^[a-z_][a-z0-9_$]*$/.test(name)) return name;
  return engine === 'mysql' ? `\`${name.replaceAll('`', '``')}\`` : `"${name.replaceAll('"', '""')}"`;
}

/** A connection by its name, or where a connection string or address leads; never its user or password. */
export function placeOf(connection: string | null): { connection: string | null; host: string | null; database: string | null } {
  if (connection === null) return { connection, host: null, database: null };
  const url = /^[a-z][\w+]*:\/\/(?:[^/?#]*@)?([^/?#]*)(?:\/([^?#]*))?/i.exec(connection);
  if (url) return { connection: null, host: url[1] || null, database: url[2] || null };
  if (connection.includes('=')) {
    const pairs = new Map([...connection.matchAll(/(\w{1,40})\s*=\s*(?:'([^']*)'|([^\s';]*))/g)].map(([, key = '', inQuotes, bare]) => [key.toLowerCase(), inQuotes ?? bare ?? '']));
    const port = pairs.get('port');
    const host = pairs.get('host') ?? pairs.get('hostaddr') ?? pairs.get('server') ?? null;
    return { connection: null, host: host !== null && port !== undefined ? `${host}:${port}` : host, database: pairs.get('dbname') ?? pairs.get('database') ?? null };
  }
  const address = /^[\w.-]+:\d{1,5}$/.test(connection);
  return address ? { connection: null, host: connection, database: null } : { connection, host: null, database: null };
}

/** Every relation that stands in FROM, the names of common tables among them. */
export function tableReferences(statement: SqlStatement): TableReference[] {
  const found: TableReference[] = [];
  walkStatement(statement, {
    from: (item) => {
      if (item.type === 'table') found.push(item);
    },
  });
  return found;
}

/** `ATTACH 'dbname=casework host=db' AS pg (TYPE postgres)`: by the name that follows AS. DuckDB. */
export function attachedDatabases(text: string): Map<string, { engine: 'postgres' | 'mysql'; host: string | null; database: string | null }> {
  const attached = new Map<string, { engine: 'postgres' | 'mysql'; host: string | null; database: string | null }>();
  for (const tokens of sentences(text, 'attach')) {
    const place = tokens.find(({ kind }) => kind === Token.String);
    const as = tokens.findIndex(({ word }) => word === 'as');
    const name = as < 0 ? undefined : tokens[as + 1];
    const type = tokens[tokens.findIndex(({ word }) => word === 'type') + 1]?.word.replaceAll("'", '');
    if (!place || !name || (type !== 'postgres' && type !== 'mysql')) continue;
    const { host, database } = placeOf(unquoted(place.text));
    attached.set(name.word.replaceAll('"', ''), { engine: type, host, database });
  }
  return attached;
}

/** The catalogue and schema in which later statements look names up: `USE pg`, `USE pg.app`. Null where the text sets none. */
export function usedCatalog(text: string): { catalog: string; schema: string | null } | null {
  const [catalog, schema] = (sentences(text, 'use').at(-1) ?? []).slice(1).filter(({ word }) => word !== '.').map(({ word }) => word.replaceAll('"', ''));
  return catalog === undefined ? null : { catalog, schema: schema ?? null };
}

/** `EXECUTE IMMEDIATE 'SELECT …'`, `EXECUTE 'SELECT …'`, `EXEC('SELECT …') AT server`: SQL that stands as a literal. */
export function executedLiterals(text: string): FederatedRead[] {
  return [...sentences(text, 'execute'), ...sentences(text, 'exec')].flatMap((tokens): FederatedRead[] => {
    const rest = tokens.slice(1).filter(({ word }) => word !== 'immediate' && word !== '(');
    const [literal, next] = rest;
    // What is put together of several parts is not known.
    if (!literal || (literal.kind !== Token.String && literal.kind !== Token.Dollar) || (next && !/^(?:\)|into|using|at)$/.test(next.word))) return [];
    const at = rest.findIndex(({ word }) => word === 'at');
    const server = at < 0 ? null : (rest[at + 1]?.text ?? null);
    return [{ via: 'execute', sql: unquoted(literal.text), wholeTable: false, engine: null, connection: server, host: null, database: null, offset: literal.start }];
  });
}

interface Piece {
  kind: number;
  text: string;
  /** In lower case. */
  word: string;
  start: number;
}

/** The tokens of each statement that begins with a word, comments left out. */
function sentences(text: string, first: string): Piece[][] {
  if (!text.toLowerCase().includes(first)) return [];
  const found: Piece[][] = [];
  const scanner = new Scanner(text);
  let current: Piece[] = [];
  const finish = (): void => {
    if (current[0]?.word === first) found.push(current);
    current = [];
  };
  for (let kind = scanner.next(); kind !== Token.End; kind = scanner.next()) {
    if (kind === Token.LineComment || kind === Token.BlockComment) continue;
    const piece = text.slice(scanner.start, scanner.end);
    if (piece === ';') finish();
    else current.push({ kind, text: piece, word: piece.length > 200 ? '' : piece.toLowerCase(), start: scanner.start });
  }
  finish();
  return found;
}

function unquoted(literal: string): string {
  const dollar = /^\$\w*\$/.exec(literal)?.[0];
  if (dollar !== undefined) return literal.slice(dollar.length, -dollar.length);
  return literal.slice(literal.indexOf("'") + 1, -1).replaceAll("''", "'");
}

function textOf(expression: Expression | undefined): string | null {
  if (expression?.type === 'literal' && expression.kind === 'string') return expression.value;
  return expression?.type === 'cast' ? textOf(expression.operand) : null;
}

/** A connection may be written as a name: `OPENQUERY(CASEWORK, '…')`. */
function nameOf(expression: Expression | undefined): string | null {
  return expression?.type === 'column' ? expression.parts.join('.') : textOf(expression);
}

function offsetOf(expression: Expression | undefined): number | null {
  if (expression?.type === 'cast') return offsetOf(expression.operand);
  return expression?.type === 'literal' ? expression.span.start : null;
}
