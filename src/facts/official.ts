import type { FactsOf, GroupSchema } from './schema.js';

/** An official report, by its runs in the control table. */
export const schema = {
  name: { type: 'string', doc: 'how reports name it' },
} as const satisfies GroupSchema;

export type OfficialFacts = FactsOf<typeof schema>;
