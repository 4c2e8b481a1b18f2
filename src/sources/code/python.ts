import { parser } from '@lezer/python';
import type { SyntaxNode } from '@lezer/common';
import { CodeText } from './code-text.js';
import { decodeEscapes } from './escapes.js';
import { nameOf } from './evaluate.js';
import { childrenOf, IDLE, textOf, UNUSED, type Binding, type Expression, type FieldValues, type ProgramLanguage, type Use } from './program.js';

/** Functions that give back the text they are given; the first group takes nothing but SQL. */
const TAKES_SQL = new Set(['text', 'SQL', 'TextClause', 'RawSQL']);
const GIVES_BACK = new Set(['dedent', 'cleandoc', 'str', 'Template']);
/** Methods that leave a text as far as SQL is concerned. */
const LEAVES = new Set(['strip', 'lstrip', 'rstrip', 'encode', 'lower', 'upper', 'bindparams', 'columns', 'expandtabs', 'removesuffix', 'removeprefix', 'as_string']);
const POSITION_MAX = 20;
/** Statements that do something with a text other than to run it. */
const IDLE_PARENTS = new Set(['ExpressionStatement', 'RaiseStatement', 'AssertStatement']);

/** Python 3, as @lezer/python reads it; nothing is run. */
export const python: ProgramLanguage = {
  parse: (text) => parser.parse(text),
  textNodes: new Set(['String', 'FormatString', 'ContinuedString', 'BinaryExpression', 'CallExpression', 'ParenthesizedExpression']),
  expression,
  scopeName(node, source) {
    if (node.name !== 'FunctionDefinition' && node.name !== 'ClassDefinition') return null;
    const name = textOf(node.getChild('VariableName'), source);
    return name === '' ? null : { name, isFunction: node.name === 'FunctionDefinition' };
  },
  bindings,
  use,
};

function expression(node: SyntaxNode, source: string): Expression {
  switch (node.name) {
    case 'String':
    case 'FormatString':
      return literal([node], source);
    case 'ContinuedString':
      return literal(childrenOf(node), source);
    case 'BinaryExpression':
      return binary(node, source);
    case 'ParenthesizedExpression': {
      const [inner] = childrenOf(node, 4);
      return inner === undefined ? { kind: 'other' } : { kind: 'same', inner, isSql: false };
    }
    case 'VariableName':
      return { kind: 'name', name: textOf(node, source) };
    case 'MemberExpression': {
      // A constant of the class, from within one of its methods.
      const match = /^(?:self|cls)\.(\w+)$/.exec(textOf(node, source));
      return match?.[1] === undefined ? { kind: 'other' } : { kind: 'name', name: match[1] };
    }
    case 'CallExpression':
      return call(node, source);
    default:
      return { kind: 'other' };
  }
}

function literal(nodes: readonly SyntaxNode[], source: string): Expression {
  const text = new CodeText();
  for (const node of nodes) if (!decodeString(node, source, text)) return { kind: 'other' };
  return { kind: 'literal', text };
}

