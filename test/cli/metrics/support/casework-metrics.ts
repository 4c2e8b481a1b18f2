import type { MetricsAnswer } from '../../../../src/cli/metrics/answer.js';
import type { MetricClaim, MetricGroup } from '../../../../src/model/metric-report.js';
import type { MetricComparison, RestsOn } from '../../../../src/model/metric-verdict.js';

export function claim(given: Partial<MetricClaim> & Pick<MetricClaim, 'title'>): MetricClaim {
  return {
    consumer: `metabase card ${given.title} on ${given.container ?? 'no dashboard'}`, owner: null, container: null, store: 'production', origin: null, declared: null, measure: 'count of rows', distinct: false, relations: ['app.case_file'],
    filters: [], scope: [], dimensions: [], grain: null, timeColumn: null, timeZone: null, clock: null, nullAs: null, limits: null, score: 1, evidence: ['title 1.00', 'measure 1.00', 'tables 1.00'],
    conforms: null, notes: [], value: null, ...given,
  };
}

export function comparison(given: Partial<MetricComparison> & Pick<MetricComparison, 'verdict'>): MetricComparison {
  return { kind: null, cosmetic: false, restsOn: [], underAsserted: [], witness: null, region: null, bound: null, by: 'replay', why: '', ...given };
}

export const CLOSED_CHECK: RestsOn = {
  kind: 'check', schema: 'app', relation: 'case_file', name: 'case_file_closed', columns: ['status', 'closed_at'],
  text: "CHECK ((status = 'CLOSED') = (closed_at IS NOT NULL)) on app.case_file", enforced: true,
};
export const STATUS_NOT_NULL: RestsOn = { kind: 'not_null', schema: 'app', relation: 'case_file', name: null, columns: ['status'], text: 'NOT NULL on app.case_file.status', enforced: true };
const STATUS_ACCEPTED: RestsOn = { kind: 'check', schema: 'app', relation: 'case_file', name: null, columns: ['status'], text: 'accepted_values of app.case_file.status (dbt)', enforced: false };

function counts(status: string, words: string, region: MetricComparison['region']): MetricComparison {
  return comparison({
    verdict: 'looser', kind: 'population', region,
    witness: {
      rows: { 'app.office': [{ id: 1, name: 'Riverside' }], 'app.case_file': [{ id: 7, office_id: 1, status, closed_at: null, opened_at: '2024-01-15 10:00:00+00' }] }, a: 1, b: 0, words,
      sql: `CREATE SCHEMA app;\nCREATE TABLE app.case_file (id bigint PRIMARY KEY, status text NOT NULL, closed_at timestamptz);\nINSERT INTO app.case_file (id, status) VALUES (7, '${status}');\nSELECT count(*) FROM app.case_file WHERE status <> 'CLOSED';\nSELECT count(*) FROM app.case_file WHERE status NOT IN ('CLOSED', 'CANCELLED', 'DUPLICATE');`,
    },
  });
}

const BOTH: MetricComparison['region'] = { onlyA: 'status in (CANCELLED, DUPLICATE)', onlyB: null };

