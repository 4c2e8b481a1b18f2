import type { GroupSchema } from './schema.js';

/** One column of personal data as one statement uses it. */
export const schema = {
  column: { type: 'string', doc: 'schema.table.column of the source' },
  relation: { type: 'string', doc: 'schema.table of the source' },
  zone: { type: 'string', doc: 'zone of the source relation' },
  output: { type: 'string', doc: 'the output column that shows it; empty for other uses' },
  use: { type: 'string', doc: 'shown, grouping or condition' },
  mask: { type: 'string', doc: 'raw, reversible, pseudonymous-weak, pseudonymous-keyed, partial, aggregate, predicate or constant' },
  stored_mask: { type: 'string', doc: 'what is left of the value in the stored column already' },
  comes_from: { type: 'list', doc: 'the columns of other stores or relations that it was copied from' },
  pseudonym: { type: 'string', doc: 'an expression that makes a keyed pseudonym of it in the engine of the store; empty where the engine has none' },
  kind: { type: 'string', doc: 'email, phone, full_name, date_of_birth, national_id, secret …' },
  class: { type: 'string', doc: 'direct, quasi or secret' },
  confidence: { type: 'number', doc: 'how sure the classification is, 0 to 1' },
  reasons: { type: 'list', doc: 'why it is taken for personal data' },
} as const satisfies GroupSchema;
