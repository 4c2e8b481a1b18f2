/** A value of LookML and where it stands in the text: of a string without its quotes, of SQL without the blanks around it. */
export interface Text {
  value: string;
  start: number;
}

export interface Item extends Text {
  /** What a list's `field: "filter"` says after its colon. */
  to: string | null;
  children: Node[];
}

/** One `key: value` of LookML. */
export interface Node {
  key: string;
  start: number;
  /** Of a string, a word, an expression; of a block its name (`+orders` of a refinement) or ''. */
  text: Text;
  kind: 'text' | 'expression' | 'block' | 'list';
  children: Node[];
  items: Item[];
}

export interface ScanError {
  offset: number;
  message: string;
}

/** Blocks within blocks, at most; LookML needs five. */
const DEPTH_MAX = 60;
const ERRORS_MAX = 20;

/** Keys whose value reaches to `;;` (formats: Looker's expression parameters). */
const EXPRESSION = /^(?:html|expression|expression_custom_filter|sql(?:_\w+)?)$/;
const WORD = /(?:[@$]\{[^}\n]*\}|[^\s{}[\],:"#;])+/y;
const KEY = /[A-Za-z0-9_]+/y;

/**
 * Reads LookML: `#` comments, strings, lists, blocks, expressions up to `;;`. Never throws: what is malformed is an error with
 * its place, and reading goes on behind it.
 */
export function scanLookml(text: string): { nodes: Node[]; errors: ScanError[] } {
  const scanner = new LookmlScanner(text);
  return { nodes: scanner.pairs(0), errors: scanner.errors };
}

class LookmlScanner {
  readonly errors: ScanError[] = [];
  #at = 0;

  constructor(readonly source: string) {}

  /** Pairs up to the closing brace, or at depth 0 to the end of the text. */
  pairs(depth: number): Node[] {
    const nodes: Node[] = [];
    for (;;) {
      this.#blanks();
      const character = this.source.charAt(this.#at);
      if (character === '') {
        if (depth > 0) this.#error('expected }; the file is cut short');
        return nodes;
      }
      if (character === '}' && depth > 0) {
        this.#at++;
        return nodes;
      }
      if (character === ',' || character === ';') {
        this.#at++;
        continue;
      }
      const node = this.#pair(depth);
      if (node === null) this.#resume();
      else nodes.push(node);
    }
  }

  #pair(depth: number): Node | null {
    const start = this.#at;
    const key = this.#match(KEY);
    if (key === null) return this.#error('expected a key');
    this.#blanks();
    if (this.source.charAt(this.#at) !== ':') return this.#error('expected a colon after a key');
    this.#at++;
    if (EXPRESSION.test(key)) return this.#expression(key, start);
    this.#blanks();
    const node: Node = { key, start, text: { value: '', start: this.#at }, kind: 'text', children: [], items: [] };
    switch (this.source.charAt(this.#at)) {
      case '"': {
        const text = this.#string();
        return text === null ? null : { ...node, text };
      }
      case '[':
        this.#at++;
        return { ...node, kind: 'list', items: this.#list(depth) };
      case '{':
        return { ...node, kind: 'block', children: this.#block(depth) };
    }
    const text = this.#word();
    if (text === null) return null;
    const end = this.#at;
    this.#blanks();
    if (this.source.charAt(this.#at) === '{') return { ...node, text, kind: 'block', children: this.#block(depth) };
    this.#at = end;
    return { ...node, text };
  }

  #block(depth: number): Node[] {
    this.#at++;
    if (depth < DEPTH_MAX) return this.pairs(depth + 1);
    this.#error(`blocks are nested deeper than ${DEPTH_MAX}`);
    this.#at = this.source.length;
    return [];
  }

  #expression(key: string, start: number): Node | null {
    const from = this.#at;
    const end = this.source.indexOf(';;', from);
    if (end < 0) return this.#error(`expected ;; at the end of ${key}`);
    const whole = this.source.slice(from, end);
    const value = whole.trim();
    this.#at = end + 2;
    const text = { value, start: from + (value === '' ? 0 : whole.length - whole.trimStart().length) };
    return { key, start, text, kind: 'expression', children: [], items: [] };
  }

  #list(depth: number): Item[] {
    const items: Item[] = [];
    for (;;) {
      this.#blanks();
      const character = this.source.charAt(this.#at);
      if (character === '') {
        this.#error('expected ]; the file is cut short');
        return items;
      }
      if (character === ']') {
        this.#at++;
        return items;
      }
      const start = this.#at;
      if (character === ',') this.#at++;
      else if (character === '{') items.push({ value: '', start, to: null, children: this.#block(depth) });
      else {
        const text = character === '"' ? this.#string() : this.#word();
        if (text === null) {
          if (character !== '"' && character !== ':' && character !== ';') return items;
          this.#at = Math.max(this.#at, start + 1);
        } else items.push({ ...text, to: this.#after(), children: [] });
      }
    }
  }

  /** The value after the colon of a list's pair; null where there is none. */
  #after(): string | null {
    const at = this.#at;
    this.#blanks();
    if (this.source.charAt(this.#at) !== ':') {
      this.#at = at;
      return null;
    }
    this.#at++;
    this.#blanks();
    const text = this.source.charAt(this.#at) === '"' ? this.#string() : this.#word();
    return text?.value ?? '';
  }

  #string(): Text | null {
    const start = this.#at + 1;
    let at = start;
    for (;;) {
      const character = this.source.charAt(at);
      if (character === '') {
        this.#error('expected the closing quote of a string');
        return null;
      }
      if (character === '"') break;
      at += character === '\\' ? 2 : 1;
    }
    this.#at = at + 1;
    return { value: this.source.slice(start, at).replace(/\\(["\\])/g, '$1'), start };
  }

  #word(): Text | null {
    const start = this.#at;
    const value = this.#match(WORD);
    return value === null ? this.#error('expected a value') : { value, start };
  }

  #match(pattern: RegExp): string | null {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.source)?.[0] ?? null;
    if (found !== null) this.#at += found.length;
    return found;
  }

  #blanks(): void {
    for (;;) {
      const character = this.source.charAt(this.#at);
      if (character === '#') {
        const end = this.source.indexOf('\n', this.#at);
        this.#at = end < 0 ? this.source.length : end;
      } else if (character !== '' && character.trim() === '') this.#at++;
      else return;
    }
  }

  /** Goes on with the next line, or with what closes the block on this one. */
  #resume(): void {
    const line = this.source.indexOf('\n', this.#at);
    this.#at = line < 0 ? this.source.length : line + 1;
  }

  #error(message: string): null {
    if (this.errors.length < ERRORS_MAX) this.errors.push({ offset: Math.min(this.#at, this.source.length), message });
    return null;
  }
}
