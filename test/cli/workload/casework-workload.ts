import { WORKLOAD_CLASSES, type GroupWork, type Shares, type StoreWorkload, type Work, type WorkloadReport, type WorkloadStatement } from '../../../src/model/workload.js';

/** Per statement: calls, milliseconds a call, blocks a call, temp MiB a call, WAL bytes a call. */
function work(calls: number, ms: number, blocks: number, temp_mib: number, wal: number): Work {
  return { calls, rows: calls * 3, execution_ms: calls * ms, planning_ms: calls * 0.2, blocks: calls * blocks, blocks_read: Math.round(calls * blocks * 0.3), temp_bytes: calls * temp_mib * 2 ** 20, wal_bytes: calls * wal };
}

function sum(works: readonly Work[]): Work {
  const of = (value: (one: Work) => number): number => works.reduce((total, one) => total + value(one), 0);
  return {
    calls: of(({ calls }) => calls), rows: of(({ rows }) => rows), execution_ms: of(({ execution_ms }) => execution_ms), planning_ms: of(({ planning_ms }) => planning_ms ?? 0), blocks: of(({ blocks }) => blocks),
    blocks_read: of(({ blocks_read }) => blocks_read), temp_bytes: of(({ temp_bytes }) => temp_bytes), wal_bytes: of(({ wal_bytes }) => wal_bytes ?? 0),
  };
}

type Row = Omit<WorkloadStatement, 'share' | 'queryIds' | 'work'> & { work: Work };

const rows: Row[] = [
  {
    id: 'a1', class: 'analytical', confidence: 0.97, consumer: 'metabase card 118 Backlog by age', owner: 'Operations Analytics', roles: ['metabase_ro'], applications: ['Metabase v0.52'],
    evidence: ['aggregates app.case_file and app.transition without a key (count, max)', 'touches 134 MiB of blocks a call, a third of app.case_file', 'role metabase_ro sends no statement that writes'],
    relations: ['app.case_file', 'app.transition'],
    rhythm: { period_seconds: 300, from: 'starts', confidence: 0.9, words: 'every 5 min, 4 s after the full minute' },
    head: "SELECT age_bucket(opened_at), count(*), max(t.at) FROM app.case_file c JOIN app.transition t ON t.case_id = c.id WHERE stat…",
    work: work(23_328, 1_240, 17_101, 48, 0),
  },
  {
    id: 'b2', class: 'analytical', confidence: 0.88, consumer: 'grafana panel Live backlog / Licences by 事務所', owner: null, roles: ['grafana_ro'], applications: [],
    evidence: ['groups the rows of app.licence', 'computes windows over app.licence'], relations: ['app.licence'], rhythm: null,
    head: 'SELECT office, count(*) OVER (PARTITION BY office ORDER BY issued_on) FROM app.licence', work: work(116_640, 96, 910, 1, 0),
  },
  {
    id: 'c3', class: 'analytical', confidence: 0.93, consumer: 'role warehouse_loader', owner: 'Data Platform', roles: ['warehouse_loader'], applications: ['airbyte'],
    evidence: ['takes the rows of app.case_file out of the database'], relations: ['app.case_file'], rhythm: { period_seconds: 86_400, from: 'starts', confidence: 0.99, words: 'every day at 02:00 UTC' },
    head: 'COPY (SELECT * FROM app.case_file WHERE updated_at > $1) TO STDOUT', work: work(81, 184_000, 52_800, 0, 0),
  },
  {
    id: 'd4', class: 'mixed', confidence: 0.5, consumer: 'role case_app', owner: 'Case Management', roles: ['case_app'], applications: ['casework-web'],
    evidence: ['aggregates the rows behind one value of app.task.officer_id, and nothing tells how many those are', 'touches 2.4 MiB of blocks a call'], relations: ['app.task'], rhythm: null,
    head: 'SELECT count(*) FROM app.task WHERE officer_id = $1 AND done_at IS NULL', work: work(902_000, 4.1, 310, 0, 0),
  },
  {
    id: 'e5', class: 'operational', confidence: 0.95, consumer: 'role case_app', owner: 'Case Management', roles: ['case_app'], applications: ['casework-web'],
    evidence: ['reaches app.case_file by key'], relations: ['app.case_file'], rhythm: null, head: 'SELECT * FROM app.case_file WHERE id = $1', work: work(88_400_000, 0.04, 5, 0, 0),
  },
  {
    id: 'f6', class: 'operational', confidence: 0.95, consumer: 'role case_app', owner: 'Case Management', roles: ['case_app'], applications: ['casework-web', 'casework-batch'],
    evidence: ['writes the rows that the client sends'], relations: ['app.transition'], rhythm: null, head: 'INSERT INTO app.transition (case_id, status, at) VALUES ($1, $2, $3)', work: work(6_120_000, 0.21, 9, 0, 412),
  },
  {
    id: 'g7', class: 'unknown', confidence: 0, consumer: 'role analyst_ro', owner: null, roles: ['analyst_ro'], applications: [], evidence: ['its text is cut off'], relations: [], rhythm: null, head: 'WITH open_cases AS (SELECT c.id, c.status, c.opened_at, c.office, c.tribunal, c.officer_id, c.priority FROM app.case_fil…',
    work: work(14, 9_300, 61_000, 210, 0),
  },
];

