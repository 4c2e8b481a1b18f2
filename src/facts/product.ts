import type { FactsOf, GroupSchema } from './schema.js';

/** A data product, by its watermark and its promise. */
export const schema = {
  name: { type: 'string', doc: 'as the configuration or the control table names it' },
  relation: { type: 'string', doc: 'schema.name of what consumers read; empty where it is not known' },
  table: { type: 'string', doc: 'schema.name of the table of watermarks; empty where the store has none' },
  listed: { type: 'bool', doc: 'the table of watermarks has a row of it' },
  declared: { type: 'bool', doc: 'the configuration or a data contract declares it' },
  own_watermark: { type: 'bool', doc: 'the configuration says where else its watermark is' },
  status: { type: 'string', doc: 'as the table says it' },
  says_healthy: { type: 'bool', doc: 'that says that all is well' },
  age_seconds: { type: 'number', unit: 'seconds', doc: 'how old the state of the source was that it showed when it was looked at' },
  load_age_seconds: { type: 'number', unit: 'seconds', doc: 'how long ago it was loaded' },
  behind_load_seconds: { type: 'number', unit: 'seconds', doc: 'how old the state of the source already was when the last load succeeded' },
  has_watermark: { type: 'bool', doc: 'the row tells how far the source is in' },
  has_loaded: { type: 'bool', doc: 'the row tells of a load that succeeded' },
  promised: { type: 'bool', doc: 'it promises how fresh it is' },
  promises_known: { type: 'bool', doc: 'every place that could promise it was read: without dbt and contract files besides the configuration' },
  target_seconds: { type: 'number', unit: 'seconds', doc: 'the freshness that is aimed at' },
  limit_seconds: { type: 'number', unit: 'seconds', doc: 'older than that it is degraded; where the promise does not say, older than what counts against its budget' },
  readers: { type: 'list', doc: 'cards, reports and files that read it by its name' },
  reader_count: { type: 'number', doc: 'how many' },
} as const satisfies GroupSchema;

export type ProductFacts = FactsOf<typeof schema>;
