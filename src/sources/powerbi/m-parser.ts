import { mTokens, type MToken } from './m-tokens.js';

/**
 * An expression of M as far as queries need it. Operators are not told apart: `parts` are the operands of a `chain`, `signs`
 * what stands between them.
 */
export type MNode = { start: number; end: number } & (
  | { kind: 'string' }
  | { kind: 'number' }
  | { kind: 'name'; name: string }
  | { kind: 'call'; callee: MNode; args: MNode[] }
  | { kind: 'record'; fields: Map<string, MNode> }
  | { kind: 'list'; items: MNode[] }
  | { kind: 'field'; target: MNode; name: string }
  | { kind: 'item'; target: MNode; key: MNode; keyStart: number }
  | { kind: 'let'; bindings: Map<string, MNode>; body: MNode }
  | { kind: 'chain'; parts: MNode[]; signs: string[] }
  | { kind: 'other' }
);

/** Calls, lists and parentheses nested deeper are not read. */
const DEPTH_MAX = 200;

/** Words that join two operands. */
const OPERATOR_WORDS = new Set(['and', 'or', 'as', 'is', 'meta', 'then', 'else', 'otherwise', 'catch']);
/** Words before an operand. */
const PREFIX_WORDS = new Set(['if', 'each', 'try', 'error', 'not', 'type', 'optional', 'nullable']);
const CLOSERS = new Set([')', ']', '}', ',']);
const OPERATOR_SIGNS = new Set(['&', '+', '-', '*', '/', '=', '<', '>', '<>', '<=', '>=', '??', '..', '=>', '...']);

/** Reads an expression. What does not fit is left out: every text gives a tree, without recursion beyond the limit. */
export function parseM(text: string): MNode {
  return new Parser(mTokens(text)).document();
}

class Parser {
  #at = 0;
  #depth = 0;

  constructor(readonly tokens: readonly MToken[]) {}

  /** Everything up to the end, even where the text is no expression. */
  document(): MNode {
    // A section document names its members: `shared Name = …;`.
    const parts: MNode[] = [];
    while (this.#token.kind !== 'end') {
      const at = this.#at;
      parts.push(this.#expression());
      if (this.#at === at) this.#at++;
    }
    const [only, ...others] = parts;
    if (only !== undefined && others.length === 0) return only;
    return { kind: 'chain', parts, signs: others.map(() => ''), start: 0, end: this.#token.end };
  }

  get #token(): MToken {
    return this.tokens[Math.min(this.#at, this.tokens.length - 1)] ?? { kind: 'end', start: 0, end: 0, text: '' };
  }

  #is(sign: string): boolean {
    const token = this.#token;
    return token.kind === 'sign' && token.text === sign;
  }

  #isWord(word: string): boolean {
    const token = this.#token;
    return token.kind === 'word' && token.text === word;
  }

  #take(sign: string): boolean {
    if (!this.#is(sign)) return false;
    this.#at++;
    return true;
  }

  #previousEnd(): number {
    return this.tokens[this.#at - 1]?.end ?? 0;
  }

  #expression(): MNode {
    const { start } = this.#token;
    const parts: MNode[] = [];
    const signs: string[] = [];
    for (;;) {
      while (this.#isPrefix()) this.#at++;
      const operand = this.#operand();
      if (operand !== null) parts.push(operand);
      const sign = this.#operator();
      if (sign === null) break;
      signs.push(sign);
    }
    const [only, ...others] = parts;
    if (only !== undefined && others.length === 0) return only;
    return { kind: 'chain', parts, signs, start, end: this.#previousEnd() };
  }

  #isPrefix(): boolean {
    const token = this.#token;
    if (token.kind === 'word') return PREFIX_WORDS.has(token.text);
    return token.kind === 'sign' && (token.text === '-' || token.text === '+' || token.text === '@');
  }

  #operator(): string | null {
    const token = this.#token;
    if (token.kind === 'sign' && OPERATOR_SIGNS.has(token.text)) {
      this.#at++;
      return token.text;
    }
    if (token.kind !== 'word' || !OPERATOR_WORDS.has(token.text)) return null;
    this.#at++;
    return token.text;
  }

  #operand(): MNode | null {
    if (this.#depth >= DEPTH_MAX) return this.#skip();
    this.#depth++;
    const primary = this.#primary();
    const operand = primary === null ? null : this.#postfix(primary);
    this.#depth--;
    return operand;
  }

  /** Past one token, and what its parenthesis holds. */
  #skip(): MNode {
    const { start } = this.#token;
    let open = 0;
    do {
      const { kind, text } = this.#token;
      if (kind === 'end') break;
      if (kind === 'sign' && (text === '(' || text === '[' || text === '{')) open++;
      if (kind === 'sign' && (text === ')' || text === ']' || text === '}')) open--;
      if (open < 0) break;
      this.#at++;
    } while (open > 0);
    return { kind: 'other', start, end: this.#previousEnd() };
  }

  #primary(): MNode | null {
    const token = this.#token;
    const { start, end } = token;
    switch (token.kind) {
      case 'end':
        return null;
      case 'string':
      case 'number':
        this.#at++;
        return { kind: token.kind, start, end };
      case 'quoted':
        this.#at++;
        return { kind: 'name', name: token.text, start, end };
      case 'word':
        if (token.text === 'let') return this.#let();
        if (token.text === 'in' || OPERATOR_WORDS.has(token.text)) return null;
        this.#at++;
        return { kind: 'name', name: token.text, start, end };
      case 'sign':
        return this.#bracket(token);
    }
  }

