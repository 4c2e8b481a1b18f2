import type { FactsOf, GroupSchema } from './schema.js';

/** How a consumer was classified, and whether its controls match that. */
export const schema = {
  name: { type: 'string', doc: 'how reports name it' },
} as const satisfies GroupSchema;

export type DecisionFacts = FactsOf<typeof schema>;
