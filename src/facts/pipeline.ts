import type { FactsOf, GroupSchema } from './schema.js';

/** A pipeline, by its runs in the control table. */
export const schema = {
  name: { type: 'string', doc: 'how reports name it' },
} as const satisfies GroupSchema;

export type PipelineFacts = FactsOf<typeof schema>;
