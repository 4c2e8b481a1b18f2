import type { FactsOf, GroupSchema } from './schema.js';

/** What a server counts as a whole, besides its statements. Part of the facts of a store. */
export const pressureSchema = {
  statistics_days: { type: 'number', unit: 'days', doc: 'how long the server has counted what concerns the database and its tables' },
  temp_bytes: { type: 'number', unit: 'bytes', doc: 'temporary files written in that time' },
  conflicts: { type: 'number', doc: 'queries of a standby that were cancelled for what it had to replay, in that time' },
  conflicts_per_day: { type: 'number', doc: 'the same a day' },
  conflicts_by_cause: { type: 'list', doc: 'the same by cause, such as "212 for rows that vacuum had removed"' },
  feedback: { type: 'string', doc: 'hot_standby_feedback of a standby: on or off' },
  replay_delay_seconds: { type: 'number', unit: 'seconds', doc: 'max_standby_streaming_delay of a standby; unknown where replay waits without end' },
  standby_note: { type: 'string', doc: 'of a standby: where commands are run that change roles and rights; empty for others' },
  replay_waits: { type: 'bool', doc: 'replay of a standby waits for its queries without end' },
} as const satisfies GroupSchema;

export type StorePressure = FactsOf<typeof pressureSchema>;
