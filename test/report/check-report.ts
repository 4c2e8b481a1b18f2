import type { Report } from '../../src/model/report.js';
import { caseworkReport } from './casework-report.js';

const [first, second, third, ...rest] = caseworkReport.findings;
if (first === undefined || second === undefined || third === undefined) throw new Error('the case work has too few findings');

const suppression = { kind: 'external', by: 'waiver', justification: 'OPS-231, moves with the casework contract', owner: 'Payments', until: '2027-01-31', place: { file: '.tidemark/waivers.yaml', line: 4 } } as const;

/** A check of the case work in which everything that a check can tell stands once. */
export const checkReport: Report = {
  ...caseworkReport,
  verdicts: [],
  findings: [
    { ...first, baselineState: 'new' },
    { ...second, baselineState: 'new', suppressions: [suppression] },
    { ...third, baselineState: 'unchanged' },
    ...rest.slice(-1).map((finding) => ({ ...finding, baselineState: 'new' as const })),
  ],
  gaps: caseworkReport.gaps.slice(2),
  check: {
    bundle: { file: 'nightly.tidemark', takenAt: caseworkReport.takenAt },
    since: { ref: 'origin/main', commit: '9e3779b97f4a7c15f39cc0605cedc8341082276b' },
    files: [{ path: 'dashboards/metabase/cards.json', from: null, change: 'modified', judgedAs: 'queries', queries: 118, queriesBefore: 117 }],
    baseline: null,
    waivers: { file: '.tidemark/waivers.yaml', entries: 1 },
    counts: { new: 2, unchanged: 1, suppressed: 1, fixed: 1 },
    fixed: rest.slice(0, 1).map((finding) => ({ ...finding, baselineState: 'absent' as const })),
    knownGaps: caseworkReport.gaps.slice(1, 2),
    ratchet: ['dashboard-bypasses-contract rose from 6 to 7'],
    looked: { queries: 40, statements: 12, relations: 9 },
    notes: ['reports/old.sql is covered by no source'],
  },
};
