import { parser } from '@lezer/javascript';
import type { SyntaxNode } from '@lezer/common';
import { CodeText } from './code-text.js';
import { decodeEscapes } from './escapes.js';
import { nameOf } from './evaluate.js';
import { childrenOf, IDLE, textOf, UNUSED, type Binding, type Expression, type ProgramLanguage, type Use } from './program.js';

/** Tags whose template is SQL; any other tag makes something else of it. */
const SQL_TAGS = /(^|[.$])(sql|SQL|raw|queryRaw|executeRaw|query|execute|unsafe|join|any|one|many|maybeOne)$/;
const LEAVES = new Set(['trim', 'trimStart', 'trimEnd', 'toString', 'replace', 'replaceAll', 'toLowerCase']);
const GIVES_BACK = /(^|\.)(dedent|stripIndent|stripIndents|oneLine|format)$/;
const TAKES_SQL = /(^|\.)(raw|literal|unsafe)$/;

const plain = parser.configure({ dialect: 'jsx' });
const typed = parser.configure({ dialect: 'ts' });
const typedJsx = parser.configure({ dialect: 'ts jsx' });

/** JavaScript and TypeScript, with JSX where the name of the file allows it. */
export const javascript: ProgramLanguage = {
  parse: (text, path) => (/\.[cm]?ts$/i.test(path) ? typed : /\.tsx$/i.test(path) ? typedJsx : plain).parse(text),
  textNodes: new Set(['String', 'TemplateString', 'BinaryExpression', 'TaggedTemplateExpression', 'CallExpression', 'ParenthesizedExpression']),
  expression,
  scopeName,
  bindings,
  use,
};

function expression(node: SyntaxNode, source: string): Expression {
  switch (node.name) {
    case 'String': {
      const text = new CodeText();
      decodeEscapes(source, node.from + 1, Math.max(node.from + 1, node.to - 1), 'javascript', text);
      return { kind: 'literal', text };
    }
    case 'TemplateString':
      return { kind: 'literal', text: template(node, source) };
    case 'TaggedTemplateExpression': {
      const inner = node.getChild('TemplateString');
      const tag = textOf(node.firstChild, source).replace(/<[^<>]*(<[^<>]*>)?[^<>]*>$/, '');
      return inner !== null && SQL_TAGS.test(tag) ? { kind: 'same', inner, isSql: true } : { kind: 'other' };
    }
    case 'BinaryExpression':
      return node.firstChild !== null && node.lastChild !== null && textOf(node.getChild('ArithOp'), source) === '+'
        ? { kind: 'sum', left: node.firstChild, right: node.lastChild }
        : { kind: 'other' };
    case 'ParenthesizedExpression': {
      const [inner] = childrenOf(node, 2);
      return inner === undefined ? { kind: 'other' } : { kind: 'same', inner, isSql: false };
    }
    case 'VariableName':
      return { kind: 'name', name: textOf(node, source) };
    case 'MemberExpression': {
      const match = /^this\.#?(\w+)$/.exec(textOf(node, source));
      return match?.[1] === undefined ? { kind: 'other' } : { kind: 'name', name: match[1] };
    }
    case 'CallExpression':
      return call(node, source);
    default:
      return { kind: 'other' };
  }
}

function template(node: SyntaxNode, source: string): CodeText {
  const text = new CodeText();
  let at = node.from + 1;
  for (let child = node.firstChild; child !== null; child = child.nextSibling) {
    if (child.name !== 'Interpolation') continue;
    decodeEscapes(source, at, child.from, 'javascript', text);
    const [, inner] = childrenOf(child, 2);
    text.hole(source.slice(child.from, child.to).slice(0, 200), child.from, { name: nameOf(source.slice(child.from + 2, child.to - 1)), node: inner });
    at = child.to;
  }
  decodeEscapes(source, at, Math.max(at, source.charAt(node.to - 1) === '`' ? node.to - 1 : node.to), 'javascript', text);
  return text;
}

function call(node: SyntaxNode, source: string): Expression {
  const callee = node.firstChild;
  const args = childrenOf(node.getChild('ArgList') ?? node, 50);
  const [first] = args;
  if (callee === null || node.getChild('ArgList') === null) return { kind: 'other' };
  if (callee.name === 'MemberExpression') {
    const method = textOf(callee.getChild('PropertyName'), source);
    const target = callee.firstChild;
    if (target !== null && LEAVES.has(method) && target.name !== 'VariableName') return { kind: 'same', inner: target, isSql: false };
    if (target?.name === 'ArrayExpression' && method === 'join') return { kind: 'joined', items: childrenOf(target, 1_000), separator: first ?? null };
  }
  const name = textOf(callee, source);
  if (/(^|\.)readFileSync$/.test(name) && first !== undefined) {
    const last = first.name === 'CallExpression' ? childrenOf(first.getChild('ArgList') ?? first).at(-1) : first;
    return last === undefined ? { kind: 'other' } : { kind: 'file', path: last };
  }
  if (first !== undefined && (GIVES_BACK.test(name) || TAKES_SQL.test(name))) return { kind: 'same', inner: first, isSql: TAKES_SQL.test(name) };
  return { kind: 'other' };
}

