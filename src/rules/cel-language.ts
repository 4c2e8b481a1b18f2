import type { ASTNode } from '@marcbachmann/cel-js';
import { suggestion } from '../text/nearest-name.js';
import type { GroupSchema } from '../facts/schema.js';

/** What is wrong with a predicate, and where in its source. */
export interface Refusal {
  message: string;
  start: number;
  end: number;
}

/** Methods and functions that a rule may call. All run in time linear in their operands, and none makes a number. */
const methods = new Set(['size', 'startsWith', 'endsWith', 'contains', 'lowerAscii', 'upperAscii']);
const quantifiers = new Set(['exists', 'all']);
const functions = new Set(['size', 'like']);
const available = [...methods, ...quantifiers, ...functions];

/** Quantifiers over each other multiply: two lists against each other are enough. */
const quantifierDepthMax = 2;

const arithmetic = new Set<string>(['+', '-', '*', '/', '%', '-_']);

const reasons: Record<string, string> = {
  matches:
    'matches() is refused: it runs a regular expression without a bound on its time; ' +
    'use like(text, pattern), where * stands for any characters',
  has: 'has() is refused: every fact is there, and a number that is not known already leaves the rule undecided',
  exists_one: 'exists_one() is not part of the rule language; use exists() or all()',
  filter: 'filter() is not part of the rule language; use exists() or all()',
  map: 'map() is not part of the rule language; use exists() or all()',
};

/**
 * The rule language is a part of CEL: facts, literals, comparisons, `in`, `&& || !`, `? :`, `exists`, `all` and a few
 * functions on texts. Gives the first thing in the tree that lies outside of it, or null.
 */
export function checkLanguage(root: ASTNode, groups: Record<string, GroupSchema>): Refusal | null {
  const problem = visit(root, groups, []);
  return problem === undefined ? null : problem;
}

function visit(node: ASTNode, groups: Record<string, GroupSchema>, bound: readonly string[]): Refusal | undefined {
  switch (node.op) {
    case 'value':
      return ['string', 'number', 'bigint', 'boolean'].includes(typeof node.args)
        ? undefined
        : refuse(node, node.args === null ? 'there is no null: a text or list that is not known is empty' : 'write a text, number, true or false');
    case 'id':
      return bound.includes(node.args) ? undefined : unknownName(node, node.args, groups, bound);
    case '.':
      return visitFact(node, groups, bound);
    case 'call':
      return visitCall(node, groups, bound);
    case 'rcall':
      return visitMethod(node, groups, bound);
    case '[]':
    case '[?]':
    case '.?':
    case 'map':
      return refuse(node, 'facts are read as group.field; to look into a list use "in", exists() or all()');
    default:
      if (arithmetic.has(node.op) && !isNegativeLiteral(node)) {
        return refuse(node, 'a rule compares facts and computes nothing; what must be computed is a fact of its own');
      }
      return first(children(node), groups, bound);
  }
}

function visitFact(node: Extract<ASTNode, { op: '.' }>, groups: Record<string, GroupSchema>, bound: readonly string[]) {
  const [owner, field] = node.args;
  if (owner.op !== 'id' || bound.includes(owner.args)) return visit(owner, groups, bound) ?? refuse(node, 'a fact has no parts');
  const schema = Object.hasOwn(groups, owner.args) ? groups[owner.args] : undefined;
  if (schema === undefined) return unknownName(owner, owner.args, groups, bound);
  if (Object.hasOwn(schema, field)) return undefined;
  const hint = suggestion(field, Object.keys(schema));
  return { message: `unknown fact '${owner.args}.${field}'${hint}`, start: node.end - field.length, end: node.end };
}

function visitCall(node: Extract<ASTNode, { op: 'call' }>, groups: Record<string, GroupSchema>, bound: readonly string[]) {
  const [name, args] = node.args;
  if (!functions.has(name)) return { message: callRefusal(name), start: node.start, end: node.start + name.length };
  return first(args, groups, bound);
}

function visitMethod(
  node: Extract<ASTNode, { op: 'rcall' }>,
  groups: Record<string, GroupSchema>,
  bound: readonly string[],
): Refusal | undefined {
  const [name, receiver, args] = node.args;
  const at = node.input.indexOf(name, receiver.end);
  const place = { start: at, end: at + name.length };
  if (!quantifiers.has(name)) {
    return methods.has(name) ? first([receiver, ...args], groups, bound) : { message: callRefusal(name), ...place };
  }
  if (bound.length >= quantifierDepthMax) {
    return { message: `${name}() stands in more than one other exists() or all(); what needs that is a fact`, ...place };
  }
  const variable = args[0]?.op === 'id' ? [args[0].args] : [];
  return visit(receiver, groups, bound) ?? first(args.slice(1), groups, [...bound, ...variable]);
}

