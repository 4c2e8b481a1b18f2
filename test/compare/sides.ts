import type { Side } from '../../src/compare/side.js';
import type { Finding } from '../../src/model/finding.js';
import type { Report } from '../../src/model/report.js';
import type { Gap } from '../../src/model/snapshot.js';
import { caseworkReport } from '../report/casework-report.js';

/** A regulator's case work in March, as a report. */
export function reportSide(file: string, changes: Partial<Side['report']> = {}): Side {
  const report = { ...caseworkReport, gaps: [], ...changes };
  return { about: { file, kind: 'report', takenAt: report.takenAt, version: report.tool.version, since: report.check?.since?.commit ?? null }, report, snapshot: null };
}

/** The same as a bundle, with the cards that were counted in it. */
export function bundleSide(file: string, cards: { readers: number; ofInternal: number }, changes: Partial<Side['report']> = {}): Side {
  const side = reportSide(file, changes);
  const sources = [{ path: 'dashboards', files: 2, ignored: 0, queries: { metabase: 312 } }];
  return { ...side, about: { ...side.about, kind: 'bundle' }, snapshot: { queries: [], sources, consumers: new Set(), statementRules: new Set(), cards: new Map([['production', cards]]) } };
}

/** The findings of the report in March but for those of these rules. */
export function findingsWithout(...rules: string[]): Finding[] {
  return caseworkReport.findings.filter(({ ruleId }) => !rules.includes(ruleId));
}

/** A finding that nobody had in March. */
export const appeals: Finding = {
  ruleId: 'dashboard-reads-internal', area: 'coupling', level: 'error', message: 'metabase card 301 Appeals lodged reads app.appeal directly',
  consumer: 'metabase card 301 Appeals lodged', owner: 'Appeals', store: 'production', relation: 'app.appeal', evidence: [], why: '', fix: '', clause: '',
  locations: [{ file: 'dashboards/metabase/cards.json', pointer: '/300/dataset_query/native/query', line: 1, column: 9 }], confidence: 1, weight: 0.01,
  partialFingerprints: { boundary: 'appeals' },
};

export const noAnswer: Gap = { subject: 'production', missing: 'everything', cause: 'connection refused at db.internal:5432', remedy: null, severity: 'blind' };

/** March's work with analytical work at this part of block reads and time. */
export function workload(share: number, { since = '2026-03-02T08:00:00.000Z', until = '2026-06-01T08:00:00.000Z' } = {}): NonNullable<Report['workload']> {
  const [first] = caseworkReport.workload ?? [];
  if (first === undefined) throw new Error('no workload');
  return [{ ...first, since, until, classes: first.classes.map((one) => (one.class === 'analytical' ? { ...one, share: { ...one.share, blocks: share, time: share } } : one)) }];
}
