import type { FactsOf, GroupSchema } from './schema.js';

/** Closed periods of a declared metric over time. */
export const schema = {
  name: { type: 'string', doc: 'how reports name it' },
  relation: { type: 'string', doc: 'what it counts, schema.name' },
  product: { type: 'string', doc: 'the data product of that relation; empty where none is declared' },
  period: { type: 'string', doc: 'day or month' },
  periods: { type: 'number', doc: 'closed periods that are remembered' },
  since: { type: 'string', doc: 'the day from which on it is remembered' },
  restatements_known: { type: 'bool', doc: 'it was looked for restatements, so that none means none' },
  restatement_table: { type: 'string', doc: 'where restatements are recorded; empty where there is no such table' },
  changed: { type: 'number', doc: 'closed periods that were another later, by a restatement or not' },
  unexplained: { type: 'list', doc: 'closed periods that changed and that no restatement covers, oldest first' },
  unexplained_count: { type: 'number', doc: 'how many' },
  first_unexplained: { type: 'string', doc: 'the oldest of them' },
  unexplained_between: { type: 'list', doc: 'between which looks they changed' },
  understated: { type: 'list', doc: 'closed periods that changed with a restatement that does not cover them, oldest first' },
  understated_count: { type: 'number', doc: 'how many' },
  understating: { type: 'list', doc: 'those restatements, with what they leave out' },
  without_change: { type: 'list', doc: 'restatements of the product after which no remembered period of any of its metrics is another' },
  removed: { type: 'number', doc: 'oldest periods whose rows are gone without another change, as a retention does it' },
} as const satisfies GroupSchema;

export type HistoryFacts = FactsOf<typeof schema>;
