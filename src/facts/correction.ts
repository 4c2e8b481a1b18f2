import type { FactsOf, GroupSchema } from './schema.js';

/** How the rows of one operational table are corrected, where a correction loses what analytics needs of it. */
export const schema = {
  kind: { type: 'string', doc: 'reversal-deleted, backdated or merged' },
  relation: { type: 'string', doc: 'schema.name' },
  columns: { type: 'list', doc: 'what shows that it is such a table, or what is overwritten' },
  roles: { type: 'list', doc: 'who sends the statements' },
  statements: { type: 'number', doc: 'how many different ones' },
  calls: { type: 'number', doc: 'how often they ran' },
  loaders: { type: 'list', doc: 'of backdated: who takes the rows to analytics by that time' },
  referenced: { type: 'string', doc: 'of merged: the relation whose rows are merged' },
} as const satisfies GroupSchema;

export type CorrectionFacts = FactsOf<typeof schema>;
