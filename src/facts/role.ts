import type { Catalog, Role } from '../model/catalog.js';
import type { RolePurpose } from '../model/store.js';
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
  card_statements: { type: 'number', doc: 'how many of the analytical ones a dashboard card explains' },
  operational_writes: { type: 'number', doc: 'how many of them write by key, as applications do' },
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
  /** Whether a relation is internal to the operational store. */
  isInternal: (relation: string) => boolean;
  statements: number;
  analyticalStatements: number;
  cardStatements: number;
  operationalWrites: number;
  blockShare: number;
}

const WRITES = new Set(['INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']);

export function extract(input: RoleInput): RoleFacts {
  const { role, catalog } = input;
  const setting = (name: string): string | undefined => role.settings[name] ?? catalog.settings[name];
  const granted = grantsOf(role, catalog);
  return {
    name: role.name,
    purpose: input.purpose,
    purpose_reason: input.purposeReason,
    owner: input.owner ?? '',
    superuser: role.superuser,
    can_login: role.canLogin,
    bypasses_row_security: role.superuser || role.bypassesRowSecurity,
    statement_timeout_seconds: durationSeconds(setting('statement_timeout')),
    idle_in_transaction_timeout_seconds: durationSeconds(setting('idle_in_transaction_session_timeout')),
    lock_timeout_seconds: durationSeconds(setting('lock_timeout')),
    read_only: setting('default_transaction_read_only') === 'on',
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
function grantsOf(role: Role, catalog: Catalog): { relation: string; privileges: string[] }[] {
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

const UNIT_SECONDS: Record<string, number> = { us: 1e-6, ms: 1e-3, s: 1, min: 60, h: 3600, d: 86_400 };

/**
 * A timeout setting in seconds: PostgreSQL takes a bare number for milliseconds ("Setting Parameters", numeric with unit).
 * Unknown (NaN) for a missing or unreadable setting.
 */
export function durationSeconds(setting: string | undefined): number {
  const match = /^\s*'?(-?\d+(?:\.\d+)?)\s*(us|ms|s|min|h|d)?'?\s*$/.exec(setting ?? '');
  if (!match) return Number.NaN;
  return Number(match[1]) * (UNIT_SECONDS[match[2] ?? 'ms'] ?? Number.NaN);
}
