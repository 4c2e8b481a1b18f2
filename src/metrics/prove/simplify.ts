import type { Expression } from '../../model/syntax-tree.js';
import { type Block, flattened, mapBlock, type Node, type Session, type SetNode } from './block.js';
import { aliasOf, columnPart, conjuncts, hasWindow, keyOf, nameOf, uniqueBy } from './expression.js';
import { commonFilter, countedParents, distinctGroups, fewestGroups, plainAggregates, plainHaving, singleRows } from './grouping.js';
import { alwaysFound, antiJoin, rejectedNulls, type Rule, unusedLeft, unusedParent } from './joins.js';
import { idleAggregates } from './determined.js';
import { generatedValues } from './generated.js';
import { regrouped } from './regroup.js';
import { latestOfDistinctOn, latestOfJoin, latestOfMaximum, latestOfWindow } from './latest.js';
import { leftTotals } from './left-totals.js';
import { withoutCommon } from './set-operations.js';
import { isPlainBlock } from './merge.js';
import { Obligations } from './obligation.js';
import { filteringJoin, lookedUp, membership, singleMatch } from './subqueries.js';
import { combinedTotals } from './totals.js';
import { wholePeriods } from './period.js';
import { spelled } from './spelling.js';
import { mergedBranches } from './branches.js';

const RULES: readonly Rule[] = [
  generatedValues, latestOfWindow, latestOfDistinctOn, latestOfMaximum, latestOfJoin, regrouped, leftTotals, membership, antiJoin, rejectedNulls, alwaysFound, unusedLeft, unusedParent, lookedUp, plainHaving, plainAggregates, commonFilter, distinctGroups, fewestGroups, singleRows,
  idleAggregates, filteringJoin, singleMatch, countedParents, overOneQuery, combinedTotals,
];

const ROUNDS_MAX = 60;

/** A query after all rules that apply: another query with the same answer on every database. */
export function simplified(node: Node, session: Session): Node {
  if (node.type === 'set') return simplifiedSet(node, session);
  const obligations = new Obligations(session);
  let block = spelledBlock({ ...node, tree: flattened(node.tree) }, session);
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const next = applied(block, session, obligations);
    if (next === null) return block;
    block = { ...next, tree: flattened(next.tree) };
  }
  return block;
}

function applied(block: Block, session: Session, obligations: Obligations): Block | null {
  for (const rule of RULES) {
    const next = rule(block, session, obligations);
    if (next !== null) return next;
  }
  return null;
}

function spelledBlock(block: Block, session: Session): Block {
  const sources = block.sources;
  const mapped = mapBlock({ ...block, sources: [] }, (expression) => spelled(expression, session));
  return { ...mapped, sources, where: uniqueBy(wholePeriods(mapped.where.flatMap(conjuncts)), keyOf), having: uniqueBy(mapped.having.flatMap(conjuncts), keyOf) };
}

function simplifiedSet(node: SetNode, session: Session): Node {
  const tested = withoutCommon(node, session);
  if (tested !== null) return simplified(tested, session);
  if (node.operator === 'except') return node;
  const parts = node.parts.flatMap((part) => (part.type === 'set' && part.operator === node.operator && part.all === node.all && part.limit === null ? part.parts : [part]));
  const flat: SetNode = { ...node, parts };
  const merged = mergedBranches(flat, session);
  return merged === null ? flat : simplified(merged, session);
}

/** A query over nothing but one other query: projection and filter read into it. */
export function overOneQuery(block: Block, session: Session): Block | null {
  const [source, more] = block.sources;
  const inner = source?.node;
  if (source === undefined || more !== undefined || inner?.type !== 'block' || block.tree.type !== 'source') return null;
  const values = (name: string): Expression | null => (aliasOf(name) === source.alias ? (inner.outputs[Number(columnPart(name).slice(1))] ?? null) : null);
  const map = (expression: Expression): Expression => session.replace(expression, values);
  if (isPlainBlock(inner) && inner.sources.length > 0) {
    const mapped = mapBlock({ ...block, sources: [] }, map);
    return { ...mapped, sources: inner.sources, tree: inner.tree, where: [...inner.where, ...mapped.where] };
  }
  const passedOn = isPlainBlock(block) && block.where.length === 0 && block.outputs.every((output) => nameOf(output) !== null);
  if (passedOn && !inner.distinct && inner.distinctOn === null) return { ...inner, outputs: block.outputs.map(map), names: block.names };
  if (!isPlainBlock(block) || inner.limit !== null || inner.distinctOn !== null || inner.distinct || inner.group === null || inner.outputs.some(hasWindow)) return null;
  if (inner.group.length === 0 && block.where.length > 0) return null;
  return { ...inner, outputs: block.outputs.map(map), names: block.names, having: uniqueBy([...inner.having, ...block.where.map(map)], keyOf) };
}
