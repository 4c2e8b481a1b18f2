import type { GroupSchema } from './schema.js';

/** Sessions of one role and application as they were seen. */
export const schema = {
  role: { type: 'string', doc: 'the database role' },
} as const satisfies GroupSchema;
