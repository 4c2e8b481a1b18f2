import type { FactsOf, GroupSchema } from './schema.js';

/** Closed periods of a declared metric over time. */
export const schema = {
  name: { type: 'string', doc: 'how reports name it' },
} as const satisfies GroupSchema;

export type HistoryFacts = FactsOf<typeof schema>;
