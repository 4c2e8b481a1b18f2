import type { Diagnostic } from '../../model/syntax-tree.js';
import { LineIndex } from '../../text/line-index.js';
import type { NamedText } from './input.js';

/** Ends a statement that a text leaves open. */
const BETWEEN = '\n;\n';

/** The texts of DDL as one. */
export function joinedDdl(texts: readonly NamedText[]): string {
  return texts.map(({ text }) => text).join(BETWEEN);
}

/** What was wrong with DDL, each with its place in the text that it stands in, and not in the statement that is asked about. */
export function placedDiagnostics(texts: readonly NamedText[], diagnostics: readonly Diagnostic[]): (Diagnostic & { line: null; column: null })[] {
  if (diagnostics.length === 0) return [];
  let end = 0;
  const parts = texts.map(({ name, text }) => {
    const start = end;
    end += text.length + BETWEEN.length;
    return { name, start, lines: new LineIndex(text) };
  });
  return diagnostics.map(({ offset, message, severity }) => {
    const part = parts.findLast(({ start }) => start <= (offset ?? 0));
    const place = offset === null || !part ? null : part.lines.at(offset - part.start);
    return { severity, message: `${part?.name ?? 'ddl'}${place ? `:${place.line}:${place.column}` : ''}: ${message}`, offset: null, line: null, column: null };
  });
}
