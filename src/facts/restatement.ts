import type { FactsOf, GroupSchema } from './schema.js';

/** A recorded restatement. */
export const schema = {
  name: { type: 'string', doc: 'how reports name it' },
} as const satisfies GroupSchema;

export type RestatementFacts = FactsOf<typeof schema>;
