import type { FactsOf, GroupSchema } from './schema.js';

export const schema = {
  known: { type: 'bool', doc: 'whether the statement was found in the statistics of its store' },
  calls: { type: 'number', doc: 'calls in the window of the statistics' },
  total_ms: { type: 'number', unit: 'ms', doc: 'execution time, all calls' },
  mean_ms: { type: 'number', unit: 'ms', doc: 'execution time of a call' },
  blocks: { type: 'number', doc: 'shared blocks touched, from cache or disk, all calls' },
  blocks_per_call: { type: 'number', doc: 'shared blocks touched by a call' },
  bytes_per_call: { type: 'number', unit: 'bytes', doc: 'blocks a call in bytes' },
  rows_per_call: { type: 'number', doc: 'rows returned or written by a call' },
  temp_bytes: { type: 'number', unit: 'bytes', doc: 'temporary files written, all calls' },
  block_share: { type: 'number', unit: 'share', doc: 'part of all blocks that the store touched' },
  time_share: { type: 'number', unit: 'share', doc: 'part of all execution time of the store' },
} as const satisfies GroupSchema;

export type CostFacts = FactsOf<typeof schema>;
