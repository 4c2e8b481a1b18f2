import type { FactsOf, GroupSchema } from './schema.js';

/** One relation that is promised to others: by its zone, by the store's registry of contracts, or by a data contract. */
export const schema = {
  name: { type: 'string', doc: 'schema.name; of a registered contract without a relation the name in the registry' },
  exists: { type: 'bool', doc: 'the store has such a relation' },
  kind: { type: 'string', doc: 'table, view, materialized view …' },
  zone: { type: 'string', doc: 'zone of the relation' },
  zone_reason: { type: 'string', doc: 'why it has this zone' },
  registry: { type: 'string', doc: "the store's registry of contracts, where all of its rows could be read; empty where there is none" },
  registered: { type: 'bool', doc: 'a row of the registry names it' },
  declared_in: { type: 'list', doc: 'registry and data contracts that declare it' },
  version: { type: 'string', doc: 'as the registry or the data contract says' },
  owner: { type: 'string', doc: 'as the registry or the data contract says' },
  policy: { type: 'string', doc: 'the compatibility policy in the word of the registry: BACKWARD, FULL …' },
  starred: { type: 'list', doc: 'relations that it shows by SELECT *' },
  listed_whole: { type: 'list', doc: 'relations of ten columns or more that it shows whole, in their order: what a server keeps of SELECT *' },
  starred_views: { type: 'list', doc: 'those among both that are views and no contracts: what they show can change at any time' },
  differs_from: { type: 'list', doc: 'who promises something else than it has' },
  missing_columns: { type: 'list', doc: 'promised columns that it does not have' },
  extra_columns: { type: 'list', doc: 'columns that it has and nobody promised' },
  other_types: { type: 'list', doc: 'columns of another type than was promised, in words' },
  nullable_columns: { type: 'list', doc: 'columns that were promised to have a value and may have none' },
  additions_allowed: { type: 'bool', doc: 'its policy lets columns be added' },
  deprecated: { type: 'bool', doc: 'its registry row or its data contract says that it is deprecated, and since a moment that has passed' },
  deprecated_since: { type: 'string', doc: 'the day in the registry' },
  deprecated_days: { type: 'number', unit: 'days', doc: 'how long ago that was' },
  successors: { type: 'list', doc: 'later versions of it that are in force' },
  readers: { type: 'list', doc: 'consumers that read it, or a view over it' },
  reader_count: { type: 'number', doc: 'how many' },
  calls: { type: 'number', doc: 'how often they did, where the statistics tell' },
} as const satisfies GroupSchema;

export type ContractFacts = FactsOf<typeof schema>;
