/** A value as a template writes it literally, with its place; anything that must be computed has the kind `other`, no value, and its `source`. */
export type Literal =
  | { kind: 'string'; value: string; start: number }
  | { kind: 'list'; items: Literal[] }
  | { kind: 'dict'; entries: Map<string, Literal> }
  | { kind: 'other'; value: number | boolean | null | undefined; start?: number; source?: string };

const DEPTH_MAX = 20;
/** Of an expression. Characters. */
const SOURCE_LENGTH_MAX = 2_000;
/** Calls in one file; the last one of a key counts. */
const CALLS_MAX = 50;

/**
 * The literal keyword arguments of every `{{ config(…) }}` of a template: dbt knows schema, alias and materialisation of a
 * model before it renders any other that refers to it.
 */
export function configCalls(text: string): Map<string, Literal> {
  const found = new Map<string, Literal>();
  let count = 0;
  for (const match of text.matchAll(/\{[{%][-+]?\s*(?:do\s+)?config\s*\(/g)) {
    if (++count > CALLS_MAX) break;
    const reader = new LiteralReader(text, match.index + match[0].length);
    for (const [key, value] of reader.keywords()) found.set(key.replaceAll('_', '-') === 'pre-hook' || key === 'post_hook' ? key.replace('_', '-') : key, value);
  }
  return found;
}

/** The same, with names and switches that must be computed as the templates that they are. */
export function settings(calls: ReadonlyMap<string, Literal>): Record<string, unknown> {
  return Object.fromEntries([...calls].map(([key, value]) => [key, TEMPLATES.has(key) && value.kind === 'other' && value.source ? `{{ ${value.source} }}` : plain(value)]));
}

const TEMPLATES = new Set(['enabled', 'schema', 'database', 'alias', 'target_schema', 'target_database']);

/** Literals as plain values; what must be computed is undefined. */
export function plain(literal: Literal | undefined): unknown {
  if (literal === undefined) return undefined;
  if (literal.kind === 'list') return literal.items.map((item) => plain(item));
  if (literal.kind === 'dict') return Object.fromEntries([...literal.entries].map(([key, value]) => [key, plain(value)]));
  return literal.value;
}

const CONSTANTS = new Map<string, boolean | null>([
  ['true', true],
  ['True', true],
  ['false', false],
  ['False', false],
  ['none', null],
  ['None', null],
  ['null', null],
]);

class LiteralReader {
  constructor(
    readonly text: string,
    private at: number,
  ) {}

  /** Up to the closing parenthesis; a positional dict (`config({…})`) gives its entries. */
  keywords(): Map<string, Literal> {
    const found = new Map<string, Literal>();
    for (;;) {
      this.#blank();
      const character = this.text.charAt(this.at);
      if (character === '' || character === ')') return found;
      const key = /^[A-Za-z_]\w*(?=\s*=[^=])/.exec(this.text.slice(this.at, this.at + 100))?.[0];
      if (key !== undefined) this.at = this.text.indexOf('=', this.at) + 1;
      const value = this.#value(0);
      if (key !== undefined) found.set(key, value);
      else if (value.kind === 'dict') for (const [name, inner] of value.entries) found.set(name, inner);
      this.#blank();
      if (this.text.charAt(this.at) === ',') this.at++;
      else return found;
    }
  }

  #blank(): void {
    while (/\s/.test(this.text.charAt(this.at))) this.at++;
  }

  /** Ends before the comma or bracket behind the value. */
  #value(depth: number): Literal {
    this.#blank();
    const start = this.at;
    const literal = depth > DEPTH_MAX ? null : this.#literal(depth);
    this.#blank();
    if (literal !== null && /^[,)\]}:]/.test(this.text.charAt(this.at))) return literal;
    this.#skip();
    return { kind: 'other', value: undefined, start, source: this.text.slice(start, Math.min(this.at, start + SOURCE_LENGTH_MAX)).trimEnd() };
  }

  #literal(depth: number): Literal | null {
    const character = this.text.charAt(this.at);
    if (character === "'" || character === '"') return this.#string(character);
    if (character === '[' || character === '(') return this.#list(character === '[' ? ']' : ')', depth);
    if (character === '{') return this.#dict(depth);
    const word = /^-?[\w.]+/.exec(this.text.slice(this.at, this.at + 40))?.[0];
    if (word === undefined) return null;
    const constant = CONSTANTS.get(word);
    if (constant === undefined && !/^-?\d+(?:\.\d+)?$/.test(word)) return null;
    this.at += word.length;
    return { kind: 'other', value: constant === undefined ? Number(word) : constant };
  }

  #string(quote: string): Literal {
    const start = ++this.at;
    let value = '';
    while (this.at < this.text.length && this.text.charAt(this.at) !== quote) {
      const character = this.text.charAt(this.at);
      if (character === '\\') {
        const escaped = this.text.charAt(this.at + 1);
        value += escaped === 'n' ? '\n' : escaped === 't' ? '\t' : /["'\\]/.test(escaped) ? escaped : `\\${escaped}`;
        this.at += 2;
      } else {
        const next = nextOf(this.text, this.at, quote);
        value += this.text.slice(this.at, next);
        this.at = next;
      }
    }
    this.at++;
    return { kind: 'string', value, start };
  }

  #list(close: string, depth: number): Literal {
    const items: Literal[] = [];
    this.at++;
    for (;;) {
      this.#blank();
      const character = this.text.charAt(this.at);
      if (character === '' || character === close) break;
      items.push(this.#value(depth + 1));
      this.#blank();
      if (this.text.charAt(this.at) !== ',') break;
      this.at++;
    }
    if (this.text.charAt(this.at) === close) this.at++;
    return { kind: 'list', items };
  }

  #dict(depth: number): Literal {
    const entries = new Map<string, Literal>();
    this.at++;
    for (;;) {
      this.#blank();
      const character = this.text.charAt(this.at);
      if (character === '' || character === '}') break;
      const key = this.#value(depth + 1);
      this.#blank();
      if (this.text.charAt(this.at) !== ':') break;
      this.at++;
      const value = this.#value(depth + 1);
      if (key.kind === 'string') entries.set(key.value, value);
      this.#blank();
      if (this.text.charAt(this.at) !== ',') break;
      this.at++;
    }
    if (this.text.charAt(this.at) === '}') this.at++;
    return { kind: 'dict', entries };
  }

  /** Over an expression, to the comma or closing bracket that ends it. */
  #skip(): void {
    let depth = 0;
    while (this.at < this.text.length) {
      const character = this.text.charAt(this.at);
      if (character === "'" || character === '"') {
        this.#string(character);
        continue;
      }
      if (/[([{]/.test(character)) depth++;
      else if (/[)\]}]/.test(character)) {
        if (depth === 0) return;
        depth--;
      } else if (depth === 0 && (character === ',' || character === ':')) return;
      this.at++;
    }
  }
}

function nextOf(text: string, from: number, quote: string): number {
  let at = from;
  while (at < text.length && text.charAt(at) !== quote && text.charAt(at) !== '\\') at++;
  return at;
}
