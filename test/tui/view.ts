import type {
  CostView, EpochSeconds, EventView, FindingView, History, LiveView, ObjectiveView, KeyComparisonView, PeriodView, PipelineView, ProbeView, ProductView,
  ReconciliationView, State, StatementView, StreamView,
} from '../../src/model/live.js';
import type { PairReport } from '../../src/model/reconciliation.js';

/** 2026-11-21 14:47:23 UTC, a Saturday on which the loader of the warehouse is slow. */
export const NOW: EpochSeconds = Date.UTC(2026, 10, 21, 14, 47, 23) / 1000;

/** A history by formula: the value at a number of seconds before now, null where nothing was watched. */
export function history(value: (ago_seconds: number) => number | null, watched_seconds = 30 * 86_400): History {
  return {
    values: (from, to, buckets) =>
      Array.from({ length: buckets }, (_, index) => {
        const ago = NOW - (from + ((index + 0.5) * (to - from)) / buckets);
        return ago > watched_seconds || ago < -(to - from) / buckets ? null : value(Math.max(0, ago));
      }),
  };
}

/** The same history, of which the last seconds were not seen. */
function until(known: History, ago_seconds: number): History {
  return {
    values: (from, to, buckets) =>
      known.values(from, to, buckets).map((value, index) => (from + (index * (to - from)) / buckets > NOW - ago_seconds ? null : value)),
  };
}

/** A steady value with ripples that look measured. */
function around(value: number, ripple = 0.2): (ago_seconds: number) => number {
  return (ago) => Math.max(0, value * (1 + ripple * Math.sin(ago / 37) * Math.cos(ago / 11)));
}

/** Steady, then growing since `began` seconds ago up to `reached`. */
function growing(value: number, reached: number, began: number): (ago_seconds: number) => number {
  return (ago) => (ago > began ? around(value)(ago) : value + ((reached - value) * (began - ago)) / began);
}

const budget = { share_required: 0.99, window_seconds: 30 * 86_400, burn_6h: 0.8, ends_in_seconds: null, coverage: 0.998 };

const objectives: ObjectiveView[] = [
  {
    id: 'freshness/case_backlog_daily', kind: 'freshness', name: 'case_backlog_daily freshness', target: '≤ 60 s', now: '118 s', state: 'breach', detail: 'late',
    since: NOW - 261, history: history(growing(28, 118, 1500)), limit: 60, budget: { ...budget, share_met: 0.9902, left: 0.21, burn_1h: 14.2, ends_in_seconds: 32_400 },
    sentence: 'case_backlog_daily is 118 s old where 60 s are promised: the warehouse writes 76 s after it received; look at the loader of case_events',
    screen: 'cdc', subject: 'case_events',
  },
  {
    id: 'wal/shop_orders', kind: 'wal', name: 'slot shop_orders retained WAL', target: '≤ 4 GiB', now: '1.9 GiB', state: 'warning', detail: 'rising 22 MiB/min',
    since: NOW - 2_460, history: history((ago) => 1.9 - ago / 4_000), limit: 4, budget: null,
    sentence: 'slot shop_orders holds 1.9 GiB of WAL and is lost at 17:28 at the present rate; its consumer is connected and slow', screen: 'cdc', subject: 'shop_orders',
  },
  {
    id: 'reconciliation/ledger', kind: 'reconciliation', name: 'ledger reconciled', target: '= 0 rows', now: '3', state: 'warning', detail: '3 missing',
    since: NOW - 336, history: history((ago) => (ago > 336 ? 0 : 3)), limit: 1, budget: null,
    sentence: 'ledger lacks 3 rows of 2026-11-20 in the warehouse; they are below the watermark, so they are lost, not late', screen: 'reconciliation', subject: 'ledger',
  },
  {
    id: 'workload/production', kind: 'workload', name: 'new statements on production', target: '= 0', now: '1', state: 'warning', detail: 'new',
    since: NOW - 493, history: history((ago) => (ago > 493 ? 0 : 1)), limit: 1, budget: null,
    sentence: 'metabase card 118 began to aggregate app.case_file on production at 14:39', screen: 'statements', subject: 'metabase card 118 Cases by hour',
  },
  {
    id: 'pipeline/customer_snapshot', kind: 'pipeline', name: 'customer_snapshot runs', target: '= 0 failed', now: null, state: 'unknown', detail: 'no answer for 3 min',
    since: NOW - 180, history: history(() => null), limit: 1, budget: null,
    sentence: 'warehouse.duckdb is locked by its loader (process 4711): wait, or let the loader close it between its runs', screen: 'freshness', subject: 'customer_snapshot',
  },
  {
    id: 'freshness/order_funnel', kind: 'freshness', name: 'order_funnel freshness', target: '≤ 60 s', now: '41 s', state: 'ok', detail: '',
    since: NOW - 86_000, history: history(around(38, 0.5)), limit: 60, budget: { ...budget, share_met: 0.9981, left: 0.81, burn_1h: 0.6 },
    sentence: 'order_funnel is 41 s old', screen: 'freshness', subject: 'order_funnel',
  },
  {
    id: 'standby/replica_1', kind: 'standby', name: 'replay lag replica-1', target: '≤ 5 s', now: '0.3 s', state: 'ok', detail: '',
    since: NOW - 86_000, history: history(around(0.3, 0.8)), limit: 5, budget: null, sentence: 'replica-1 follows', screen: 'cdc', subject: 'replica-1',
  },
  {
    id: 'reconciliation/orders', kind: 'reconciliation', name: 'orders reconciled', target: '= 0 rows', now: '0', state: 'ok', detail: 'equal',
    since: NOW - 86_000, history: history(() => 0), limit: 1, budget: null, sentence: 'orders is equal on both sides', screen: 'reconciliation', subject: 'orders',
  },
  {
    id: 'transaction/production', kind: 'transaction', name: 'longest transaction', target: '≤ 5 min', now: '12 s', state: 'ok', detail: '',
    since: NOW - 50_000, history: history(around(10, 0.9)), limit: 300, budget: null, sentence: 'no transaction is open for long', screen: 'statements', subject: 'production',
  },
];

