import type { PrivacyReport } from '../../model/personal-column.js';
import type { Gap } from '../../model/snapshot.js';
import { askedRecords, type AskedAnswer } from './ask/answer.js';

/** What `tidemark privacy` answers. docs/privacy.md is its contract. */
export interface PrivacyAnswer extends PrivacyReport {
  schemaVersion: 1;
  tool: { name: string; version: string };
  takenAt: string;
  stores: { name: string; role: string; engine: string }[];
  gaps: Gap[];
  assumptions: string[];
  /** What live stores were asked; absent where nothing was. Its gaps are among `gaps`. */
  asked?: Omit<AskedAnswer, 'gaps'>;
}

/** One object a line, each with its `type`. docs/privacy.md is their contract. */
export function recordsOf({ columns, disagreements, gaps, assumptions, asked, ...head }: PrivacyAnswer): object[] {
  return [
    { type: 'privacy', ...head },
    ...columns.map((column) => ({ type: 'column', ...column })),
    ...disagreements.map((disagreement) => ({ type: 'disagreement', ...disagreement })),
    ...(asked === undefined ? [] : askedRecords({ ...asked, gaps: [] })),
    ...gaps.map((gap) => ({ type: 'gap', ...gap })),
    ...assumptions.map((text) => ({ type: 'assumption', text })),
  ];
}
