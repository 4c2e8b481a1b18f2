import type { FactsOf, GroupSchema } from './schema.js';

/** A group of claims on one concept. */
export const schema = {
  name: { type: 'string', doc: 'the concept, as most dashboards write it' },
  relation: { type: 'string', doc: 'the relation that is measured' },
  measure: { type: 'string', doc: 'the measure in words, e.g. count of rows' },
  verdict: { type: 'string', doc: 'equal, equal-under, stricter, overlapping, different or undecided: the widest difference in the group' },
  definitions: { type: 'number', doc: 'how many distinct definitions the group has' },
  consumers: { type: 'number', doc: 'how many consumers claim the concept' },
  consumer_names: { type: 'list', doc: 'who claims it' },
  differences: { type: 'list', doc: 'each difference in words, with the smallest row that shows it' },
  rests_on: { type: 'list', doc: 'constraints without which the definitions would differ' },
  semantic: { type: 'list', doc: 'relations of the semantic zone that some of the group already use' },
} as const satisfies GroupSchema;

export type MetricFacts = FactsOf<typeof schema>;