const stream = {
  store: 'production', kind: 'logical slot', plugin: 'pgoutput', diagnosis: 'flowing', invalidation_reason: null, active: true, inactive_since: null, xmin_age: null,
  catalog_xmin_age: 41_812, spill_bytes_per_second: 0, wal_bytes_per_second: 8_600_000, lost_at: null, limit_seconds: 60, wal_status: 'reserved', tables: [], hops: [],
} satisfies Partial<StreamView>;

const GIB = 2 ** 30;
const MIB = 2 ** 20;

const streams: StreamView[] = [
  {
    ...stream, name: 'old_search', state: 'breach', diagnosis: 'disconnected', status: 'disconnected', active: false, inactive_since: NOW - 32_400,
    cause: 'nobody has read slot old_search for 9 h and it holds 3.1 GiB of WAL; if nobody needs it, drop it: SELECT pg_drop_replication_slot(…)',
    lag: { value: 32_400, low: 32_398, high: 32_402, at_least: false }, retained_bytes: 3.1 * GIB, unconfirmed_bytes: 3.1 * GIB, safe_wal_bytes: 0.9 * GIB,
    wal_status: 'extended', restart_lsn: '2E/11E00000', confirmed_lsn: '2E/11F00000', transactions_per_second: 0, lost_at: NOW + 2_520, history: history((ago) => 32_400 - ago),
  },
  {
    ...stream, name: 'case_events', state: 'breach', diagnosis: 'stalled-load', status: 'stalled at load',
    cause: 'the warehouse writer is the slow stage of case_events: 75.8 of 79 s since 14:43; look at the loader in the warehouse',
    lag: { value: 79, low: 78.5, high: 79.5, at_least: false }, retained_bytes: 412 * MIB, unconfirmed_bytes: 96.4 * MIB, safe_wal_bytes: 3.6 * GIB,
    wal_status: 'extended', restart_lsn: '2F/8F000110', confirmed_lsn: '2F/9A01C8E0', transactions_per_second: 1_120, history: history(growing(6, 79, 600)),
    hops: [
      { from: 'commit', to: 'decoded', seconds: 0.5, reached_at: NOW - 0.5, slowest: false, evidence: 'LSN clock' },
      { from: 'decoded', to: 'received', seconds: 0.6, reached_at: NOW - 1.1, slowest: false, evidence: 'LSN clock' },
      { from: 'received', to: 'landed', seconds: 75.8, reached_at: NOW - 76.9, slowest: true, evidence: 'heartbeat row' },
      { from: 'landed', to: 'visible', seconds: 2.1, reached_at: NOW - 79, slowest: false, evidence: 'control table' },
    ],
    tables: [
      { relation: 'app.case_file', changes_per_second: 1_020, has_identity: true },
      { relation: 'app.case_transition', changes_per_second: 42, has_identity: true },
      { relation: 'app.case_note_attachment', changes_per_second: 0, has_identity: false },
    ],
  },
  {
    ...stream, name: 'shop_orders', state: 'warning', diagnosis: 'will-be-lost', status: 'will be lost',
    cause: 'slot shop_orders holds 1.9 GiB of WAL and is lost at 17:28 at the present rate; its consumer is connected and slow',
    lag: { value: 2.1, low: 1.6, high: 2.6, at_least: false }, retained_bytes: 1.9 * GIB, unconfirmed_bytes: 1.2 * MIB, safe_wal_bytes: 2.1 * GIB,
    restart_lsn: '2F/20000000', confirmed_lsn: '2F/A07713B8', transactions_per_second: 4_110, lost_at: NOW + 9_660, history: history(around(2, 0.6)),
    hops: [
      { from: 'commit', to: 'decoded', seconds: 0.4, reached_at: NOW - 0.4, slowest: false, evidence: 'LSN clock' },
      { from: 'decoded', to: 'received', seconds: 1.7, reached_at: NOW - 2.1, slowest: true, evidence: 'LSN clock' },
    ],
  },
  {
    ...stream, name: 'ledger_feed', state: 'unknown', diagnosis: 'unknown', status: 'unknown', cause: 'ledger_feed has not been looked at for 3 min: permission denied; GRANT pg_monitor TO tidemark_ro',
    lag: null, retained_bytes: null, unconfirmed_bytes: null, safe_wal_bytes: null, wal_status: null, restart_lsn: null, confirmed_lsn: null, transactions_per_second: null,
    wal_bytes_per_second: null, history: history(() => null),
  },
  {
    ...stream, name: 'replica-1', kind: 'standby', plugin: '', state: 'ok', status: 'flowing', cause: 'replica-1 follows within 0.3 s', lag: { value: 0.3, low: 0, high: 1, at_least: false },
    retained_bytes: 9 * 1024, unconfirmed_bytes: 9 * 1024, safe_wal_bytes: null, restart_lsn: null, confirmed_lsn: '2F/A0780010', transactions_per_second: 5_230, limit_seconds: 5,
    history: history(around(0.3, 0.8)),
  },
];

