import type { GroupSchema } from './schema.js';

/** One relation as one statement reads it. */
export const schema = {
  name: { type: 'string', doc: 'schema.name' },
  zone: { type: 'string', doc: 'internal, contract, read_model, raw, mart, semantic, secure, control or unknown' },
  zone_reason: { type: 'string', doc: 'why it has this zone' },
  kind: { type: 'string', doc: 'table, view, materialized view, partitioned table, partition or foreign table' },
  rows: { type: 'number', doc: "the planner's estimate" },
  size_bytes: { type: 'number', unit: 'bytes', doc: 'with indexes' },
  columns_used: { type: 'list', doc: 'the columns that this statement uses in any way' },
  contracts: { type: 'list', doc: 'contract views that offer all of these columns' },
  partial_contracts: { type: 'list', doc: 'the contract view over this relation that lacks the fewest of these columns' },
  missing_columns: { type: 'list', doc: 'the columns that this view lacks' },
  readers: { type: 'number', doc: 'how many dashboard consumers read this relation directly' },
} as const satisfies GroupSchema;
