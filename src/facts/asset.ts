import type { FactsOf, GroupSchema } from './schema.js';

/** Something that somebody should own. */
export const schema = {
  name: { type: 'string', doc: 'how reports name it' },
} as const satisfies GroupSchema;

export type AssetFacts = FactsOf<typeof schema>;
