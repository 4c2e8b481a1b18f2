import type { FactsOf, GroupSchema } from './schema.js';

/** A recorded restatement. */
export const schema = {
  name: { type: 'string', doc: 'the id of its run' },
  table: { type: 'string', doc: 'schema.name of the table of restatements' },
  speaks_for_table: { type: 'bool', doc: 'the newest of its table: what the table lacks is said of it alone' },
  executed: { type: 'string', doc: 'the day on which it was executed' },
  status: { type: 'string', doc: 'as the table says it' },
  products: { type: 'list', doc: 'the data products that it names' },
  period: { type: 'string', doc: 'from which day to which' },
  period_reversed: { type: 'bool', doc: 'its period ends before it begins' },
  missing: { type: 'list', doc: "columns of the article's table that are empty in it" },
  lacking: { type: 'list', doc: "columns of the article's table that the table has not" },
  unknown_products: { type: 'list', doc: 'products that no table of watermarks, no configuration, no contract and no catalogue knows; empty where nothing lists products' },
} as const satisfies GroupSchema;

export type RestatementFacts = FactsOf<typeof schema>;
