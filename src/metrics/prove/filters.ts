import type { Call, Expression } from '../../model/syntax-tree.js';
import { mapExpression } from '../../sql/map-tree.js';
import type { Block } from './block.js';
import { asAggregate, conjunction, conjuncts, keyOf, number, some, uniqueBy } from './expression.js';

/** Without groups the filter of the rows is as well that of each aggregate; null where something else looks at the rows. */
export function withFilters(block: Block): Block | null {
  if (block.group?.length !== 0 || block.having.length > 0 || block.limit !== null) return null;
  const rowwise = (expression: Expression): boolean => expression.type === 'column' || (expression.type === 'call' && expression.name[0] === '%sub');
  const outside = block.outputs.map((output) => replaceAggregates(output, () => number(0)));
  if (outside.some((output) => some(output, rowwise))) return null;
  const filtered = (aggregate: Call): Expression => ({ ...aggregate, filter: conjunction(uniqueBy([...block.where, ...conjuncts(aggregate.filter)], keyOf)) });
  return { ...block, where: [], outputs: block.outputs.map((output) => replaceAggregates(output, filtered)) };
}

/** Aggregates replaced from the outside, so that what is in them stays. */
export function replaceAggregates(expression: Expression, by: (aggregate: Call) => Expression): Expression {
  return mapExpression(expression, {
    keepsQueries: true,
    expression: (inner) => {
      const aggregate = asAggregate(inner);
      return aggregate === null ? inner : by(aggregate);
    },
  });
}
