import type { BudgetView, LiveView, State, StreamDiagnosis } from '../model/live.js';
import { STATES } from '../model/live.js';
import { plainText } from '../text/plain-text.js';
import { exposition, type Entry, type Family } from './exposition.js';
import type { JournalStatus } from './journal/writer.js';

export { CONTENT_TYPE } from './exposition.js';

/** What is told beside the view. */
export interface OpenMetricsContext {
  /** Of tidemark: `0.1.0`. */
  version: string;
  /** Null where no journal is kept. */
  journal: JournalStatus | null;
}

interface Source extends OpenMetricsContext {
  view: LiveView;
}

type Value = number | string | null;

const DIAGNOSES = [
  'flowing', 'idle-source', 'nothing-pending', 'catching-up', 'stalled-capture', 'stalled-load', 'stalled-transform', 'disconnected',
  'held-by-transaction', 'will-be-lost', 'lost', 'unknown',
] as const satisfies readonly StreamDiagnosis[];

const stream = of(
  ({ view }) => view.streams,
  ['store', 'stream', 'kind'],
  ({ store, name, kind }) => [store, name, kind],
);
const hop = of(
  ({ view }) => view.streams.flatMap((stream) => stream.hops.map((hop) => ({ ...hop, stream }))),
  ['store', 'stream', 'kind', 'from', 'to'],
  ({ stream, from, to }) => [stream.store, stream.name, stream.kind, from, to],
);
const product = of(
  ({ view }) => view.products,
  ['store', 'product'],
  ({ store, name }) => [store, name],
);
const burn = of(
  ({ view }) => view.products.flatMap(({ store, name, budget }) => (budget === null ? [] : burns(budget).map((window) => ({ ...window, store, name })))),
  ['store', 'product', 'window'],
  ({ store, name, window }) => [store, name, window],
);
const pipeline = of(
  ({ view }) => view.pipelines,
  ['store', 'pipeline'],
  ({ store, name }) => [store, name],
);
const pair = of(
  ({ view }) => view.reconciliations,
  ['pair', 'source', 'target'],
  ({ name, source, target }) => [name, source, target],
);
const keyPass = of(
  ({ view }) => view.reconciliations.flatMap(({ keys, name, source, target }) => (keys === undefined ? [] : [{ keys, name, source, target }])),
  ['pair', 'source', 'target'],
  ({ name, source, target }) => [name, source, target],
);
const keyKind = of(
  ({ view }) => view.reconciliations.flatMap(({ keys, name, source, target }) => (keys?.report?.counts ?? []).map((counted) => ({ ...counted, name, source, target }))),
  ['pair', 'source', 'target', 'kind', 'standing'],
  ({ name, source, target, kind, standing }) => [name, source, target, kind, standing],
);
const objective = of(
  ({ view }) => view.objectives,
  ['objective', 'kind', 'name'],
  ({ id, kind, name }) => [id, kind, name],
);
const probe = of(
  ({ view }) => view.probes.map((probe) => ({ ...probe, age_seconds: probe.last_at === null ? null : view.at - probe.last_at })),
  ['store', 'probe'],
  ({ store, id }) => [store, id],
);
const cost = of(
  ({ view }) => view.costs,
  ['store'],
  ({ store }) => [store],
);
const transaction = of(
  ({ view }) => longestByStore(view),
  ['store'],
  ({ store }) => [store],
);
const whole = of(
  (source) => [source],
  [],
  () => [],
);
const journal = of(
  ({ journal }) => (journal === null ? [] : [journal]),
  [],
  () => [],
);

/** What a lost slot still shows is of the time before; a reader must not take it for its lag. */
const ofLiving = (get: (stream: LiveView['streams'][number]) => number | null) => (stream: LiveView['streams'][number]) =>
  stream.diagnosis === 'lost' ? null : get(stream);
/** What the last run did is not known while its control table is not read. */
const ofSeen = (get: (pipeline: LiveView['pipelines'][number]) => number | null) => (pipeline: LiveView['pipelines'][number]) =>
  pipeline.state === 'unknown' ? null : get(pipeline);
/** The counts of a pair that was not read are no counts. */
const ofRead = (get: (pair: LiveView['reconciliations'][number]) => number) => (pair: LiveView['reconciliations'][number]) =>
  pair.state === 'unknown' ? null : get(pair);

