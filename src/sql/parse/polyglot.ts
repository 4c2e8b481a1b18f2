import type { Diagnostic, ParseOutcome, ParsedStatement } from '../../model/syntax-tree.js';
import { splitStatements } from '../lexer.js';
import { type Dialect } from '../dialect.js';
import type { FrontEnd } from './front-end.js';
import { lexingOf } from './lexing.js';
import { loadParser, type Parser } from './polyglot/parser.js';
import { readStatement } from './polyglot/read.js';

/**
 * The second front end for warehouses and the first for ClickHouse: `@polyglot-sql/sdk`, of which only `parse` is called (its
 * own lineage may not come to an end). Calls, operators and literals have no place of their own: their spans are around
 * what stands in them, and `{0, 0}` where that has none.
 *
 * What the parser changes while it reads, so that it cannot be told any more: `+a` (read as `a`), `a IS UNKNOWN` (`a IS NULL`),
 * `NOT a ~ b` (`a !~ b`), two pairs of parentheses around a sub-query before UNION (the union goes into them), options of EXPLAIN;
 * and which of several functions with one node was written where nothing in the call has a place (`len('x')`).
 */
export async function createPolyglotFrontEnd(): Promise<FrontEnd> {
  const parser = await loadParser();
  return { id: 'polyglot', parse: (text, dialect) => parseText(text, dialect, parser) };
}

function parseText(text: string, dialect: Dialect, parser: Parser): ParseOutcome {
  const { options, view } = lexingOf(dialect.id);
  const statements: ParsedStatement[] = [];
  const diagnostics: Diagnostic[] = [];
  const pieces = splitStatements(view(text), options);
  for (const { start, end } of pieces) {
    const read = readStatement(text, { start, end }, dialect, parser);
    if (read.statement) statements.push({ statement: read.statement, span: { start, end } });
    diagnostics.push(...read.diagnostics);
  }
  return { statements, diagnostics, frontEnd: statements.length > 0 || pieces.length === 0 ? 'polyglot' : null, confidence: 'high' };
}
