import type { ParsedStatement, ParseOutcome, Span } from '../../../model/syntax-tree.js';
import type { Dialect } from '../../dialect.js';
import { splitStatements } from '../../lexer.js';
import { Lowering, type ParseText } from './lowering.js';
import { refusal } from './refusal.js';

/** Lowers the parser's statements of a text. What is nested deeper than the stack reaches is refused. */
export function lowerNodes(nodes: readonly unknown[], text: string, dialect: Dialect, parse: ParseText): ParseOutcome {
  try {
    const lowering = new Lowering(text, dialect, parse);
    const spans = statementSpans(nodes, text, lowering);
    const statements = nodes.flatMap((node, index): ParsedStatement[] =>
      lowering.statements(node).map((statement) => ({ statement, span: spans[index] ?? { start: 0, end: text.length } })),
    );
    return { statements, diagnostics: lowering.diagnostics, frontEnd: 'sqlparser-ts', confidence: 'high' };
  } catch (error) {
    // JavaScript's own stack recovers, unlike the module's.
    if (error instanceof RangeError) return refused('the expression is nested too deeply to be read', text);
    throw error;
  }
}

/** The parser tells no ends of statements: the lexer does, and where it counts otherwise, the outermost positions in each. */
function statementSpans(nodes: readonly unknown[], text: string, lowering: Lowering): Span[] {
  const split = splitStatements(text, { dollarQuotes: 'closed' });
  if (split.length === nodes.length) return split.map(({ start, end }) => ({ start, end }));
  return nodes.map((node) => lowering.positions.around(node));
}

export function refused(message: string, text: string): ParseOutcome {
  return { statements: [], diagnostics: [refusal(message, text)], frontEnd: null, confidence: 'high' };
}