/** Every metric of tidemark, in the order in which they are written. */
export const FAMILIES: readonly Family<Source>[] = [
  {
    name: 'tidemark_build', type: 'info', unit: null, labels: ['version'], help: 'The version of tidemark that answers.',
    samples: ({ version }) => [{ labels: [version], value: 1 }],
  },
  whole('tidemark_view_timestamp_seconds', 'When what is told here was put together, by the clock of tidemark.', ({ view }) => view.at),

  objective('tidemark_objective_state', 'How each objective stands. What cannot be looked at is unknown, never ok.', ({ state }) => state, STATES),
  objective('tidemark_objective_since_timestamp_seconds', 'When the present state of the objective began.', ({ since }) => since),

  stream('tidemark_stream_state', 'How each stream of changes stands.', ({ state }) => state, STATES),
  stream('tidemark_stream_diagnosis', 'What is the matter with a stream, in a word.', ({ diagnosis }) => diagnosis, DIAGNOSES),
  stream('tidemark_stream_lag_seconds', 'Age of the oldest change that the consumer has not confirmed. Absent where it is not known and for a lost slot.', ofLiving(({ lag }) => lag?.value ?? null)),
  stream('tidemark_stream_lag_low_seconds', 'The lag is at least this.', ofLiving(({ lag }) => lag?.low ?? null)),
  stream('tidemark_stream_lag_high_seconds', 'The lag is at most this. Absent where no upper bound is known.', ofLiving(({ lag }) => (lag === null || lag.at_least ? null : lag.high))),
  stream('tidemark_stream_lag_limit_seconds', 'More lag than this is a breach.', ({ limit_seconds }) => limit_seconds),
  stream('tidemark_stream_retained_bytes', 'WAL that the server keeps on its disk for the slot. Absent for a lost slot.', ofLiving(({ retained_bytes }) => retained_bytes)),
  stream('tidemark_stream_unconfirmed_bytes', 'WAL that the consumer has not confirmed. Absent for a lost slot.', ofLiving(({ unconfirmed_bytes }) => unconfirmed_bytes)),
  stream('tidemark_stream_safe_wal_bytes', 'WAL that may still be written before the slot may be lost; negative when the next checkpoint may take it.', ofLiving(({ safe_wal_bytes }) => safe_wal_bytes)),
  stream('tidemark_stream_lost_timestamp_seconds', 'When the slot will be lost at the present rate. Absent where that is not in sight.', ofLiving(({ lost_at }) => lost_at)),
  stream('tidemark_stream_inactive_since_timestamp_seconds', 'Since when no consumer is connected.', ({ inactive_since }) => inactive_since),
  hop('tidemark_stream_hop_seconds', 'How much longer than the stage before it this stage lies behind. Absent where nothing tells.', ({ seconds, stream }) => (stream.diagnosis === 'lost' ? null : seconds)),

  product('tidemark_product_state', 'How each data product stands to its objective.', ({ state }) => state, STATES),
  product('tidemark_product_age_seconds', 'Now less the source watermark of the product.', ({ age_seconds }) => age_seconds),
  product('tidemark_product_debt_seconds', 'Age of the oldest source change that has not arrived; 0 when nothing is outstanding.', ({ debt_seconds }) => debt_seconds),
  product('tidemark_product_limit_seconds', 'Older than this counts against the budget.', ({ objective }) => objective?.within_seconds ?? null),
  product('tidemark_product_watermark_timestamp_seconds', 'Everything of the source up to this moment is in the product.', ({ watermark_at }) => watermark_at),
  product('tidemark_product_loaded_timestamp_seconds', 'When the product was last loaded, which says nothing of the source.', ({ loaded_at }) => loaded_at),
  product('tidemark_product_share_required_ratio', 'Share of time that must be within the limit.', ({ budget }) => budget?.share_required ?? null),
  product('tidemark_product_share_met_ratio', 'Share of the looked-at time of the window that was within the limit.', ({ budget }) => budget?.share_met ?? null),
  product('tidemark_product_coverage_ratio', 'Share of the window that was looked at.', ({ budget }) => budget?.coverage ?? null),
  product('tidemark_product_budget_left_ratio', 'Part of the budget of lateness that is left; negative when overspent.', ({ budget }) => budget?.left ?? null),
  burn('tidemark_product_burn_ratio', 'How many times faster than allowed the budget is spent, over one hour and over six. Absent below half coverage.', ({ value }) => value),
  product('tidemark_product_status_lies', '1 while the control table says healthy and the age exceeds the objective.', ({ status_lies, state }) => (state === 'unknown' ? null : Number(status_lies))),
  product('tidemark_product_load_without_progress', '1 while loads succeed and the source watermark stands still.', ({ load_without_progress, state }) => (state === 'unknown' ? null : Number(load_without_progress))),
  product('tidemark_product_late_readers', 'Dashboards that show older data than promised now.', ({ readers, state }) => (state === 'unknown' ? null : readers.filter(({ late }) => late).length)),

  pipeline('tidemark_pipeline_state', 'How each pipeline stands by its control table.', ({ state }) => state, STATES),
  pipeline('tidemark_pipeline_started_timestamp_seconds', 'When the last run began.', ofSeen(({ last_started_at }) => last_started_at)),
  pipeline('tidemark_pipeline_duration_seconds', 'How long the last finished run took.', ofSeen(({ duration_seconds }) => duration_seconds)),
  pipeline('tidemark_pipeline_read_rows', 'Rows that the last run read.', ofSeen(({ rows_read }) => rows_read)),
  pipeline('tidemark_pipeline_rejected_rows', 'Rows that the last run rejected.', ofSeen(({ rows_rejected }) => rows_rejected)),
  pipeline('tidemark_pipeline_unknown_dimension_rows', 'Rows of the last run that point to an unknown member of a dimension.', ofSeen(({ unknown_dimension_rows }) => unknown_dimension_rows)),
  pipeline('tidemark_pipeline_failed_runs', 'Runs that failed in the last 24 hours.', ofSeen(({ failed_runs_24h }) => failed_runs_24h)),

  pair('tidemark_reconciliation_state', 'How the two sides of each pair agree.', ({ state }) => state, STATES),
  pair('tidemark_reconciliation_missing_rows', 'Rows that confirmed periods lack in the target. Absent while the pair is not read.', ofRead(({ missing_rows }) => missing_rows)),
  pair('tidemark_reconciliation_extra_rows', 'Rows that confirmed periods have too many in the target.', ofRead(({ extra_rows }) => extra_rows)),
  pair('tidemark_reconciliation_late_rows', 'Rows above the common watermark: late, not lost.', ofRead(({ late_rows }) => late_rows)),
  pair('tidemark_reconciliation_cut_timestamp_seconds', 'The moment of the source at which both sides were cut.', ({ as_of }) => as_of),
  pair('tidemark_reconciliation_elapsed_seconds', 'How long the last pass took.', ({ took_ms }) => seconds(took_ms)),

  keyKind('tidemark_reconciliation_differing_keys', 'Keys that differed in the newest pass, by kind and standing. Absent for a pair that was not compared by key.', ({ keys }) => keys),
  keyPass('tidemark_reconciliation_keys_compared_rows', 'Rows of the source in the newest pass over keys.', ({ keys }) => keys.report?.source.rows ?? null),
  keyPass('tidemark_reconciliation_keys_passed_timestamp_seconds', 'When the newest pass over keys ended.', ({ keys }) => keys.read_at),
  keyPass('tidemark_reconciliation_keys_elapsed_seconds', 'How long it took.', ({ keys }) => seconds(keys.report?.took_ms ?? null)),
  keyPass('tidemark_reconciliation_keys_undetermined', '1 where it could not compare the pair.', ({ keys }) => (keys.report === null ? null : Number(keys.report.state === 'undetermined'))),
  keyPass('tidemark_reconciliation_keys_progress_ratio', 'How far the pass is that is under way. Absent where none is, or nobody knows.', ({ keys }) => keys.running?.share ?? null),
  keyPass('tidemark_reconciliation_keys_next_timestamp_seconds', 'When the next pass is due.', ({ keys }) => keys.next_at),

  whole('tidemark_workload_analytical_ratio', 'Share of analytical work in the database time of production over the last minutes.', ({ view }) => view.workload.analytical_share),
  whole('tidemark_workload_database_time_ratio', 'Seconds of database time that production spends a second.', ({ view }) => seconds(view.workload.database_ms_per_second)),
  whole('tidemark_workload_new_statements', 'Statements that were not there when the baseline was taken. Absent before two polls.', ({ view }) => (view.workload.database_ms_per_second === null ? null : view.workload.new_statements)),
  transaction('tidemark_workload_longest_transaction_seconds', 'Age of the longest open transaction. Absent where none is seen.', ({ age_seconds }) => age_seconds),

  probe('tidemark_probe_state', 'How each kind of look goes.', ({ state }) => state, STATES),
  probe('tidemark_probe_failing', '1 when the last run got no answer.', ({ failure }) => (failure === null ? 0 : 1)),
  probe('tidemark_probe_slowed', '1 while it runs less often than planned, to spare the store.', ({ slowed }) => (slowed === null ? 0 : 1)),
  probe('tidemark_probe_answered_timestamp_seconds', 'When it last got an answer.', ({ last_at }) => last_at),
  probe('tidemark_probe_age_seconds', 'Age of its last answer. Absent before the first.', ({ age_seconds }) => age_seconds),
  probe('tidemark_probe_pace_seconds', 'Seconds between its runs now.', ({ pace_seconds }) => pace_seconds),
  probe('tidemark_probe_last_minute_elapsed_seconds', 'What tidemark waited for its answers during the last minute.', ({ elapsed_ms_per_minute }) => seconds(elapsed_ms_per_minute)),

  cost('tidemark_cost_last_minute_database_seconds', 'What tidemark cost the store during the last minute, by its own statistics. Absent where it keeps none.', ({ database_ms_per_minute }) => seconds(database_ms_per_minute)),
  cost('tidemark_cost_last_minute_elapsed_seconds', 'What tidemark waited for the store during the last minute.', ({ elapsed_ms_per_minute }) => seconds(elapsed_ms_per_minute)),
  cost('tidemark_cost_last_minute_budget_seconds', 'What it may cost a minute.', ({ budget_ms_per_minute }) => (budget_ms_per_minute === null ? null : seconds(budget_ms_per_minute))),
  cost('tidemark_cost_last_minute_received_bytes', 'What the store sent during the last minute.', ({ received_bytes_per_minute }) => received_bytes_per_minute),

  journal('tidemark_journal_on', '1 while samples are written to the journal.', ({ on }) => Number(on)),
  { ...journal('tidemark_journal_samples', 'Samples that were written since tidemark began.', ({ samples }) => samples), type: 'counter' },
  { ...journal('tidemark_journal_dropped_samples', 'Samples that were lost because nothing could be written.', ({ dropped }) => dropped), type: 'counter' },
  { ...journal('tidemark_journal_written_bytes', 'Bytes that were written since tidemark began.', ({ written_bytes }) => written_bytes), type: 'counter' },
  journal('tidemark_journal_kept_bytes', 'What the segments of the journal take on the disk.', ({ kept_bytes }) => kept_bytes),
];

