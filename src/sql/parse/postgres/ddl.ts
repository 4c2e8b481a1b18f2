import type { Catalog } from '../../../model/catalog.js';
import type { Diagnostic } from '../../../model/syntax-tree.js';
import { splitStatements } from '../../lexer.js';
import { relationKey } from '../../schema-index.js';
import { createReader, LEXING } from './ddl-reader.js';
import { DdlState } from './ddl-state.js';

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
  const state = new DdlState();
  const reader = await createReader(state);
  for (const { start, end, command } of splitStatements(ddl, LEXING)) {
    if (command === null) reader.read(ddl.slice(start, end), start);
  }
  const { catalog, diagnostics } = state;
  catalog.relations.sort((a, b) => compare(relationKey(a), relationKey(b)));
  catalog.functions.sort((a, b) => compare(relationKey(a), relationKey(b)));
  const lineOf = lineCounter(ddl);
  return { catalog, searchPath: [...reader.lastPath], diagnostics: diagnostics.map((diagnostic) => ({ ...diagnostic, line: lineOf(diagnostic.offset ?? 0) })) };
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
