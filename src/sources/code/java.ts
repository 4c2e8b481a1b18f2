import { parser } from '@lezer/java';
import type { SyntaxNode } from '@lezer/common';
import { CodeText } from './code-text.js';
import { decodeEscapes } from './escapes.js';
import { childrenOf, IDLE, textOf, UNUSED, type Binding, type Expression, type ProgramLanguage, type Use } from './program.js';

const LEAVES = new Set(['trim', 'strip', 'stripIndent', 'toString', 'intern', 'replace']);

/** Java, as @lezer/java reads it. */
export const java: ProgramLanguage = {
  parse: (text) => parser.parse(text),
  textNodes: new Set(['StringLiteral', 'TextBlock', 'BinaryExpression', 'MethodInvocation', 'ParenthesizedExpression']),
  expression,
  scopeName(node, source) {
    if (!/^(Class|Interface|Enum|Record|Method|Constructor)Declaration$/.test(node.name)) return null;
    const name = textOf(node.getChild('Definition'), source);
    return name === '' ? null : { name, isFunction: /^(Method|Constructor)/.test(node.name) };
  },
  bindings(node, source): Binding[] {
    const value = node.lastChild;
    if (value === null) return [];
    if (node.name === 'VariableDeclarator' && node.getChild('AssignOp') !== null) return [{ name: textOf(node.getChild('Definition'), source), value, isAppended: false }];
    if (node.name !== 'AssignmentExpression') return [];
    const name = /^(?:this\.)?(\w+)$/.exec(textOf(node.firstChild, source))?.[1] ?? '';
    const operator = textOf(node.getChild('AssignOp'), source);
    return name === '' || !/^\+?=$/.test(operator) ? [] : [{ name, value, isAppended: operator === '+=' }];
  },
  use,
};

function expression(node: SyntaxNode, source: string): Expression {
  switch (node.name) {
    case 'StringLiteral': {
      const text = new CodeText();
      decodeEscapes(source, node.from + 1, Math.max(node.from + 1, node.to - 1), 'java', text);
      return { kind: 'literal', text };
    }
    case 'TextBlock':
      return { kind: 'literal', text: textBlock(source, node.from, node.to) };
    case 'BinaryExpression':
      return node.firstChild !== null && node.lastChild !== null && textOf(node.getChild('ArithOp'), source) === '+'
        ? { kind: 'sum', left: node.firstChild, right: node.lastChild }
        : { kind: 'other' };
    case 'ParenthesizedExpression': {
      const [inner] = childrenOf(node, 2);
      return inner === undefined ? { kind: 'other' } : { kind: 'same', inner, isSql: false };
    }
    case 'Identifier':
      return { kind: 'name', name: textOf(node, source) };
    case 'MethodInvocation': {
      const target = node.firstChild;
      const method = textOf(node.getChild('MethodName'), source);
      const args = childrenOf(node.getChild('ArgumentList') ?? node, 50);
      const [first] = args;
      if (target === null) return { kind: 'other' };
      if (method === 'format' && textOf(target, source) === 'String' && first !== undefined) return { kind: 'filled', inner: first, style: 'percent', values: { positional: args.slice(1), named: new Map() }, isSql: false };
      if (method === 'formatted') return { kind: 'filled', inner: target, style: 'percent', values: { positional: args, named: new Map() }, isSql: false };
      if (LEAVES.has(method) && target.name !== 'Identifier') return { kind: 'same', inner: target, isSql: false };
      return { kind: 'other' };
    }
    default:
      return { kind: 'other' };
  }
}

/** A text block without the margin that its lines share (JLS 3.10.6); also of Kotlin and C# where they take it off. */
export function textBlock(source: string, from: number, to: number): CodeText {
  const text = new CodeText();
  const opened = source.indexOf('\n', from + 3);
  if (opened < 0 || opened > to) return text;
  const end = Math.max(opened + 1, to - 3);
  const lines = source.slice(opened + 1, end).split('\n');
  const margins = lines.filter((line, index) => line.trim() !== '' || index === lines.length - 1).map((line) => line.length - line.trimStart().length);
  const margin = Math.min(...margins, 1_000);
  let at = opened + 1;
  for (const [index, line] of lines.entries()) {
    const isLast = index === lines.length - 1;
    const stop = at + line.length;
    decodeEscapes(source, Math.min(at + margin, stop), isLast ? stop : stop + 1, 'java', text);
    at = stop + 1;
  }
  return text;
}

function use(node: SyntaxNode, source: string): Use {
  let at = node;
  for (let parent = node.parent; parent !== null; at = parent, parent = parent.parent) {
    switch (parent.name) {
      case 'ParenthesizedExpression':
      case 'TernaryExpression':
      case 'ArrayInitializer':
      case 'ElementValueArrayInitializer':
        continue;
      case 'ArgumentList': {
        const callNode = parent.parent;
        if (callNode === null) return UNUSED;
        const isNew = callNode.name === 'ObjectCreationExpression';
        return {
          ...UNUSED,
          call: textOf(isNew ? callNode.getChild('TypeName') : callNode.getChild('MethodName'), source),
          receiver: isNew ? '' : textOf(callNode.firstChild, source).slice(0, 80),
          argument: childrenOf(parent, 50).findIndex((value) => value.from === at.from),
          callNode,
        };
      }
      case 'ElementValuePair':
      case 'AnnotationArgumentList': {
        const annotation = parent.name === 'ElementValuePair' ? parent.parent?.parent : parent.parent;
        return { ...UNUSED, call: `@${textOf(annotation?.getChild('Identifier') ?? null, source)}`, argument: parent.name === 'ElementValuePair' ? textOf(parent.firstChild, source) : 0, callNode: annotation ?? null };
      }
      case 'VariableDeclarator':
        return { ...UNUSED, target: textOf(parent.getChild('Definition'), source) };
      case 'AssignmentExpression':
        return { ...UNUSED, target: /(\w+)$/.exec(textOf(parent.firstChild, source))?.[1] ?? null };
      case 'BinaryExpression':
        return parent.getChild('CompareOp') === null ? UNUSED : IDLE;
      case 'ThrowStatement':
        return IDLE;
      default:
        return UNUSED;
    }
  }
  return UNUSED;
}
