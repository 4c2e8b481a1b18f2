import type { Finding, Suppression } from '../../../src/model/finding.js';
import type { Report } from '../../../src/model/report.js';
import { caseworkReport } from '../../report/casework-report.js';

const baseline: Suppression = { kind: 'external', by: 'baseline', justification: 'OPS-231', owner: 'Operations Analytics', until: null, place: { file: '.tidemark/baseline.yaml', line: 5 } };
const waiver: Suppression = { kind: 'external', by: 'waiver', justification: 'until the mart has it', owner: null, until: '2026-04-30', place: { file: '.tidemark/waivers.yaml', line: 9 } };
const comment: Suppression = { kind: 'inSource', by: 'comment', justification: 'a one-off for the audit', owner: null, until: null, place: { file: 'reports/month_end.sql', line: 3 } };

function finding(parts: Partial<Finding>): Finding {
  const [first] = caseworkReport.findings;
  if (first === undefined) throw new Error('the report of casework has no finding');
  return { ...first, baselineState: 'new', ...parts };
}

/** A change of four files in the clone of casework: every line that the page of a check can have stands in it once. */
export const checked: Report = {
  ...caseworkReport,
  verdicts: [],
  workload: [],
  findings: [
    finding({ consumer: 'reports/late.sql Late cases', message: 'reports/late.sql Late cases reads app.case_file directly although integration.v_case_opened_v1 offers all that it uses', locations: [{ file: 'reports/late.sql', pointer: '', line: 14, column: 1 }] }),
    finding({ ruleId: 'select-star', level: 'warning', message: 'reports/late.sql Late cases selects every column of app.case_file', consumer: 'reports/late.sql Late cases', locations: [{ file: 'reports/late.sql', pointer: '', line: 20, column: 8 }], fix: 'Name the columns that the report shows.', why: 'A column that is added later is shown too, whatever it holds.' }),
    finding({ consumer: 'metabase card 118 Open cases', baselineState: 'unchanged' }),
    finding({ consumer: 'metabase card 119 Closed cases', baselineState: 'unchanged', suppressions: [baseline] }),
    finding({ consumer: 'metabase card 120 Cases by month', baselineState: 'unchanged', suppressions: [baseline] }),
    finding({ consumer: 'metabase card 121 Appeals', suppressions: [waiver] }),
    finding({ consumer: 'reports/month_end.sql Month end', suppressions: [comment] }),
  ],
  gaps: [{ subject: 'boards/floor.json', missing: 'the queries of this file', cause: 'it holds marks of a merge conflict', remedy: 'Resolve the conflict, and commit what both sides meant.', severity: 'partial' }],
  check: {
    bundle: { file: '.tidemark/bundle.tidemark', takenAt: caseworkReport.takenAt, age_days: 1 },
    since: { ref: 'origin/main', commit: '0123456789abcdef0123456789abcdef01234567' },
    files: [
      { path: 'reports/late.sql', from: null, change: 'added', judgedAs: 'queries', queries: 2, queriesBefore: 0 },
      { path: 'boards/floor.json', from: null, change: 'modified', judgedAs: 'queries', queries: 0, queriesBefore: 1 },
      { path: 'db/migrate/004_note.sql', from: null, change: 'added', judgedAs: 'migration', queries: 0, queriesBefore: 0 },
      { path: 'README.md', from: null, change: 'modified', judgedAs: 'nothing', queries: 0, queriesBefore: 0 },
    ],
    baseline: { file: '.tidemark/baseline.yaml', entries: 11 },
    waivers: { file: '.tidemark/waivers.yaml', entries: 2 },
    counts: { new: 2, unchanged: 1, suppressed: 4, fixed: 1 },
    fixed: [finding({ consumer: 'metabase card 102 Open cases by region', baselineState: 'absent' })],
    knownGaps: [{ subject: 'replica', missing: 'everything', cause: 'nothing listens at replica.example:5432', remedy: null, severity: 'blind' }],
    ratchet: ['dashboard-bypasses-contract rose from 2 to 3'],
    looked: { queries: 12, statements: 46, relations: 5 },
    notes: ['changed files with SQL that no source and no migration of the configuration covers were not judged: lib/report.py'],
  },
};