/** False for bytes, which no query is. */
function decodeString(node: SyntaxNode, source: string, out: CodeText): boolean {
  const head = /^([A-Za-z]{0,3})("""|'''|"|')/.exec(source.slice(node.from, node.from + 6));
  if (head === null) return false;
  const prefix = (head[1] ?? '').toLowerCase();
  const quote = head[2] ?? '';
  if (prefix.includes('b')) return false;
  const start = node.from + head[0].length;
  const isClosed = node.to - start >= quote.length && source.endsWith(quote, node.to) && source.slice(node.to - quote.length, node.to) === quote;
  const end = isClosed ? node.to - quote.length : node.to;
  const style = prefix.includes('r') ? 'none' : 'python';
  if (node.name !== 'FormatString') {
    decodeEscapes(source, start, end, style, out);
    return true;
  }
  let at = start;
  for (let child = node.firstChild; child !== null; child = child.nextSibling) {
    if (child.name !== 'FormatReplacement') continue;
    withoutDoubledBraces(source, at, child.from, style, out);
    const inner = child.firstChild?.nextSibling ?? null;
    const shown = source.slice(child.from, child.to);
    out.hole(shown.slice(0, 200), child.from, { name: nameOf(inner === null ? shown : textOf(inner, source)), node: inner ?? undefined });
    at = child.to;
  }
  withoutDoubledBraces(source, at, end, style, out);
  return true;
}

/** In f-strings `{{` is one brace. */
function withoutDoubledBraces(source: string, start: number, end: number, style: 'none' | 'python', out: CodeText): void {
  let at = start;
  for (const match of source.slice(start, end).matchAll(/\{\{|\}\}/g)) {
    decodeEscapes(source, at, start + match.index, style, out);
    out.decoded(match[0].charAt(0), start + match.index);
    at = start + match.index + 2;
  }
  decodeEscapes(source, at, end, style, out);
}

function binary(node: SyntaxNode, source: string): Expression {
  const left = node.firstChild;
  const right = node.lastChild;
  const operator = textOf(node.getChild('ArithOp'), source);
  if (left === null || right === null) return { kind: 'other' };
  if (operator === '+') return { kind: 'sum', left, right };
  if (operator === '%') return { kind: 'filled', inner: left, style: 'percent', values: operandValues(right, source), isSql: false };
  return { kind: 'other' };
}

/** The right side of `%`: a tuple, a dictionary or one value. */
function operandValues(node: SyntaxNode, source: string): FieldValues {
  if (node.name === 'TupleExpression') return { positional: childrenOf(node), named: new Map() };
  if (node.name === 'DictionaryExpression') return { positional: [], named: new Map(dictionaryEntries(node, source)) };
  return { positional: [node], named: new Map() };
}

/** The keys that are written down, with their values. */
export function dictionaryEntries(node: SyntaxNode, source: string): [string, SyntaxNode][] {
  const entries: [string, SyntaxNode][] = [];
  let key: SyntaxNode | null = null;
  let isValue = false;
  for (let child = node.firstChild; child !== null; child = child.nextSibling) {
    if (child.name === ':') isValue = true;
    else if (child.name === ',') isValue = false;
    else if (isValue && key !== null) {
      if (key.name === 'String') entries.push([source.slice(key.from, key.to).replace(/^[a-zA-Z]*["']+|["']+$/g, ''), child]);
      key = null;
    } else if (child.name !== '{' && child.name !== 'Comment') key = child;
  }
  return entries;
}

function call(node: SyntaxNode, source: string): Expression {
  const callee = node.firstChild;
  if (callee === null) return { kind: 'other' };
  const values = argumentsOf(node, source);
  const [first] = values.positional;
  if (callee.name === 'MemberExpression') {
    const target = callee.firstChild;
    const method = textOf(callee.getChild('PropertyName'), source);
    if (target === null) return { kind: 'other' };
    if (method === 'format') return { kind: 'filled', inner: target, style: 'braces', values, isSql: false };
    if (method === 'format_map' && first !== undefined) return { kind: 'filled', inner: target, style: 'braces', values: operandValues(first, source), isSql: false };
    if (method === 'substitute' || method === 'safe_substitute') return { kind: 'filled', inner: target, style: 'dollar', values, isSql: false };
    if (LEAVES.has(method)) return { kind: 'same', inner: target, isSql: false };
    if (method === 'replace' && !/^\w+$/.test(textOf(target, source))) return { kind: 'same', inner: target, isSql: false };
    if (method === 'join' && first !== undefined && /^(ArrayExpression|TupleExpression)$/.test(first.name)) return { kind: 'joined', items: childrenOf(first, 1_000), separator: target };
    if (method === 'read' || method === 'read_text') return file(target, source);
    if (method === 'Identifier') return { kind: 'known', sql: values.positional };
    if ((TAKES_SQL.has(method) || GIVES_BACK.has(method)) && first !== undefined) return { kind: 'same', inner: first, isSql: TAKES_SQL.has(method) };
    return { kind: 'other' };
  }
  const name = textOf(callee, source);
  if (name === 'Identifier') return { kind: 'known', sql: values.positional };
  if ((TAKES_SQL.has(name) || GIVES_BACK.has(name)) && first !== undefined) return { kind: 'same', inner: first, isSql: TAKES_SQL.has(name) };
  return { kind: 'other' };
}

/** `open("x.sql").read()`, `Path("x.sql").read_text()`, `(FOLDER / "x.sql").read_text()`. */
function file(target: SyntaxNode, source: string): Expression {
  if (target.name === 'CallExpression') {
    const [path] = argumentsOf(target, source).positional;
    if (path !== undefined && /(^|\.)(open|Path)$/.test(textOf(target.firstChild, source))) return lastString(path);
  }
  return target.name === 'ParenthesizedExpression' ? lastString(target) : { kind: 'other' };
}

/** Of a path that is put together the last written part names the file. */
function lastString(node: SyntaxNode): Expression {
  let at: SyntaxNode | null = node;
  while (at !== null && at.name !== 'String') at = at.name === 'ParenthesizedExpression' || at.name === 'ArgList' ? (childrenOf(at).at(-1) ?? null) : at.name === 'CallExpression' ? at.lastChild : at.name === 'BinaryExpression' ? at.lastChild : null;
  return at === null ? (node.name === 'VariableName' ? { kind: 'file', path: node } : { kind: 'other' }) : { kind: 'file', path: at };
}

/** The arguments of a call, by position and by keyword. */
export function argumentsOf(node: SyntaxNode, source: string): FieldValues {
  const values: FieldValues = { positional: [], named: new Map() };
  const list = node.getChild('ArgList');
  let keyword: string | null = null;
  let previous: SyntaxNode | null = null;
  let isStarred = false;
  const flush = (): void => {
    if (previous !== null && !isStarred) {
      if (keyword === null) values.positional.push(previous);
      else values.named.set(keyword, previous);
    }
    keyword = null;
    previous = null;
    isStarred = false;
  };
  for (let child = list?.firstChild ?? null; child !== null; child = child.nextSibling) {
    if (child.name === ',' || child.name === ')') flush();
    else if (child.name === 'AssignOp' && previous !== null) {
      keyword = textOf(previous, source);
      previous = null;
    } else if (child.name === '*' || child.name === '**') isStarred = true;
    else if (child.name !== '(' && child.name !== 'Comment') previous = child;
  }
  flush();
  return values;
}

function bindings(node: SyntaxNode, source: string): Binding[] {
  if (node.name !== 'AssignStatement' && node.name !== 'UpdateStatement' && node.name !== 'NamedExpression') return [];
  const target = node.firstChild;
  const value = node.lastChild;
  if (target === null || value === null || target === value) return [];
  const name = target.name === 'VariableName' ? textOf(target, source) : (/^(?:self|cls)\.(\w+)$/.exec(textOf(target, source))?.[1] ?? '');
  if (name === '') return [];
  const isAppended = node.name === 'UpdateStatement';
  return isAppended && textOf(node.getChild('UpdateOp'), source) !== '+=' ? [] : [{ name, value, isAppended }];
}

/** What stands around an expression: parentheses, lists and conditions are passed, since the text goes on through them. */
function use(node: SyntaxNode, source: string): Use {
  let at = node;
  for (let parent = node.parent; parent !== null; at = parent, parent = parent.parent) {
    switch (parent.name) {
      case 'ParenthesizedExpression':
      case 'ArrayExpression':
      case 'TupleExpression':
      case 'ConditionalExpression':
      case 'AwaitExpression':
        continue;
      case 'ArgList':
        return callUse(at, parent, source);
      case 'DictionaryExpression': {
        // Of the text before it: a walk over the entries for each of them would be quadratic.
        const key = /["']([\w-]{1,100})["']\s*:\s*$/.exec(source.slice(Math.max(0, at.from - 150), at.from))?.[1] ?? null;
        return { ...UNUSED, target: key };
      }
      case 'AssignStatement':
      case 'UpdateStatement':
      case 'NamedExpression':
        return { ...UNUSED, target: /(\w+)(?:\[[^\]]*\])?$/.exec(textOf(parent.firstChild, source))?.[1] ?? null };
      case 'BinaryExpression':
        return parent.getChild('CompareOp') === null && textOf(parent.getChild('in'), source) === '' ? UNUSED : IDLE;
      case 'ParamList':
        return UNUSED;
      default:
        return IDLE_PARENTS.has(parent.name) ? IDLE : UNUSED;
    }
  }
  return UNUSED;
}

function callUse(at: SyntaxNode, list: SyntaxNode, source: string): Use {
  const callNode = list.parent;
  if (callNode?.name !== 'CallExpression') return UNUSED;
  const callee = callNode.firstChild;
  const member = callee?.name === 'MemberExpression' ? callee : null;
  return {
    call: textOf(member === null ? callee : member.getChild('PropertyName'), source),
    receiver: member === null ? '' : textOf(member.firstChild, source).slice(0, 80),
    argument: keywordOf(at, source) ?? positionOf(at),
    target: null,
    isIdle: false,
    callNode,
  };
}

/** Looked up from the argument itself: generated calls have thousands, and each of them asks. */
function keywordOf(at: SyntaxNode, source: string): string | null {
  const assign = at.prevSibling;
  return assign?.name === 'AssignOp' ? textOf(assign.prevSibling, source) : null;
}

/** How many arguments stand before it; whoever asks means one of the first. */
function positionOf(at: SyntaxNode): number {
  let before = 0;
  for (let sibling = at.prevSibling; sibling !== null && before < POSITION_MAX; sibling = sibling.prevSibling) if (sibling.name === ',') before++;
  return before;
}
