import type { GroupSchema } from './schema.js';

/** An internal table that is published for logical replication: change data capture reads it column by column. */
export const schema = {
  relation: { type: 'string', doc: 'schema.name' },
  zone_reason: { type: 'string', doc: 'why it is internal' },
  publications: { type: 'list', doc: 'publications that publish it with every column it has, and will have' },
  all_tables: { type: 'bool', doc: 'one of them publishes every table' },
  listed_in: { type: 'list', doc: 'publications that publish only columns that they list' },
  columns: { type: 'list', doc: 'its columns of today' },
  column_count: { type: 'number', doc: 'how many' },
  outbox: { type: 'bool', doc: 'it is an outbox by its name: its rows are events for others' },
} as const satisfies GroupSchema;
