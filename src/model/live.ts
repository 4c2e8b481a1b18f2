/**
 * What the live side knows at one moment, as plain data: screens, lines, metrics and messages are made of it and of
 * nothing else. All of it is computed from samples, so that a recorded incident looks as it looked then.
 */

import type { PairReport } from './reconciliation.js';
import type { WorkloadClass } from './workload.js';

/** Seconds since 1970-01-01 UTC, with a fraction. */
export type EpochSeconds = number;

/** How an objective stands. What has no sample is `unknown`, never the last good value. */
export type State = 'ok' | 'warning' | 'breach' | 'unknown';

/** Worst first: the order of every list and of "the worst of these". */
export const STATES = ['breach', 'warning', 'unknown', 'ok'] as const satisfies readonly State[];

export type ScreenId = 'overview' | 'cdc' | 'freshness' | 'reconciliation' | 'statements' | 'findings' | 'probes';

/** A number over time, thinned with age. */
export interface History {
  /**
   * The largest value of each of `buckets` equal parts of the time from `from` to `to`; null where there is no sample.
   */
  values(from: EpochSeconds, to: EpochSeconds, buckets: number): (number | null)[];
}

/** A measured number with the bounds that hold it for sure. `at_least`: only the lower bound is known. */
export interface Measured {
  value: number;
  low: number;
  high: number;
  at_least: boolean;
}

export interface LiveView {
  at: EpochSeconds;
  /** Names of the operational store and of the warehouse; null where there is none. */
  source: string | null;
  target: string | null;
  /** Objectives by state. */
  counts: Record<State, number>;
  /** The answer: the worst thing, its cause and the next step, in one sentence. */
  sentence: string;
  /** The screen that shows it, and the subject there; null when all is well. */
  leads_to: { screen: ScreenId; subject: string } | null;
  /** The way of the data from production to its readers. */
  path: PathNode[];
  /** Worst first. */
  objectives: ObjectiveView[];
  streams: StreamView[];
  products: ProductView[];
  pipelines: PipelineView[];
  reconciliations: ReconciliationView[];
  statements: StatementView[];
  workload: WorkloadView;
  findings: FindingView[];
  /** Newest first, bounded. */
  events: EventView[];
  probes: ProbeView[];
  costs: CostView[];
}

export interface PathNode {
  name: string;
  state: State;
  /** Most important first; a narrow screen shows the first only. */
  lines: string[];
}

/** Anything with a target, on one line. */
export interface ObjectiveView {
  /** Stable over restarts: `freshness/case_backlog_daily`. */
  id: string;
  kind: 'freshness' | 'lag' | 'wal' | 'standby' | 'reconciliation' | 'pipeline' | 'workload' | 'transaction';
  name: string;
  /** As text with its comparison: `≤ 60 s`, `= 0 rows`. */
  target: string;
  /** As text; `◌` where unknown is drawn by the screen, here null. */
  now: string | null;
  state: State;
  /** A word or two beside the state: `late`, `rising 22 MiB/min`, `3 missing`. Empty where the state says it all. */
  detail: string;
  /** When the present state began; null before the first sample. */
  since: EpochSeconds | null;
  history: History | null;
  /** Half the height of its sparkline. */
  limit: number | null;
  budget: BudgetView | null;
  /** What is wrong and what to do, as a sentence; for `ok` what is seen. */
  sentence: string;
  screen: ScreenId;
  /** The row on that screen. */
  subject: string;
}

/** An error budget: how much lateness the window still allows. */
export interface BudgetView {
  /** Share of time that must be within the limit, 0 to 1. */
  share_required: number;
  /** Share of the looked-at time that was; null before the first sample. */
  share_met: number | null;
  window_seconds: number;
  /** Part of the budget that is left, 1 = all, negative when overspent; null before the first sample. */
  left: number | null;
  /** How many times faster than allowed the budget is spent, over one hour and over six; null below half coverage. */
  burn_1h: number | null;
  burn_6h: number | null;
  /** When the budget ends at the burn of the last hour; null when it does not. */
  ends_in_seconds: number | null;
  /** Share of the window that was looked at, 0 to 1. */
  coverage: number;
}

export type StreamDiagnosis =
  | 'flowing'
  | 'idle-source'
  | 'nothing-pending'
  | 'catching-up'
  | 'stalled-capture'
  | 'stalled-load'
  | 'stalled-transform'
  | 'disconnected'
  | 'held-by-transaction'
  | 'will-be-lost'
  | 'lost'
  | 'unknown';

