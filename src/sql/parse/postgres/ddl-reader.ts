import type { DoStmt, Node, SelectStmt } from '@pgsql/types';
import { hasSqlDetails, loadModule, parseSync } from 'libpg-query';
import { Scanner, Token } from '../../lexer.js';
import type { Parse } from '../front-end.js';
import { piecesOf } from '../pieces.js';
import { createPostgresParser } from '../postgres.js';
import { alterPolicy, alterPublication, createPolicy, createPublication, createRule, createTrigger, grant } from './ddl-access.js';
import { alterTable } from './ddl-alter.js';
import { blockStatements } from './ddl-block.js';
import { comment, label, rename, setSchema } from './ddl-change.js';
import { createIndex } from './ddl-constraint.js';
import { drop } from './ddl-drop.js';
import { createAggregate, createFunction } from './ddl-function.js';
import { callsOf, changeRows } from './ddl-rows.js';
import { DEFAULT_SCHEMA, type DdlState } from './ddl-state.js';
import { createTable } from './ddl-table.js';
import type { Source } from './ddl-text.js';
import { applyType } from './ddl-type.js';
import { alterEnum } from './ddl-values.js';
import { createOfQuery } from './ddl-view.js';
import { text } from './nodes.js';
import { Positions } from './positions.js';

export const LEXING = { backticks: false };
/** Longer statements are not parsed, as for queries. */
const STATEMENT_LENGTH_MAX = 4 * 1024 * 1024;

/** Statements about the session, and looks at what is there. */
const OF_NO_ACCOUNT = new Set(['TransactionStmt', 'VariableSetStmt', 'VariableShowStmt', 'LockStmt', 'ConstraintsSetStmt', 'ExplainStmt', 'DiscardStmt', 'CheckPointStmt', 'ListenStmt', 'UnlistenStmt', 'NotifyStmt', 'DeallocateStmt', 'LoadStmt']);
/** Statements after which every query answers as before. */
const HARMLESS = new Set([
  'VacuumStmt', 'ClusterStmt', 'ReindexStmt', 'CreateSeqStmt', 'AlterSeqStmt', 'AlterOwnerStmt', 'RefreshMatViewStmt', 'CreateRoleStmt', 'AlterRoleStmt', 'AlterRoleSetStmt', 'AlterDefaultPrivilegesStmt',
  'CreateStatsStmt', 'AlterStatsStmt', 'AlterTableMoveAllStmt', 'AlterDatabaseSetStmt', 'AlterDatabaseStmt', 'AlterExtensionStmt', 'AlterFunctionStmt', 'AlterObjectDependsStmt', 'ReassignOwnedStmt', 'CreateTableSpaceStmt',
]);

/** Loads the parser and makes a reader of statements that changes what `state` has. */
export async function createReader(state: DdlState): Promise<DdlReader> {
  await loadModule();
  return new DdlReader(state, await createPostgresParser());
}

/** Reads statements of DDL, one after the other. */
export class DdlReader {
  readonly #state: DdlState;
  readonly #parse: Parse;
  /** As the text last set it to something. */
  lastPath: readonly string[];

  constructor(state: DdlState, parse: Parse) {
    this.#state = state;
    this.#parse = parse;
    this.lastPath = state.path;
    if (state.recorder !== null) state.parse = parse;
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
    this.#state.unknown(`cannot be read as PostgreSQL: ${message}`);
    this.#state.diagnostics.push({ severity: 'error', message, offset });
  }

