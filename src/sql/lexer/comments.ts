import { Scanner, Token, type Span } from './scanner.js';

/** What the comments before the first token of a text say, each without its markers. */
export function leadingComments(text: string): string[] {
  const scanner = new Scanner(text);
  const found: string[] = [];
  for (let kind = scanner.next(); kind === Token.LineComment || kind === Token.BlockComment; kind = scanner.next()) {
    found.push(commentText(text, scanner));
  }
  return found;
}

/** The words of one comment, without `--`, or `/*` and its end. */
export function commentText(text: string, span: Span): string {
  const comment = text.slice(span.start, span.end);
  if (comment.startsWith('--')) return comment.slice(2).trim();
  return comment.slice(2, comment.endsWith('*/') && comment.length >= 4 ? -2 : undefined).trim();
}
