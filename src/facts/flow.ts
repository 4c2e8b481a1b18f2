import type { FactsOf, GroupSchema } from './schema.js';

/** How rows of an operational store reach the warehouse. */
export const schema = {
  name: { type: 'string', doc: 'how reports name it' },
} as const satisfies GroupSchema;

export type FlowFacts = FactsOf<typeof schema>;
