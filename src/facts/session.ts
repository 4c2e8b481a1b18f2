import type { FactsOf, GroupSchema } from './schema.js';

/**
 * Sessions of one role and application, in one state and with one statement, as they were seen; or what else keeps vacuum
 * from cleaning up. A look at pg_stat_activity shows moments: what was not seen may have been.
 */
export const schema = {
  kind: { type: 'string', doc: 'session, replication slot, prepared transaction or standby' },
  name: { type: 'string', doc: 'how reports name it: "role metabase_ro", "replication slot warehouse_cdc"' },
  slot: { type: 'string', doc: 'the name of a replication slot; empty for other kinds' },
  prepared: { type: 'string', doc: 'the name of a prepared transaction; empty for other kinds' },
  role: { type: 'string', doc: 'the database role; empty for other kinds' },
  own_role: { type: 'string', doc: 'the same where only reports, loads or a person use it' },
  purpose: { type: 'string', doc: 'application, reporting, loader, person, administration or unknown' },
  sender: { type: 'string', doc: 'for people, who it is: the purpose of its role, or "as metabase" where a tool uses a role of others' },
  limit_in_force: { type: 'string', doc: 'the limit of its role that should have ended it: "statement_timeout of 30 s"; empty where there is none' },
  missing_limit: { type: 'string', doc: 'the limit that would have ended it, as SQL to be SET; empty where there is one, and for a role that serves others' },
  reports: { type: 'bool', doc: 'of reports, loads or a person: by the purpose of its role, the name of its tool, or the dashboard that it shows' },
  application: { type: 'string', doc: 'as the client names itself; empty where it does not' },
  state: { type: 'string', doc: 'active, idle in transaction, idle in transaction (aborted) or other' },
  idle: { type: 'bool', doc: 'idle in an open transaction' },
  card: { type: 'string', doc: 'the card or code whose statement it runs, or ran last' },
  statement: { type: 'string', doc: 'that statement: its first 120 characters, literals masked' },
  transaction_seconds: { type: 'number', unit: 'seconds', doc: 'the longest transaction that was seen' },
  statement_seconds: { type: 'number', unit: 'seconds', doc: 'the longest run of the present statement' },
  holds_snapshot: { type: 'bool', doc: 'its oldest snapshot keeps dead rows from being removed' },
  horizon_transactions: { type: 'number', doc: 'transactions begun since that snapshot, at most' },
  age_seconds: { type: 'number', unit: 'seconds', doc: 'how long a transaction or prepared transaction is open; the server does not tell it of slots and standbys' },
  oldest: { type: 'bool', doc: 'nothing that was seen holds vacuum back further' },
  older: { type: 'list', doc: 'what holds vacuum back further and is no session of reports, the furthest first' },
  dead_rows: { type: 'number', doc: 'dead rows in the tables of the store, as it estimates them' },
  dead_relations: { type: 'list', doc: 'the tables with most of them, with their numbers' },
  feedback: { type: 'bool', doc: 'on a standby: its primary waits for its snapshots (hot_standby_feedback)' },
  waits: { type: 'bool', doc: 'was seen waiting for a lock' },
  wait_seconds: { type: 'number', unit: 'seconds', doc: 'its longest wait for a lock' },
  blocks: { type: 'list', doc: 'who waited for what it held, straight or behind others' },
  blocks_application: { type: 'bool', doc: 'a role of purpose application was among them' },
  blocked_seconds: { type: 'number', unit: 'seconds', doc: 'the longest of these waits' },
  blocked_looks: { type: 'number', doc: 'in how many looks someone was seen waiting for it' },
  behind: { type: 'list', doc: 'who waited for it and was waited for in turn, such as a migration' },
  looks: { type: 'number', doc: 'in how many looks it was seen' },
  of_looks: { type: 'number', doc: 'how many looks there were' },
} as const satisfies GroupSchema;

export type SessionFacts = FactsOf<typeof schema>;
