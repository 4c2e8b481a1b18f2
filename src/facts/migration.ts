import type { GroupSchema } from './schema.js';

/** What a migration of a change does to one thing that reads or is promised. */
export const schema = {
  name: { type: 'string', doc: 'who or what is hit, as reports name it' },
  effect: { type: 'string', doc: 'breaks, meaning, unproved, contract or widens' },
} as const satisfies GroupSchema;
