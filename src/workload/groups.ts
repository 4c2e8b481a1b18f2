import type { StoreBoundary } from '../graph/boundary.js';
import { noWork, partOfWork, sumOfWork } from '../graph/portions.js';
import type { GroupWork, Work } from '../model/workload.js';
import { relationParts } from './relations.js';
import { compareText, compareWork, sharesOf } from './shares.js';
import type { StatementWork } from './statements.js';

interface Member {
  statement: unknown;
  isAnalytical: boolean;
  work: Work;
}

/** By who sends it: the card, the code or, where no source explains it, the role. */
export function byConsumer(works: readonly StatementWork[], total: Work): GroupWork[] {
  return grouped(works.flatMap(({ access, portions, work }) => {
    const name = access?.consumer.name ?? `role ${portions[0]?.row.role ?? ''}`;
    const owner = access?.consumer.owner ?? '';
    return [{ name, owner: owner === '' ? null : owner, member: { statement: access ?? portions, isAnalytical: access?.statement.class === 'analytical', work: work ?? noWork(total) } }];
  }), total);
}

/** By the database role that ran it, whoever sent it. */
export function byRole(works: readonly StatementWork[], { roles }: StoreBoundary, total: Work): GroupWork[] {
  return grouped(works.flatMap(({ access, portions }) => portions.map((portion) => ({
    name: portion.row.role,
    owner: roles.get(portion.row.role)?.owner ?? null,
    member: { statement: access ?? portions, isAnalytical: portion.class === 'analytical', work: portion.work },
  }))), total);
}

/**
 * By relation. Of a statement that reads or writes several, each has the part of its work that it has of their sizes together:
 * the statistics do not tell which blocks were whose. All relations together have no more than the store did.
 */
export function byRelation(works: readonly StatementWork[], boundary: StoreBoundary, total: Work): GroupWork[] {
  return grouped(works.flatMap(({ access, work }) => {
    if (access === null || work === null) return [];
    return [...relationParts(access, boundary)].map(([name, part]) => ({
      name,
      owner: null,
      member: { statement: access, isAnalytical: access.statement.class === 'analytical', work: partOfWork(work, () => part) },
    }));
  }), total);
}

function grouped(members: readonly { name: string; owner: string | null; member: Member }[], total: Work): GroupWork[] {
  const groups = new Map<string, { owner: string | null; members: Member[] }>();
  for (const { name, owner, member } of members) {
    const group = groups.get(name) ?? { owner, members: [] };
    group.members.push(member);
    group.owner ??= owner;
    groups.set(name, group);
  }
  const found = [...groups].map(([name, { owner, members: own }]): GroupWork => ({ name, owner, ...divided(own, total, total) }));
  return found.sort((a, b) => compareWork(a.analytical, b.analytical) || compareWork(a.work, b.work) || compareText(a.name, b.name));
}

/**
 * @param total of which `share` is a part
 * @param analyticalOf of which `analyticalShare` is a part
 */
export function divided(members: readonly Member[], total: Work, analyticalOf: Work): Omit<GroupWork, 'name' | 'owner'> {
  const analytical = members.filter(({ isAnalytical }) => isAnalytical);
  const work = sumOfWork(members.map((member) => member.work), total);
  const reports = sumOfWork(analytical.map((member) => member.work), total);
  return {
    statements: new Set(members.map(({ statement }) => statement)).size,
    analyticalStatements: new Set(analytical.map(({ statement }) => statement)).size,
    work: inWhole(work),
    share: sharesOf(work, total),
    analytical: inWhole(reports),
    analyticalShare: sharesOf(reports, analyticalOf),
  };
}

/** Half a call was never made: what was divided is told in whole numbers. Milliseconds have parts. */
function inWhole(work: Work): Work {
  const { calls, rows, blocks, blocks_read, temp_bytes, wal_bytes } = work;
  return {
    ...work, calls: Math.round(calls), rows: Math.round(rows), blocks: Math.round(blocks), blocks_read: Math.round(blocks_read), temp_bytes: Math.round(temp_bytes),
    wal_bytes: wal_bytes === null ? null : Math.round(wal_bytes),
  };
}
