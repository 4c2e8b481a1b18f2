import type { FactsOf, GroupSchema } from './schema.js';

/** Something that somebody should own. */
export const schema = {
  name: { type: 'string', doc: 'schema.name of a relation, or the name of a metric, contract, report or product' },
  kind: { type: 'string', doc: 'contract, metric, data product, mart, concept or official report' },
  accountable: { type: 'list', doc: 'who is named as accountable, each with who says so' },
  accountables: { type: 'number', doc: 'how many different ones' },
  responsible: { type: 'string', doc: 'who does the work' },
  readers: { type: 'number', doc: 'how many consumers read it' },
} as const satisfies GroupSchema;

export type AssetFacts = FactsOf<typeof schema>;
