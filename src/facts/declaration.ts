import type { FactsOf, GroupSchema } from './schema.js';

/** One column of which people wrote down something that does not fit. */
export const schema = {
  name: { type: 'string', doc: 'schema.table.column' },
  relation: { type: 'string', doc: 'schema.table' },
  zone: { type: 'string', doc: 'zone of the relation' },
  conflict: { type: 'string', doc: 'harmless (its name says personal data), contradicting (two declarations), doubtful (declared personal, which its type rules out) or lowered (what it was copied from is declared higher)' },
  says: { type: 'list', doc: 'what is declared of it, each with who says so' },
  inferred_kind: { type: 'string', doc: 'what name, type and table speak for; empty where they speak for nothing' },
  inferred_confidence: { type: 'number', doc: 'how sure that is, 0 to 1' },
  reasons: { type: 'list', doc: 'why' },
  upstream: { type: 'string', doc: 'the column that it was copied from' },
  upstream_says: { type: 'list', doc: 'what is declared of that one' },
  confidence: { type: 'number', doc: 'how sure it is that this is a conflict' },
} as const satisfies GroupSchema;

export type DeclarationFacts = FactsOf<typeof schema>;