  #bracket({ text, start }: MToken): MNode | null {
    if (text === '(') {
      this.#at++;
      const items = this.#items(')');
      const [only, ...others] = items;
      if (only !== undefined && others.length === 0) return only;
      return { kind: 'chain', parts: items, signs: others.map(() => ','), start, end: this.#previousEnd() };
    }
    if (text === '{') {
      this.#at++;
      return { kind: 'list', items: this.#items('}'), start, end: this.#previousEnd() };
    }
    if (text === '[') return this.#record();
    // Closers and commas belong to what is around.
    if (CLOSERS.has(text)) return null;
    this.#at++;
    return { kind: 'other', start, end: this.#previousEnd() };
  }

  #items(closer: string): MNode[] {
    const items: MNode[] = [];
    while (this.#token.kind !== 'end' && !this.#take(closer)) {
      const at = this.#at;
      if (!this.#take(',')) items.push(this.#expression());
      if (this.#at === at) this.#at++;
    }
    return items;
  }

  /** `[a = 1, b = 2]`, or `[column]` of the row at hand. */
  #record(): MNode {
    const { start } = this.#token;
    this.#at++;
    const fields = new Map<string, MNode>();
    while (this.#token.kind !== 'end' && !this.#take(']')) {
      const at = this.#at;
      const name = this.#fieldName();
      if (this.#take('=')) fields.set(name, this.#expression());
      else if (!this.#take(',') && !this.#is(']')) this.#expression();
      if (this.#at === at) this.#at++;
    }
    return { kind: 'record', fields, start, end: this.#previousEnd() };
  }

  /** Names of fields may hold blanks without being quoted. */
  #fieldName(): string {
    const words: string[] = [];
    for (let token = this.#token; token.kind === 'word' || token.kind === 'quoted' || token.kind === 'number'; token = this.#token) {
      words.push(token.text);
      this.#at++;
    }
    return words.join(' ');
  }

  #postfix(primary: MNode): MNode {
    let node = primary;
    for (;;) {
      const { start } = node;
      if (this.#take('(')) {
        node = { kind: 'call', callee: node, args: this.#items(')'), start, end: this.#previousEnd() };
      } else if (this.#is('{')) {
        const keyStart = this.#token.start;
        this.#at++;
        const [key] = this.#items('}');
        node = { kind: 'item', target: node, key: key ?? { kind: 'other', start: keyStart, end: keyStart }, keyStart, start, end: this.#previousEnd() };
      } else if (this.#is('[')) {
        const record = this.#record();
        const name = this.#selected(record);
        node = { kind: 'field', target: node, name, start, end: record.end };
      } else if (!this.#take('?')) {
        return node;
      }
    }
  }

  /** The name in a selector that was read as a record without values. */
  #selected(record: MNode): string {
    const inner = this.tokens.slice(Math.max(0, this.#at - 12), this.#at).filter((token) => token.start > record.start && token.end < record.end);
    return inner.map((token) => token.text).join(' ');
  }

  #let(): MNode {
    const { start } = this.#token;
    this.#at++;
    const bindings = new Map<string, MNode>();
    while (this.#token.kind !== 'end' && !this.#isWord('in')) {
      const at = this.#at;
      const name = this.#fieldName();
      // `name as type = value` is not allowed here, but harmless.
      if (this.#take('=')) bindings.set(name, this.#expression());
      else if (!this.#take(',')) this.#expression();
      if (this.#at === at) this.#at++;
    }
    if (this.#isWord('in')) this.#at++;
    const body = this.#expression();
    return { kind: 'let', bindings, body, start, end: this.#previousEnd() };
  }
}

/** Every node below and the node itself, in the order of the text. `binding` is the nearest step of a `let` that holds it. */
export function* nodesOf(root: MNode, binding: string | null = null): Generator<{ node: MNode; binding: string | null; scopes: readonly MNode[] }> {
  const pending: { node: MNode; binding: string | null; scopes: readonly MNode[] }[] = [{ node: root, binding, scopes: [] }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    yield next;
    const { node, scopes } = next;
    const inner = node.kind === 'let' ? [...scopes, node] : scopes;
    const children = childrenOf(node);
    for (let at = children.length - 1; at >= 0; at--) {
      const child = children[at];
      if (child !== undefined) pending.push({ node: child.node, binding: child.binding ?? next.binding, scopes: inner });
    }
  }
}

function childrenOf(node: MNode): { node: MNode; binding?: string }[] {
  switch (node.kind) {
    case 'call':
      return [node.callee, ...node.args].map((child) => ({ node: child }));
    case 'record':
      return [...node.fields.values()].map((child) => ({ node: child }));
    case 'list':
      return node.items.map((child) => ({ node: child }));
    case 'field':
      return [{ node: node.target }];
    case 'item':
      return [{ node: node.target }, { node: node.key }];
    case 'let':
      return [...[...node.bindings].map(([binding, child]) => ({ node: child, binding })), { node: node.body }];
    case 'chain':
      return node.parts.map((child) => ({ node: child }));
    default:
      return [];
  }
}