const product = {
  store: 'warehouse', watermark_from: 'control table', objective: { target_seconds: 60, within_seconds: 60, share: 0.99, window_seconds: 30 * 86_400, degraded_seconds: 300, failed_seconds: 3_600 },
  reported_status: 'HEALTHY', status_lies: false, load_without_progress: false, provisional_since: null, debt_seconds: 0, detail: '', readers: [], upstream: [],
  over: (_from, _to, buckets) => Array.from({ length: buckets }, () => 0),
} satisfies Partial<ProductView>;

const products: ProductView[] = [
  {
    ...product, name: 'case_backlog_daily', relation: 'analytics_semantic.case_backlog_daily', watermark_at: NOW - 118, loaded_at: NOW - 20, age_seconds: 118, debt_seconds: 117,
    state: 'breach', detail: 'late', status_lies: true,
    cause: 'case_backlog_daily is 118 s old where 60 s are promised: 79 s of stream and 38 s between runs of its model; the control table says HEALTHY all the same',
    age_p95_24h_seconds: 61, budget: { ...budget, share_met: 0.9902, left: 0.21, burn_1h: 14.2, ends_in_seconds: 32_400 }, history: history(growing(28, 118, 1_500)),
    over: (_from, _to, buckets) => Array.from({ length: buckets }, (_, index) => (index < buckets * 0.3 ? null : index < buckets * 0.94 ? 0 : index < buckets - 3 ? 0.4 : 1)),
    readers: [
      { consumer: 'metabase card 103 Backlog: open cases', owner: 'Operations Analytics', late: true },
      { consumer: 'grafana panel Operations floor / Open cases', owner: 'Operations Analytics', late: true },
      { consumer: 'metabase card 118 Cases by hour', owner: null, late: false },
    ],
    upstream: [{ name: 'production', text: 'last commit 14:47:22' }, { name: 'case_events', text: 'lag 79 s' }, { name: 'raw.case_opened', text: 'age 80 s' }],
    provisional_since: NOW - 86_400,
  },
  {
    ...product, name: 'revenue_daily', relation: 'analytics.revenue_daily', watermark_from: 'dbt source', watermark_at: NOW - 18_120, loaded_at: NOW - 300, age_seconds: 18_120,
    objective: { ...product.objective, target_seconds: 21_600, within_seconds: 21_600 }, state: 'warning', detail: 'near its limit', load_without_progress: true,
    cause: 'revenue_daily is 5 h old of 6 h allowed: loads succeed, and its source watermark has stood still since 09:45', age_p95_24h_seconds: 20_400,
    budget: { ...budget, share_met: 0.9964, left: 0.64, burn_1h: 0.9 }, history: history((ago) => 18_120 - ago),
  },
  {
    ...product, name: 'customer_orders', relation: 'analytics.mart_customer_orders', watermark_from: 'max(source_loaded_at)', watermark_at: null, loaded_at: null, age_seconds: null, debt_seconds: null,
    objective: { ...product.objective, target_seconds: 3_600, within_seconds: 3_600, share: 0.95 }, state: 'unknown', detail: 'no rows', cause: 'analytics.mart_customer_orders has no row with a source_loaded_at: the loader has not filled it yet',
    age_p95_24h_seconds: null, budget: { ...budget, share_required: 0.95, share_met: null, left: null, burn_1h: null, burn_6h: null, coverage: 0 }, history: history(() => null), reported_status: null,
  },
  {
    ...product, name: 'order_funnel', relation: 'analytics.fact_order', watermark_at: NOW - 41, loaded_at: NOW - 12, age_seconds: 41, state: 'ok', cause: 'order_funnel is 41 s old',
    age_p95_24h_seconds: 48, budget: { ...budget, share_met: 0.9981, left: 0.81, burn_1h: 0.6 }, history: history(around(38, 0.5)),
    readers: [{ consumer: 'metabase card 77 Refund queue', owner: 'Finance Reporting', late: false }],
  },
  {
    ...product, name: 'case_monthly_volume', relation: 'analytics_semantic.case_monthly_volume', watermark_at: NOW - 1_320, loaded_at: NOW - 1_300, age_seconds: 1_320, objective: null, state: 'ok',
    cause: 'case_monthly_volume is 22 min old and promises nothing', age_p95_24h_seconds: 2_460, budget: null, history: history(around(1_300, 0.3)),
  },
];

