import type { Catalog, Role } from '../model/catalog.js';
import type { RolePurpose } from '../model/store.js';
import { roleSettings } from './role-settings.js';
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
  statement_timeout_origin: { type: 'string', doc: 'its value and where that comes from, in words' },
  statement_timeout_database: { type: 'string', doc: 'the database, where the role has a value of its own: only one set IN DATABASE outranks it for sure' },
  idle_in_transaction_timeout_seconds: { type: 'number', unit: 'seconds', doc: 'in force for the role; 0 is none' },
  idle_in_transaction_timeout_origin: { type: 'string', doc: 'its value and where that comes from, in words' },
  idle_in_transaction_timeout_database: { type: 'string', doc: 'the database, where the role has a value of its own: only one set IN DATABASE outranks it for sure' },
  idle_session_timeout_seconds: { type: 'number', unit: 'seconds', doc: 'in force for the role; 0 is none; unknown before version 14' },
  transaction_timeout_seconds: { type: 'number', unit: 'seconds', doc: 'in force for the role; 0 is none; unknown before version 17' },
  lock_timeout_seconds: { type: 'number', unit: 'seconds', doc: 'in force for the role; 0 is none' },
  lock_timeout_origin: { type: 'string', doc: 'its value and where that comes from, in words' },
  lock_timeout_database: { type: 'string', doc: 'the database, where the role has a value of its own: only one set IN DATABASE outranks it for sure' },
  read_only: { type: 'bool', doc: 'default_transaction_read_only is on' },
  read_only_origin: { type: 'string', doc: 'its value and where that comes from, in words' },
  read_only_database: { type: 'string', doc: 'the database, where the role has a value of its own: only one set IN DATABASE outranks it for sure' },
  temp_file_limit_bytes: { type: 'number', unit: 'bytes', doc: 'temporary files that one session may hold at once; -1 is no limit' },
  temp_file_limit_origin: { type: 'string', doc: 'its value and where that comes from, in words' },
  temp_file_limit_database: { type: 'string', doc: 'the database, where the role has a value of its own: only one set IN DATABASE outranks it for sure' },
  work_mem_bytes: { type: 'number', unit: 'bytes', doc: 'memory of one sort or hash table before it goes to disk' },
  work_mem_origin: { type: 'string', doc: 'its value and where that comes from, in words' },
  work_mem_database: { type: 'string', doc: 'the database, where the role has a value of its own: only one set IN DATABASE outranks it for sure' },
  parallel_workers: { type: 'number', doc: 'max_parallel_workers_per_gather: processes that one query may have besides its own' },
  parallel_workers_origin: { type: 'string', doc: 'its value and where that comes from, in words' },
  parallel_workers_database: { type: 'string', doc: 'the database, where the role has a value of its own: only one set IN DATABASE outranks it for sure' },
  query_node_memory_bytes: { type: 'number', unit: 'bytes', doc: 'what one hash table of a query may take: work_mem × hash_mem_multiplier × (1 + parallel workers)' },
  longest_statement_seconds: { type: 'number', unit: 'seconds', doc: 'the longest run of one statement that is known' },
  statement_timeout_overrides: { type: 'list', doc: 'what shows that its clients do not keep to its statement_timeout, in words' },
  statement_timeout_override_confidence: { type: 'number', doc: 'how sure that is, 0 to 1' },
  idle_timeout_overrides: { type: 'list', doc: 'what shows that its clients change its idle_in_transaction_session_timeout' },
  read_only_overrides: { type: 'list', doc: 'what shows that it writes although its transactions are read-only by default' },
  connection_limit: { type: 'number', doc: 'unknown for no limit' },
  has_connection_limit: { type: 'bool', doc: 'CONNECTION LIMIT is set' },
  may_write: { type: 'list', doc: 'internal relations that it may INSERT, UPDATE, DELETE or TRUNCATE, through memberships too' },
  reads_row_secured: { type: 'list', doc: 'relations with row security that it may read' },
  statements: { type: 'number', doc: 'statements of it in the statistics' },
  analytical_statements: { type: 'number', doc: 'how many of them are analytical' },
  card_statements: { type: 'number', doc: 'how many of the analytical ones a dashboard card explains' },
  operational_writes: { type: 'number', doc: 'how many of them write by key, as applications do' },
  cards: { type: 'list', doc: 'cards of which it runs an analytical statement' },
  mixed_applications: { type: 'list', doc: 'applications that were seen sending writes by key and analytical statements under it' },
  mixed_cards: { type: 'list', doc: 'the cards among what they send' },
  block_share: { type: 'number', unit: 'share', doc: 'part of all blocks that the store touched' },
  seen: { type: 'bool', doc: 'has statements in the statistics' },
} as const satisfies GroupSchema;

