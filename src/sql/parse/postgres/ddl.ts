import type { Node } from '@pgsql/types';
import { hasSqlDetails, loadModule, parseSync } from 'libpg-query';
import type { Catalog } from '../../../model/catalog.js';
import type { Diagnostic } from '../../../model/syntax-tree.js';
import { Scanner, splitStatements, Token } from '../../lexer.js';
import { relationKey } from '../../schema-index.js';
import type { Parse } from '../front-end.js';
import { piecesOf } from '../pieces.js';
import { createPostgresParser } from '../postgres.js';
import { alterEnum, comment, drop, label, rename, setSchema } from './ddl-change.js';
import { createAggregate, createFunction } from './ddl-function.js';
import { DdlState, DEFAULT_SCHEMA } from './ddl-state.js';
import { alterTable, columnOf, createIndex, createTable, type Source } from './ddl-table.js';
import { createOfQuery } from './ddl-view.js';
import { text, texts } from './nodes.js';
import { Positions } from './positions.js';

const LEXING = { backticks: false };
/** Longer statements are not parsed, as for queries. */
const STATEMENT_LENGTH_MAX = 4 * 1024 * 1024;

export interface DdlDiagnostic extends Diagnostic {
  /** From 1. */
  line: number;
}

export interface DdlReading {
  catalog: Catalog;
  /** As the text last set it to something; `public` where it does not. */
  searchPath: string[];
  /** Errors for statements that are no PostgreSQL, warnings for names that no statement before has made. */
  diagnostics: DdlDiagnostic[];
}

/**
 * The catalogue that a text of DDL describes, as pg_dump or a person writes it: tables, keys, checks, indexes, views, types,
 * functions and comments, changed and dropped in the order of the text. Statements of other kinds, psql's commands and the
 * rows behind COPY … FROM stdin are passed over. A statement that cannot be read costs itself only. Relations that are named
 * without a schema are in the first one of `search_path`, `public` where none was set.
 */
export async function readDdl(ddl: string): Promise<DdlReading> {
  await loadModule();
  const reader = new DdlReader(await createPostgresParser());
  for (const { start, end, command } of splitStatements(ddl, LEXING)) {
    if (command === null) reader.read(ddl.slice(start, end), start);
  }
  return reader.result(ddl);
}

/** A text of DDL that must be right is not. */
export class DdlError extends Error {
  override readonly name = 'DdlError';
}

/**
 * The catalogue of `readDdl` alone, for a text that is known to be right.
 *
 * @throws DdlError for the first statement that cannot be read
 */
export async function catalogFromDdl(ddl: string): Promise<Catalog> {
  const { catalog, diagnostics } = await readDdl(ddl);
  const wrong = diagnostics.find(({ severity }) => severity === 'error');
  if (wrong) throw new DdlError(`line ${wrong.line}: ${wrong.message}`);
  return catalog;
}

class DdlReader {
  readonly #state = new DdlState();
  readonly #parse: Parse;
  #lastPath: readonly string[] = [DEFAULT_SCHEMA];

  constructor(parse: Parse) {
    this.#parse = parse;
  }

  result(ddl: string): DdlReading {
    const { catalog, diagnostics } = this.#state;
    catalog.relations.sort((a, b) => compare(relationKey(a), relationKey(b)));
    catalog.functions.sort((a, b) => compare(relationKey(a), relationKey(b)));
    const lineOf = lineCounter(ddl);
    return {
      catalog,
      searchPath: [...this.#lastPath],
      diagnostics: diagnostics.map((diagnostic) => ({ ...diagnostic, line: lineOf(diagnostic.offset ?? 0) })),
    };
  }

  /** Reads one statement that stands at `offset` in the whole text. */
  read(statement: string, offset: number): void {
    const state = this.#state;
    state.offset = offset;
    const nul = statement.indexOf('\0');
    if (nul >= 0) return this.#error('a NUL character stands in the text', offset + nul);
    if (statement.length > STATEMENT_LENGTH_MAX) return this.#error(`the statement has ${statement.length} characters; more than ${STATEMENT_LENGTH_MAX} are not parsed`, offset);
    try {
      for (const { stmt } of parseSync(statement).stmts ?? []) {
        if (stmt) this.#apply(stmt, { text: statement, positions: new Positions(statement) });
      }
    } catch (error) {
      if (error instanceof RangeError) return this.#error('the statement is nested too deeply to be read', offset);
      // A bracket that nobody closes must not cost what stands behind its statement.
      const pieces = piecesOf(statement, LEXING);
      if (pieces.length > 1) {
        for (const { start, end } of pieces) this.read(statement.slice(start, end), offset + start);
        return;
      }
      const details = hasSqlDetails(error) ? error.sqlDetails : undefined;
      this.#error(details?.message ?? (error instanceof Error ? error.message : String(error)), offset + Math.min(details?.cursorPosition ?? 0, statement.length));
    }
  }

  #error(message: string, offset: number): void {
    this.#state.diagnostics.push({ severity: 'error', message, offset });
  }