const pipelines: PipelineView[] = [
  {
    name: 'customer_snapshot', store: 'warehouse', state: 'unknown', detail: 'no answer for 3 min', cause: 'warehouse.duckdb is locked by its loader (process 4711): wait, or let the loader close it between its runs',
    last_started_at: NOW - 3_700, last_status: 'SUCCEEDED', duration_seconds: 62, duration_median_seconds: 58, rows_read: 310_552, rows_rejected: 0, unknown_dimension_rows: 12, failed_runs_24h: 1,
    history: history(around(60, 0.2)),
  },
];

function days(count: number, change: (index: number) => Partial<PeriodView>): PeriodView[] {
  return Array.from({ length: count }, (_, index) => ({
    period: new Date((NOW - index * 86_400) * 1000).toISOString().slice(0, 10), source_rows: 88_000 - index * 137, target_rows: 88_000 - index * 137,
    sums: [{ column: 'amount_minor', equal: true, gap_ratio: 0 }], state: 'equal' as const, since: null, ...change(index),
  }));
}

const pair = { method: 'counts and sums', as_of: NOW - 118, missing_rows: 0, extra_rows: 0, late_rows: 0, took_ms: 1_900, detail: 'equal', passes: Array.from({ length: 24 }, () => 'ok' as const) };

/** Of the hourly pass over the ledger's keys. */
const ledgerReport: PairReport = {
  name: 'ledger', state: 'differs',
  source: { store: 'production', engine: 'postgres', role: 'operational', relation: 'shop.ledger_entry', read_from: 'replica', rows: 4_118_220, cost: { elapsed_ms: 41_300, queries: 412, received_bytes: 118_000 }, scanned_bytes: null },
  target: { store: 'warehouse', engine: 'clickhouse', role: 'warehouse', relation: 'analytics.fact_ledger', read_from: null, rows: 4_118_217, cost: { elapsed_ms: 2_100, queries: 9, received_bytes: 88_000 }, scanned_bytes: 812_000_000 },
  key: ['entry_id'],
  columns: [{ source: 'amount_minor', target: 'amount_minor', form: 'integer' }, { source: 'booked_at', target: 'booked_at', form: 'timestamp to the millisecond' }, { source: 'rate', target: 'fx_rate', form: 'numeric with 4 decimals' }],
  left_out: [{ column: 'memo', because: 'json has another form in ClickHouse' }],
  watermark: { from: 'column', kind: 'lsn', at: NOW - 95, position: '2F/9A01C8E0' }, as_of: NOW - 95,
  periods: [], buckets: { compared: 1_024, differing: 4 },
  counts: [{ kind: 'missing', standing: 'confirmed', keys: 3 }, { kind: 'changed', standing: 'confirmed', keys: 1 }, { kind: 'changed', standing: 'candidate', keys: 1 }, { kind: 'missing', standing: 'late', keys: 204 }],
  differences: (
    [['missing', 'confirmed', '5f1c0a9b72'], ['missing', 'confirmed', 'a01d77e2c4'], ['missing', 'confirmed', 'c9b0e4410f'], ['changed', 'confirmed', '1be7290d5a'], ['changed', 'candidate', '77aa01f3c2']] as const
  ).map(([kind, standing, digest]) => ({
    kind, standing, key: null, key_digest: `${digest}e4410fc9b0e4410f`, columns: kind === 'changed' ? ['amount_minor', 'rate'] : [], source_rows: 1, target_rows: kind === 'missing' ? 0 : 1, other_key: null,
    period: '2026-11-20', since: standing === 'confirmed' ? NOW - 4_020 : NOW - 95, confirmed_at: standing === 'confirmed' ? NOW - 3_600 : null, confirmed_by: standing === 'confirmed' ? 'watermark' as const : null,
  })),
  unlisted: 204, notes: ['204 rows of production were changed after 2F/9A01C8E0, which is as far as the warehouse has come: they are on their way'],
  next_step: 'tidemark fix reload ledger prints the statements that repair it.', began_at: NOW - 700, took_ms: 418_000, resumed: false,
};

