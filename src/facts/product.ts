import type { FactsOf, GroupSchema } from './schema.js';

/** A data product, by its watermark and its contract. */
export const schema = {
  name: { type: 'string', doc: 'how reports name it' },
} as const satisfies GroupSchema;

export type ProductFacts = FactsOf<typeof schema>;
