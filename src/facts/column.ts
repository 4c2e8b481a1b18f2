import type { FactsOf, GroupSchema } from './schema.js';

/** One stored column that holds personal data or a secret. */
export const schema = {
  name: { type: 'string', doc: 'schema.table.column' },
  relation: { type: 'string', doc: 'schema.table' },
  zone: { type: 'string', doc: 'zone of the relation' },
  kind: { type: 'string', doc: 'email, phone, full_name, date_of_birth, national_id, secret …' },
  class: { type: 'string', doc: 'direct, quasi or secret' },
  mask: { type: 'string', doc: 'what is left of the value in this column: raw, reversible, pseudonymous-weak, pseudonymous-keyed, partial …' },
  confidence: { type: 'number', doc: 'how sure the classification is, 0 to 1' },
  reasons: { type: 'list', doc: 'why it is taken for personal data' },
  readers: { type: 'number', doc: 'how many consumers use it in any way, those that only move it on aside; unknown where no query of its store was looked at' },
  sources: { type: 'list', doc: 'the columns that it was copied from; none where nothing tells' },
  copied_by: { type: 'list', doc: 'what copied it here: publication estate_cdc, dbt model dim_customer …' },
  copied_confidence: { type: 'number', doc: 'how sure it is that it holds personal data and was copied here, 0 to 1' },
  onward: { type: 'number', doc: 'how many relations it is carried on to; unknown where others may have been filled from it' },
  readable_by: { type: 'list', doc: 'roles of reports and persons that may read it' },
} as const satisfies GroupSchema;

export type ColumnFacts = FactsOf<typeof schema>;
