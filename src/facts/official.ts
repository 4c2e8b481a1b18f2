import type { FactsOf, GroupSchema } from './schema.js';

/** An official report, by its runs in the control table: the newest 5,000 runs of the table. */
export const schema = {
  name: { type: 'string', doc: 'as the runs name it' },
  table: { type: 'string', doc: 'schema.name of the table of runs' },
  speaks_for_table: { type: 'bool', doc: 'the first by name of its table: what the table lacks is said of it alone' },
  runs: { type: 'number', doc: 'how many' },
  approved: { type: 'number', doc: 'how many of them were approved' },
  last_run: { type: 'string', doc: 'the day of the last one' },
  missing: { type: 'list', doc: 'what runs that succeeded or were approved do not say, and how many of them, in words' },
  lacking: { type: 'list', doc: "columns of the article's table that the table of runs has not" },
  tables_missing: { type: 'list', doc: 'tables that an official report needs and the store has not: report_approval, report_artifact, data_restatement_run' },
  keeps_approver: { type: 'bool', doc: 'some table tells who approved' },
  approved_without_success: { type: 'number', doc: 'runs that were approved while running, after they failed, without a result or before they were executed' },
  approved_by_author: { type: 'number', doc: 'runs that were approved by who executed them; unknown where the tables do not keep both' },
  approved_without_approver: { type: 'number', doc: 'runs that stand as approved by nobody; unknown where no table tells who approved' },
  same_inputs_other_hash: { type: 'number', doc: 'runs with the version, parameters, watermarks and reference versions of another one, and another result' },
  artifacts_without_hash: { type: 'number', doc: 'files of its runs of which no hash is kept; unknown without a table of them' },
  consumers: { type: 'list', doc: 'cards, reports and files of its name' },
  not_reproducible: { type: 'list', doc: 'why their statements can give another result from the same data, in words' },
} as const satisfies GroupSchema;

export type OfficialFacts = FactsOf<typeof schema>;
