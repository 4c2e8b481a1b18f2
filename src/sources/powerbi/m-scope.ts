import type { ConnectionReference } from '../../model/query.js';
import type { PlacedText } from './placed-text.js';
import { parseM, type MNode } from './m-parser.js';
import { decodeMString } from './m-tokens.js';

/** An expression of M that was read, with what its names may mean. */
export interface MExpression {
  placed: PlacedText;
  tree: MNode;
}

/** A node and where its names are looked up: the enclosing `let` expressions, innermost last. */
export interface Bound {
  node: MNode;
  scopes: readonly MNode[];
  expression: MExpression;
}

/** Names that lead to names and on are followed so far. */
const FOLLOW_MAX = 40;
/** A text put together out of known parts is at most so long. */
const KNOWN_LENGTH_MAX = 100_000;
/** Functions that give their first argument as text. */
const AS_TEXT = /^(Text\.(From|Trim|Clean|TrimStart|TrimEnd)|Number\.ToText|Value\.ReplaceType)$/;

export function readExpression(placed: PlacedText): MExpression {
  return { placed, tree: parseM(placed.text) };
}

/** Looks names up: in the `let` expressions around them, then among the expressions that the model shares. */
export class MScope {
  readonly #shared = new Map<string, MExpression>();
  /** What nodes were found to be, so that names that are used often cost once; null while one is looked at. */
  readonly #texts = new Map<MNode, string | null>();

  constructor(
    shared: Iterable<[string, MExpression]>,
    /** Data sources of the model, which expressions call by their name: `#"SQL/host;database"`. */
    readonly dataSources: ReadonlyMap<string, ConnectionReference> = new Map(),
  ) {
    for (const [name, expression] of shared) this.#shared.set(name, expression);
  }

  /** What a node stands for: names and parentheses are followed, types and `meta` left out. */
  follow(bound: Bound): Bound {
    let at = bound;
    for (let count = 0; count < FOLLOW_MAX; count++) {
      const next = this.#step(at);
      if (next === null) return at;
      at = next;
    }
    return at;
  }

  #step({ node, scopes, expression }: Bound): Bound | null {
    if (node.kind === 'let') return { node: node.body, scopes: [...scopes, node], expression };
    if (node.kind === 'chain') {
      const [first] = node.parts;
      const [sign] = node.signs;
      return first !== undefined && (sign === 'meta' || sign === 'as') ? { node: first, scopes, expression } : null;
    }
    return node.kind === 'name' ? this.#lookUp(node.name, node, scopes, expression) : null;
  }

  #lookUp(name: string, self: MNode, scopes: readonly MNode[], expression: MExpression): Bound | null {
    for (let at = scopes.length - 1; at >= 0; at--) {
      const scope = scopes[at];
      const found = scope?.kind === 'let' ? scope.bindings.get(name) : undefined;
      if (found !== undefined && found !== self) return { node: found, scopes: scopes.slice(0, at + 1), expression };
    }
    const shared = this.#shared.get(name);
    return shared === undefined || shared.tree === self ? null : { node: shared.tree, scopes: [], expression: shared };
  }

  /** The text that a node has for certain; null where only the running tool knows. */
  textOf(bound: Bound, depth = 0): string | null {
    const known = this.#texts.get(bound.node);
    if (known !== undefined || depth > FOLLOW_MAX) return known ?? null;
    this.#texts.set(bound.node, null);
    const text = this.#readText(this.follow(bound), depth);
    this.#texts.set(bound.node, text);
    return text;
  }

  #readText({ node, scopes, expression }: Bound, depth: number): string | null {
    const { text } = expression.placed;
    if (node.kind === 'string') return decodeMString(text, node.start, node.end).text;
    if (node.kind === 'number') return text.slice(node.start, node.end);
    if (node.kind === 'call' && node.callee.kind === 'name' && AS_TEXT.test(node.callee.name)) {
      const [first] = node.args;
      return first === undefined ? null : this.textOf({ node: first, scopes, expression }, depth + 1);
    }
    const combined = combinedTexts({ node, scopes, expression }, this, depth + 1);
    if (combined !== null) return this.#joined(combined.items, combined.bound, combined.separator, depth);
    return isConcatenation(node) ? this.#joined(node.parts, { node, scopes, expression }, '', depth) : null;
  }

  #joined(parts: readonly MNode[], around: Bound, separator: string, depth: number): string | null {
    let whole = '';
    for (const [index, node] of parts.entries()) {
      const piece = this.textOf({ ...around, node }, depth + 1);
      if (piece === null || whole.length + piece.length + separator.length > KNOWN_LENGTH_MAX) return null;
      whole += (index === 0 ? '' : separator) + piece;
    }
    return whole;
  }
}

export function isConcatenation(node: MNode): node is Extract<MNode, { kind: 'chain' }> {
  return node.kind === 'chain' && node.signs.length > 0 && node.parts.length === node.signs.length + 1 && node.signs.every((sign) => sign === '&');
}

/** `if a then b else if c then d else e`: b, d and e; empty for other nodes. */
export function branchesOf(node: MNode): MNode[] {
  if (node.kind !== 'chain' || !node.signs.includes('then') || node.parts.length !== node.signs.length + 1) return [];
  const branches: MNode[] = [];
  let from = 0;
  for (const [index, sign] of [...node.signs, 'end'].entries()) {
    if (sign !== 'then' && sign !== 'else' && sign !== 'end') continue;
    const parts = node.parts.slice(from, index + 1);
    const [first] = parts;
    // What stands before `then` is the condition.
    if (from > 0 && sign !== 'then' && first !== undefined) {
      const signs = node.signs.slice(from, index);
      branches.push(parts.length === 1 ? first : { kind: 'chain', parts, signs, start: first.start, end: parts.at(-1)?.end ?? first.end });
    }
    from = index + 1;
  }
  return branches;
}

/** `Text.Combine({a, b, c}, separator)` and `Lines.ToText({…})`; null for other calls, and where the list or the separator is not written out. */
export function combinedTexts({ node, scopes, expression }: Bound, scope: MScope, depth = 0): { items: MNode[]; bound: Bound; separator: string } | null {
  if (node.kind !== 'call' || node.callee.kind !== 'name' || (node.callee.name !== 'Text.Combine' && node.callee.name !== 'Lines.ToText')) return null;
  const [first, second] = node.args;
  if (first === undefined) return null;
  const bound = scope.follow({ node: first, scopes, expression });
  const usual = node.callee.name === 'Lines.ToText' ? '\r\n' : '';
  const separator = second === undefined ? usual : scope.textOf({ node: second, scopes, expression }, depth);
  if (bound.node.kind !== 'list' || separator === null || separator.length * bound.node.items.length > KNOWN_LENGTH_MAX) return null;
  return { items: bound.node.items, bound, separator };
}
