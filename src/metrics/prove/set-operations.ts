import type { Expression } from '../../model/syntax-tree.js';
import type { Block, Node, Session, SetNode } from './block.js';
import { number, operation } from './expression.js';
import { isNeverNull } from './keys.js';
import { isPlainBlock } from './merge.js';
import { wrapped } from './subqueries.js';

/** EXCEPT and INTERSECT without ALL: the different rows of the first for which the other has no row, or has one. */
export function withoutCommon(node: SetNode, session: Session): Block | null {
  if (node.operator === 'union' || node.all || node.limit !== null) return null;
  const [first, ...others] = node.parts;
  if (first?.type !== 'block' || first.sources.length === 0 || !isPlainBlock({ ...first, distinct: false })) return null;
  const conditions = others.map((other) => {
    const found = session.sub('exists', matching(first, other, session), null);
    return node.operator === 'except' ? operation('not', found) : found;
  });
  return { ...first, names: node.names, distinct: true, where: [...first.where, ...conditions] };
}

/** The rows of a query that are equal to one of another, NULL and NULL being equal. */
function matching(first: Block, other: Node, session: Session): Block {
  const plain = other.type === 'block' && isPlainBlock({ ...other, distinct: false }) && other.sources.length > 0 ? { ...other, distinct: false } : wrapped(other, session);
  const equal = plain.outputs.map((output, place): Expression => {
    const own = first.outputs[place] ?? output;
    return operation(isNeverNull(own, first, session) || isNeverNull(output, plain, session) ? '=' : 'is_not_distinct', output, own);
  });
  return { ...plain, where: [...plain.where, ...equal], outputs: [number(1)], names: ['1'] };
}
