import type { FactsOf, GroupSchema } from './schema.js';

/** Rows of one relation that come into another. */
export const schema = {
  from: { type: 'string', doc: 'schema.name of the relation that they come from' },
  from_store: { type: 'string', doc: 'the store of that relation' },
  to: { type: 'string', doc: 'schema.name of the relation that they come into' },
  to_zone: { type: 'string', doc: 'its zone' },
  to_owner: { type: 'string', doc: 'the role that owns it' },
  via: { type: 'string', doc: 'view, materialized view, model, statement, replication, load, foreign table or declared' },
  by: { type: 'string', doc: 'who or what moves them: view app.open_cases, publication estate_cdc' },
  row_filter: { type: 'string', doc: 'which rows, as SQL; empty for all of them or where nothing tells' },
  policies: { type: 'list', doc: 'the policies by which row security keeps the rows apart where they come from' },
  row_security_lost: { type: 'string', doc: 'why these policies do not hold for who reads the rows here; empty where they do, and where there are none' },
  tenant_columns: { type: 'list', doc: 'columns of the source that say whose the row is' },
  tenant_columns_lost: { type: 'list', doc: 'those of them that are not carried along, although single rows are' },
  tenant_reason: { type: 'string', doc: 'why they are taken for that' },
  unmasked: { type: 'list', doc: 'columns with a masking rule at the source that arrive as they are' },
  masking_rules: { type: 'list', doc: 'these rules' },
  readable_by: { type: 'list', doc: 'roles of reports and persons that may read the rows here' },
  readers: { type: 'number', doc: 'how many consumers read the relation that they come into' },
  confidence: { type: 'number', doc: 'how sure it is that rows come this way, 0 to 1' },
  evidence: { type: 'string', doc: 'why it is believed' },
} as const satisfies GroupSchema;

export type MovementFacts = FactsOf<typeof schema>;
