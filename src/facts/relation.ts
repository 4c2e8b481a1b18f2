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
  internal_sources: { type: 'list', doc: 'internal relations that it shows, where it is a view of an operational store and nobody declared what it is for' },
  foreign_server: { type: 'string', doc: 'the foreign server that holds its rows; empty for a table of its own' },
  foreign_host: { type: 'string', doc: 'the host of that server, where it is known' },
  warehouse_sources: { type: 'list', doc: 'what it is or shows of marts, semantic and loaded relations, or of a warehouse behind a foreign table' },
  authority_risks: { type: 'list', doc: 'why these may be wrong at the moment of a decision, in words' },
  authority_confidence: { type: 'number', doc: 'how sure it is that they are analytical, 0 to 1' },
  overwritten_groups: { type: 'list', doc: 'columns of it that divide past periods, although they are overwritten in place and no history of them is kept' },
  overwritten_by: { type: 'list', doc: 'who overwrites these columns' },
  readers: { type: 'number', doc: 'how many dashboard consumers read this relation directly' },
} as const satisfies GroupSchema;
