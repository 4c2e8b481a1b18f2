import type { FactsOf, GroupSchema } from './schema.js';

export const schema = {
  kind: { type: 'string', doc: 'select, insert, update, delete, merge, copy_to, copy_from, cursor, create, utility, unparsed' },
  class: { type: 'string', doc: 'operational, analytical, mixed or unknown' },
  confidence: { type: 'number', doc: 'how sure the class is, 0 to 1' },
  reasons: { type: 'list', doc: 'why the class was given, in words, weightiest first' },
  status: { type: 'string', doc: 'parsed, partial or unparsed' },
  relations: { type: 'list', doc: 'every base relation read, through views too' },
  direct_relations: { type: 'list', doc: 'the relations that the text itself names' },
  internal_relations: { type: 'list', doc: 'those directly named that lie in an internal zone' },
  writes: { type: 'list', doc: 'the relations that it writes to' },
  internal_writes: { type: 'list', doc: 'those of them that lie in an internal zone of an operational store' },
  personal_literals: { type: 'list', doc: 'kinds of personal data or secrets that stand as literals in its text' },
  aggregates: { type: 'list', doc: 'the aggregate functions it calls, in any sub-query' },
  grouped: { type: 'bool', doc: 'has GROUP BY' },
  windowed: { type: 'bool', doc: 'has window functions' },
  distinct: { type: 'bool', doc: 'has SELECT DISTINCT' },
  limited: { type: 'bool', doc: 'the outermost query has LIMIT or FETCH FIRST' },
  limit: { type: 'number', doc: 'the literal row limit; unknown for a parameter' },
  keyed: { type: 'bool', doc: 'every relation it reads is reached by equality on a primary or unique key' },
  selective: { type: 'bool', doc: 'every relation it reads is reached by equality on the leading column of some index' },
  filtered: { type: 'bool', doc: 'has any condition' },
  selects_star: { type: 'bool', doc: 'an outermost * over a relation' },
  joins: { type: 'number', doc: 'how many relations are joined to another' },
  exports: { type: 'bool', doc: 'COPY … TO or a cursor: the rows leave the database' },
  time_column: { type: 'string', doc: 'the column that bounds it in time' },
  time_range_days: { type: 'number', unit: 'days', doc: 'the width of the time range, where literals tell it' },
  head: { type: 'string', doc: 'the first 120 characters, literals masked' },
} as const satisfies GroupSchema;

export type StatementFacts = FactsOf<typeof schema>;