const ledgerKeys: KeyComparisonView = {
  every_seconds: 3_600, report: ledgerReport, read_at: NOW - 282, next_at: NOW + 3_318, running: null, waits_because: null,
  passes: [
    { at: NOW - 282, state: 'differs', rows: 4_118_220, confirmed: 4, candidates: 1, late: 204, took_ms: 418_000, note: ledgerReport.notes[0] ?? null },
    { at: NOW - 3_900, state: 'unconfirmed', rows: 4_117_018, confirmed: 0, candidates: 4, late: 188, took_ms: 402_000, note: '4 differences are not confirmed: the warehouse has come to 2F/99000000' },
    { at: NOW - 7_480, state: 'undetermined', rows: null, confirmed: 0, candidates: 0, late: 0, took_ms: 31_000, note: 'warehouse gave no answer in time' },
    { at: NOW - 90_000, state: 'equal', rows: 4_090_144, confirmed: 0, candidates: 0, late: 12, took_ms: 399_000, note: null },
  ],
};

const paymentKeys: KeyComparisonView = {
  every_seconds: 21_600, report: null, read_at: null, next_at: null, waits_because: null, passes: [],
  running: { step: 'reading the source', share: 0.34, rows: 1_204_518, rows_expected: 3_541_000, left_seconds: 734, paused_because: 'production has 9 sessions at work', began_at: NOW - 402 },
};

const reconciliations: ReconciliationView[] = [
  {
    ...pair, name: 'ledger', source: 'production shop.ledger_entry', target: 'warehouse analytics.fact_ledger', source_rows: 4_118_220, target_rows: 4_118_217, missing_rows: 3, late_rows: 204, took_ms: 8_100,
    state: 'warning', detail: '3 missing', cause: 'the warehouse lacks 3 ledger entries of 2026-11-20, confirmed twice below the watermark: they are lost, not late; load that day again',
    passes: [...Array.from({ length: 23 }, () => 'ok' as const), 'warning' as const],
    periods: days(14, (index) => {
      if (index === 0) return { state: 'late', target_rows: 87_796, sums: [{ column: 'amount_minor', equal: false, gap_ratio: -0.0023 }] };
      if (index === 1) return { state: 'confirmed', target_rows: 87_860, sums: [{ column: 'amount_minor', equal: false, gap_ratio: -0.00003 }], since: NOW - 336 };
      if (index === 2) return { state: 'candidate', target_rows: 87_727, since: NOW - 60 };
      return index === 9 ? { state: 'unread', source_rows: null, target_rows: null, sums: [] } : {};
    }),
    keys: ledgerKeys,
  },
  { ...pair, name: 'orders', source: 'production shop.orders', target: 'warehouse analytics.fact_order', source_rows: 1_204_518, target_rows: 1_204_518, took_ms: 3_400, state: 'ok', cause: 'orders is equal on both sides up to 14:45:25', periods: days(14, () => ({})) },
  {
    ...pair, name: 'case transitions', source: 'production app.case_transition', target: 'warehouse analytics.fact_case_transition', as_of: null, source_rows: null, target_rows: null, took_ms: null,
    state: 'unknown', detail: 'not read yet', cause: 'case transitions has not been read yet: production is busy, and reading waits until it is not', periods: [], passes: [],
  },
  {
    ...pair, name: 'payments', source: 'production shop.card_payment', target: 'warehouse analytics.card_payment', method: 'keys every 6 h', as_of: null, source_rows: null, target_rows: null, took_ms: null,
    state: 'unknown', detail: 'first pass', cause: 'payments: its keys were not compared yet, a pass is under way (34 %)', periods: [], passes: [], keys: paymentKeys,
  },
];

