import type { SyntaxNode } from '@lezer/common';
import { parser } from '@lezer/python';

/** Python as far as a migration is a list of calls with constants; nothing is run. */
export type PythonValue = { offset: number; end: number } & (
  /** `content` is where the text of a string begins; `isSql` where `text('…')` says so. */
  | { kind: 'text'; text: string; content: number; isSql?: true }
  | { kind: 'number'; text: string }
  | { kind: 'boolean'; value: boolean }
  | { kind: 'none' }
  | { kind: 'list'; items: PythonValue[] }
  | { kind: 'dict'; entries: [PythonValue, PythonValue][] }
  /** `models.CharField(max_length=20)`. */
  | { kind: 'call'; name: string; positional: PythonValue[]; keywords: Map<string, PythonValue> }
  | { kind: 'name'; name: string }
  | { kind: 'operation'; operator: string; operands: PythonValue[] }
  | { kind: 'other'; what: string }
);

export type PythonCall = Extract<PythonValue, { kind: 'call' }>;

const PUNCTUATION = new Set(['(', ')', '[', ']', '{', '}', ',', ':', 'Comment', '⚠']);
/** Beyond it nobody wrote by hand, and the stack has an end. */
const DEPTH_MAX = 200;
/** Functions that give back a text as far as SQL is concerned. */
const GIVES_BACK = /(?:^|\.)(?:f|dedent|cleandoc|text|_|gettext|gettext_lazy|str)$/;

export function parsePython(text: string): SyntaxNode {
  return parser.parse(text).topNode;
}

export function childrenOf(node: SyntaxNode): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling) if (!PUNCTUATION.has(child.name)) found.push(child);
  return found;
}

export function valueOf(node: SyntaxNode, source: string, depth = 0): PythonValue {
  const place = { offset: node.from, end: node.to };
  const other = (what: string): PythonValue => ({ ...place, kind: 'other', what });
  if (depth > DEPTH_MAX) return other('values within values');
  const inner = (child: SyntaxNode): PythonValue => valueOf(child, source, depth + 1);
  switch (node.name) {
    case 'String':
    case 'ContinuedString': {
      const parts = node.name === 'String' ? [node] : childrenOf(node);
      if (parts.some(({ name }) => name !== 'String')) return other('an f-string');
      return { ...place, kind: 'text', text: parts.map((part) => decoded(source.slice(part.from, part.to))).join(''), content: node.from + opening(source.slice(node.from, node.to)) };
    }
    case 'FormatString':
      return other('an f-string');
    case 'Number':
      return { ...place, kind: 'number', text: source.slice(node.from, node.to).replaceAll('_', '') };
    case 'Boolean':
      return { ...place, kind: 'boolean', value: source.slice(node.from, node.to) === 'True' };
    case 'None':
      return { ...place, kind: 'none' };
    case 'ArrayExpression':
    case 'TupleExpression':
    case 'SetExpression':
      return { ...place, kind: 'list', items: childrenOf(node).map(inner) };
    case 'ParenthesizedExpression': {
      const [only] = childrenOf(node);
      return only ? inner(only) : other('empty parentheses');
    }
    case 'DictionaryExpression': {
      const parts = childrenOf(node).map(inner);
      return { ...place, kind: 'dict', entries: parts.flatMap((key, at): [PythonValue, PythonValue][] => (at % 2 === 0 && parts[at + 1] ? [[key, parts[at + 1] ?? key]] : [])) };
    }
    case 'VariableName':
    case 'MemberExpression':
      return { ...place, kind: 'name', name: source.slice(node.from, node.to).replace(/\s+/g, '') };
    case 'CallExpression':
      return call(node, source, depth);
    case 'UnaryExpression':
    case 'BinaryExpression':
      return operation(node, source, depth);
    default:
      return other(node.name);
  }
}

function operation(node: SyntaxNode, source: string, depth: number): PythonValue {
  const place = { offset: node.from, end: node.to };
  const children = childrenOf(node);
  const isUnary = node.name === 'UnaryExpression';
  const operatorNode = children[isUnary ? 0 : 1];
  const operator = operatorNode ? source.slice(operatorNode.from, operatorNode.to) : '';
  const operands = children.filter((_, at) => at !== (isUnary ? 0 : 1)).map((child) => valueOf(child, source, depth + 1));
  const [left, right] = operands;
  if (operator === '+' && left?.kind === 'text' && right?.kind === 'text') return { ...place, kind: 'text', text: left.text + right.text, content: left.content };
  if (operator === '+' && left?.kind === 'list' && right?.kind === 'list') return { ...place, kind: 'list', items: [...left.items, ...right.items] };
  if (operator === '-' && isUnary && left?.kind === 'number') return { ...place, kind: 'number', text: `-${left.text}` };
  return { ...place, kind: 'operation', operator, operands };
}

function call(node: SyntaxNode, source: string, depth: number): PythonValue {
  const [callee, list] = childrenOf(node);
  const name = callee && (callee.name === 'VariableName' || callee.name === 'MemberExpression') ? source.slice(callee.from, callee.to).replace(/\s+/g, '') : '';
  const positional: PythonValue[] = [];
  const keywords = new Map<string, PythonValue>();
  const children = list ? childrenOf(list) : [];
  for (let at = 0; at < children.length; at++) {
    const child = children[at];
    if (!child) break;
    const value = children[at + 2];
    if (child.name === 'VariableName' && children[at + 1]?.name === 'AssignOp' && value) {
      keywords.set(source.slice(child.from, child.to), valueOf(value, source, depth + 1));
      at += 2;
    } else positional.push(valueOf(child, source, depth + 1));
  }
  const [first] = positional;
  if (GIVES_BACK.test(name) && first?.kind === 'text') return /(?:^|\.)text$/.test(name) ? { ...first, isSql: true } : first;
  return { offset: node.from, end: node.to, kind: 'call', name, positional, keywords };
}

function opening(literal: string): number {
  return /^[a-z]*(?:'''|"""|'|")/i.exec(literal)?.[0].length ?? 0;
}

const ESCAPES: Record<string, string> = { n: '\n', t: '\t', r: '\r', '\n': '', '\\': '\\', "'": "'", '"': '"', '0': '\0' };

/** The text of a literal; escapes that SQL in migrations does not need stay as they are. */
function decoded(literal: string): string {
  const start = opening(literal);
  const quotes = /(?:'''|"""|'|")$/.exec(literal.slice(0, start))?.[0] ?? '';
  const body = literal.slice(start, literal.endsWith(quotes) ? literal.length - quotes.length : undefined);
  if (/^[a-z]*r/i.test(literal.slice(0, start))) return body;
  return body.replace(/\\([\s\S])/g, (whole, escaped: string) => ESCAPES[escaped] ?? whole);
}

export function textOf(value: PythonValue | undefined): string | null {
  return value?.kind === 'text' ? value.text : null;
}

/** The texts of a list, or one text. */
export function textsOf(value: PythonValue | undefined): string[] | null {
  if (value?.kind !== 'list') {
    const text = textOf(value);
    return text === null ? null : [text];
  }
  const found = value.items.map(textOf);
  return found.every((text) => text !== null) ? found : null;
}

export function isTrue(value: PythonValue | undefined): boolean {
  return value?.kind === 'boolean' && value.value;
}
