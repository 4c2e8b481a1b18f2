import type { Diagnostic, Span, SqlStatement } from '../../../model/syntax-tree.js';
import type { Dialect } from '../../dialect.js';
import { lexingOf } from '../lexing.js';
import { Context } from './context.js';
import type { Parser } from './parser.js';
import { type Insertion, Spans } from './spans.js';
import { lowerStatement } from './statement.js';
import { queryStart, withoutOutput } from './whole.js';
import { Written } from './written.js';

interface Read {
  /** Null where it could not be read; then a diagnostic is an error. */
  statement: SqlStatement | null;
  diagnostics: Diagnostic[];
}

/**
 * Reads one statement of a text.
 *
 * @throws WebAssembly.RuntimeError when the parser's module is broken
 */
export function readStatement(text: string, { start, end }: Span, dialect: Dialect, parser: Parser): Read {
  const written = text.slice(start, end);
  const { given, insertion, toFile } = asGiven(written, dialect);
  const spans = new Spans(written, start, insertion);
  const parsed = parser(given, dialect.id);
  if (!parsed.trees) return failed(parsed.message, parsed.offset === null ? null : spans.offset(parsed.offset));
  const [tree, more] = parsed.trees;
  if (tree === undefined || more !== undefined) return failed('the text is no single statement', start);
  const { options, view } = lexingOf(dialect.id);
  const names = new Written(view(written), start, options);
  const diagnostics: Diagnostic[] = [];
  const context = new Context(text, dialect, spans, names, { parser, diagnostics, parameters: new Map() });
  try {
    const statement = lowerStatement(tree, context);
    if (toFile && statement?.type === 'query_statement') return { statement: { type: 'copy', direction: 'to', table: null, columns: [], query: statement.query }, diagnostics };
    return statement ? { statement, diagnostics } : failed('this is no statement', start);
  } catch (error) {
    if (error instanceof RangeError) return failed('the statement is nested too deeply to be read', start);
    throw error;
  }
}

/**
 * The text as the parser is given it. For ClickHouse it stops in silence at what it does not understand, but not inside
 * parentheses: a query is put into some.
 */
function asGiven(written: string, dialect: Dialect): { given: string; insertion: Insertion | null; toFile: boolean } {
  if (dialect.id !== 'clickhouse') return { given: written, insertion: null, toFile: false };
  const { options, view } = lexingOf(dialect.id);
  const text = withoutOutput(written, view(written), options);
  const toFile = text !== written;
  const from = queryStart(text, view(text), options);
  if (from === null) return { given: text, insertion: null, toFile };
  // A comment at the end of the query must not swallow the parenthesis.
  return { given: `${text.slice(0, from)}(${text.slice(from)}\n)`, insertion: { at: Array.from(text.slice(0, from)).length, length: 1 }, toFile };
}

function failed(message: string, offset: number | null): Read {
  return { statement: null, diagnostics: [{ severity: 'error', message, offset }] };
}