function callRefusal(name: string): string {
  return reasons[name] ?? `${name}() is not part of the rule language${suggestion(name, available)}`;
}

function unknownName(node: ASTNode, name: string, groups: Record<string, GroupSchema>, bound: readonly string[]): Refusal {
  const fields = Object.hasOwn(groups, name) ? Object.keys(groups[name] ?? {}) : [];
  if (fields.length > 0) return refuse(node, `${name} is a group of facts; name one of them, such as ${name}.${fields[0]}`);
  const known = [...Object.keys(groups), ...bound];
  const hint = suggestion(name, known) || `; this rule sees ${known.join(', ')}`;
  return refuse(node, `unknown name '${name}'${hint}`);
}

function first(nodes: readonly ASTNode[], groups: Record<string, GroupSchema>, bound: readonly string[]): Refusal | undefined {
  for (const node of nodes) {
    const problem = visit(node, groups, bound);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function refuse(node: ASTNode, message: string): Refusal {
  return { message, start: node.start, end: node.end };
}

function isNegativeLiteral(node: ASTNode): boolean {
  return node.op === '-_' && node.args.op === 'value';
}

/** The direct sub-expressions of a node, in order. */
export function children(node: ASTNode): ASTNode[] {
  switch (node.op) {
    case 'value':
    case 'id':
      return [];
    case '.':
    case '.?':
      return [node.args[0]];
    case 'call':
      return node.args[1];
    case 'rcall':
      return [node.args[1], ...node.args[2]];
    case 'list':
      return node.args;
    case 'map':
      return node.args.flat();
    case '!_':
    case '-_':
      return [node.args];
    default:
      return node.args;
  }
}

const typeWords: Record<string, string> = {
  double: 'number',
  int: 'whole number',
  uint: 'whole number',
  string: 'text',
  bool: 'true or false',
  'list<string>': 'list of texts',
  'list<double>': 'list of numbers',
  'list<int>': 'list of whole numbers',
};

/** `text` for `string`, and the like. */
export function typeWord(type: string | undefined): string {
  return typeWords[type ?? ''] ?? type ?? 'value';
}

/** Words of other languages, and what CEL has in their place. */
const notations: Record<string, string> = { and: '&&', or: '||', not: '!', '=': '==', '&': '&&', '|': '||', '<>': '!=' };

/** A parse error of the CEL library in the words of rules. `found` is the text that it points at. */
export function describeSyntax(code: string, summary: string, found: string, limits: { maxDepth: number; maxAstNodes: number }): string {
  if (summary === 'Unexpected token: EOF') return 'the expression ends too early';
  if (summary.startsWith('Exceeded maxDepth')) return `is nested more than ${limits.maxDepth} deep`;
  if (summary.startsWith('Exceeded maxAstNodes')) return `has more than ${limits.maxAstNodes} parts`;
  if (/^unexpected/i.test(summary) && found !== '') {
    const notation = notations[found.toLowerCase()];
    return `unexpected '${found}'${notation === undefined ? '' : `; write ${notation}`}`;
  }
  return describe(code, summary, null);
}

/** A type error of the CEL library in the words of rules. `node` is the expression it is about, where there is one. */
export function describe(code: string, summary: string, node: ASTNode | null): string {
  if (code === 'no_such_overload') return describeOperands(summary, node);
  if (code === 'no_matching_overload') {
    const call = /'(.*)'/.exec(summary)?.[1] ?? '';
    return `wrong kind of argument: ${call.replace(/list<\w+>|\b(?:double|u?int|string|bool)\b/g, (type) => typeWords[type] ?? type)}`;
  }
  return summary.charAt(0).toLowerCase() + summary.slice(1);
}

function describeOperands(summary: string, node: ASTNode | null): string {
  const match = /^no such overload: (\S+) (\S+) (\S+)$/.exec(summary);
  if (match === null) return summary;
  const [, left = '', operator = '', right = ''] = match;
  const whole = node === null ? [] : children(node).flatMap((child) => (child.op === 'list' ? child.args : [child]));
  const literals = whole.flatMap((child) => (child.op === 'value' && typeof child.args === 'bigint' ? [`${child.args}.0`] : []));
  const hint = /double/.test(left + right) && literals.length > 0 ? `; write ${literals.join(', ')}` : '';
  return `'${operator}' does not go with ${typeWords[left] ?? left} and ${typeWords[right] ?? right}${hint}`;
}