const CARD_118 = `SELECT date_trunc('hour', c.opened_at) AS opened_hour,
       count(*) FILTER (WHERE c.status <> $1) AS open_cases
  FROM app.case_file c
  JOIN app.case_transition t ON t.case_id = c.case_id
 WHERE c.opened_at > now() - interval $2
 GROUP BY date_trunc('hour', c.opened_at)
 ORDER BY 1 DESC`;

function statement(origin: string, change: Partial<StatementView>): StatementView {
  return {
    store: 'production', role: 'case_app', query_id: null, origin, owner: null, class: 'operational', calls_per_second: 1, mean_ms: 1, cost_ms_per_second: 1, share: 0.01, is_new: false,
    first_seen_at: NOW - 90_000, text: 'SELECT status FROM app.case_file WHERE case_id = $1', history: history(around(4, 0.3)), finding: null, ...change,
  };
}

const statements: StatementView[] = [
  statement('metabase card 118 Cases by hour', {
    role: 'metabase_ro', query_id: '-7046029254386353131', class: 'analytical', calls_per_second: 412, mean_ms: 31, cost_ms_per_second: 12_772, share: 0.61, is_new: true, first_seen_at: NOW - 493,
    text: CARD_118, finding: { rule: 'analytical-on-operational', level: 'error' }, history: history((ago) => (ago > 493 ? null : 12)),
  }),
  statement('grafana panel Operations floor / Open cases', { role: 'grafana_ro', query_id: '4340410370284600380', class: 'analytical', owner: 'Operations Analytics', calls_per_second: 2.1, mean_ms: 480, cost_ms_per_second: 1_008, share: 0.05, finding: { rule: 'dashboard-bypasses-contract', level: 'error' }, text: 'SELECT count(*) FROM app.case_file WHERE status <> $1' }),
  statement('api: checkout', { role: 'shop_app', query_id: '2643740118213', calls_per_second: 1_940, mean_ms: 0.42, cost_ms_per_second: 815, share: 0.04, text: 'INSERT INTO shop.orders (order_number, customer_id, total_minor) VALUES ($1, $2, $3)' }),
  statement('metabase card 77 Refund queue', { role: 'metabase_ro', query_id: '8712345600012', class: 'mixed', owner: 'Finance Reporting', calls_per_second: 0.1, mean_ms: 902, cost_ms_per_second: 90, share: 0.004, finding: { rule: 'dashboard-selects-star', level: 'warning' }, text: 'SELECT * FROM shop.refund WHERE settled_at IS NULL' }),
  statement('', { role: 'orbit_sync', class: 'unknown', calls_per_second: 4, mean_ms: 11, cost_ms_per_second: 44, share: 0.002, text: null, finding: { rule: 'unknown-reader-of-internal', level: 'warning' } }),
  statement('role warehouse_loader', { role: 'warehouse_loader', query_id: '550012', class: 'operational', owner: 'Data Platform Team', calls_per_second: 0.02, mean_ms: null, cost_ms_per_second: 0.4, share: 0.0001, finding: { rule: 'metric-copied', level: 'note' } }),
];

const findings: FindingView[] = [
  {
    rule: 'analytical-on-operational', level: 'error', subject: 'metabase card 118 Cases by hour', owner: null, cost: '12.8 s/s', is_new: true, since: NOW - 493,
    message: 'metabase card 118 Cases by hour aggregates app.case_file on production without a key',
    evidence: ['412 calls/s since 14:39, none before', '118,000 blocks read a second, 61 % of this server', 'role metabase_ro'],
    why: 'An aggregate without a key reads whole relations. On production it evicts the working set and holds back vacuum.',
    fix: 'Read analytics_semantic.case_backlog_daily in the warehouse:\n\nSELECT opened_hour, open_cases\n  FROM analytics_semantic.case_backlog_daily\n WHERE opened_hour > now() - INTERVAL 90 DAY',
  },
  {
    rule: 'dashboard-bypasses-contract', level: 'error', subject: 'grafana panel Operations floor / Open cases', owner: 'Operations Analytics', cost: '1 s/s', is_new: true, since: NOW - 90_000,
    message: 'grafana panel Operations floor / Open cases reads app.case_file, and integration.v_case_state_v1 offers all that it uses', evidence: ['uses status only'],
    why: 'An internal table changes with the application; a contract view does not.', fix: 'Read integration.v_case_state_v1 instead of app.case_file.',
  },
  { rule: 'role-without-statement-timeout', level: 'error', subject: 'role metabase_ro', owner: 'Operations Analytics', cost: '', is_new: false, since: null, message: 'role metabase_ro may run a statement for ever', evidence: [], why: 'One report can hold a snapshot for hours.', fix: "ALTER ROLE metabase_ro SET statement_timeout = '60s';" },
  { rule: 'dashboard-selects-star', level: 'warning', subject: 'metabase card 77 Refund queue', owner: 'Finance Reporting', cost: '90 ms/s', is_new: false, since: null, message: 'metabase card 77 Refund queue selects every column of shop.refund', evidence: [], why: 'A new column reaches the dashboard unseen.', fix: 'Name the columns.' },
  { rule: 'metric-copied', level: 'note', subject: 'open cases', owner: null, cost: '', is_new: true, since: null, message: 'open cases is defined by four consumers in the same words', evidence: [], why: 'The next change reaches only some of them.', fix: 'Define it once in analytics_semantic.' },
];

