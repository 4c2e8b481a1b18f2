import type { FactsOf, GroupSchema } from './schema.js';

/** What a migration of a change does to one thing that reads or is promised. */
export const schema = {
  name: { type: 'string', doc: 'who or what is hit, as reports name it' },
  kind: { type: 'string', doc: 'card, code, role, view, model, metric, function, constraint, publication, contract or policy' },
  effect: { type: 'string', doc: 'breaks, meaning, unproved, contract or widens' },
  likely: { type: 'bool', doc: 'it matters to who is hit; otherwise it is a hint' },
  ships_along: { type: 'bool', doc: 'it is a role of the application, whose statements come with the same release as the migration' },
  owner: { type: 'string', doc: 'who answers for what is hit' },
  relation: { type: 'string', doc: 'the relation, column or function that is changed, as it is called before' },
  change: { type: 'string', doc: 'what the migration does, as a verb with its object: drops app.case_file.region_code' },
  file: { type: 'string', doc: 'the file of the migration' },
  line: { type: 'number', doc: 'where the statement begins in it' },
  happens: { type: 'list', doc: 'what happens, with the names, a clause each' },
  remedy: { type: 'string', doc: 'what mends or prepares it' },
  through: { type: 'list', doc: 'views, models and copies between the changed relation and what is hit' },
  calls: { type: 'number', doc: 'how often it ran, where the statistics tell' },
  confidence: { type: 'number', doc: 'how sure it is that it happens, 0 to 1' },
} as const satisfies GroupSchema;

export type MigrationFacts = FactsOf<typeof schema>;