  #apply(node: Node, source: Source): void {
    const state = this.#state;
    if ('CreateStmt' in node) createTable(node.CreateStmt, 'table', state, source);
    else if ('CreateForeignTableStmt' in node && node.CreateForeignTableStmt.base) createTable(node.CreateForeignTableStmt.base, 'foreign_table', state, source);
    else if ('ViewStmt' in node || 'CreateTableAsStmt' in node) createOfQuery(node, source.text, state, this.#parse);
    else if ('SelectStmt' in node) this.#select(node, source);
    else if ('IndexStmt' in node) createIndex(node.IndexStmt, state, source);
    else if ('CreateFunctionStmt' in node) createFunction(node.CreateFunctionStmt, state, source.text);
    else if ('DefineStmt' in node && node.DefineStmt.kind === 'OBJECT_AGGREGATE') createAggregate(node.DefineStmt, state);
    else if ('CreateSchemaStmt' in node) this.#createSchema(node.CreateSchemaStmt.schemaname ?? node.CreateSchemaStmt.authrole?.rolename ?? '', source.text);
    else if ('VariableSetStmt' in node && node.VariableSetStmt.name === 'search_path') this.#setPath((node.VariableSetStmt.args ?? []).map(constantText));
    else if (!applyType(node, state, source) && !this.#applyChange(node, source) && state.recorder !== null) this.#applyOther(node, source);
  }

  #applyChange(node: Node, source: Source): boolean {
    const state = this.#state;
    if ('AlterTableStmt' in node) alterTable(node.AlterTableStmt, state, source);
    else if ('AlterEnumStmt' in node) alterEnum(node.AlterEnumStmt, state);
    else if ('RenameStmt' in node) rename(node.RenameStmt, state);
    else if ('AlterObjectSchemaStmt' in node) setSchema(node.AlterObjectSchemaStmt, state);
    else if ('DropStmt' in node) drop(node.DropStmt, state);
    else if ('CommentStmt' in node) comment(node.CommentStmt, state);
    else if ('SecLabelStmt' in node) label(node.SecLabelStmt, state);
    else return false;
    return true;
  }

  /** Statements that no catalogue of names and types shows. */
  #applyOther(node: Node, source: Source): void {
    const state = this.#state;
    if (changeRows(node, state, source)) return;
    if ('GrantStmt' in node) grant(node.GrantStmt, state);
    else if ('CreatePolicyStmt' in node) createPolicy(node.CreatePolicyStmt, state, source);
    else if ('AlterPolicyStmt' in node) alterPolicy(node.AlterPolicyStmt, state, source);
    else if ('CreatePublicationStmt' in node) createPublication(node.CreatePublicationStmt, state, source);
    else if ('AlterPublicationStmt' in node) alterPublication(node.AlterPublicationStmt, state, source);
    else if ('CreateTrigStmt' in node) createTrigger(node.CreateTrigStmt, state);
    else if ('RuleStmt' in node) createRule(node.RuleStmt, state);
    else if ('DoStmt' in node) this.#block(node.DoStmt);
    else {
      const kind = Object.keys(node)[0] ?? '';
      if (OF_NO_ACCOUNT.has(kind)) return;
      const words = kind.replace(/Stmt$/, '').replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
      if (HARMLESS.has(kind)) state.harmless('', words);
      else state.unknown(`what ${words} changes is not followed`);
    }
  }

  #block(block: DoStmt): void {
    const read = blockStatements(block);
    if (read === null) return this.#state.unknown('a DO block decides when it runs what it does; read it, and give its statements as plain SQL to have them looked at');
    const { offset } = this.#state;
    const run = (): void => {
      for (const statement of read.statements) this.read(statement.sql, offset);
    };
    if (read.isTolerant) this.#state.tolerantly(run);
    else run();
  }

  /** SELECT INTO makes a table; set_config is how pg_dump sets the search path. */
  #select(node: Node & { SelectStmt: SelectStmt }, source: Source): void {
    if ('intoClause' in node.SelectStmt) createOfQuery(node, source.text, this.#state, this.#parse);
    else if (this.#state.recorder !== null) callsOf(node.SelectStmt, this.#state);
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
    if (isReset || path.length > 0) this.lastPath = this.#state.path;
  }

  /** The elements of CREATE SCHEMA are statements of their own, with the schema for unqualified names. Tables come first. */
  #createSchema(schema: string, statement: string): void {
    const elements = schemaElements(statement);
    this.#state.harmless('', `schema ${schema}`);
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

