import { describe, expect, test } from 'vitest';
import { FAMILIES, openMetrics } from '../../src/live/openmetrics.js';
import type { LiveView, StreamView } from '../../src/model/live.js';
import { blindView, caseworkView, emptyView } from '../tui/view.js';
import { parseOpenMetrics, type ParsedSample } from './openmetrics-parser.js';

const context = {
  version: '0.1.0',
  journal: { on: true, problem: null, samples: 118_220, dropped: 2, refused: 0, written_bytes: 21_142_949, kept_bytes: 63_483_329 },
};

/** Samples of a metric whose labels hold these. */
function samples(view: LiveView, name: string, labels: Record<string, string> = {}): ParsedSample[] {
  const all = [...parseOpenMetrics(openMetrics(view, context)).values()].flatMap((family) => family.samples);
  return all.filter((sample) => sample.name === name && Object.entries(labels).every(([label, value]) => sample.labels[label] === value));
}

const values = (view: LiveView, name: string, labels: Record<string, string> = {}) => samples(view, name, labels).map(({ value }) => value);

function withStream(change: Partial<StreamView>): LiveView {
  const [first] = caseworkView.streams;
  if (first === undefined) throw new Error('the estate has streams');
  return { ...caseworkView, streams: [{ ...first, name: 'case_events', ...change }] };
}

test.each([
  ['an estate in which everything happens', caseworkView],
  ['nothing yet', emptyView],
  ['a production that does not answer', blindView],
])('%s is OpenMetrics 1.0.0 by the letter', (_, view) => {
  const families = parseOpenMetrics(openMetrics(view, context));
  expect(families.get('tidemark_build')?.samples).toEqual([{ name: 'tidemark_build_info', labels: { version: '0.1.0' }, value: 1 }]);
  expect(openMetrics(view, context)).not.toMatch(/NaN|Inf|undefined|null/);
});

test('every metric has samples where everything happens, a type, a sentence of help, and a base unit', () => {
  const view = { ...caseworkView, pipelines: caseworkView.pipelines.map((pipeline) => ({ ...pipeline, state: 'ok' as const })) };
  const families = parseOpenMetrics(openMetrics(view, context));
  expect(FAMILIES.map(({ name }) => name).filter((name) => !families.has(name))).toEqual([]);
  for (const { help, name, type } of families.values()) {
    expect(help, name).toMatch(/^[A-Z0-9].*\.$/s);
    expect(type, name).toMatch(/^(gauge|counter|stateset|info)$/);
    expect(name).not.toMatch(/_(ms|milliseconds|minutes|hours|percent|kb|mb|kib|mib|count|total)$/);
  }
});

