import { NESTING_MAX } from '../limits.js';
import type { Problem } from '../../model/query.js';
import { scan, type Token } from './scan.js';

export type Node =
  | { kind: 'text'; start: number; end: number }
  | { kind: 'output'; token: Token }
  /** A tag without content: assign, parameter, date_start … */
  | { kind: 'tag'; token: Token }
  /** A predicate on what it encloses: `condition`, `incrementcondition`. */
  | { kind: 'enclosed'; token: Token; body: Node[]; end: Token | null }
  | { kind: 'capture'; token: Token; body: Node[] }
  | { kind: 'loop'; token: Token; body: Node[] }
  | { kind: 'choice'; token: Token; branches: Branch[] };

export interface Branch {
  token: Token;
  /** The condition as written: of `when` its values; null for `else`. */
  condition: string | null;
  body: Node[];
}

export interface Template {
  nodes: Node[];
  problems: Problem[];
}

const ENDS: Readonly<Record<string, string>> = {
  if: 'endif', unless: 'endunless', case: 'endcase', for: 'endfor', tablerow: 'endtablerow', capture: 'endcapture',
  condition: 'endcondition', incrementcondition: 'endincrementcondition',
};
const PARTS = new Set(['elsif', 'elseif', 'else', 'when']);

/** The tree of a template. What is not closed ends with the text; an end without a beginning is left out. Both are problems. */
export function parse(text: string): Template {
  const parser = new Parser(scan(text));
  const nodes = parser.block(null, 0);
  return { nodes, problems: parser.problems };
}

class Parser {
  readonly problems: Problem[] = [];
  #at = 0;

  constructor(readonly tokens: readonly Token[]) {}

  /** Nodes up to the end of `opened` or one of its parts, which is left to the caller. */
  block(opened: Token | null, depth: number): Node[] {
    const nodes: Node[] = [];
    for (let token = this.tokens[this.#at]; token !== undefined; token = this.tokens[this.#at]) {
      if (opened !== null && this.#closes(token, opened)) return nodes;
      this.#at++;
      const node = this.#node(token, depth);
      if (node !== null) nodes.push(node);
    }
    if (opened !== null) this.#problem(`the tag ${opened.name} is not closed`);
    return nodes;
  }

  #closes(token: Token, opened: Token): boolean {
    if (token.kind !== 'tag') return false;
    if (token.name === ENDS[opened.name]) return true;
    return PARTS.has(token.name) && (opened.name === 'if' || opened.name === 'unless' || opened.name === 'case');
  }

  #node(token: Token, depth: number): Node | null {
    if (token.kind === 'text') return { kind: 'text', start: token.start, end: token.end };
    if (token.kind === 'output') return { kind: 'output', token };
    if (!Object.hasOwn(ENDS, token.name)) return this.#single(token);
    if (depth >= NESTING_MAX) {
      this.#problem(`its tags are nested deeper than ${NESTING_MAX}`);
      return null;
    }
    switch (token.name) {
      case 'if':
      case 'unless':
      case 'case':
        return this.#choice(token, depth);
    }
    const body = this.block(token, depth + 1);
    const end = this.tokens[this.#at] ?? null;
    if (end !== null) this.#at++;
    if (token.name === 'capture') return { kind: 'capture', token, body };
    if (token.name === 'for' || token.name === 'tablerow') return { kind: 'loop', token, body };
    return { kind: 'enclosed', token, body, end };
  }

  #single(token: Token): Node | null {
    if (!token.name.startsWith('end') && !PARTS.has(token.name)) return { kind: 'tag', token };
    this.#problem(`the tag ${token.name} has no beginning`);
    return null;
  }

  #choice(token: Token, depth: number): Node {
    const branches: Branch[] = [];
    let part = token;
    for (;;) {
      const body = this.block(token, depth + 1);
      // What stands between `case` and its first `when` is never rendered.
      if (part !== token || token.name !== 'case') branches.push({ token: part, condition: part.name === 'else' ? null : part.body, body });
      const next = this.tokens[this.#at];
      if (next === undefined) break;
      this.#at++;
      if (next.name === ENDS[token.name]) break;
      part = next;
    }
    return { kind: 'choice', token, branches };
  }

  #problem(message: string): void {
    if (!this.problems.some((problem) => problem.message === message)) this.problems.push({ code: 'unbalanced-template', message });
  }
}