  #apply(node: Node, source: Source): void {
    const state = this.#state;
    if ('CreateStmt' in node) createTable(node.CreateStmt, 'table', state, source);
    else if ('CreateForeignTableStmt' in node && node.CreateForeignTableStmt.base) createTable(node.CreateForeignTableStmt.base, 'foreign_table', state, source);
    else if ('ViewStmt' in node || 'CreateTableAsStmt' in node) createOfQuery(node, source.text, state, this.#parse);
    else if ('SelectStmt' in node) this.#select(node, source);
    else if ('IndexStmt' in node) createIndex(node.IndexStmt, state);
    else if ('CreateFunctionStmt' in node) createFunction(node.CreateFunctionStmt, state, source.text);
    else if ('DefineStmt' in node && node.DefineStmt.kind === 'OBJECT_AGGREGATE') createAggregate(node.DefineStmt, state);
    else if ('CreateSchemaStmt' in node) this.#createSchema(node.CreateSchemaStmt.schemaname ?? node.CreateSchemaStmt.authrole?.rolename ?? '', source.text);
    else if ('VariableSetStmt' in node && node.VariableSetStmt.name === 'search_path') this.#setPath((node.VariableSetStmt.args ?? []).map(constantText));
    else if (!this.#applyType(node, source)) this.#applyChange(node, source);
  }

  #applyType(node: Node, source: Source): boolean {
    const state = this.#state;
    if ('CreateEnumStmt' in node) {
      const { typeName, vals } = node.CreateEnumStmt;
      state.addType({ ...state.newNameOf(texts(typeName)), kind: 'enum', values: texts(vals) });
    } else if ('CompositeTypeStmt' in node) {
      const { typevar, coldeflist } = node.CompositeTypeStmt;
      const name = state.newName(typevar?.schemaname, typevar?.relname);
      state.addType({ ...name, kind: 'composite', columns: (coldeflist ?? []).flatMap((item) => ('ColumnDef' in item ? [columnOf(item.ColumnDef, name, state, source)] : [])) });
    } else if ('CreateDomainStmt' in node) {
      const { domainname, typeName, constraints } = node.CreateDomainStmt;
      const required = (constraints ?? []).some((item) => 'Constraint' in item && item.Constraint.contype === 'CONSTR_NOTNULL');
      state.addType({ ...state.newNameOf(texts(domainname)), kind: 'domain', base: typeName, required });
    } else return false;
    return true;
  }

  #applyChange(node: Node, source: Source): void {
    const state = this.#state;
    if ('AlterTableStmt' in node) alterTable(node.AlterTableStmt, state, source);
    else if ('AlterEnumStmt' in node) alterEnum(node.AlterEnumStmt, state);
    else if ('RenameStmt' in node) rename(node.RenameStmt, state);
    else if ('AlterObjectSchemaStmt' in node) setSchema(node.AlterObjectSchemaStmt, state);
    else if ('DropStmt' in node) drop(node.DropStmt, state);
    else if ('CommentStmt' in node) comment(node.CommentStmt, state);
    else if ('SecLabelStmt' in node) label(node.SecLabelStmt, state);
  }

  /** SELECT INTO makes a table; set_config is how pg_dump sets the search path. */
  #select(node: Node & { SelectStmt: object }, source: Source): void {
    if ('intoClause' in node.SelectStmt) createOfQuery(node, source.text, this.#state, this.#parse);
    const statement = this.#parse(source.text).statements[0]?.statement;
    const body = statement?.type === 'query_statement' ? statement.query.body : null;
    const call = body?.type === 'select' && body.from.length === 0 ? body.projections[0]?.expression : undefined;
    if (call?.type !== 'call' || call.name.at(-1) !== 'set_config') return;
    const [setting, value] = call.arguments;
    if (setting?.type === 'literal' && setting.value === 'search_path' && value?.type === 'literal') this.#setPath((value.value ?? '').split(','));
  }

  /** `"$user"` is left out: whose session it is nobody knows. An empty path, as in a dump, sets nothing for who reads it later. */
  #setPath(schemas: string[]): void {
    const path = schemas.map((schema) => schema.trim().replace(/^"(.*)"$/, '$1')).filter((schema) => schema !== '' && schema !== '$user');
    const isReset = schemas.length === 0;
    this.#state.path = isReset ? [DEFAULT_SCHEMA] : path;
    if (isReset || path.length > 0) this.#lastPath = this.#state.path;
  }

  /** The elements of CREATE SCHEMA are statements of their own, with the schema for unqualified names. Tables come first. */
  #createSchema(schema: string, statement: string): void {
    const elements = schemaElements(statement);
    if (elements.length === 0) return;
    const { path, offset } = this.#state;
    this.#state.path = [schema, ...path];
    const isTable = (element: { text: string }): boolean => /^create\s+(unlogged\s+)?table/i.test(element.text);
    for (const element of [...elements.filter(isTable), ...elements.filter((other) => !isTable(other))]) this.read(element.text, offset + element.start);
    this.#state.path = path;
  }
}

/** In CREATE SCHEMA, what begins with CREATE or GRANT outside of parentheses. */
function schemaElements(statement: string): { text: string; start: number }[] {
  const scanner = new Scanner(statement, { backticks: false });
  const starts: number[] = [];
  let depth = 0;
  for (let kind = scanner.next(); kind !== Token.End; kind = scanner.next()) {
    const token = statement.slice(scanner.start, scanner.end);
    if (token === '(') depth++;
    if (token === ')') depth--;
    if (kind === Token.Word && depth === 0 && scanner.start > 0 && /^(create|grant)$/i.test(token)) starts.push(scanner.start);
  }
  return starts.map((start, at) => ({ start, text: statement.slice(start, starts[at + 1]) }));
}

function constantText(node: Node): string {
  return 'A_Const' in node ? (node.A_Const.sval?.sval ?? '') : text(node);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Counts the lines of a text up to an offset. */
function lineCounter(whole: string): (offset: number) => number {
  const starts = [0];
  for (let at = whole.indexOf('\n'); at >= 0; at = whole.indexOf('\n', at + 1)) starts.push(at + 1);
  return (offset) => {
    const after = starts.findIndex((start) => start > offset);
    return after < 0 ? starts.length : after;
  };
}