function scopeName(node: SyntaxNode, source: string): { name: string; isFunction: boolean } | null {
  switch (node.name) {
    case 'FunctionDeclaration':
    case 'ClassDeclaration': {
      const name = textOf(node.getChild('VariableDefinition'), source);
      return name === '' ? null : { name, isFunction: node.name === 'FunctionDeclaration' };
    }
    case 'MethodDeclaration': {
      const name = textOf(node.getChild('PropertyDefinition') ?? node.getChild('PrivatePropertyDefinition'), source);
      return name === '' ? null : { name, isFunction: true };
    }
    case 'ArrowFunction':
    case 'FunctionExpression': {
      const { parent } = node;
      if (parent === null || !/^(VariableDeclaration|PropertyDeclaration|Property)$/.test(parent.name)) return null;
      const name = textOf(parent.getChild('VariableDefinition') ?? parent.getChild('PropertyDefinition'), source);
      return name === '' ? null : { name, isFunction: true };
    }
    default:
      return null;
  }
}

function bindings(node: SyntaxNode, source: string): Binding[] {
  if (node.name === 'VariableDeclaration') {
    const found: Binding[] = [];
    let name = '';
    let isValue = false;
    for (let child = node.firstChild; child !== null; child = child.nextSibling) {
      if (child.name === 'VariableDefinition') name = textOf(child, source);
      else if (child.name === 'Equals') isValue = true;
      else if (isValue && name !== '') {
        found.push({ name, value: child, isAppended: false });
        name = '';
        isValue = false;
      }
    }
    return found;
  }
  const value = node.lastChild;
  if (value === null) return [];
  if (node.name === 'PropertyDeclaration' && node.getChild('Equals') !== null) return [{ name: textOf(node.getChild('PropertyDefinition'), source), value, isAppended: false }];
  if (node.name !== 'AssignmentExpression') return [];
  const name = /^(?:this\.#?)?(\w+)$/.exec(textOf(node.firstChild, source))?.[1] ?? '';
  const operator = textOf(node.getChild('UpdateOp'), source);
  return name === '' || (operator !== '' && operator !== '+=') ? [] : [{ name, value, isAppended: operator === '+=' }];
}

function use(node: SyntaxNode, source: string): Use {
  let at = node;
  for (let parent = node.parent; parent !== null; at = parent, parent = parent.parent) {
    switch (parent.name) {
      case 'ParenthesizedExpression':
      case 'ArrayExpression':
      case 'ConditionalExpression':
        continue;
      case 'ArgList': {
        const callNode = parent.parent;
        if (callNode === null) return UNUSED;
        const callee = textOf(callNode.name === 'NewExpression' ? (callNode.firstChild?.nextSibling ?? null) : callNode.firstChild, source).replace(/<[^<>]*(<[^<>]*>)?[^<>]*>$/, '');
        const dot = callee.lastIndexOf('.');
        return { ...UNUSED, call: callee.slice(dot + 1).slice(0, 80), receiver: callee.slice(Math.max(0, dot - 80), Math.max(0, dot)), argument: childrenOf(parent, 50).findIndex((value) => value.from === at.from), callNode };
      }
      case 'Property':
        return { ...UNUSED, target: textOf(parent.firstChild, source).replace(/^["']|["']$/g, '') };
      case 'VariableDeclaration':
      case 'PropertyDeclaration':
        return { ...UNUSED, target: textOf(parent.getChild('VariableDefinition') ?? parent.getChild('PropertyDefinition'), source) };
      case 'AssignmentExpression':
        return { ...UNUSED, target: /(\w+)$/.exec(textOf(parent.firstChild, source))?.[1] ?? null };
      case 'BinaryExpression':
        return parent.getChild('CompareOp') === null ? UNUSED : IDLE;
      case 'ThrowStatement':
      case 'ExpressionStatement':
      case 'ImportDeclaration':
      case 'JSXAttribute':
        return IDLE;
      default:
        return UNUSED;
    }
  }
  return UNUSED;
}
