import { regionAt, type Region } from '../sql/lexer.js';

/** The grammatical place of a placeholder, which decides what may stand there. */
export type Slot =
  | 'comment'
  | 'in-string'
  | 'in-identifier'
  | 'in-dollar'
  | 'in-word'
  | 'relation'
  | 'name'
  | 'group-key'
  | 'in-list'
  | 'list'
  | 'interval'
  | 'typed-literal'
  | 'count'
  | 'predicate'
  | 'value';

/** How far a look goes to both sides. A construct that needs more context is read as a value. */
const LOOK_BACK = 400;
const LOOK_AHEAD = 40;

const INTRODUCES_RELATION = new Set(['from', 'join', 'into', 'update', 'table']);
const INTRODUCES_PREDICATE = new Set(['where', 'and', 'or', 'not', 'having', 'when', 'on']);
const INTRODUCES_COUNT = new Set(['limit', 'offset', 'first', 'next', 'top']);
const INTRODUCES_TYPED_LITERAL = new Set(['date', 'timestamp', 'timestamptz', 'time']);
const ENDS_PREDICATE = new Set([
  'and', 'or', 'group', 'order', 'limit', 'offset', 'fetch', 'having', 'union', 'except', 'intersect', 'then', 'left', 'right',
  'full', 'inner', 'cross', 'join', 'where', 'window', 'returning',
]);

/** A template as its slots are judged on: every marker and comment blanked, quotes left without content, lengths kept. */
export interface CodeView {
  text: string;
  regions: readonly Region[];
  /** Where the code begins and ends, without blanks, comments and the last semicolons. */
  first: number;
  last: number;
}

/** `text` shows the markers of the template language as blanks or letters already; `regions` are its lexical regions. */
export function codeView(text: string, regions: readonly Region[]): CodeView {
  const parts = regions.map(({ kind, start, end }) => {
    if (kind === 'code') return text.slice(start, end);
    if (kind === 'line-comment' || kind === 'block-comment') return ' '.repeat(end - start);
    const quote = kind === 'identifier' || kind === 'backtick' ? '"' : "'";
    return end - start === 1 ? quote : quote + ' '.repeat(end - start - 2) + quote;
  });
  const view = parts.join('');
  const first = view.length - view.trimStart().length;
  let last = view.length;
  while (last > first && /[\s;]/.test(view.charAt(last - 1))) last--;
  return { text: view, regions, first, last };
}

/** Which slot the placeholder at `start..end` fills. */
export function slotOf(view: CodeView, start: number, end: number): Slot {
  const { text } = view;
  switch (regionAt(view.regions, start)?.kind) {
    case 'string':
      return 'in-string';
    case 'identifier':
    case 'backtick':
      return 'in-identifier';
    case 'line-comment':
    case 'block-comment':
      return 'comment';
    case 'dollar':
      return 'in-dollar';
  }
  if (isWordCharacter(text.charAt(start - 1)) || isWordCharacter(text.charAt(end))) return 'in-word';
  const before = new Backwards(text, start);
  const after = text.slice(end, end + LOOK_AHEAD).trimStart();
  if (isRelation(text, start)) return 'relation';
  const previous = before.take();
  if (previous === 'by') return 'group-key';
  if (previous === '.' || /^\.\s*["\w]/.test(after)) return 'name';
  if (previous === 'in') return 'list';
  if (previous === '(' && before.peek() === 'in') return 'in-list';
  if (previous === 'interval') return 'interval';
  if (INTRODUCES_TYPED_LITERAL.has(previous) && before.peek() !== '.') return 'typed-literal';
  if (INTRODUCES_COUNT.has(previous)) return 'count';
  return isPredicate(text, start, after) ? 'predicate' : 'value';
}

/** True where the placeholder at `start..end` is all of the code: the statement itself is a parameter. */
export function isWholeStatement(view: CodeView, start: number, end: number): boolean {
  return start <= view.first && end >= view.last && view.first < view.last;
}

/** True where the word that the placeholder at `start` is a part of names a relation: `FROM archive_$year`. */
export function isPartOfRelation(view: CodeView, start: number): boolean {
  let wordStart = start;
  while (start - wordStart < LOOK_BACK && isWordCharacter(view.text.charAt(wordStart - 1))) wordStart--;
  return isRelation(view.text, wordStart);
}

function isWordCharacter(character: string): boolean {
  return character !== '' && /[\p{L}\p{N}_$]/u.test(character);
}

/** Reads tokens towards the start: words in lower case, quoted identifiers as `"`, else single characters; '' at the end. */
class Backwards {
  #at: number;
  readonly #floor: number;

  constructor(
    readonly text: string,
    from: number,
  ) {
    this.#at = from;
    this.#floor = Math.max(0, from - LOOK_BACK);
  }

  take(): string {
    while (this.#at > this.#floor && this.text.charAt(this.#at - 1).trim() === '') this.#at--;
    if (this.#at <= this.#floor) return '';
    const end = this.#at;
    if (isWordCharacter(this.text.charAt(end - 1))) {
      while (this.#at > this.#floor && isWordCharacter(this.text.charAt(this.#at - 1))) this.#at--;
      return this.text.slice(this.#at, end).toLowerCase();
    }
    this.#at--;
    const character = this.text.charAt(this.#at);
    if (character !== '"' && character !== "'") return character;
    const open = this.text.lastIndexOf(character, this.#at - 1);
    this.#at = open >= this.#floor && this.#at > 0 ? open : this.#floor;
    return character;
  }

  peek(): string {
    const at = this.#at;
    const token = this.take();
    this.#at = at;
    return token;
  }
}

function isRelation(text: string, start: number): boolean {
  const before = new Backwards(text, start);
  let token = before.take();
  while (token === '.') {
    before.take();
    token = before.take();
  }
  if (token === 'only' || token === 'lateral') token = before.take();
  if (!INTRODUCES_RELATION.has(token)) return false;
  // `extract(epoch from $x)` and `IS DISTINCT FROM $x` take a value, not a relation.
  return token !== 'from' || (before.peek() !== 'distinct' && !isInsideCall(before));
}

/** True after `extract(epoch`, `substring(x`, `trim(both` …: a FROM inside the parentheses of a function that takes one. */
function isInsideCall(before: Backwards): boolean {
  let depth = 0;
  for (let token = before.take(); token !== ''; token = before.take()) {
    if (token === ')') depth++;
    else if (token === '(') {
      if (depth === 0) return /^(extract|substring|trim|overlay|position)$/.test(before.take());
      depth--;
    } else if (depth === 0 && token === 'select') return false;
  }
  return false;
}

function isPredicate(text: string, start: number, after: string): boolean {
  const before = new Backwards(text, start);
  let token = before.take();
  while (token === '(') token = before.take();
  if (!INTRODUCES_PREDICATE.has(token)) return false;
  const following = /^[A-Za-z_]+/.exec(after)?.[0].toLowerCase();
  if (!(after === '' || /^[);]/.test(after) || (following !== undefined && ENDS_PREDICATE.has(following)))) return false;
  return token !== 'and' || !endsBetween(before);
}

/** True where the `and` just read belongs to `BETWEEN a AND b`. */
function endsBetween(before: Backwards): boolean {
  let depth = 0;
  for (let token = before.take(); token !== ''; token = before.take()) {
    if (token === ')') depth++;
    else if (token === '(') {
      if (depth === 0) return false;
      depth--;
    } else if (depth === 0) {
      if (token === 'between') return true;
      if (INTRODUCES_PREDICATE.has(token)) return false;
    }
  }
  return false;
}
