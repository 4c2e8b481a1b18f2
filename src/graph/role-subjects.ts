import { blocksOf } from '../facts/cost.js';
import { extract as extractRole } from '../facts/role.js';
import type { Subject } from '../facts/subjects.js';
import type { Catalog, Role } from '../model/catalog.js';
import { overridesOf } from './role-overrides.js';
import { type SharedPool, sharedPools } from './shared-pool.js';
import { type SubjectInput, subject } from './subject.js';

const NO_POOL: SharedPool = { cards: [], mixed_applications: [], mixed_cards: [] };

/** One subject for each role of the catalogue that has to do with this database: roles belong to the whole server, and others work in other databases of it. */
export function roleSubjects({ boundary, facts }: SubjectInput): Subject[] {
  const { store, roles, activity, totals, zones } = boundary;
  const blocksByRole = new Map<string, number>();
  for (const { row } of boundary.readRows) if (row.toplevel) blocksByRole.set(row.role, (blocksByRole.get(row.role) ?? 0) + blocksOf(row));
  const pools = sharedPools(boundary);
  return store.catalog.roles.flatMap((role) => {
    const purpose = roles.get(role.name);
    const counts = activity.get(role.name);
    if (!purpose || !counts || (counts.statements === 0 && isElsewhere(role, store.catalog))) return [];
    const roleFacts = extractRole({
      role, purpose: purpose.purpose, purposeReason: purpose.reason, owner: purpose.owner, catalog: store.catalog, database: store.database,
      isInternal: (relation) => zones.get(relation)?.zone === 'internal',
      statements: counts.statements, analyticalStatements: counts.analytical, cardStatements: counts.cards, operationalWrites: counts.operationalWrites,
      blockShare: totals.blocks > 0 ? (blocksByRole.get(role.name) ?? 0) / totals.blocks : Number.NaN,
      clients: { ...overridesOf(role, boundary), ...(pools.get(role.name) ?? NO_POOL) },
    });
    return [subject('role', { role: roleFacts, store: facts }, { consumer: `role ${role.name}`, owner: purpose.owner, store: store.name, relation: '', locations: [] })];
  });
}

/** Whether a login holds no right here by its own name or a group's, and owns nothing. Where the catalogue tells of no right at all, nothing is said. */
function isElsewhere(role: Role, { roles, grants, relations }: Catalog): boolean {
  if (!role.canLogin || role.superuser || role.replication || role.bypassesRowSecurity || grants.length === 0) return false;
  const holders = new Set([role.name]);
  for (const holder of holders) for (const group of roles.find(({ name }) => name === holder)?.memberOf ?? []) holders.add(group);
  return !grants.some(({ grantee }) => holders.has(grantee)) && !relations.some(({ owner }) => owner !== null && holders.has(owner)) && ![...holders].some((name) => name.startsWith('pg_'));
}
