import type { GroupSchema } from './schema.js';

/** One index and the statements that it can serve. */
export const schema = {
  name: { type: 'string', doc: 'schema.index' },
  relation: { type: 'string', doc: 'schema.table' },
  columns: { type: 'list', doc: 'its key columns in order' },
} as const satisfies GroupSchema;