const total = sum(rows.map(({ work: own }) => own));

function part(own: Work): Shares {
  return { time: own.execution_ms / total.execution_ms, blocks: own.blocks / total.blocks, temp: own.temp_bytes / total.temp_bytes, wal: (own.wal_bytes ?? 0) / (total.wal_bytes ?? 1) };
}

const statements: WorkloadStatement[] = rows.map((row, index) => ({ ...row, queryIds: [String(8_112_340_117_000 + index)], share: part(row.work) }));

function groups(namesOf: (row: Row) => readonly string[]): GroupWork[] {
  const names = [...new Set(rows.flatMap(namesOf))];
  return names.map((name) => group(name, rows.filter((row) => namesOf(row).includes(name))));
}

function group(name: string, own: readonly Row[]): GroupWork {
  const analytical = own.filter((row) => row.class === 'analytical');
  const [all, some] = [sum(own.map((row) => row.work)), sum(analytical.map((row) => row.work))];
  return { name, owner: own[0]?.owner ?? null, statements: own.length, analyticalStatements: analytical.length, work: all, share: part(all), analytical: some, analyticalShare: part(some) };
}

export const production: StoreWorkload = {
  store: 'production', role: 'operational', engine: 'postgres', since: '2026-09-01T08:00:00.000Z', until: '2026-11-21T08:00:00.000Z', window_seconds: 81 * 86_400,
  trust: { factor: 0.8, notes: ['14 entries were evicted: what they had counted is lost, so that the numbers are lower bounds', 'the texts of 3 statements are hidden: GRANT pg_read_all_stats TO tidemark_ro;'] },
  total,
  classes: WORKLOAD_CLASSES.map((name) => {
    const own = rows.filter((row) => row.class === name);
    const all = sum(own.map((row) => row.work));
    return { class: name, statements: own.length, work: all, share: part(all) };
  }),
  byConsumer: groups(({ consumer }) => [consumer]),
  byRole: groups(({ roles }) => roles),
  byRelation: groups(({ relations }) => relations).map((one) => ({ ...one, owner: null })),
  byDay: ['2026-11-19', '2026-11-20', '2026-11-21'].map((day, index) => ({ ...group(day, rows.slice(index)), owner: null, covered_seconds: index === 2 ? 28_800 : 86_400, complete: index !== 1, estimated: index === 0 })),
  changes: [
    {
      change: 'Move metabase card 118 Backlog by age to the warehouse', sql: null, consumer: 'metabase card 118 Backlog by age', owner: 'Operations Analytics', relations: ['app.case_file', 'app.transition'], statements: 1,
      frees: part(rows[0]?.work ?? total), confidence: 0.95,
    },
    {
      change: 'Load app.case_file for role warehouse_loader from a replica or by logical replication', sql: 'CREATE PUBLICATION casework FOR TABLE app.case_file;', consumer: 'role warehouse_loader', owner: 'Data Platform', relations: ['app.case_file'], statements: 1,
      frees: part(rows[2]?.work ?? total), confidence: 0.7,
    },
  ],
  statements,
};

const nothing = sum([]);
const unmeasured: Shares = { time: null, blocks: null, temp: null, wal: null };

export const warehouse: StoreWorkload = {
  store: 'warehouse', role: 'warehouse', engine: 'duckdb', since: null, until: null, window_seconds: null, trust: { factor: 1, notes: [] }, total: { ...nothing, planning_ms: null, wal_bytes: null },
  classes: [{ class: 'analytical', statements: 1, work: nothing, share: unmeasured }],
  byConsumer: [], byRole: [], byRelation: [], byDay: [], changes: [],
  statements: [{
    id: 'w1', queryIds: [], class: 'analytical', confidence: 0.86, evidence: ['groups the rows of analytics.case_fact'], consumer: 'reports/monthly.sql', owner: 'Finance', roles: [], applications: [], relations: ['analytics.case_fact'], rhythm: null,
    head: 'SELECT month, count(*) FROM analytics.case_fact GROUP BY month', work: null, share: unmeasured,
  }],
};

/** A regulator's case work over a quarter of a year. */
export const caseworkWorkload: WorkloadReport = {
  schemaVersion: 1,
  tool: { name: 'tidemark', version: '0.1.0' },
  takenAt: '2026-11-21T08:00:00.000Z',
  stores: [production, warehouse],
  gaps: [{ subject: 'replica', missing: 'everything', cause: 'connection refused at replica.internal:5432', remedy: 'check that the server runs and that this machine may reach it, then run again', severity: 'blind' }],
  assumptions: ['role metabase_ro on production is reporting: it sends statements of metabase cards'],
};
