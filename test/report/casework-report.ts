import type { Finding } from '../../src/model/finding.js';
import type { Report } from '../../src/model/report.js';
import type { Change, Shares, Work } from '../../src/model/workload.js';

const base = {
  confidence: 1,
  locations: [],
  owner: null,
  store: 'production',
} satisfies Partial<Finding>;

const bypass = {
  ...base,
  ruleId: 'dashboard-bypasses-contract',
  area: 'coupling',
  level: 'error',
  why: 'A card that names an internal table breaks with the next migration, and nobody who plans the migration knows of the card.',
  fix: 'Read the contract view that the evidence names; it offers all columns that the card uses.',
  clause: 'Dashboards read contracts, not tables.',
} satisfies Partial<Finding>;

function bypassing(card: number, title: string, owner: string | null, weight: number): Finding {
  const consumer = `metabase card ${card} ${title}`;
  return {
    ...bypass,
    message: `${consumer} reads app.case_file directly although integration.v_case_opened_v1 offers all that it uses`,
    consumer,
    owner,
    relation: 'app.case_file',
    evidence: ['uses id, status, opened_at', 'app.case_file is internal: configured by app.*'],
    locations: [{ file: 'dashboards/metabase/cards.json', pointer: `/${card}/dataset_query/native/query`, line: 1, column: 1 }],
    weight,
    partialFingerprints: { boundary: `bypass-${card}` },
  };
}

function ran(calls: number, execution_ms: number): Work {
  return { calls, rows: calls, execution_ms, planning_ms: null, blocks: calls * 40, blocks_read: calls * 4, temp_bytes: 0, wal_bytes: 0 };
}

function change(text: string, owner: string | null, frees: Shares): Change {
  return { change: text, sql: null, consumer: '', owner, relations: [], statements: 1, frees, confidence: 0.9 };
}