/** How many series were not written, because their names are the same or there are too many. */
export const LEFT_OUT: Family<number> = {
  name: 'tidemark_series_left_out', type: 'gauge', unit: null, labels: [], help: 'Series that are not shown: too many, or two of one name.',
  samples: (left_out) => [{ labels: [], value: left_out }],
};

/** The whole answer of `/metrics` in OpenMetrics 1.0.0. What is not known is absent, never 0 and never NaN. */
export function openMetrics(view: LiveView, context: OpenMetricsContext): string {
  const { text, left_out } = exposition(FAMILIES, { ...context, view });
  return `${text}${exposition([LEFT_OUT], left_out).text}# EOF\n`;
}

/** A maker of families about one kind of thing: what there is of it, and the labels that tell one from another. */
function of<Item>(items: (source: Source) => readonly Item[], labels: readonly string[], labelsOf: (item: Item) => readonly string[]) {
  return (name: string, help: string, valueOf: (item: Item) => Value, states?: readonly State[] | readonly StreamDiagnosis[]): Family<Source> => ({
    name,
    type: states === undefined ? 'gauge' : 'stateset',
    unit: (['seconds', 'bytes', 'ratio'] as const).find((unit) => name.endsWith(`_${unit}`)) ?? null,
    help,
    labels,
    samples: (source) => items(source).map((item): Entry => ({ labels: labelled(labelsOf(item)), value: valueOf(item) })),
    ...(states === undefined ? {} : { states }),
  });
}

function labelled(values: readonly string[]): string[] {
  return values.map((value) => plainText(value));
}

function seconds(ms: number | null): number | null {
  return ms === null ? null : ms / 1000;
}

function burns({ burn_1h, burn_6h }: BudgetView): { window: string; value: number | null }[] {
  return [
    { window: '1h', value: burn_1h },
    { window: '6h', value: burn_6h },
  ];
}

function longestByStore({ workload }: LiveView): { store: string; age_seconds: number }[] {
  const longest = new Map<string, number>();
  for (const { store, age_seconds } of workload.long_transactions) longest.set(store, Math.max(age_seconds, longest.get(store) ?? 0));
  return [...longest].map(([store, age_seconds]) => ({ store, age_seconds }));
}
