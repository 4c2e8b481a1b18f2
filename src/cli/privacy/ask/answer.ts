import type { AskedCost } from '../../../evidence/asking.js';
import type { ErasedCheck } from '../../../evidence/erased/find.js';
import type { GroupSizes } from '../../../evidence/groups/count.js';
import type { ColumnValues } from '../../../evidence/sample/read.js';
import type { Gap } from '../../../model/snapshot.js';

/** What live stores answered, each part null where it was not asked for; `unknown` counts what could not be compared or counted. docs/privacy.md is its contract. */
export interface AskedAnswer {
  /** Shares only, never a value. Columns of which nothing speaks are counted in `columns`. */
  sampling: { rows: number; relations: number; columns: number; secrets: number; shares: ColumnValues[] } | null;
  erased: { checks: ErasedCheck[]; unknown: number } | null;
  smallGroups: { k: number; counted: GroupSizes[]; unknown: number } | null;
  gaps: Gap[];
  /** What asking cost each store. */
  costs: AskedCost[];
}

/** Persons whom production has erased are still there, or groups are so small that they speak of single persons. */
export function hasAskedFindings({ erased, smallGroups }: AskedAnswer): boolean {
  return (erased?.checks ?? []).some(({ copies }) => copies.some(isPresent)) || (smallGroups?.counted ?? []).some(({ small }) => small > 0);
}

export function isPresent({ absent, marked }: { absent: number; marked: number }): boolean {
  return absent + marked > 0;
}

/** One object a line, each with its `type`. Gaps are among those of the whole answer. */
export function askedRecords({ sampling, erased, smallGroups, costs }: AskedAnswer): object[] {
  return [
    ...(sampling === null ? [] : sampling.shares.map((shares) => ({ type: 'sampled', ...shares }))),
    ...(erased === null ? [] : erased.checks.flatMap(({ copies, ...check }) => copies.map((copy) => ({ type: 'erased', subjects: check, copy })))),
    ...(smallGroups === null ? [] : smallGroups.counted.map((counted) => ({ type: 'smallGroups', k: smallGroups.k, ...counted }))),
    ...costs.map((cost) => ({ type: 'cost', ...cost })),
  ];
}
