import type { FactsOf, GroupSchema } from './schema.js';

export const schema = {
  name: { type: 'string', doc: 'its name in the configuration' },
  role: { type: 'string', doc: 'operational, replica, projection or warehouse' },
  engine: { type: 'string', doc: 'postgres, duckdb …' },
  in_recovery: { type: 'bool', doc: 'the server is a physical standby' },
  analytical_block_share: { type: 'number', unit: 'share', doc: 'part of all blocks touched by analytical statements' },
  analytical_time_share: { type: 'number', unit: 'share', doc: 'part of all execution time spent on analytical statements' },
  analytical_statements: { type: 'number', doc: 'how many analytical statements the statistics hold' },
  has_contracts: { type: 'bool', doc: 'some relation lies in a contract zone' },
} as const satisfies GroupSchema;

export type StoreFacts = FactsOf<typeof schema>;
