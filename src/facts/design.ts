import type { FactsOf, GroupSchema } from './schema.js';

/** A stored table, by what the catalogue says of its design and what the statistics say of its writers; or a business concept of the configuration. */
export const schema = {
  name: { type: 'string', doc: 'schema.name; of a concept, its name' },
  concept: { type: 'bool', doc: 'it is a business concept of the configuration, no table' },
  concept_relations: { type: 'list', doc: 'the relations that belong to the concept, as the configuration names them' },
  has_authority: { type: 'bool', doc: 'the configuration names the relation in which the truth of the concept lies' },
  zone: { type: 'string', doc: 'internal, contract, read_model, raw, mart, semantic, secure, control or unknown' },
  zone_reason: { type: 'string', doc: 'why it has this zone' },
  has_key: { type: 'bool', doc: 'a primary key, a unique constraint or a unique index over all rows, or a test or contract that says that columns are unique' },
  keys_are_kept: { type: 'bool', doc: 'the engine enforces keys, and other tables of its schema have some: a missing key is missed' },
  key_columns: { type: 'list', doc: 'all columns that are part of some key' },
  written_by: { type: 'list', doc: 'applications that were seen writing rows of it' },
  writing_owners: { type: 'list', doc: 'the configured owners of these applications' },
  state_column: { type: 'string', doc: 'the column that holds a state that changes' },
  state_time_columns: { type: 'list', doc: 'nullable times that belong to one of its states, such as closed_at, and that no CHECK holds to it' },
  state_overwritten_by: { type: 'list', doc: 'who was seen overwriting the state' },
  state_kept: { type: 'string', doc: 'where former states are or could be kept: a table of history, events or audit, an outbox, a publication, a column of versions; empty where none is' },
  commands: { type: 'bool', doc: 'it keeps transitions or commands, by its name and columns' },
  has_command_key: { type: 'bool', doc: 'a key other than a number that the database gives: the same command twice would be refused' },
  fact: { type: 'bool', doc: 'a fact table of a warehouse, by its name' },
  snapshot: { type: 'bool', doc: 'a fact table that holds one row for each thing and day, by its name' },
  snapshot_key: { type: 'bool', doc: 'one of its keys has a date and something else' },
  provenance_missing: { type: 'list', doc: 'what of a fact does not tell where its rows came from, in words: a time of loading, an identity of the source row' },
  curated: { type: 'bool', doc: 'a stored table of a mart, semantic or secure zone of a warehouse' },
  text_dates: { type: 'list', doc: 'columns that are named as dates or times and hold text' },
  text_numbers: { type: 'list', doc: 'columns that are named as amounts and hold text' },
  readers: { type: 'list', doc: 'cards and reports that read it by name' },
  reader_count: { type: 'number', doc: 'how many' },
  promised: { type: 'bool', doc: 'a data contract, a registry or a declared data product stands for it' },
  promises_known: { type: 'bool', doc: 'data contracts, a registry or declared data products of this store were among what was looked at' },
  tests: { type: 'list', doc: 'who tests or promises something of its rows' },
  tests_known: { type: 'bool', doc: 'tests or promises for other tables of its schema were among what was looked at' },
} as const satisfies GroupSchema;

export type DesignFacts = FactsOf<typeof schema>;
