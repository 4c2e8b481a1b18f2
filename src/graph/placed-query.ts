import type { CollectedQuery } from '../model/query.js';

/** How a query of one store comes to read another one. */
export interface Federation {
  /** In words: `EXTERNAL_QUERY through connection shop-eu.production`. */
  via: string;
  /** The store whose query it is; empty where that could not be looked at. */
  from: string;
}

/** A query on the store that it reads, directly or through another one. */
export interface PlacedQuery extends CollectedQuery {
  federation?: Federation;
}