/** The four definitions of open cases, of which two are one by a constraint. */
export const openCases: MetricGroup = {
  id: 'open cases @ production/app.case_file', name: 'Open cases', store: 'production', relation: 'app.case_file',
  members: [
    claim({ title: 'Open cases', container: 'Operations', owner: 'Case Management', filters: ["status <> 'CLOSED'"], conforms: 'canonical' }),
    claim({ title: 'Open cases', container: 'Regional offices', owner: 'Field Offices', filters: ["status <> 'CLOSED'"], scope: ["region = 'north'"], notes: ["scope: region = 'north'", 'by month of opened_at'], conforms: 'equal' }),
    claim({ title: 'Backlog weekly', container: 'Leadership', filters: ['closed_at IS NULL'], conforms: 'equal-under' }),
    claim({ title: 'Cases in progress', container: 'Regulator reporting', owner: 'Regulatory Affairs', score: 0.72, evidence: ['title 0.50', 'measure 1.00', 'tables 1.00'], filters: ["status IN ('OPEN', 'IN_REVIEW', 'ESCALATED')"], conforms: 'stricter' }),
    claim({ title: 'Open cases', consumer: 'dbt metric open_cases', owner: 'Data Platform', declared: { by: 'dbt', name: 'open_cases', version: 'v2', deprecated: null, missing: ['late policy'] }, filters: ["status NOT IN ('CLOSED', 'CANCELLED', 'DUPLICATE')"], conforms: 'stricter' }),
  ],
  definitions: [
    { members: [0, 1], sql: "SELECT count(*)\nFROM app.case_file\nWHERE status <> 'CLOSED'", words: "count of rows where status <> 'CLOSED'", unreadable: null },
    { members: [2], sql: 'SELECT count(*) FROM app.case_file WHERE closed_at IS NULL', words: 'count of rows where closed_at IS NULL', unreadable: null },
    { members: [3], sql: "SELECT count(*) FROM app.case_file WHERE status IN ('OPEN', 'IN_REVIEW', 'ESCALATED')", words: 'count of rows where status in (OPEN, IN_REVIEW, ESCALATED)', unreadable: null },
    { members: [4], sql: "SELECT count(*) FROM app.case_file WHERE status NOT IN ('CLOSED', 'CANCELLED', 'DUPLICATE')", words: 'count of rows where status not in (CLOSED, CANCELLED, DUPLICATE)', unreadable: null },
  ],
  pairs: [
    { first: 0, second: 1, comparison: comparison({ verdict: 'equal-under', by: 'proof', restsOn: [CLOSED_CHECK, STATUS_NOT_NULL] }) },
    { first: 0, second: 2, comparison: counts('DUPLICATE', 'a case_file with status DUPLICATE is counted by Open cases and not by Cases in progress', { onlyA: 'status not in (OPEN, IN_REVIEW, ESCALATED, CLOSED)', onlyB: null }) },
    { first: 0, second: 3, comparison: counts('DUPLICATE', 'a case_file with status DUPLICATE is counted by Open cases (Operations) and not by Open cases (dbt)', BOTH) },
    { first: 1, second: 2, comparison: counts('DUPLICATE', 'a case_file with status DUPLICATE is counted by Backlog weekly and not by Cases in progress', { onlyA: 'status not in (OPEN, IN_REVIEW, ESCALATED, CLOSED)', onlyB: null }) },
    { first: 1, second: 3, comparison: counts('CANCELLED', 'a case_file with status CANCELLED is counted by Backlog weekly and not by Open cases (dbt)', BOTH) },
    {
      first: 2, second: 3,
      comparison: {
        ...counts('PENDING', 'a case_file with status PENDING is counted by Open cases (dbt) and not by Cases in progress', { onlyA: null, onlyB: 'status is any other value' }), verdict: 'stricter', underAsserted: [STATUS_ACCEPTED], witness: { rows: { 'app.case_file': [{ id: 7, status: 'PENDING', closed_at: null }] }, a: 0, b: 1, words: 'a case_file with status PENDING is counted by Open cases (dbt) and not by Cases in progress', sql: 'SELECT 1;' },
      },
    },
  ],
  verdict: 'looser',
  canonical: { definition: 0, reason: 'most cards show it, and the rest of the group lies within it' },
  suggestion: { sql: "CREATE VIEW semantic.open_cases AS\nSELECT *\n  FROM app.case_file\n WHERE status <> 'CLOSED';", replaces: [0, 1] },
  semantic: ['semantic.case_facts'],
  nameClashes: [{ consumer: 'grafana panel Support desk', title: 'Open cases', store: 'warehouse', relations: ['raw.zendesk_ticket'] }],
  possibleSynonyms: [{ consumer: 'looker explore casework', title: 'Active files' }],
  dialectDifferences: [],
  partial: null,
};

