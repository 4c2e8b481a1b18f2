import { type LexOptions, Scanner, Token } from '../lexer.js';

/** From here on a list is generated. Its values decide nothing that the audit asks, and each costs a node in every tree. */
const ELEMENTS_MAX = 1000;
const ELEMENTS_KEPT = 3;

export interface CollapsedList {
  elements: number;
  /** Where the first element that is kept ends. */
  offset: number;
}

/**
 * Lists of over a thousand literals in brackets, `IN (1, 2, …)` and `[1, 2, …]`, with a comment of the same length in place
 * of all but the first and the last elements: 50,000 elements cost a parser of warehouses a second and 6 MB of tree.
 *
 * @param view the text as the lexer must see it, of the same length
 */
export function collapseLists(text: string, view: string, options: LexOptions): { text: string; lists: CollapsedList[] } {
  // Each element takes a comma at least.
  if (text.length < 2 * ELEMENTS_MAX) return { text, lists: [] };
  const lists: CollapsedList[] = [];
  const parts: string[] = [];
  let copied = 0;
  const collapse = ({ elements, keptEnd, lastComma }: Run) => {
    if (elements <= ELEMENTS_MAX || lastComma - keptEnd < 4) return;
    parts.push(text.slice(copied, keptEnd), blankComment(text.slice(keptEnd, lastComma)));
    copied = lastComma;
    lists.push({ elements, offset: keptEnd });
  };
  const scanner = new Scanner(view, options);
  let run: Run | null = null;
  for (let kind = scanner.next(); kind !== Token.End; kind = scanner.next()) {
    if (kind === Token.LineComment || kind === Token.BlockComment) continue;
    const character = kind === Token.Punctuation ? view.charAt(scanner.start) : '';
    if (character === '(' || character === '[') {
      run = { elements: 0, keptEnd: 0, lastComma: 0, expects: 'element' };
    } else if (run !== null && run.expects === 'element' && (kind === Token.String || kind === Token.Number || kind === Token.Parameter || isName(view, kind, scanner))) {
      run.elements++;
      run.expects = 'comma';
      if (run.elements === ELEMENTS_KEPT) run.keptEnd = scanner.end;
    } else if (run !== null && run.expects === 'comma' && character === ',') {
      run.lastComma = scanner.start;
      run.expects = 'element';
    } else if (run !== null && !(run.expects === 'element' && (character === '-' || isPrefix(view, kind, scanner)))) {
      collapse(run);
      run = null;
    }
  }
  if (run !== null) collapse(run);
  if (lists.length === 0) return { text, lists };
  parts.push(text.slice(copied));
  return { text: parts.join(''), lists };
}

interface Run {
  elements: number;
  keptEnd: number;
  /** Before the last element, which stays: it may be the beginning of an expression. */
  lastComma: number;
  expects: 'element' | 'comma';
}

function isName(view: string, kind: number, { start, end }: Scanner): boolean {
  return kind === Token.Word && /^(?:null|true|false)$/i.test(view.slice(start, Math.min(end, start + 6)));
}

/** `DATE '2026-01-31'` is one element. */
function isPrefix(view: string, kind: number, { start, end }: Scanner): boolean {
  return kind === Token.Word && /^(?:date|time|timestamp|datetime)$/i.test(view.slice(start, Math.min(end, start + 10)));
}

/** Line breaks stay, since some parsers count lines. */
function blankComment(replaced: string): string {
  return `/*${replaced.slice(2, -2).replace(/[^\r\n]/g, ' ')}*/`;
}
