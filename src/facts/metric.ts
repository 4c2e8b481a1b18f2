import type { FactsOf, GroupSchema } from './schema.js';

/** A group of claims on one concept. */
export const schema = {
  name: { type: 'string', doc: 'the concept, as most dashboards write it' },
  relation: { type: 'string', doc: 'the relation that is measured' },
  measure: { type: 'string', doc: 'the measure in words, e.g. count of rows' },
  verdict: { type: 'string', doc: 'equal, equal-under, stricter, overlapping, different or undecided: the widest difference in the group' },
  kinds: { type: 'list', doc: 'what the differences lie in: population, boundary, time-zone, fan-out, measure …' },
  cosmetic: { type: 'bool', doc: 'its definitions part only where nothing matches: NULL against 0' },
  asserted: { type: 'bool', doc: 'they would all be equal if constraints held that nobody enforces' },
  under_asserted: { type: 'list', doc: 'those constraints' },
  definitions: { type: 'number', doc: 'how many distinct definitions the group has' },
  consumers: { type: 'number', doc: 'how many consumers claim the concept' },
  consumer_names: { type: 'list', doc: 'who claims it' },
  differences: { type: 'list', doc: 'each difference in words, with the smallest row that shows it' },
  rests_on: { type: 'list', doc: 'constraints without which the definitions would differ' },
  semantic: { type: 'list', doc: 'relations of the semantic zone that some of the group already use' },
  bypassing: { type: 'list', doc: 'consumers that compute it from other relations although a semantic one has it' },
  declared: { type: 'list', doc: 'where it is declared: dbt metric open_cases' },
  contradicting: { type: 'list', doc: 'consumers whose definition is not the declared one, each with how it differs' },
  declared_apart: { type: 'list', doc: 'declarations of it that do not agree with each other' },
  incomplete: { type: 'list', doc: 'declarations of it with the attributes that they lack' },
  deprecated: { type: 'list', doc: 'consumers that still use a declaration which is deprecated, with what it says' },
  ingestion_clock: { type: 'list', doc: 'consumers that put it on the time at which rows were loaded, while others use the time of the event' },
  time_zones: { type: 'list', doc: 'the time zones in which its days begin, where there are several' },
  exclusions: { type: 'list', doc: 'consumers that do not leave out what most of the group leaves out: test cases, deleted rows' },
  synonyms: { type: 'list', doc: 'cards outside of the group that show the same under another name' },
  name_clashes: { type: 'list', doc: 'cards of the same name that read no relation in common' },
  dialect_differences: { type: 'list', doc: 'where the same text means another thing on another engine or in another session' },
  suggestion: { type: 'string', doc: 'a semantic view that would hold the one definition, as SQL' },
} as const satisfies GroupSchema;

export type MetricFacts = FactsOf<typeof schema>;