/** One way of changes out of a store: a replication slot, a standby or a subscription. */
export interface StreamView {
  name: string;
  store: string;
  kind: 'logical slot' | 'physical slot' | 'standby' | 'subscription';
  /** Output plugin of a logical slot, application name of a standby; empty where there is none. */
  plugin: string;
  state: State;
  diagnosis: StreamDiagnosis;
  /** One or two words: `flowing`, `slot lost`. */
  status: string;
  /** A sentence: what is the matter, where, since when, and what to do. */
  cause: string;
  /** Seconds of changes that the consumer has not acknowledged, or beyond it where the warehouse tells more. */
  lag: Measured | null;
  /** WAL that the slot holds on the server's disk. Null for a lost slot. */
  retained_bytes: number | null;
  unconfirmed_bytes: number | null;
  /** Negative when the slot may be lost at the next checkpoint; null without a limit. */
  safe_wal_bytes: number | null;
  wal_status: string | null;
  invalidation_reason: string | null;
  restart_lsn: string | null;
  confirmed_lsn: string | null;
  active: boolean;
  inactive_since: EpochSeconds | null;
  xmin_age: number | null;
  catalog_xmin_age: number | null;
  /** Bytes of transactions that were too large for memory, per second over the last minutes. */
  spill_bytes_per_second: number | null;
  transactions_per_second: number | null;
  wal_bytes_per_second: number | null;
  /** When the slot is lost at the present rate; null when it is not in sight. */
  lost_at: EpochSeconds | null;
  /** From the commit on the primary to the reader, in order. */
  hops: HopView[];
  tables: StreamTableView[];
  history: History;
  limit_seconds: number;
}

export interface HopView {
  from: string;
  to: string;
  /** How much longer than its predecessor this stage lies behind; null where nothing tells. */
  seconds: number | null;
  /** Everything committed up to this moment has passed the stage. */
  reached_at: EpochSeconds | null;
  /** True for the stage where most of the lag is. */
  slowest: boolean;
  /** Where the number comes from: `LSN clock`, `heartbeat row`, `_ab_cdc_lsn`. */
  evidence: string;
}

export interface StreamTableView {
  relation: string;
  changes_per_second: number | null;
  /** False where updates and deletes cannot be identified. */
  has_identity: boolean;
}

/** A data product: analytical output with a freshness objective. */
export interface ProductView {
  name: string;
  store: string;
  /** `schema.name`; null where only the control table names it. */
  relation: string | null;
  /** Where the watermark comes from: `control table`, `max(source_loaded_at)`, `dbt source`. */
  watermark_from: string;
  watermark_at: EpochSeconds | null;
  loaded_at: EpochSeconds | null;
  /** Now less watermark. */
  age_seconds: number | null;
  /** Age of the oldest source change that has not arrived; 0 when nothing is outstanding, null where the source is not seen. */
  debt_seconds: number | null;
  objective: FreshnessObjective | null;
  state: State;
  detail: string;
  cause: string;
  /** What the control table says of itself: `HEALTHY`. */
  reported_status: string | null;
  /** True when the table says healthy while the age exceeds the objective. */
  status_lies: boolean;
  /** True when loads succeed and the source watermark stands still. */
  load_without_progress: boolean;
  age_p95_24h_seconds: number | null;
  budget: BudgetView | null;
  history: History;
  /** Share of the looked-at time over the limit in each of `buckets` parts; null where nothing was looked at. */
  over: (from: EpochSeconds, to: EpochSeconds, buckets: number) => (number | null)[];
  /** Dashboards that show it. */
  readers: ReaderView[];
  upstream: { name: string; text: string }[];
  /** Numbers before this moment are final; null where nobody said. */
  provisional_since: EpochSeconds | null;
}

export interface FreshnessObjective {
  /** What is aimed at under normal operation. */
  target_seconds: number;
  /** Later than this counts against the budget. */
  within_seconds: number;
  /** Share of time that must be within, 0 to 1. */
  share: number;
  window_seconds: number;
  degraded_seconds: number | null;
  failed_seconds: number | null;
}

export interface ReaderView {
  consumer: string;
  owner: string | null;
  /** True while the reader shows data older than promised. */
  late: boolean;
}

/** Loads of one pipeline as its control table records them. */
export interface PipelineView {
  name: string;
  store: string;
  state: State;
  detail: string;
  cause: string;
  last_started_at: EpochSeconds | null;
  last_status: string | null;
  duration_seconds: number | null;
  /** Of the runs before it. */
  duration_median_seconds: number | null;
  rows_read: number | null;
  rows_rejected: number | null;
  unknown_dimension_rows: number | null;
  failed_runs_24h: number;
  history: History;
}

export type PeriodState = 'equal' | 'late' | 'candidate' | 'confirmed' | 'provisional' | 'unread';

export interface PeriodView {
  /** As a date or hour in UTC: `2026-11-21`, `2026-11-21 14:00`. */
  period: string;
  source_rows: number | null;
  target_rows: number | null;
  /** Never the sums themselves: whether they agree, and by how much they do not, relative to the source. */
  sums: { column: string; equal: boolean; gap_ratio: number | null }[];
  state: PeriodState;
  /** When the difference was first seen. */
  since: EpochSeconds | null;
}

