import type { SyntaxNode, Tree } from '@lezer/common';
import type { CodeText } from './code-text.js';

/** How an expression is made, as far as text is concerned. */
export type Expression =
  | { kind: 'literal'; text: CodeText }
  | { kind: 'sum'; left: SyntaxNode; right: SyntaxNode }
  /** The same as another expression: parentheses, `.strip()`, `dedent(…)`; `isSql` where only SQL goes through it. */
  | { kind: 'same'; inner: SyntaxNode; isSql: boolean }
  | { kind: 'joined'; items: SyntaxNode[]; separator: SyntaxNode | null }
  /** Fields of a text are filled: `.format()`, `%`, `Sprintf`. */
  | { kind: 'filled'; inner: SyntaxNode; style: 'braces' | 'percent' | 'dollar'; values: FieldValues; isSql: boolean }
  | { kind: 'name'; name: string }
  /** A text of another file. */
  | { kind: 'file'; path: SyntaxNode }
  /** SQL that a program builds and writes for certain: `sql.Identifier('orders')`. */
  | { kind: 'known'; sql: SyntaxNode[] }
  | { kind: 'other' };

/** What is put into the fields of a text. */
export interface FieldValues {
  positional: SyntaxNode[];
  named: Map<string, SyntaxNode>;
}

/** What a string serves. */
export interface Use {
  /** The function it is an argument of, without its receiver: `execute`; null where it is none. */
  call: string | null;
  /** What stands before the dot: `self.cursor`; '' for a plain function. */
  receiver: string;
  /** The keyword it is given under, or its position. */
  argument: string | number | null;
  /** The variable, constant, property or key it is bound to. */
  target: string | null;
  /** Compared, thrown, or documentation: never sent. */
  isIdle: boolean;
  /** The call itself, where there is one. */
  callNode: SyntaxNode | null;
}

export interface Binding {
  name: string;
  value: SyntaxNode;
  /** `+=`: more of the text that the name held before. */
  isAppended: boolean;
}

/** What the scanner must know of a language that Lezer parses. */
export interface ProgramLanguage {
  parse(text: string, path: string): Tree;
  /** Node names that may begin an expression of text: others are not asked for. */
  readonly textNodes: ReadonlySet<string>;
  expression(node: SyntaxNode, source: string): Expression;
  /** The name of a function or class whose body this node holds; null for other nodes. */
  scopeName(node: SyntaxNode, source: string): { name: string; isFunction: boolean } | null;
  bindings(node: SyntaxNode, source: string): Binding[];
  use(node: SyntaxNode, source: string): Use;
}

/** The text of a node. */
export function textOf(node: SyntaxNode | null, source: string): string {
  return node === null ? '' : source.slice(node.from, node.to);
}

/** The named children of a node, without punctuation; bounded, since generated lists have millions. */
export function childrenOf(node: SyntaxNode, count_max = 50_000): SyntaxNode[] {
  const children: SyntaxNode[] = [];
  for (let child = node.firstChild; child !== null && children.length < count_max; child = child.nextSibling) {
    if (/^[A-Z]/i.test(child.name) && !child.type.isError && !/comment/i.test(child.name)) children.push(child);
  }
  return children;
}

export const IDLE: Use = { call: null, receiver: '', argument: null, target: null, isIdle: true, callNode: null };
export const UNUSED: Use = { ...IDLE, isIdle: false };