describe('what is not known is absent', () => {
  test('a lost slot has neither lag nor retained bytes, whatever the view still holds', () => {
    const view = withStream({ diagnosis: 'lost', state: 'breach', lag: { value: 0, low: 0, high: 0, at_least: false }, retained_bytes: 0, unconfirmed_bytes: 0, safe_wal_bytes: 0 });
    for (const name of ['lag_seconds', 'lag_low_seconds', 'lag_high_seconds', 'retained_bytes', 'unconfirmed_bytes', 'safe_wal_bytes', 'hop_seconds']) {
      expect(values(view, `tidemark_stream_${name}`), name).toEqual([]);
    }
    expect(values(view, 'tidemark_stream_diagnosis', { tidemark_stream_diagnosis: 'lost' })).toEqual([1]);
    expect(values(view, 'tidemark_stream_state', { tidemark_stream_state: 'ok' })).toEqual([0]);
  });

  test('a lag that is at least something has no upper bound', () => {
    const view = withStream({ lag: { value: 40, low: 40, high: 40, at_least: true } });
    expect(values(view, 'tidemark_stream_lag_low_seconds')).toEqual([40]);
    expect(values(view, 'tidemark_stream_lag_high_seconds')).toEqual([]);
  });

  test('a production that does not answer gives unknown, and no number of it', () => {
    expect(new Set(values(blindView, 'tidemark_objective_state', { tidemark_objective_state: 'unknown' }))).toEqual(new Set([1]));
    for (const name of ['tidemark_stream_lag_seconds', 'tidemark_stream_retained_bytes', 'tidemark_product_age_seconds', 'tidemark_product_status_lies', 'tidemark_workload_analytical_ratio', 'tidemark_workload_new_statements']) {
      expect(values(blindView, name), name).toEqual([]);
    }
    expect(new Set(values(blindView, 'tidemark_probe_failing'))).toEqual(new Set([1]));
  });

  test('a pair that was not read has no rows missing, not zero of them', () => {
    expect(values(caseworkView, 'tidemark_reconciliation_missing_rows', { pair: 'ledger' })).toEqual([3]);
    expect(values(caseworkView, 'tidemark_reconciliation_missing_rows', { pair: 'orders' })).toEqual([0]);
    expect(values(caseworkView, 'tidemark_reconciliation_missing_rows', { pair: 'case transitions' })).toEqual([]);
  });

  test('numbers that are none are left out', () => {
    const view = withStream({ lag: { value: Number.NaN, low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY, at_least: false } });
    expect(openMetrics(view, context)).not.toMatch(/tidemark_stream_lag_(high_|low_)?seconds\{/);
  });
});

test('hostile names stay inside their label, on their line', () => {
  const view = withStream({ name: 'a"} 1\n# EOF\nb\\' });
  expect(samples(view, 'tidemark_stream_lag_seconds').map(({ labels }) => labels['stream'])).toEqual(['a"} 1 # EOF b\\']);
});

test('two things of one name are one series, and that is told', () => {
  const [first] = caseworkView.streams;
  if (first === undefined) throw new Error('the estate has streams');
  const view = { ...caseworkView, streams: [first, { ...first, name: `${first.name}\u200b` }] };
  expect(samples(view, 'tidemark_stream_lag_seconds')).toHaveLength(1);
  expect(values(view, 'tidemark_series_left_out').every((left) => left > 0)).toBe(true);
  expect(values(caseworkView, 'tidemark_series_left_out')).toEqual([0]);
});

test('a control table with very many names does not make very many series', () => {
  const [first] = caseworkView.products;
  if (first === undefined) throw new Error('the estate has products');
  const view = { ...caseworkView, products: Array.from({ length: 6_000 }, (_, index) => ({ ...first, name: `product ${index}` })) };
  const text = openMetrics(view, context);
  expect(text.match(/^tidemark_product_age_seconds\{/gm)).toHaveLength(5_000);
  expect(text).toMatch(/^tidemark_series_left_out [1-9]/m);
});

test('the values are those of the view, in base units', () => {
  expect(values(caseworkView, 'tidemark_product_age_seconds', { product: 'case_backlog_daily' })).toEqual([118]);
  expect(values(caseworkView, 'tidemark_product_burn_ratio', { product: 'case_backlog_daily', window: '1h' })).toEqual([14.2]);
  expect(values(caseworkView, 'tidemark_product_budget_left_ratio', { product: 'case_backlog_daily' })).toEqual([0.21]);
  expect(values(caseworkView, 'tidemark_stream_hop_seconds', { stream: 'case_events', from: 'received', to: 'landed' })).toEqual([75.8]);
  expect(values(caseworkView, 'tidemark_cost_last_minute_database_seconds', { store: 'production' })).toEqual([0.052]);
  expect(values(caseworkView, 'tidemark_cost_last_minute_database_seconds', { store: 'warehouse' })).toEqual([]);
  expect(values(caseworkView, 'tidemark_workload_analytical_ratio')).toEqual([0.61]);
  expect(values(caseworkView, 'tidemark_journal_samples_total')).toEqual([118_220]);
  expect(values(caseworkView, 'tidemark_probe_age_seconds', { probe: 'wal-directory' })).toEqual([]);
});
