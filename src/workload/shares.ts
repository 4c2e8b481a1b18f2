import type { Access } from '../graph/boundary.js';
import { type Portion, classOf, sumOfWork } from '../graph/portions.js';
import { shareOfWork } from '../graph/store-facts.js';
import type { ClassWork, Shares, Work, WorkloadClass } from '../model/workload.js';

/** A part of what the store did in the same time. */
export function sharesOf(part: Work, total: Work): Shares {
  return {
    time: shareOfWork(part, total, 'execution_ms'),
    blocks: shareOfWork(part, total, 'blocks'),
    temp: shareOfWork(part, total, 'temp_bytes'),
    wal: shareOfWork(part, total, 'wal_bytes'),
  };
}

export const NO_SHARES: Shares = { time: null, blocks: null, temp: null, wal: null };

/** All that the store did, which is what the server counted at top level. */
export function totalOf(portions: readonly Portion[]): Work {
  return sumOfWork(portions.map(({ work }) => work));
}

const CLASSES: readonly WorkloadClass[] = ['analytical', 'mixed', 'operational', 'unknown'];

/** Every class, the analytical one first; those that nothing belongs to as well. Statements without an entry count as statements. */
export function classesOf(works: readonly { access: Access | null; work: Work | null }[], total: Work): ClassWork[] {
  return CLASSES.map((name) => {
    const own = works.filter(({ access }) => classOf(access) === name);
    const work = sumOfWork(own.flatMap((one) => one.work ?? []), total);
    return { class: name, statements: own.length, work, share: sharesOf(work, total) };
  });
}

/** Heaviest first: by blocks, then by time. */
export function compareWork(a: Work | null, b: Work | null): number {
  return (b?.blocks ?? -1) - (a?.blocks ?? -1) || (b?.execution_ms ?? -1) - (a?.execution_ms ?? -1);
}

export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
