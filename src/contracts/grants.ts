import type { StoreBoundary } from '../graph/boundary.js';
import { relationKey } from '../sql/schema-index.js';
import { sqlIdentifier, sqlQualified } from '../text/sql-name.js';
import type { Plan } from './plan.js';
import type { Reader } from './readers.js';

/** Roles that must be able to read the view, and whose they are. */
export interface ViewRoles {
  /** Sorted. */
  roles: string[];
  /** Consumers of which no role is known. */
  unknown: string[];
}

/** The roles that the statistics saw; for a query that they did not see, those that its tool signs in with. */
export function rolesOf({ needs }: Plan, boundary: StoreBoundary): ViewRoles {
  const byTool = new Map<string, Set<string>>();
  for (const { consumer, query, rows } of boundary.accesses) {
    if (query === null) continue;
    const known = byTool.get(consumer.tool) ?? new Set();
    for (const { role } of rows) known.add(role);
    byTool.set(consumer.tool, known);
  }
  const roles = new Set<string>();
  const unknown = new Set<string>();
  for (const { reader } of needs) {
    const own = reader.roles.length > 0 ? reader.roles : [...(byTool.get(reader.tool) ?? [])].filter((role) => !isInsider(role, boundary));
    for (const role of own) roles.add(role);
    if (own.length === 0) unknown.add(reader.consumer);
  }
  return { roles: [...roles].sort(), unknown: [...unknown].sort() };
}

/** What lets roles read the view; who may already, or may everything, needs nothing. */
export function grantsOf(plan: Plan, { roles }: ViewRoles, boundary: StoreBoundary): string[] {
  const { catalog } = boundary.store;
  const isGranted = (role: string): boolean => catalog.grants.some(({ grantee, schema, relation, privileges }) => grantee === role && schema === plan.schema && relation === plan.name && privileges.includes('SELECT'));
  const open = roles.filter((role) => !isGranted(role) && !isSuperuser(role, boundary));
  if (open.length === 0) return [];
  const names = open.map(sqlIdentifier).join(', ');
  return [`GRANT USAGE ON SCHEMA ${sqlIdentifier(plan.schema)} TO ${names}`, `GRANT SELECT ON ${sqlQualified(plan)} TO ${names}`];
}

/** What can be taken away once the consumers have moved, and what must wait or cannot be told. */
export interface Revokes {
  statements: string[];
  notes: string[];
}

/**
 * What outsiders no longer need on the relation.
 *
 * @param stays whether a reader still names the relation after the change
 */
export function revokesOf(plan: Plan, roles: readonly string[], boundary: StoreBoundary, stays: (reader: Reader['query'] | string) => boolean): Revokes {
  const key = relationKey(plan.relation);
  const statements: string[] = [];
  const notes: string[] = [];
  for (const role of roles) {
    if (isInsider(role, boundary)) continue;
    const waiting = boundary.accesses.filter(({ part, rows, consumer, query, text }) => (consumer.role === role || rows.some((row) => row.role === role)) && part?.resolution.direct.has(key) === true && stays(query ?? text));
    const granted = boundary.store.catalog.grants.filter(({ grantee, schema, relation, privileges }) => grantee === role && `${schema}.${relation}` === key && privileges.some(isSelect));
    const [first] = waiting;
    if (first !== undefined) notes.push(`${role} must keep its rights on ${key} until ${first.consumer.name}${waiting.length > 1 ? ` and ${waiting.length - 1} more` : ''} no longer names it`);
    else if (granted.length === 0) notes.push(isSuperuser(role, boundary) ? `${role} is a superuser, from whom ${key} cannot be kept: give these queries a role of their own` : `${role} reads ${key} by a right ${holderOf(role, key, boundary)}, which is to be taken away there`);
    else for (const privilege of granted.flatMap(({ privileges }) => privileges.filter(isSelect))) statements.push(`REVOKE ${withQuotedColumns(privilege)} ON ${sqlQualified(plan.relation)} FROM ${sqlIdentifier(role)}`);
  }
  return { statements, notes };
}

function isSuperuser(role: string, { store }: StoreBoundary): boolean {
  return store.catalog.roles.some(({ name, superuser }) => name === role && superuser);
}

/** Through whom a role may read a relation, in words. */
function holderOf(role: string, key: string, { store: { catalog } }: StoreBoundary): string {
  const groups = new Set([role]);
  for (const group of groups) for (const above of catalog.roles.find(({ name }) => name === group)?.memberOf ?? []) groups.add(above);
  const isHeld = (grantee: string): boolean => catalog.grants.some((grant) => grant.grantee === grantee && `${grant.schema}.${grant.relation}` === key && grant.privileges.some(isSelect));
  const holder = [...groups].find((group) => group !== role && (group === 'pg_read_all_data' || isHeld(group)));
  if (holder !== undefined) return `of ${holder}, to which it belongs`;
  return isHeld('public') ? 'of PUBLIC' : 'that the catalogue does not show';
}

function isSelect(privilege: string): boolean {
  return privilege === 'SELECT' || privilege.startsWith('SELECT (');
}

/** `SELECT (customer_id, segment)` with its columns as SQL names. */
function withQuotedColumns(privilege: string): string {
  const [, columns] = /^SELECT \((.*)\)$/.exec(privilege) ?? [];
  return columns === undefined ? 'SELECT' : `SELECT (${columns.split(', ').map(sqlIdentifier).join(', ')})`;
}

function isInsider(role: string, { roles }: StoreBoundary): boolean {
  const purpose = roles.get(role)?.purpose;
  return purpose === 'application' || purpose === 'administration';
}
