import { expect, test } from 'vitest';
import { deduplicate } from '../../src/findings/deduplicate.js';
import type { Finding, Link } from '../../src/model/finding.js';
import type { Report } from '../../src/model/report.js';
import { loadReportFormat } from '../../src/report/index.js';

const comment: Link = { by: 'comment', confidence: 0.99, evidence: 'the comment of Redash names 12' };
const text: Link = { by: 'fingerprint', confidence: 0.9, evidence: 'the same text, its literals aside' };
const byRole: Link = { by: 'role', confidence: 0.8, evidence: 'run by role reporting, which serves reports' };

function finding(overrides: Partial<Finding> = {}): Finding {
  return {
    ruleId: 'analytical-on-operational', area: 'workload', level: 'error', message: 'redash query 12 Open cases runs an analytical statement on production',
    consumer: 'redash query 12 Open cases', owner: 'Ines Okafor', store: 'production', relation: 'app.case_file', evidence: ['12 calls'], why: 'It weighs.', fix: 'Move it.',
    clause: 'Part 066', locations: [], confidence: 0.95, weight: 0.2, partialFingerprints: { boundary: 'a1' }, ...overrides,
  };
}

async function rendered(format: string, findings: Finding[]): Promise<string> {
  const counts = { total: 1, parsed: 1, partial: 0, unparsed: 0 };
  const report: Report = {
    schemaVersion: 1, tool: { name: 'tidemark', version: '0.0.0' }, takenAt: '2026-09-01T08:00:00.000Z', verdicts: [], findings,
    coverage: { statements: counts, queries: { ...counts, problems: 0 }, relations: 1, views: { total: 0, agree: 0, differ: 0 }, columns: { resolved: 1, total: 1 }, attributedBlockShare: null },
    stores: [], gaps: [], assumptions: [],
  };
  return (await loadReportFormat(format)).render(report, { width_columns: 120, color: false, all: false, quiet: false });
}

test('findings of one fingerprint bring their links together, the strongest first, each once', () => {
  const [merged, ...more] = deduplicate([finding({ links: [text, byRole] }), finding({ weight: 0.1, links: [comment, text] })]);
  expect(merged?.links).toEqual([comment, text, byRole]);
  expect(more).toEqual([]);
  expect(deduplicate([finding(), finding({ weight: 0.1 })])[0]).not.toHaveProperty('links');
});

test('the text report says why the figures are those of the card, and how sure that is', async () => {
  expect(await rendered('text', [finding({ links: [comment, text, byRole] })])).toContain(
    '    - joined with the statistics, 99 % sure: the comment of Redash names 12; the same text, its literals aside; run by\n      role reporting, which serves reports\n',
  );
  expect(await rendered('text', [finding()])).not.toContain('joined with');
});

test('JSON and lines of JSON have the links as a field', async () => {
  for (const format of ['json', 'ndjson']) expect((await rendered(format, [finding({ links: [comment] })])).replace(/\s+/g, '')).toContain('"links":[{"by":"comment","confidence":0.99,"evidence":"thecommentofRedashnames12"}]');
});

test('hostile names within a link bring no control character to the terminal', async () => {
  const hostile: Link = { by: 'sample', confidence: 0.9, evidence: 'seen running as application \u001b[2JMetabase\u202e' };
  expect(await rendered('text', [finding({ links: [hostile] })])).not.toMatch(/[\u001b\u202e]/);
});
