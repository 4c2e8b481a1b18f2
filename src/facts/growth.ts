import type { FactsOf, GroupSchema } from './schema.js';

/**
 * How a statement's cost grows with the tables that it reads whole, or from a fixed day on: as much as they do. Not for
 * statements by key or by the last so many days.
 */
export const schema = {
  relation: { type: 'string', doc: 'the table that grows, of several the one that adds most' },
  relations: { type: 'list', doc: 'every table that the statement reads so' },
  way: { type: 'string', doc: 'how much of it the statement reads: "all", or "all but a fixed part" where it starts on a fixed day' },
  rows: { type: 'number', doc: 'rows of the table now, as the server estimates them' },
  rows_per_day: { type: 'number', doc: 'rows inserted less rows deleted, a day, since the server counts' },
  since: { type: 'string', doc: 'the day since which it counts' },
  observed_days: { type: 'number', unit: 'days', doc: 'how long that is' },
  bytes: { type: 'number', unit: 'bytes', doc: 'what a call touches now: the tables as they are, or what was measured where that is more' },
  bytes_per_day: { type: 'number', unit: 'bytes', doc: 'what a call touches more with every day' },
  days: { type: 'number', unit: 'days', doc: 'until it touches too much or takes too long; unknown where the growth is' },
  date: { type: 'string', doc: 'the day on which it does, YYYY-MM-DD' },
  limit: { type: 'string', doc: 'what it passes then: "64 MiB a call", "the 30 s of its statement_timeout"' },
} as const satisfies GroupSchema;

export type GrowthFacts = FactsOf<typeof schema>;