function event(ago_seconds: number, id: string, from: State, to: State, text: string): EventView {
  return { at: NOW - ago_seconds, id, name: objectives.find((objective) => objective.id === id)?.name ?? id, from, to, text };
}

const events: EventView[] = [
  event(180, 'pipeline/customer_snapshot', 'ok', 'unknown', 'warehouse.duckdb is locked by its loader (process 4711)'),
  event(261, 'freshness/case_backlog_daily', 'ok', 'breach', 'case_backlog_daily is 61 s old where 60 s are promised'),
  event(336, 'reconciliation/ledger', 'ok', 'warning', 'ledger lacks 3 rows of 2026-11-20 in the warehouse'),
  event(493, 'workload/production', 'ok', 'warning', 'metabase card 118 began to aggregate app.case_file on production'),
  event(2_460, 'wal/shop_orders', 'ok', 'warning', 'slot shop_orders is lost at 17:28 at the present rate'),
  event(20_000, 'freshness/order_funnel', 'breach', 'ok', 'order_funnel is 41 s old again after 13 min'),
  event(20_800, 'freshness/order_funnel', 'ok', 'breach', 'order_funnel is 61 s old where 60 s are promised'),
];

function probe(id: string, store: string, change: Partial<ProbeView> = {}): ProbeView {
  return { id, store, state: 'ok', last_at: NOW - 1.2, pace_seconds: 2, elapsed_ms_per_minute: 31, failure: null, slowed: null, ...change };
}

const probes: ProbeView[] = [
  probe('replication', 'production'),
  probe('activity', 'production', { pace_seconds: 1, elapsed_ms_per_minute: 44 }),
  probe('statements', 'production', { pace_seconds: 30, elapsed_ms_per_minute: 28, last_at: NOW - 17, slowed: 'production is busy: 38 of 40 connections are active' }),
  probe('publications', 'production', { pace_seconds: 60, elapsed_ms_per_minute: 3, last_at: NOW - 40 }),
  probe('watermarks', 'warehouse', { pace_seconds: 10, last_at: NOW - 7 }),
  probe('pipeline-runs', 'warehouse', {
    state: 'unknown', pace_seconds: 30, last_at: NOW - 190, elapsed_ms_per_minute: 0,
    failure: { message: 'warehouse.duckdb is locked by its loader (process 4711)', next_step: 'wait, or let the loader close the file between its runs; reading goes on by itself' },
  }),
  probe('wal-directory', 'production', { state: 'unknown', last_at: null, pace_seconds: 30, elapsed_ms_per_minute: 0, failure: { message: 'production: permission denied for function pg_ls_waldir', next_step: 'GRANT pg_monitor TO tidemark_ro;' } }),
];

const costs: CostView[] = [
  { store: 'production', database_ms_per_minute: 52, elapsed_ms_per_minute: 106, received_bytes_per_minute: 48_000, budget_ms_per_minute: 60 },
  { store: 'warehouse', database_ms_per_minute: null, elapsed_ms_per_minute: 31, received_bytes_per_minute: 2_400, budget_ms_per_minute: 60 },
];

/** An estate in which everything happens at once. */
export const caseworkView: LiveView = {
  at: NOW, source: 'production', target: 'warehouse', counts: { breach: 1, warning: 3, unknown: 1, ok: 4 },
  sentence: objectives[0]?.sentence ?? '', leads_to: { screen: 'cdc', subject: 'case_events' },
  path: [
    { name: 'production', state: 'ok', lines: ['412 tps', 'WAL 8.2 MiB/s', '61 % analytical'] },
    { name: '5 streams', state: 'breach', lines: ['lag 79 s', 'retained 3.1 GiB'] },
    { name: 'warehouse', state: 'warning', lines: ['age 80 s', 'duckdb'] },
    { name: '5 products', state: 'breach', lines: ['oldest 5 h', '2 late'] },
    { name: '12 dashboards', state: 'breach', lines: ['2 show old data', '1 new statement'] },
  ],
  objectives, streams, products, pipelines, reconciliations, statements,
  workload: {
    analytical_share: 0.61, history: history(growing(0.1, 0.61, 493)), database_ms_per_second: 20_900, new_statements: 1,
    long_transactions: [{ pid: 88_123, store: 'production', role: 'analyst_export', application: 'psql', age_seconds: 2_712, session_state: 'idle in transaction', holds_back_vacuum: true }],
    notes: ['212 statements were evicted from pg_stat_statements, so the numbers are lower bounds'],
  },
  findings, events, probes, costs,
};

