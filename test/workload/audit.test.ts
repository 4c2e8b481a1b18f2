import { describe, expect, test } from 'vitest';
import { audit, auditWithJoin, joinOnly } from '../../src/audit.js';
import type { Report } from '../../src/model/report.js';
import type { Snapshot } from '../../src/model/snapshot.js';
import type { StatementWindow } from '../../src/model/statement.js';
import { render } from '../../src/report/json.js';
import { loadRules } from '../../src/rules/load.js';
import { between } from '../../src/workload/between.js';
import { workloadReport } from '../../src/workload/report.js';
import { configuration, store } from '../support/estate.js';
import { snapshotOf } from '../support/snapshot.js';
import { SQL, TAKEN_AT, caseworkCatalog, metabase, seen } from './estate.js';

const catalog = await caseworkCatalog();
const rules = await loadRules();
const config = configuration();

const WINDOW: StatementWindow = { since: '2026-02-02T09:00:00.000Z', until: TAKEN_AT, evictions: 0, entries: 2, entries_max: 5000, block_bytes: 8192 };

function look({ times = 1, window = {}, hours = 0 }: { times?: number; window?: Partial<StatementWindow>; hours?: number } = {}): Snapshot {
  const until = new Date(Date.parse(TAKEN_AT) + hours * 3_600_000).toISOString();
  const statements = [
    seen(SQL.byMonthSeen, 3_000_000 * times, { queryId: '104', calls: 100 * times }),
    seen(SQL.byKey, 1_000_000 * times, { queryId: '7', role: 'case_app', calls: 250_000 * times }),
  ];
  const production = store(catalog, { statements, statementWindow: { ...WINDOW, until, ...window } });
  const warehouse = store({ ...catalog, roles: [] }, { name: 'warehouse', role: 'warehouse', engine: 'duckdb', statements: [], statementWindow: null });
  return snapshotOf({ takenAt: until, stores: [production, warehouse], queries: [metabase(104, 'Case volume', SQL.byMonth, { container: null })], gaps: [] });
}

const reportOf = (snapshot: Snapshot): Promise<Report> => audit(snapshot, config, rules, '1.0.0');
const measured = ({ findings }: Report): (number | undefined)[] => ['analytical-on-operational'].map((id) => findings.find(({ ruleId }) => ruleId === id)?.confidence);

describe('the audit', () => {
  test('shows how the work of each store with statistics divides, and what would free most', async () => {
    const report = await reportOf(look());
    expect(report.workload?.map(({ store: name }) => name)).toEqual(['production']);
    const [production] = report.workload ?? [];
    expect(production).toMatchObject({ since: WINDOW.since, until: TAKEN_AT, trust: { factor: 1, notes: [] } });
    expect(production?.classes.map(({ class: name, share }) => `${name} ${share.blocks}`)).toEqual(['analytical 0.75', 'mixed 0', 'operational 0.25', 'unknown 0']);
    expect(production?.changes.map(({ change }) => change)).toEqual(['Move metabase card 104 Case volume to the warehouse']);
    expect(report.verdicts[0]?.sentence).toMatch(/^reporting is 75 % of block reads on production \(75 % of time\): 1 statement of 1 owner/);
    expect(JSON.parse(render(report))).toMatchObject({ workload: [{ store: 'production', trust: { factor: 1 } }] });
  });

  test('is less sure of what rests on statistics that cannot be trusted in full, and says so', async () => {
    const [sure] = measured(await reportOf(look()));
    const doubted = await reportOf(look({ window: { evictions: 400 } }));
    expect(measured(doubted)[0]).toBeCloseTo((sure ?? 0) * 0.6);
    expect(doubted.verdicts[0]?.sentence).toContain('with care, as the server gave up its rarest entries 400 times');
  });

  test('judges what ran between two snapshots, and the report of the workload holds it', async () => {
    const compared = between([look(), look({ times: 3, hours: 30 })]);
    const audited = await auditWithJoin(compared.snapshot, config, rules, '1.0.0', { intervals: compared.intervals });
    const report = workloadReport({ ...audited, between: compared, thresholds: config.thresholds });
    // The join alone, without a rule, tells the same.
    expect(workloadReport({ ...(await joinOnly(compared.snapshot, config, '1.0.0')), between: compared, thresholds: config.thresholds })).toEqual(report);
    expect(report.stores.map(({ store: name }) => name)).toEqual(['production', 'warehouse']);
    const [production] = report.stores;
    expect(production).toMatchObject({ since: TAKEN_AT, until: '2026-03-03T15:00:00.000Z', window_seconds: 108_000, total: { calls: 500_200, blocks: 8_000_000 } });
    expect(production?.byDay.map(({ name, covered_seconds }) => `${name} ${covered_seconds / 3600}`)).toEqual(['2026-03-02 15', '2026-03-03 15']);
    expect(audited.report.workload?.[0]?.trust).toEqual(production?.trust);
    expect(report).toMatchObject({ schemaVersion: 1, tool: { name: 'tidemark', version: '1.0.0' }, gaps: audited.report.gaps });
  });
});
