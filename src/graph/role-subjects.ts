import { blocksOf } from '../facts/cost.js';
import { extract as extractRole } from '../facts/role.js';
import type { Subject } from '../facts/subjects.js';
import { overridesOf } from './role-overrides.js';
import { type SharedPool, sharedPools } from './shared-pool.js';
import { type SubjectInput, subject } from './subject.js';

const NO_POOL: SharedPool = { cards: [], mixed_applications: [], mixed_cards: [] };

/** One subject for each role of the catalogue. */
export function roleSubjects({ boundary, facts }: SubjectInput): Subject[] {
  const { store, roles, activity, totals, zones } = boundary;
  const blocksByRole = new Map<string, number>();
  for (const { row } of boundary.readRows) if (row.toplevel) blocksByRole.set(row.role, (blocksByRole.get(row.role) ?? 0) + blocksOf(row));
  const pools = sharedPools(boundary);
  return store.catalog.roles.flatMap((role) => {
    const purpose = roles.get(role.name);
    const counts = activity.get(role.name);
    if (!purpose || !counts) return [];
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
