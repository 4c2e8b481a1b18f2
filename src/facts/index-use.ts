import type { FactsOf, GroupSchema } from './schema.js';

/** One index, the statements that it can serve, and what it costs those who write to its table. */
export const schema = {
  name: { type: 'string', doc: 'schema.index' },
  relation: { type: 'string', doc: 'schema.table' },
  columns: { type: 'list', doc: 'its key columns in order; "an expression" for what is no column' },
  predicate: { type: 'string', doc: 'the WHERE of a partial index' },
  constrains: { type: 'bool', doc: 'unique, or it belongs to a primary key, unique or exclusion constraint' },
  supports_foreign_key: { type: 'bool', doc: 'begins with the columns of a foreign key of its table: changes of the other table look rows up by it' },
  size_bytes: { type: 'number', unit: 'bytes', doc: 'on disk' },
  scans: { type: 'number', doc: 'how often it was used since the server counts' },
  since: { type: 'string', doc: 'the day since which the server counts scans and rows' },
  reports: { type: 'list', doc: 'reports, loads and persons whose statements it can serve, as reports name them' },
  report_statements: { type: 'number', doc: 'their statements that were seen running and that it can serve' },
  report_calls: { type: 'number', doc: 'calls of these statements' },
  other_statements: { type: 'number', doc: 'all other statements that it might serve; unknown where not all statements of the store can be seen' },
  unseen: { type: 'string', doc: 'why there may be statements that were not seen' },
  entries: { type: 'number', doc: 'entries written into it since the server counts: rows inserted, and updated other than in place, at most' },
  entries_per_day: { type: 'number', doc: 'the same a day' },
  writers: { type: 'list', doc: 'who writes to its table, as reports name them' },
} as const satisfies GroupSchema;

export type IndexUseFacts = FactsOf<typeof schema>;