/** Both sides of one pair of relations. */
export interface ReconciliationView {
  name: string;
  source: string;
  target: string;
  method: string;
  /** Both sides were cut at this moment of the source. */
  as_of: EpochSeconds | null;
  source_rows: number | null;
  target_rows: number | null;
  /** Rows that confirmed periods lack in the target, and have too many. */
  missing_rows: number;
  extra_rows: number;
  late_rows: number;
  state: State;
  detail: string;
  cause: string;
  took_ms: number | null;
  /** Newest first. */
  periods: PeriodView[];
  /** One state for each of the last passes, oldest first. */
  passes: State[];
  /** What comparing keys found; absent where the pair has no schedule for that. */
  keys?: KeyComparisonView | undefined;
}

/** Passes over all keys of one pair. */
export interface KeyComparisonView {
  every_seconds: number;
  /** Of the newest pass; null before the first. Its differences have digests and no keys. */
  report: PairReport | null;
  read_at: EpochSeconds | null;
  /** Null while it runs, and where nobody knows. */
  next_at: EpochSeconds | null;
  running: KeyProgressView | null;
  /** Why it waits though it is due. */
  waits_because: string | null;
  /** Newest first, bounded. */
  passes: KeyPassView[];
}

export interface KeyProgressView {
  /** `plan`, `target`, … as a person reads it. */
  step: string;
  /** 0 to 1; null where nobody knows the whole. */
  share: number | null;
  rows: number;
  rows_expected: number | null;
  left_seconds: number | null;
  paused_because: string | null;
  began_at: EpochSeconds;
}

export interface KeyPassView {
  at: EpochSeconds;
  state: PairReport['state'];
  /** Rows of the source; null where they were not counted. */
  rows: number | null;
  confirmed: number;
  candidates: number;
  late: number;
  took_ms: number;
  note: string | null;
}

export type StatementClass = WorkloadClass;

/** One statement of production over the last minutes. */
export interface StatementView {
  store: string;
  role: string;
  /** Null where the server hides it. */
  query_id: string | null;
  /** The dashboard card, application or role that sends it. */
  origin: string;
  owner: string | null;
  class: StatementClass;
  calls_per_second: number;
  mean_ms: number | null;
  /** Milliseconds of database time a second. */
  cost_ms_per_second: number;
  /** Of all database time that was seen, 0 to 1. */
  share: number;
  /** Not there when the baseline was taken. */
  is_new: boolean;
  first_seen_at: EpochSeconds | null;
  /** Literals masked; null while it is not known. */
  text: string | null;
  history: History;
  /** The weightiest finding on it. */
  finding: { rule: string; level: 'error' | 'warning' | 'note' } | null;
}

export interface WorkloadView {
  /** Of the database time of the last minutes; null before two polls. */
  analytical_share: number | null;
  history: History;
  database_ms_per_second: number | null;
  new_statements: number;
  long_transactions: LongTransactionView[];
  /** Why the numbers are lower bounds: evictions, hidden texts. */
  notes: string[];
}

export interface LongTransactionView {
  pid: number;
  store: string;
  role: string;
  application: string;
  age_seconds: number;
  session_state: string;
  /** True when vacuum cannot remove what it may still see. */
  holds_back_vacuum: boolean;
}

export interface FindingView {
  rule: string;
  level: 'error' | 'warning' | 'note';
  /** Consumer, relation, product or stream. */
  subject: string;
  message: string;
  owner: string | null;
  evidence: string[];
  why: string;
  fix: string;
  /** What it costs now, as text; empty where it costs nothing that is measured. */
  cost: string;
  is_new: boolean;
  since: EpochSeconds | null;
}

/** A change of state. */
export interface EventView {
  at: EpochSeconds;
  /** The id of the objective. */
  id: string;
  name: string;
  from: State;
  to: State;
  /** The sentence of that moment. */
  text: string;
}

export interface ProbeView {
  id: string;
  store: string;
  state: State;
  /** When the last good sample was taken; null before the first. */
  last_at: EpochSeconds | null;
  pace_seconds: number;
  /** What tidemark waited for its answers, over the last minute. */
  elapsed_ms_per_minute: number;
  /** Null when the last run succeeded. */
  failure: { message: string; next_step: string } | null;
  /** Why it runs less often than it should, or null. */
  slowed: string | null;
}

/** What tidemark itself costs a store. */
export interface CostView {
  store: string;
  /** By the server's own statistics; null where it keeps none. */
  database_ms_per_minute: number | null;
  elapsed_ms_per_minute: number;
  received_bytes_per_minute: number;
  /** Allowed, of the same measure as the first that is known; null where looking costs the store nothing, as it reads a copy. */
  budget_ms_per_minute: number | null;
}
