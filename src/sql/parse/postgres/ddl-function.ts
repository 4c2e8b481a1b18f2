import type { CreateFunctionStmt, DefineStmt, FunctionParameter, Node, TypeName } from '@pgsql/types';
import type { StoredFunction } from '../../../model/catalog.js';
import { executesBuiltSql, Scanner, Token } from '../../lexer.js';
import type { DdlState } from './ddl-state.js';
import { items, text, texts } from './nodes.js';

/** Functions, procedures and aggregates. */

type Mode = StoredFunction['arguments'][number]['mode'];

/** FUNC_PARAM_TABLE, a column of RETURNS TABLE, is no argument. */
const MODES: Record<string, Mode> = { FUNC_PARAM_DEFAULT: 'in', FUNC_PARAM_IN: 'in', FUNC_PARAM_OUT: 'out', FUNC_PARAM_INOUT: 'inout', FUNC_PARAM_VARIADIC: 'variadic' };

/** @param source the text of the statement */
export function createFunction(create: CreateFunctionStmt, state: DdlState, source: string): void {
  const parameters = parametersOf(create.parameters);
  const options = new Map((create.options ?? []).flatMap((node) => ('DefElem' in node ? [[node.DefElem.defname ?? '', node.DefElem.arg] as const] : [])));
  const language = create.sql_body ? 'sql' : text(options.get('language')).toLowerCase() || 'sql';
  const written = create.sql_body ? standardBody(source) : (texts(items(options.get('as')))[0] ?? '');
  const given = parameters.filter(({ mode }) => mode === 'FUNC_PARAM_OUT' || mode === 'FUNC_PARAM_INOUT' || mode === 'FUNC_PARAM_TABLE');
  const columns = given.length > 0 ? given.map(({ name, argType }) => ({ name: name ?? '', type: state.typeText(argType) })) : attributes(create.returnType, state);
  state.addFunction({
    ...state.newNameOf(texts(create.funcname)),
    kind: create.is_procedure ? 'procedure' : options.has('window') ? 'window' : 'function',
    language,
    arguments: argumentsOf(parameters, state),
    defaults: parameters.filter(({ defexpr }) => defexpr).length,
    columns,
    returns: returns(create, given, state),
    returnsSet: create.returnType?.setof ?? false,
    body: language === 'sql' ? written : null,
    dynamic: buildsSql(language, written),
  });
}

function parametersOf(nodes: Node[] | undefined): FunctionParameter[] {
  return (nodes ?? []).flatMap((node) => ('FunctionParameter' in node ? [node.FunctionParameter] : []));
}

function argumentsOf(parameters: FunctionParameter[], state: DdlState): StoredFunction['arguments'] {
  return parameters.flatMap(({ name, argType, mode }) => {
    const known = MODES[mode ?? 'FUNC_PARAM_DEFAULT'];
    return known ? [{ name: name ?? '', type: state.typeText(argType), mode: known }] : [];
  });
}

/** What pg_proc has as the type of the result: one column is its own type, several are a record. */
function returns({ returnType, is_procedure }: CreateFunctionStmt, given: FunctionParameter[], state: DdlState): string {
  const [only, another] = given;
  if (only && !another && !is_procedure) return state.typeText(only.argType);
  if (only) return 'record';
  return returnType ? state.typeText(returnType) : 'void';
}

/** The columns of a composite type that is no relation. */
function attributes(type: TypeName | undefined, state: DdlState): StoredFunction['columns'] {
  if (!type || (type.arrayBounds?.length ?? 0) > 0) return null;
  const known = state.findType(texts(type.names));
  return known?.kind === 'composite' ? known.columns.map(({ name, type: of }) => ({ name, type: of })) : null;
}

/** A body in the SQL standard's form, which ends the statement, as plain statements. */
function standardBody(source: string): string {
  const scanner = new Scanner(source, { backticks: false });
  let depth = 0;
  let before = '';
  for (let kind = scanner.next(); kind !== Token.End; kind = scanner.next()) {
    const token = source.slice(scanner.start, scanner.end);
    const word = kind === Token.Word ? token.toLowerCase() : '';
    if (token === '(') depth++;
    if (token === ')') depth--;
    if (depth === 0 && word === 'return') return `SELECT ${source.slice(scanner.end).trim()}`;
    if (depth === 0 && word === 'atomic' && before === 'begin') return source.slice(scanner.end).replace(/\s*end\s*$/i, '').trim();
    before = word;
  }
  return '';
}

/** Other languages hand SQL to the server as text alone, through calls of these names (SPI). */
function buildsSql(language: string, body: string): boolean {
  if (language === 'sql' || language === 'c' || language === 'internal') return false;
  return language === 'plpgsql' ? executesBuiltSql(body) : /execute|query|prepare|cursor|spi_/i.test(body);
}

export function createAggregate(define: DefineStmt, state: DdlState): void {
  const [list] = define.args ?? [];
  const definition = new Map((define.definition ?? []).flatMap((node) => ('DefElem' in node ? [[node.DefElem.defname ?? '', node.DefElem.arg] as const] : [])));
  const kept = definition.get('stype');
  state.addFunction({
    ...state.newNameOf(texts(define.defnames)),
    kind: 'aggregate',
    language: 'internal',
    arguments: argumentsOf(parametersOf(items(list)), state),
    defaults: 0,
    columns: null,
    returns: kept && 'TypeName' in kept ? state.typeText(kept.TypeName) : '',
    returnsSet: false,
    body: null,
    dynamic: false,
  });
}