/** The first minute with nothing configured and nothing found. */
export const emptyView: LiveView = {
  at: NOW, source: 'production', target: null, counts: { breach: 0, warning: 0, unknown: 0, ok: 0 }, sentence: 'nothing has been looked at yet', leads_to: null, path: [], objectives: [],
  streams: [], products: [], pipelines: [], reconciliations: [], statements: [],
  workload: { analytical_share: null, history: history(() => null), database_ms_per_second: null, new_statements: 0, long_transactions: [], notes: [] },
  findings: [], events: [], probes: [], costs: [],
};

const unreachable = { message: 'production: connection refused at db.casework.example:5432', next_step: 'start the server or correct its address; watching goes on by itself' };

/** Production has been down for a while: nothing is known, and nothing looks well. */
export const blindView: LiveView = {
  ...caseworkView,
  counts: { breach: 0, warning: 0, unknown: objectives.length, ok: 0 },
  sentence: `${unreachable.message}: ${unreachable.next_step}`,
  leads_to: { screen: 'probes', subject: 'replication' },
  path: caseworkView.path.map((node) => ({ ...node, state: 'unknown', lines: [] })),
  objectives: objectives.map((objective) => ({
    ...objective, state: 'unknown', now: null, detail: 'no answer for 3 min', since: NOW - 180, sentence: `${unreachable.message}: ${unreachable.next_step}`,
    history: objective.history === null ? null : until(objective.history, 184), budget: objective.budget === null ? null : { ...objective.budget, burn_1h: null, burn_6h: null },
  })),
  streams: streams.map((known) => ({
    ...known, state: 'unknown', diagnosis: 'unknown', status: 'unknown', cause: unreachable.message, lag: null, retained_bytes: null, unconfirmed_bytes: null, safe_wal_bytes: null,
    wal_status: null, restart_lsn: null, confirmed_lsn: null, transactions_per_second: null, wal_bytes_per_second: null, lost_at: null, hops: [], tables: [], history: until(known.history, 184),
  })),
  products: products.map((known) => ({ ...known, state: 'unknown', detail: 'no answer', cause: unreachable.message, age_seconds: null, watermark_at: null, loaded_at: null, status_lies: false, history: until(known.history, 184), upstream: [], budget: known.budget === null ? null : { ...known.budget, burn_1h: null, burn_6h: null, ends_in_seconds: null } })),
  pipelines: [], reconciliations: [], statements: [],
  workload: { ...caseworkView.workload, analytical_share: null, database_ms_per_second: null, long_transactions: [], notes: ['production has not answered for 3 min'] },
  probes: probes.map((known) => ({ ...known, state: 'unknown', last_at: NOW - 184, failure: unreachable })),
};

const RELATIONS = ['app.case_file', 'app.task', 'app.case_transition', 'shop.orders', 'shop.order_line', 'shop.payment', 'shop.refund', 'shop.ledger_entry'];

/** The estate with `count` statements of which every fifth has other numbers at each `tick`. */
export function busyView(count: number, tick: number): LiveView {
  const busy = Array.from({ length: count }, (_, index): StatementView => {
    const phase = Math.floor((tick + (index % 5)) / 5);
    const relation = RELATIONS[index % RELATIONS.length] ?? 'app.task';
    const calls = (500 - (index % 500)) * (1 + 0.1 * Math.sin(phase * 1.7 + index));
    return statement(`metabase card ${1000 + index} ${relation.split('.')[1] ?? ''} by region`, {
      role: 'metabase_ro', query_id: String(1_000_000_000_000 + index * 7_919), class: index % 3 === 0 ? 'analytical' : 'operational', calls_per_second: calls, mean_ms: 3 + (index % 40),
      cost_ms_per_second: calls * (3 + (index % 40)), share: 1 / count, text: `SELECT region_code, count(*) FROM ${relation} WHERE opened_at > $1 GROUP BY region_code`,
      finding: index % 11 === 0 ? { rule: 'analytical-on-operational', level: 'error' } : null, is_new: index % 97 === 0, history: history(around(3 + (index % 40), 0.4)),
    });
  });
  return { ...caseworkView, at: NOW + tick / 4, statements: busy };
}
