import type { Span } from '../../../model/syntax-tree.js';
import { type LexOptions, Scanner, Token } from '../../lexer.js';

interface Opening {
  at: number;
  /** The word before the parenthesis, in lower case. */
  word: string;
  /** Where it closes. */
  end: number;
  /** The parenthesis around it. */
  parent: Opening | null;
}

interface Piece extends Span {
  /** In lower case and without quotes. */
  text: string;
}

/** The text of a statement, in which what the parser does not keep is found again. */
export class Written {
  readonly #text: string;
  readonly #base: number;
  readonly #options: LexOptions;
  readonly #takenNames = new Set<Opening>();
  readonly #takenTexts = new Set<number>();
  #openings: readonly Opening[] | null = null;
  #pieces: readonly Piece[] | null = null;

  /** `text` as the lexer must see it; `base`: where it begins in the whole text. */
  constructor(text: string, base: number, options: LexOptions) {
    this.#text = text;
    this.#base = base;
    this.#options = options;
  }

  /**
   * The name with which a call around `place` was written, since the parser keeps one name for several: `len(a)` is a node
   * `length`. It is the innermost call with one of the possible names that no other node has taken, so that arguments must be
   * lowered before the call around them. Null where none is found.
   */
  nameAround(place: number, possible: readonly string[]): string | null {
    this.#openings ??= openings(this.#text, this.#base, this.#options);
    let opening = lastBefore(this.#openings, place);
    while (opening && !(place <= opening.end && possible.includes(opening.word) && !this.#takenNames.has(opening))) opening = opening.parent;
    if (!opening) return null;
    this.#takenNames.add(opening);
    return opening.word;
  }

  /** Where a piece of text stands that the parser wrote anew, without quotes of names and signs of parameters; null where nowhere. */
  place(printed: string): Span | null {
    this.#pieces ??= pieces(this.#text, this.#base, this.#options);
    const wanted = pieces(printed, 0, this.#options);
    const isAt = (index: number): boolean => !this.#takenTexts.has(index) && wanted.every(({ text }, offset) => this.#pieces?.[index + offset]?.text === text);
    const index = wanted.length === 0 ? -1 : this.#pieces.findIndex((_, candidate) => isAt(candidate));
    const [first, last] = [this.#pieces[index], this.#pieces[index + wanted.length - 1]];
    if (!first || !last) return null;
    this.#takenTexts.add(index);
    return { start: first.start, end: last.end };
  }
}

/** The last parenthesis that opens before a place, found by bisection. */
function lastBefore(found: readonly Opening[], place: number): Opening | null {
  let low = 0;
  let high = found.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((found[middle]?.at ?? place) < place) low = middle + 1;
    else high = middle;
  }
  return found[low - 1] ?? null;
}

function openings(text: string, base: number, options: LexOptions): Opening[] {
  const scanner = new Scanner(text, options);
  const found: Opening[] = [];
  const open: Opening[] = [];
  let word = '';
  for (let kind = scanner.next(); kind !== Token.End; kind = scanner.next()) {
    const character = kind === Token.Punctuation ? text.charAt(scanner.start) : '';
    if (character === '(') {
      const opening: Opening = { at: base + scanner.start, word, end: base + text.length, parent: open.at(-1) ?? null };
      found.push(opening);
      open.push(opening);
    } else if (character === ')') {
      const closed = open.pop();
      if (closed) closed.end = base + scanner.start;
    }
    if (kind !== Token.LineComment && kind !== Token.BlockComment) {
      word = kind === Token.Word ? text.slice(scanner.start, Math.min(scanner.end, scanner.start + 64)).toLowerCase() : '';
    }
  }
  return found;
}

function pieces(text: string, base: number, options: LexOptions): Piece[] {
  const scanner = new Scanner(text, options);
  const found: Piece[] = [];
  for (let kind = scanner.next(); kind !== Token.End; kind = scanner.next()) {
    if (kind === Token.LineComment || kind === Token.BlockComment) continue;
    const { start, end } = scanner;
    found.push({ start: base + start, end: base + end, text: text.slice(start, end).replace(/^["`[$]|["`\]]$/g, '').toLowerCase() });
  }
  return found;
}
