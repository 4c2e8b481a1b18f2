import type { FactsOf, GroupSchema } from './schema.js';

export const schema = {
  name: { type: 'string', doc: 'the database role' },
  purpose: { type: 'string', doc: 'application, reporting, loader, person, administration or unknown' },
  purpose_reason: { type: 'string', doc: 'configured, or why it was guessed' },
  owner: { type: 'string', doc: 'from the configuration' },
  superuser: { type: 'bool', doc: 'ALTER ROLE … SUPERUSER' },
  can_login: { type: 'bool', doc: 'may open a session' },
  bypasses_row_security: { type: 'bool', doc: 'BYPASSRLS or superuser' },
  statement_timeout_seconds: { type: 'number', unit: 'seconds', doc: 'in force for the role; 0 is none' },
  idle_in_transaction_timeout_seconds: { type: 'number', unit: 'seconds', doc: 'in force for the role; 0 is none' },
  lock_timeout_seconds: { type: 'number', unit: 'seconds', doc: 'in force for the role; 0 is none' },
  read_only: { type: 'bool', doc: 'default_transaction_read_only is on' },
  connection_limit: { type: 'number', doc: 'unknown for no limit' },
  has_connection_limit: { type: 'bool', doc: 'CONNECTION LIMIT is set' },
  may_write: { type: 'list', doc: 'internal relations that it may INSERT, UPDATE, DELETE or TRUNCATE, through memberships too' },
  reads_row_secured: { type: 'list', doc: 'relations with row security that it may read' },
  statements: { type: 'number', doc: 'statements of it in the statistics' },
  analytical_statements: { type: 'number', doc: 'how many of them are analytical' },
  operational_writes: { type: 'number', doc: 'how many of them write by key, as applications do' },
  block_share: { type: 'number', unit: 'share', doc: 'part of all blocks that the store touched' },
  seen: { type: 'bool', doc: 'has statements in the statistics' },
} as const satisfies GroupSchema;

export type RoleFacts = FactsOf<typeof schema>;
