import type { FactsOf, GroupSchema } from './schema.js';
import { pressureSchema } from './store-pressure.js';

export const schema = {
  name: { type: 'string', doc: 'its name in the configuration' },
  role: { type: 'string', doc: 'operational, replica, projection or warehouse' },
  engine: { type: 'string', doc: 'postgres, duckdb …' },
  in_recovery: { type: 'bool', doc: 'the server is a physical standby' },
  analytical_block_share: { type: 'number', unit: 'share', doc: 'part of all blocks touched by analytical statements' },
  analytical_time_share: { type: 'number', unit: 'share', doc: 'part of all execution time spent on analytical statements' },
  analytical_temp_share: { type: 'number', unit: 'share', doc: 'part of all temporary files written by analytical statements' },
  analytical_wal_share: { type: 'number', unit: 'share', doc: 'part of all write-ahead log that statements made, made by analytical ones' },
  analytical_statements: { type: 'number', doc: 'how many analytical statements the statistics hold' },
  analytical_block_share_min: { type: 'number', unit: 'share', doc: 'the same of blocks, where much could not be classified: the least that it is' },
  unread_block_share: { type: 'number', unit: 'share', doc: 'part of all blocks touched by statements that could not be classified' },
  window_days: { type: 'number', unit: 'days', doc: 'how long the statistics have counted' },
  statistics_trust: { type: 'number', doc: 'how far the statistics can be trusted, 0 to 1' },
  statistics_doubts: { type: 'list', doc: 'why not further, in words, weightiest first' },
  has_contracts: { type: 'bool', doc: 'some relation lies in a contract zone' },
  reporting_roles: { type: 'list', doc: 'logins of reports and persons' },
  kill_switch: { type: 'string', doc: 'the NOLOGIN group that holds them all and no application' },
  kill_switch_near: { type: 'string', doc: 'the group that comes nearest to one' },
  reporting_roles_outside: { type: 'list', doc: 'logins of reports and persons that are not in that group' },
  ...pressureSchema,
} as const satisfies GroupSchema;

export type StoreFacts = FactsOf<typeof schema>;