/** A regulator's case work: every kind of line that a report can have stands in it once. */
export const caseworkReport: Report = {
  schemaVersion: 1,
  tool: { name: 'tidemark', version: '0.1.0' },
  takenAt: '2026-03-02T08:15:41.120Z',
  verdicts: [
    {
      area: 'workload',
      outcome: 'violated',
      sentence: 'Reporting is 38 % of the blocks read on production: 17 analytical statements of 5 owners.',
      errors: 1,
      warnings: 0,
      notes: 0,
    },
    {
      area: 'drift',
      outcome: 'violated',
      sentence: '"Open cases" has 4 definitions on 6 dashboards; 2 of them count differently today.',
      errors: 0,
      warnings: 1,
      notes: 1,
    },
    {
      area: 'coupling',
      outcome: 'violated',
      sentence: '61 of 312 cards read 14 internal tables; 9 of these have no contract view.',
      errors: 7,
      warnings: 0,
      notes: 0,
    },
    { area: 'privacy', outcome: 'holds', sentence: 'No direct identifier reaches a dashboard unmasked.', errors: 0, warnings: 0, notes: 0 },
    {
      area: 'guardrail',
      outcome: 'undetermined',
      sentence: 'The settings of the roles on replica could not be read.',
      errors: 0,
      warnings: 0,
      notes: 0,
    },
  ],
  findings: [
    {
      ...base,
      ruleId: 'analytical-on-operational',
      area: 'workload',
      level: 'error',
      message: 'metabase card 118 Backlog by age aggregates app.case_file and app.transition on production without a key',
      consumer: 'metabase card 118 Backlog by age',
      owner: 'Operations Analytics',
      relation: 'app.case_file',
      evidence: [
        '22 % of all blocks read on production: 12,480 a call, 412 calls an hour',
        'groups by office and month, and orders by a window over the whole history',
        'no condition on a key or on the leading column of an index',
        'writes 1.2 GiB of temporary files',
        'the tool runs it every 30 s unasked',
      ],
      why: 'A statement that aggregates without a key reads whole tables. On the operational store it pushes the working set out of memory and holds vacuum back for as long as it runs; on the warehouse it is the normal case.',
      fix: 'Point the card at the replicated relation in the warehouse; until then give its role a statement_timeout.',
      clause: 'Analytical questions are answered by analytical stores.',
      locations: [
        { file: 'dashboards/metabase/cards.json', pointer: '/117/dataset_query/native/query', line: 1, column: 48210 },
        { file: 'dashboards/metabase/dashboards.json', pointer: '/3/dashcards/0', line: 1, column: 977 },
      ],
      confidence: 0.95,
      weight: 0.22,
      partialFingerprints: { boundary: 'a1' },
    },
    bypassing(77, 'Refund queue', 'Payments', 0.09),
    bypassing(12, 'Cases opened a day', 'Operations Analytics', 0.05),
    bypassing(13, 'Cases closed a day', 'Operations Analytics', 0.05),
    bypassing(40, 'Appeals by tribunal', null, 0.03),
    bypassing(41, 'Officer workload', null, 0.02),
    bypassing(58, 'Overdue tasks', 'Case Management', 0.01),
    bypassing(59, 'Licences by 事務所', 'Case Management', 0.01),
    {
      ...base,
      ruleId: 'metric-definitions-differ',
      area: 'drift',
      level: 'warning',
      message: '"Open cases" is counted in 4 ways: 2 exclude CANCELLED, 1 never counts a status that is added later',
      consumer: 'grafana panel Live backlog',
      relation: 'app.case_file',
      evidence: ["status <> 'CLOSED' against closed_at IS NULL: equal only while case_file_closed_check holds"],
      why: 'Two dashboards that show one name with two numbers cost the trust in both.',
      fix: 'Define the metric once, in the semantic layer, and let every dashboard read it.',
      clause: 'A metric has one definition.',
      confidence: 0.8,
      weight: 0.5,
      partialFingerprints: { boundary: 'd1' },
    },
    {
      ...base,
      ruleId: 'metric-undecided',
      area: 'drift',
      level: 'note',
      message: '"Median age" could not be compared: reports/ageing.sql uses a function that has no definition here',
      consumer: 'reports/ageing.sql',
      owner: 'Finance',
      relation: '',
      store: '',
      evidence: [],
      why: 'What was not compared is not known to agree.',
      fix: 'Give the definition of app.working_days, or compare the two by hand.',
      clause: 'Unknown is a state.',
      locations: [{ file: 'reports/ageing.sql', pointer: '', line: 12, column: 5 }],
      weight: 0,
      partialFingerprints: { boundary: 'd2' },
    },
  ],
  coverage: {
    statements: { total: 4802, parsed: 4771, partial: 20, unparsed: 11 },
    queries: { total: 312, parsed: 312, partial: 0, unparsed: 0, problems: 3 },
    relations: 214,
    views: { total: 14, agree: 13, differ: 1 },
    columns: { resolved: 12_110, total: 12_345 },
    attributedBlockShare: 0.91,
  },
  stores: [
    { name: 'production', engine: 'postgres', role: 'operational', version: '16.4', cost: { elapsed_ms: 38.4, queries: 14, received_bytes: 1_289_748 } },
    { name: 'warehouse', engine: 'duckdb', role: 'warehouse', version: '1.5.0', cost: { elapsed_ms: 5, queries: 6, received_bytes: 20_480 } },
  ],
  workload: [
    {
      store: 'production', since: '2026-01-05T08:15:41.120Z', until: '2026-03-02T08:15:41.120Z',
      trust: { factor: 0.8, notes: ['14 entries were evicted, so that the numbers are lower bounds', 'the texts of 212 statements are hidden'] },
      classes: [
        { class: 'analytical', statements: 17, work: ran(41_200, 3_100_000), share: { time: 0.41, blocks: 0.38, temp: 0.93, wal: 0.02 } },
        { class: 'mixed', statements: 9, work: ran(902_000, 480_000), share: { time: 0.07, blocks: 0.06, temp: 0.02, wal: 0.04 } },
        { class: 'operational', statements: 4_765, work: ran(88_400_000, 4_500_000), share: { time: 0.515, blocks: 0.557, temp: 0.05, wal: 0.94 } },
        { class: 'unknown', statements: 11, work: ran(14, 24_000), share: { time: 0.005, blocks: 0.003, temp: 0, wal: 0 } },
      ],
      changes: [
        change('Move metabase card 118 Backlog by age to the warehouse', 'Operations Analytics', { time: 0.24, blocks: 0.22, temp: 0.7, wal: 0 }),
        change('Load app.case_file for role warehouse_loader by logical replication', null, { time: 0.1, blocks: 0.09, temp: 0, wal: 0.02 }),
        change('Let metabase card 40 Appeals by tribunal and 3 others of Operations Analytics read integration.v_appeal_daily_v1 of the warehouse', 'Operations Analytics', { time: 0.05, blocks: 0.04, temp: 0.2, wal: 0 }),
      ],
    },
    { store: 'replica', since: null, until: null, trust: { factor: 1, notes: [] }, classes: [], changes: [] },
  ],
  gaps: [
    {
      subject: 'replica',
      missing: 'everything',
      cause: 'connection refused at replica.internal:5432',
      remedy: 'check that the server runs and that this machine may reach it, then run again',
      severity: 'blind',
    },
    {
      subject: 'production',
      missing: 'the texts of 212 statements of other roles',
      cause: 'the role tidemark_ro is not a member of pg_read_all_stats',
      remedy: 'GRANT pg_read_all_stats TO tidemark_ro;',
      severity: 'partial',
    },
    {
      subject: 'dashboards/metabase/collection-9.json',
      missing: 'its cards',
      cause: 'the JSON ends in the middle, at line 1, column 65536',
      remedy: null,
      severity: 'partial',
    },
  ],
  assumptions: [
    'role metabase_ro is taken for reporting: its name begins with metabase',
    'schema shop is taken for internal: the application role writes to it',
  ],
};
