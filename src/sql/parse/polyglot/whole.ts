import { type LexOptions, Scanner, Token } from '../../lexer.js';

/** Where a word stands outside of parentheses, or null. `view` is the text as the lexer must see it. */
function topLevel(view: string, options: LexOptions, wanted: (word: string, previous: string) => boolean): number | null {
  const scanner = new Scanner(view, options);
  let depth = 0;
  let previous = '';
  for (let kind = scanner.next(); kind !== Token.End; kind = scanner.next()) {
    if (kind === Token.Punctuation) {
      const character = view.charAt(scanner.start);
      if (character === '(') depth++;
      else if (character === ')') depth--;
    }
    if (kind !== Token.Word) continue;
    const word = view.slice(scanner.start, Math.min(scanner.end, scanner.start + 32)).toLowerCase();
    if (depth === 0 && wanted(word, previous)) return scanner.start;
    previous = word;
  }
  return null;
}

/**
 * Where the query of a ClickHouse statement begins: at its start, behind the target of INSERT, behind AS in CREATE. Null for
 * statements without one.
 */
export function queryStart(text: string, view: string, options: LexOptions): number | null {
  const first = /^[\s(]*([a-z]+)/i.exec(text)?.[1]?.toLowerCase();
  if (first === 'select' || first === 'with') return 0;
  const isQuery = (word: string): boolean => word === 'select' || word === 'with';
  if (first === 'insert') return topLevel(view, options, isQuery);
  if (first === 'create') return topLevel(view, options, (word, previous) => isQuery(word) && previous === 'as');
  return null;
}

/** Without INTO OUTFILE '…' and what follows it, which the parser does not read. */
export function withoutOutput(text: string, view: string, options: LexOptions): string {
  let into: number | null = null;
  const at = topLevel(view, options, (word, previous) => word === 'outfile' && previous === 'into');
  if (at !== null) into = view.slice(0, at).search(/\binto\s*$/i);
  return into === null || into < 0 ? text : text.slice(0, into).trimEnd();
}
