import type { FactsOf, GroupSchema } from './schema.js';

/** What a statement that counts or sums shows its groups by, where that tells of persons. */
export const schema = {
  columns: { type: 'list', doc: 'columns of personal data that the groups are shown by, as schema.table.column' },
  labels: { type: 'list', doc: 'each with how fine it is: postal_code, date_of_birth (partial)' },
  fineness: { type: 'number', doc: 'how finely they part people together: 1 for a gender or a year of birth, 2 for a postal code, 3 for a day of birth, summed' },
  identifying: { type: 'bool', doc: 'day of birth, gender and postal code together, which single out most people' },
  has_threshold: { type: 'bool', doc: 'groups are left out, or not shown, by a comparison with their count' },
  threshold: { type: 'number', doc: 'the literal of that comparison; unknown where it is a parameter' },
  confidence: { type: 'number', doc: 'how sure the classification of the columns is, 0 to 1' },
} as const satisfies GroupSchema;

export type GroupingFacts = FactsOf<typeof schema>;
