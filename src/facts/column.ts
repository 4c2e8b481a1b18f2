import type { GroupSchema } from './schema.js';

/** One stored column that holds personal data or a secret. */
export const schema = {
  name: { type: 'string', doc: 'schema.table.column' },
  relation: { type: 'string', doc: 'schema.table' },
  zone: { type: 'string', doc: 'zone of the relation' },
  kind: { type: 'string', doc: 'email, phone, full_name, date_of_birth, national_id, secret …' },
  class: { type: 'string', doc: 'direct, quasi or secret' },
  confidence: { type: 'number', doc: 'how sure the classification is, 0 to 1' },
  reasons: { type: 'list', doc: 'why it is taken for personal data' },
  readers: { type: 'number', doc: 'how many consumers use it in any way' },
  sources: { type: 'list', doc: 'columns of the same kind and name on an operational store' },
} as const satisfies GroupSchema;
