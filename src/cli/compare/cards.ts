import type { CardCount } from '../../compare/comparison.js';
import type { StoreBoundary } from '../../graph/boundary.js';

const READ_BY_CARDS = new Set(['operational', 'replica']);

/**
 * How many cards read each operational store and each replica, by the name of the store, and how many of them read what is internal
 * there. What builds a relation moves data on and is no card; a card of several queries is one.
 */
export function cardsOfStores(boundaries: readonly StoreBoundary[]): Map<string, CardCount> {
  return new Map(boundaries.filter(({ store }) => READ_BY_CARDS.has(store.role)).map(({ store, accesses }) => {
    const own = accesses.filter(({ query, consumer, statement }) => query !== null && consumer.kind === 'card' && consumer.builds === '' && statement.direct_relations.length > 0);
    const names = (of: typeof own): number => new Set(of.map(({ consumer }) => consumer.name)).size;
    return [store.name, { readers: names(own), ofInternal: names(own.filter(({ statement }) => statement.internal_relations.length > 0)) }];
  }));
}