const revenue: MetricGroup = {
  ...openCases,
  id: 'net revenue @ warehouse/mart.order_line', name: 'Net revenue', store: 'warehouse', relation: 'mart.order_line',
  members: [
    claim({ title: 'Net revenue', container: 'Board pack', owner: 'Finance', store: 'warehouse', relations: ['mart.order_line'], measure: 'sum of net_amount' }),
    claim({ title: 'Net revenue', container: 'Shop floor', owner: 'Shop Analytics', store: 'warehouse', relations: ['mart.order_line'], measure: 'sum of net_amount' }),
  ],
  definitions: [
    { members: [0], sql: 'SELECT sum(net_amount) FROM mart.order_line', words: 'sum of net_amount', unreadable: null },
    { members: [1], sql: 'SELECT coalesce(sum(net_amount), 0) FROM mart.order_line', words: 'sum of net_amount, 0 where there is none', unreadable: null },
  ],
  pairs: [{ first: 0, second: 1, comparison: comparison({ verdict: 'different', kind: 'empty', cosmetic: true, witness: { rows: {}, a: null, b: 0, words: 'where no order_line matches, Board pack shows NULL and Shop floor 0', sql: 'SELECT 1;' } }) }],
  verdict: 'different', canonical: null, suggestion: null, semantic: [], nameClashes: [], possibleSynonyms: [],
};

const overdue: MetricGroup = {
  ...openCases,
  id: 'overdue tasks @ production/app.task', name: 'Overdue tasks', relation: 'app.task',
  members: [claim({ title: 'Overdue tasks', container: 'Operations', owner: 'Case Management', relations: ['app.task'] }), claim({ title: 'Overdue tasks', container: 'Team board', relations: ['app.task'] }), claim({ title: 'Overdue tasks by unit', container: 'Leadership', relations: ['app.task'] })],
  definitions: [
    { members: [0], sql: 'SELECT count(*) FROM app.task WHERE due_at < now()', words: 'count of rows where due_at < now()', unreadable: null },
    { members: [1], sql: 'SELECT count(*) FROM app.task t JOIN app.sla_clock s ON s.task_id = t.id WHERE s.breached', words: 'count of rows of app.task joined with app.sla_clock where breached', unreadable: null },
    { members: [2], sql: 'SELECT unit_of(task) FROM app.task_tree', words: 'what the query shows', unreadable: 'it calls app.unit_of(), of which nothing is known' },
  ],
  pairs: [{ first: 0, second: 1, comparison: comparison({ verdict: 'undecided', by: 'search', bound: { worlds: 5000, rows_per_table_max: 4, answers: [37, 1] }, why: 'the second never left its empty answer, so that nothing was shown' }) }],
  verdict: 'undecided', canonical: null, suggestion: null, semantic: [], nameClashes: [], possibleSynonyms: [],
};

const licences: MetricGroup = {
  ...openCases,
  id: 'licences @ production/app.licence', name: 'Licences 許可', relation: 'app.licence',
  members: [claim({ title: 'Licences 許可', container: 'Public register', owner: 'Licensing', relations: ['app.licence'] }), claim({ title: 'Licences', container: 'Leadership', owner: 'Licensing', relations: ['app.licence'] })],
  definitions: [{ members: [0, 1], sql: 'SELECT count(*) FROM app.licence', words: 'count of rows', unreadable: null }],
  pairs: [], verdict: 'equal', canonical: { definition: 0, reason: 'all cards show it' }, suggestion: null, semantic: [], nameClashes: [], possibleSynonyms: [],
};

export const caseworkMetrics: MetricsAnswer = {
  schemaVersion: 1,
  tool: { name: 'tidemark', version: '1.0.0' },
  takenAt: '2026-11-22T13:30:00.000Z',
  stores: [{ name: 'production', role: 'operational', engine: 'postgres' }, { name: 'warehouse', role: 'warehouse', engine: 'duckdb' }],
  groups: [licences, revenue, overdue, openCases],
  coverage: {
    cards: 312, claims: 148, grouped: 12, alone: 136,
    notClaimed: [{ why: 'show no aggregate', count: 171 }, { why: 'could not be parsed', count: 3 }],
  },
  gaps: [{ subject: 'replica', missing: 'everything', cause: 'connection refused at replica.internal:5432', remedy: 'check that the server runs and that this machine may reach it, then run again', severity: 'blind' }],
  assumptions: ['app is taken for internal: it holds what the application writes'],
};
