import type { FactsOf, GroupSchema } from './schema.js';

/** A stored table, by what the catalogue says of its design. */
export const schema = {
  name: { type: 'string', doc: 'how reports name it' },
} as const satisfies GroupSchema;

export type DesignFacts = FactsOf<typeof schema>;
