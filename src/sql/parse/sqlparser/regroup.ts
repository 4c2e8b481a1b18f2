import type { Expression } from '../../../model/syntax-tree.js';
import { operation } from './build.js';
import { binaryOperator } from './binary-operator.js';
import { type Context, isDialect } from './context.js';
import { items, member, variant } from './node.js';

/** Operands and the connectives between them, as they stand in the text: one operand more than connectives. */
interface Chain {
  operands: unknown[];
  connectives: string[];
  /** Whether a connective was taken out of the right side of IS DISTINCT FROM. */
  mended: boolean;
}

const DISTINCT: ReadonlySet<string> = new Set(['IsDistinctFrom', 'IsNotDistinctFrom']);

/** The weakest first. */
const CONNECTIVES = ['or', 'xor', 'and'];

/** PostgreSQL's `||` binds less tightly than any arithmetic, the parser's as tightly as `*`. */
const ARITHMETIC: readonly (readonly string[])[] = [['||'], ['+', '-'], ['*', '/', '%']];

/** `a || b + c` grouped as PostgreSQL, Redshift and DuckDB do; null where no `||` meets arithmetic. */
export function regroupedArithmetic(node: unknown, at: Context): Expression | null {
  if (!at.mayConcatenate || !isDialect(at, 'redshift', 'duckdb')) return null;
  const operands: unknown[] = [];
  const operators: string[] = [];
  flatten(node, operands, operators, at);
  return operators.includes('||') && operators.some((operator) => operator !== '||') ? associated(operands, operators, at) : null;
}

function flatten(node: unknown, operands: unknown[], operators: string[], at: Context): void {
  const { tag, content } = variant(node);
  const operator = tag === 'BinaryOp' ? binaryOperator(member(content, 'op'), at) : '';
  if (!ARITHMETIC.some((level) => level.includes(operator))) {
    operands.push(node);
    return;
  }
  flatten(member(content, 'left'), operands, operators, at);
  operators.push(operator);
  flatten(member(content, 'right'), operands, operators, at);
}

function associated(operands: readonly unknown[], operators: readonly string[], at: Context): Expression {
  for (const level of ARITHMETIC) {
    const last = operators.findLastIndex((operator) => level.includes(operator));
    const operator = operators[last];
    if (operator === undefined) continue;
    const left = associated(operands.slice(0, last + 1), operators.slice(0, last), at);
    return operation(operator, [left, associated(operands.slice(last + 1), operators.slice(last + 1), at)]);
  }
  return at.expression(operands[0]);
}

/**
 * The parser reads `a IS DISTINCT FROM b AND c` as `a IS DISTINCT FROM (b AND c)`. Gives the expression grouped as every
 * dialect groups it; null where nothing was misread.
 */
export function regrouped(node: unknown, at: Context): Expression | null {
  if (!at.mayBeMisgrouped) return null;
  const chain = chainOf(node, at);
  return chain.mended ? grouped(chain, at) : null;
}

function chainOf(node: unknown, at: Context): Chain {
  const { tag, content } = variant(node);
  const operator = tag === 'BinaryOp' ? binaryOperator(member(content, 'op'), at) : '';
  if (CONNECTIVES.includes(operator)) {
    const left = chainOf(member(content, 'left'), at);
    const right = chainOf(member(content, 'right'), at);
    return {
      operands: [...left.operands, ...right.operands],
      connectives: [...left.connectives, operator, ...right.connectives],
      mended: left.mended || right.mended,
    };
  }
  if (tag === 'UnaryOp' && member(content, 'op') === 'Not') {
    const inner = chainOf(member(content, 'expr'), at);
    return withFirst(inner, { UnaryOp: { op: 'Not', expr: inner.operands[0] } });
  }
  if (DISTINCT.has(tag)) {
    const [left, right] = items(content);
    const inner = chainOf(right, at);
    if (inner.connectives.length > 0) return { ...withFirst(inner, { [tag]: [left, inner.operands[0]] }), mended: true };
  }
  return { operands: [node], connectives: [], mended: false };
}

function withFirst(chain: Chain, first: unknown): Chain {
  return { ...chain, operands: [first, ...chain.operands.slice(1)] };
}

function grouped({ operands, connectives }: Chain, at: Context): Expression {
  for (const connective of CONNECTIVES) {
    const cuts = connectives.flatMap((found, index) => (found === connective ? [index] : []));
    if (cuts.length === 0) continue;
    const starts = [0, ...cuts.map((cut) => cut + 1)];
    const parts = starts.map((start, index) => {
      const end = cuts[index] ?? operands.length - 1;
      return grouped({ operands: operands.slice(start, end + 1), connectives: connectives.slice(start, end), mended: true }, at);
    });
    return operation(connective, parts);
  }
  return at.expression(operands[0]);
}
