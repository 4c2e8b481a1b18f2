import { describe, expect, test } from 'vitest';
import { hours } from '../../src/cli/plan/page.js';
import { planMarkdown } from '../../src/cli/plan/markdown.js';
import type { Finding } from '../../src/model/finding.js';
import type { Gap } from '../../src/model/snapshot.js';
import { effortOf } from '../../src/plan/effort.js';
import { backlog } from '../../src/plan/index.js';
import { emptyInput } from '../review/empty-input.js';

const base: Finding = {
  ruleId: 'dashboard-reads-internal', area: 'coupling', level: 'error', message: 'm', consumer: 'role app', owner: null, store: 'production', relation: 'app.t', evidence: [], why: 'w', fix: 'f', clause: 'c',
  locations: [], confidence: 1, weight: 1, partialFingerprints: { boundary: 'a' },
};
const { configuration } = emptyInput;
const planned = (findings: Finding[], gaps: Gap[] = []) => backlog({ report: { findings, gaps }, consumers: [], boundaries: [], configuration });

describe('work that findings ask for', () => {
  test.each<[Partial<Finding>, string, string | null]>([
    [{}, 'Give app.t a contract and point 1 consumer at it', 'tidemark fix contracts --relation app.t --store production'],
    [{ ruleId: 'warehouse-used-as-authority' }, 'Let role app decide by the operational store, not by the warehouse', null],
    [{ ruleId: 'read-model-used-as-mart' }, 'Point role app at a mart in place of the read model', null],
    [{ ruleId: 'role-without-lock-timeout', area: 'guardrail', relation: '' }, 'Bound app: 1 limit or right', 'tidemark fix guardrails --role app --store production'],
    [{ ruleId: 'suppression-expired', area: 'guardrail', consumer: '', relation: '', level: 'warning' }, 'Renew or remove 1 suppression', null],
    [{ ruleId: 'personal-data-shown', area: 'privacy', relation: 'app.t.email' }, 'Take personal data of app.t off 1 consumer', 'tidemark fix privacy --relation app.t --store production'],
    [{ ruleId: 'history-by-present-value', area: 'drift' }, 'Keep what app.t was for reports of the past', null],
    [{ ruleId: 'metric-definitions-differ', area: 'drift', consumer: '', relation: 'Open cases' }, 'Settle what "Open cases" means', "tidemark metrics show 'Open cases'"],
    [{ ruleId: 'restatement-incomplete', area: 'correctness', consumer: '', relation: '17' }, 'Complete the record of restatement 17', null],
    [{ ruleId: 'asset-without-accountable', area: 'ownership', consumer: '' }, 'Name who is accountable for 1 asset', null],
  ])('%j', (part, title, command) => {
    expect(planned([{ ...base, ...part }])).toMatchObject([{ title, command, findings: ['a'] }]);
  });

  test('is one piece for one thing, and notes alone make none', () => {
    const of = (boundary: string, part: Partial<Finding>): Finding => ({ ...base, ...part, partialFingerprints: { boundary } });
    const items = planned([of('a', {}), of('b', { consumer: 'role other', level: 'note' }), of('c', { relation: 'app.u', level: 'note' })]);
    expect(items.map(({ findings }) => findings)).toEqual([['a', 'b']]);
  });

  test('is none where somebody has accepted it, or where it is gone', () => {
    const accepted: Finding = { ...base, suppressions: [{ kind: 'external', by: 'waiver', justification: 'known', owner: null, until: null, place: { file: 'w.yaml', line: 1 } }] };
    expect(planned([accepted, { ...base, baselineState: 'absent' }])).toEqual([]);
  });

  test('begins with what could not be looked at', () => {
    const gap: Gap = { subject: 'production', missing: 'statistics', cause: 'permission denied', remedy: 'GRANT pg_monitor TO audit_ro;', severity: 'blind' };
    expect(planned([{ ...base, ruleId: 'secret-read', area: 'privacy' }], [gap]).map(({ kind }) => kind)).toEqual(['look', 'privacy']);
  });

  test('neither a name nor a message carries control characters to a terminal or a page', () => {
    const [item] = planned([{ ...base, relation: "app.\u001b[31mx'; rm", message: '<b>\u202e`' }]);
    expect(item?.command).toBe("tidemark fix contracts --relation 'app.x'\\''; rm' --store production");
    const { tool, takenAt, gaps, assumptions } = { tool: { name: 'tidemark' as const, version: '0' }, takenAt: '2026-11-23T00:00:00Z', gaps: [], assumptions: [] };
    const markdown = planMarkdown({ schemaVersion: 1, tool, takenAt, stores: [], items: item ? [item] : [], findings: { total: 1, planned: 1 }, gaps, assumptions });
    expect(markdown).not.toMatch(/<b>|\u001b|\u202e/);
  });
});

test('effort grows with the units, and is said in words', () => {
  expect(effortOf('guardrail', 1)).toEqual({ size: 'S', hours_min: 0.25, hours_max: 1, reason: '1 statement to run' });
  expect(effortOf('contract', 12)).toMatchObject({ size: 'M', reason: '12 queries to point at the view' });
  expect([hours(0.25, 1), hours(0.25, 0.5), hours(0.5, 1.5), hours(1, 3), hours(8, 40)]).toEqual(['15 minutes to 1 hour', '15 to 30 minutes', '30 minutes to 1.5 hours', '1 to 3 hours', '1 to 5 days']);
});