export type RoleFacts = FactsOf<typeof schema>;

export interface RoleInput {
  role: Role;
  purpose: RolePurpose;
  purposeReason: string;
  owner: string | null;
  catalog: Catalog;
  /** The database that was looked at. */
  database: string;
  /** Whether a relation is internal to the operational store. */
  isInternal: (relation: string) => boolean;
  statements: number;
  analyticalStatements: number;
  cardStatements: number;
  operationalWrites: number;
  blockShare: number;
  /** What was seen of its clients. */
  clients: ClientFacts;
}

export type ClientFacts = Pick<
  RoleFacts,
  | 'longest_statement_seconds' | 'statement_timeout_overrides' | 'statement_timeout_override_confidence' | 'idle_timeout_overrides'
  | 'read_only_overrides' | 'cards' | 'mixed_applications' | 'mixed_cards'
>;

const WRITES = new Set(['INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']);

export function extract(input: RoleInput): RoleFacts {
  const { role, catalog } = input;
  const granted = grantsOf(role, catalog);
  return {
    name: role.name,
    purpose: input.purpose,
    purpose_reason: input.purposeReason,
    owner: input.owner ?? '',
    superuser: role.superuser,
    can_login: role.canLogin,
    bypasses_row_security: role.superuser || role.bypassesRowSecurity,
    ...roleSettings(role, catalog, input.database),
    ...input.clients,
    connection_limit: role.connectionLimit ?? Number.NaN,
    has_connection_limit: role.connectionLimit !== null,
    may_write: granted.filter(({ privileges, relation }) => input.isInternal(relation) && privileges.some((privilege) => WRITES.has(kindOf(privilege)))).map(({ relation }) => relation),
    reads_row_secured: granted.filter(({ relation, privileges }) => privileges.some((privilege) => kindOf(privilege) === 'SELECT') && hasRowSecurity(relation, catalog)).map(({ relation }) => relation),
    statements: input.statements,
    analytical_statements: input.analyticalStatements,
    card_statements: input.cardStatements,
    operational_writes: input.operationalWrites,
    block_share: input.blockShare,
    seen: input.statements > 0,
  };
}

/** What a role holds on each relation: by name, through PUBLIC, and through the roles whose rights it inherits. */
export function grantsOf(role: Role, catalog: Catalog): { relation: string; privileges: string[] }[] {
  const roles = new Map(catalog.roles.map((candidate) => [candidate.name, candidate]));
  const names = new Set(['public', role.name]);
  const pending = role.inherits ? [...role.memberOf] : [];
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    if (names.has(name)) continue;
    names.add(name);
    pending.push(...(roles.get(name)?.memberOf ?? []));
  }
  const byRelation = new Map<string, Set<string>>();
  const add = (relation: string, privileges: readonly string[]): void => {
    byRelation.set(relation, new Set([...(byRelation.get(relation) ?? []), ...privileges]));
  };
  for (const grant of catalog.grants) if (names.has(grant.grantee)) add(`${grant.schema}.${grant.relation}`, grant.privileges);
  // Predefined roles hold their rights without any grant ("Predefined Roles", PostgreSQL 14 and later).
  const everywhere = [...(names.has('pg_read_all_data') ? ['SELECT'] : []), ...(names.has('pg_write_all_data') ? ['DELETE', 'INSERT', 'UPDATE'] : [])];
  for (const relation of catalog.relations) {
    if (everywhere.length > 0) add(`${relation.schema}.${relation.name}`, everywhere);
    const owns = relation.owner !== null && names.has(relation.owner);
    if (owns || role.superuser) add(`${relation.schema}.${relation.name}`, ['DELETE', 'INSERT', 'SELECT', 'TRUNCATE', 'UPDATE']);
  }
  return [...byRelation].map(([relation, privileges]) => ({ relation, privileges: [...privileges].sort() })).sort((a, b) => (a.relation < b.relation ? -1 : 1));
}

/** A grant on some columns stands as `UPDATE (status, priority)`. */
function kindOf(privilege: string): string {
  return privilege.replace(/ \(.*$/s, '');
}

function hasRowSecurity(relation: string, catalog: Catalog): boolean {
  return catalog.relations.some((candidate) => candidate.rowSecurity && `${candidate.schema}.${candidate.name}` === relation);
}
