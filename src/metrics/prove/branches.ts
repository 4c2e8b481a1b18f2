import type { Expression } from '../../model/syntax-tree.js';
import { type Block, type Node, type Session, type SetNode } from './block.js';
import { conjunction, keyOf, operation, uniqueBy } from './expression.js';
import { isPlainBlock } from './merge.js';
import { Obligations } from './obligation.js';

/**
 * Branches of UNION ALL that read one table, give the same columns and share no row are one query with OR. So are those of
 * UNION, whether or not they share rows, as one DISTINCT.
 */
export function mergedBranches(node: SetNode, session: Session): Node | null {
  if (node.operator !== 'union' || node.limit !== null) return null;
  const [first, ...rest] = node.parts;
  if (first?.type !== 'block' || rest.length === 0 || rest.length > 8) return null;
  const branches: Expression[][] = [first.where];
  for (const part of rest) {
    const where = part.type === 'block' ? alike(first, part, session) : null;
    if (where === null) return null;
    branches.push(where);
  }
  if (node.all) {
    const obligations = new Obligations(session);
    for (const [place, a] of branches.entries()) {
      for (const b of branches.slice(place + 1)) {
        if (!obligations.never('disjoint', [a, b], { nullable: new Set(), premises: [] }, (truth) => truth(0) && truth(1))) return null;
      }
    }
  }
  const keys = branches.map((branch) => new Set(branch.map(keyOf)));
  const shared = (branches[0] ?? []).filter((condition) => keys.every((set) => set.has(keyOf(condition))));
  const known = new Set(shared.map(keyOf));
  const alternatives = branches.map((branch) => conjunction(branch.filter((condition) => !known.has(keyOf(condition)))));
  return { ...first, names: node.names, where: uniqueBy([...shared, operation('or', ...alternatives)], keyOf), distinct: first.distinct || !node.all };
}

/** The filter of a branch over the aliases of the first, where both read one table in the same way. */
function alike(first: Block, part: Block, session: Session): Expression[] | null {
  const [a, more] = first.sources;
  const [b, another] = part.sources;
  if (a?.table == null || b?.table == null || more || another || a.table.key !== b.table.key || a.opaque !== b.opaque) return null;
  if (!isPlainBlock(first) || !isPlainBlock(part) || part.outputs.length !== first.outputs.length) return null;
  const map = (expression: Expression): Expression =>
    session.replace(expression, (name) => (name.startsWith(`${b.alias}.`) ? { type: 'column', parts: [`${a.alias}${name.slice(b.alias.length)}`], span: { start: 0, end: 0 } } : null));
  return part.outputs.every((output, place) => keyOf(map(output)) === keyOf(first.outputs[place] ?? output)) ? part.where.map(map) : null;
}
