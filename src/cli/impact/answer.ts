import type { ImpactReport } from '../../model/impact-report.js';
import type { Gap } from '../../model/snapshot.js';

/** What `tidemark impact` answers. docs/impact.md is its contract. */
export interface ImpactAnswer extends ImpactReport {
  schemaVersion: 1;
  tool: { name: string; version: string };
  takenAt: string;
  gaps: Gap[];
  assumptions: string[];
}

/** One object a line, each with its `type`. */
export function recordsOf({ changes, impacts, notify, expandContract, unknown, unread, gaps, assumptions, ...head }: ImpactAnswer): object[] {
  return [
    { type: 'impact-report', ...head },
    ...changes.map((change, place) => ({ type: 'change', number: place, ...change })),
    ...impacts.map((impact) => ({ type: 'impact', ...impact })),
    ...expandContract.map((plan) => ({ type: 'expand-contract', ...plan })),
    ...notify.map((one) => ({ type: 'notify', ...one })),
    ...unknown.map((one) => ({ type: 'unknown', ...one })),
    ...unread.map((text) => ({ type: 'unread', text })),
    ...gaps.map((gap) => ({ type: 'gap', ...gap })),
    ...assumptions.map((text) => ({ type: 'assumption', text })),
  ];
}
