import type { BacklogItem, WorkKind } from '../model/backlog.js';

/** What one unit of each kind of work takes, in hours, and what it is made of. Estimates of ours for who knows the system, shown with their parts so that they can be corrected. */
const UNIT: Record<WorkKind, { unit: string; many: string; first: [number, number]; next: [number, number] }> = {
  look: { unit: 'right or file to get', many: 'rights or files to get', first: [0.25, 1], next: [0.1, 0.5] },
  guardrail: { unit: 'statement to run', many: 'statements to run', first: [0.25, 1], next: [0.05, 0.1] },
  privacy: { unit: 'column or card to change', many: 'columns or cards to change', first: [1, 3], next: [0.5, 2] },
  contract: { unit: 'query to point at the view', many: 'queries to point at the view', first: [1, 3], next: [0.25, 0.75] },
  ownership: { unit: 'owner to agree on', many: 'owners to agree on', first: [0.25, 1], next: [0.1, 0.5] },
  metric: { unit: 'definition to settle', many: 'definitions to settle', first: [1, 4], next: [0.5, 2] },
  move: { unit: 'card to move', many: 'cards to move', first: [4, 12], next: [0.5, 1.5] },
  reconcile: { unit: 'pair or load to mend', many: 'pairs or loads to mend', first: [1, 4], next: [0.5, 2] },
  evidence: { unit: 'control to set up', many: 'controls to set up', first: [2, 8], next: [1, 4] },
};

/** The effort of so many units of a kind of work. */
export function effortOf(kind: WorkKind, units: number): BacklogItem['effort'] {
  const { unit, many, first, next } = UNIT[kind];
  const more = Math.max(0, units - 1);
  const hours_min = round(first[0] + more * next[0]);
  const hours_max = round(first[1] + more * next[1]);
  return { size: hours_max <= 4 ? 'S' : hours_max <= 16 ? 'M' : 'L', hours_min, hours_max, reason: `${units} ${units === 1 ? unit : many}` };
}

const round = (hours: number): number => Math.round(hours * 4) / 4;
