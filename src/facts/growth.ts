import type { GroupSchema } from './schema.js';

/** How a statement's cost grows with what it reads. */
export const schema = {
  relation: { type: 'string', doc: 'the table that grows' },
} as const satisfies GroupSchema;
