import type { FactsOf, GroupSchema } from './schema.js';

/** A pipeline, by its runs in the control table: the newest 5,000 runs of the table. */
export const schema = {
  name: { type: 'string', doc: 'as the runs name it' },
  table: { type: 'string', doc: 'schema.name of the table of runs' },
  runs: { type: 'number', doc: 'how many' },
  failed: { type: 'number', doc: 'how many of them failed' },
  succeeded: { type: 'bool', doc: 'one of them succeeded' },
  last_started: { type: 'string', doc: 'when the last one began' },
  last_succeeded: { type: 'string', doc: 'when the last success ended' },
  failed_since_success: { type: 'number', doc: 'how many failed after the last success' },
  given_up: { type: 'bool', doc: 'others of its table ran on for 30 days after its last run' },
  never_ended: { type: 'number', doc: 'runs that began longer ago than any run took, and an hour, and never ended' },
  without_watermark: { type: 'number', doc: 'runs that succeeded and keep no watermark' },
  watermark_gaps: { type: 'number', doc: 'stretches of the source between the watermarks of its runs that no run took; unknown where low and high do not follow each other as a rule' },
  watermark_overlaps: { type: 'number', doc: 'runs that began below the watermark that was reached; unknown likewise' },
  counts_do_not_add_up: { type: 'number', doc: 'runs of which inserted, updated and rejected rows are not what was read' },
  counts_off_share: { type: 'number', unit: 'share', doc: 'their part of the runs that succeeded and tell all four counts' },
  counted_runs: { type: 'number', doc: 'runs that succeeded and tell all four counts' },
  rows_rejected: { type: 'number', doc: 'of all runs together' },
} as const satisfies GroupSchema;

export type PipelineFacts = FactsOf<typeof schema>;
