import type { FactsOf, GroupSchema } from './schema.js';

/** A way by which rows of an operational store reach the warehouse: a published table, an outbox, a raw table, or all that a warehouse receives. */
export const schema = {
  name: { type: 'string', doc: 'schema.name of the table; of a warehouse, its name' },
  kind: { type: 'string', doc: 'published, outbox, raw or warehouse' },
  publications: { type: 'list', doc: 'the publications that take the table along' },
  has_identity: { type: 'bool', doc: 'the published table has a primary key or a unique index over all rows' },
  columns: { type: 'list', doc: 'the columns of the outbox' },
  envelope_missing: { type: 'list', doc: 'what events should carry and no column of the outbox says, in words' },
  published_with: { type: 'list', doc: 'other tables that a publication of the outbox takes along too' },
  overwritten_by: { type: 'list', doc: 'who was seen overwriting rows of the raw table, loaders and administration left out' },
  sources: { type: 'list', doc: 'operational stores from which rows of the warehouse come' },
  moved_relations: { type: 'number', doc: 'how many relations of the warehouse receive rows of operational stores' },
  reconciled: { type: 'list', doc: 'the pairs that compare the warehouse with a source' },
} as const satisfies GroupSchema;

export type FlowFacts = FactsOf<typeof schema>;
