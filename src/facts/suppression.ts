import type { GroupSchema } from './schema.js';

/** An entry of a baseline, a waiver or a comment with which something is wrong. */
export const schema = {
  fault: { type: 'string', doc: 'expired, unused or unreadable' },
  by: { type: 'string', doc: 'baseline, waiver or comment' },
} as const satisfies GroupSchema;
