import type { FactsOf, GroupSchema } from './schema.js';

/** An entry of a baseline, a waiver or a comment with which something is wrong. */
export const schema = {
  fault: { type: 'string', doc: 'expired, unused or unreadable' },
  by: { type: 'string', doc: 'baseline, waiver or comment' },
  noun: { type: 'string', doc: 'the same as a word: entry, waiver or comment' },
  file: { type: 'string', doc: 'where it stands' },
  names: { type: 'string', doc: 'what it hides, as far as it can be read: rule, consumer and relation' },
  rule: { type: 'string', doc: 'the rule that it names' },
  owner: { type: 'string', doc: 'who answers for it' },
  cause: { type: 'string', doc: 'what is wrong, in words' },
} as const satisfies GroupSchema;

export type SuppressionFacts = FactsOf<typeof schema>;
