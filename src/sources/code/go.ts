import { parser } from '@lezer/go';
import type { SyntaxNode } from '@lezer/common';
import { CodeText } from './code-text.js';
import { decodeEscapes } from './escapes.js';
import { childrenOf, IDLE, textOf, UNUSED, type Binding, type Expression, type ProgramLanguage, type Use } from './program.js';

/** Go, as @lezer/go reads it. */
export const go: ProgramLanguage = {
  parse: (text) => parser.parse(text),
  textNodes: new Set(['String', 'BinaryExp', 'CallExpr', 'ParenthesizedExpr']),
  expression,
  scopeName(node, source) {
    if (node.name === 'FunctionDecl') return { name: textOf(node.getChild('DefName'), source), isFunction: true };
    if (node.name !== 'MethodDecl') return null;
    const receiver = /(\w+)(?:\[[^\]]*\])?\s*\)$/.exec(textOf(node.getChild('Parameters'), source))?.[1];
    const name = textOf(node.getChild('FieldName'), source);
    return { name: receiver === undefined ? name : `${receiver}.${name}`, isFunction: true };
  },
  bindings,
  use,
};

function expression(node: SyntaxNode, source: string): Expression {
  switch (node.name) {
    case 'String': {
      const text = new CodeText();
      decodeEscapes(source, node.from + 1, Math.max(node.from + 1, node.to - 1), source.charAt(node.from) === '`' ? 'none' : 'go', text);
      return { kind: 'literal', text };
    }
    case 'BinaryExp':
      return node.firstChild !== null && node.lastChild !== null && textOf(node.getChild('ArithOp'), source) === '+'
        ? { kind: 'sum', left: node.firstChild, right: node.lastChild }
        : { kind: 'other' };
    case 'ParenthesizedExpr': {
      const [inner] = childrenOf(node, 2);
      return inner === undefined ? { kind: 'other' } : { kind: 'same', inner, isSql: false };
    }
    case 'VariableName':
      return { kind: 'name', name: textOf(node, source) };
    case 'CallExpr': {
      const name = textOf(node.firstChild, source);
      const args = childrenOf(node.getChild('Arguments') ?? node, 50);
      const [first, second] = args;
      if (first === undefined) return { kind: 'other' };
      if (name === 'fmt.Sprintf') return { kind: 'filled', inner: first, style: 'percent', values: { positional: args.slice(1), named: new Map() }, isSql: false };
      if (name === 'strings.TrimSpace' || /\.Rebind$|^Rebind$/.test(name)) return { kind: 'same', inner: first, isSql: false };
      if (name === 'strings.Join' && first.name === 'CompositeLit') return { kind: 'joined', items: childrenOf(first.getChild('LiteralValue') ?? first, 1_000), separator: second ?? null };
      return { kind: 'other' };
    }
    case 'Element':
      return node.firstChild === null ? { kind: 'other' } : { kind: 'same', inner: node.firstChild, isSql: false };
    default:
      return { kind: 'other' };
  }
}

function bindings(node: SyntaxNode, source: string): Binding[] {
  const children = childrenOf(node, 200);
  if (node.name === 'ConstSpec' || node.name === 'VarSpec' || node.name === 'VarDecl') {
    const names = children.filter((child) => child.name === 'DefName');
    const values = children.filter((child) => /^(String|BinaryExp|CallExpr|ParenthesizedExpr|VariableName)$/.test(child.name));
    return names.length === 0 || names.length !== values.length ? [] : names.map((name, index) => ({ name: textOf(name, source), value: values[index] ?? name, isAppended: false }));
  }
  const [target, value] = [children[0], children.at(-1)];
  if (node.name !== 'Assignment' || target?.name !== 'VariableName' || value === undefined) return [];
  const operator = textOf(node.getChild('UpdateOp'), source);
  return operator !== '' && operator !== '+=' ? [] : [{ name: textOf(target, source), value, isAppended: operator === '+=' }];
}

function use(node: SyntaxNode, source: string): Use {
  let at = node;
  for (let parent = node.parent; parent !== null; at = parent, parent = parent.parent) {
    switch (parent.name) {
      case 'ParenthesizedExpr':
      case 'Element':
      case 'LiteralValue':
        continue;
      case 'Arguments': {
        const callNode = parent.parent;
        if (callNode === null) return UNUSED;
        const callee = textOf(callNode.firstChild, source);
        const dot = callee.lastIndexOf('.');
        return { ...UNUSED, call: callee.slice(dot + 1), receiver: callee.slice(Math.max(0, dot - 80), Math.max(0, dot)), argument: childrenOf(parent, 50).findIndex((value) => value.from === at.from), callNode };
      }
      case 'ConstSpec':
      case 'VarSpec':
      case 'VarDecl':
        return { ...UNUSED, target: textOf(parent.getChild('DefName'), source) };
      case 'Key':
      case 'KeyedElement':
        return { ...UNUSED, target: textOf(parent.firstChild, source) };
      case 'Assignment':
        return { ...UNUSED, target: /(\w+)$/.exec(textOf(parent.firstChild, source))?.[1] ?? null };
      case 'BinaryExp':
        return parent.getChild('CompareOp') === null ? UNUSED : IDLE;
      default:
        return UNUSED;
    }
  }
  return UNUSED;
}
