import { defaultLive } from '../../../src/config/live-defaults.js';
import type { DataProductConfiguration, LiveConfiguration } from '../../../src/model/configuration.js';
import type { FreshnessObjective } from '../../../src/model/live.js';
import type { SampleFailure } from '../../../src/model/sample.js';
import type { PayloadOf, ProbeId, SampleOf } from '../../../src/probes/index.js';
import type { SourceLookup, SourceState } from '../../../src/live/freshness/source.js';

/** 2026-11-22 12:00 UTC, a Sunday. */
export const NOON = 1_795_348_800;
export const MINUTE = 60;
export const HOUR = 3600;
export const DAY = 86_400;

export const SETTINGS: LiveConfiguration = defaultLive;

/** Five minutes under normal operation, 99 % within ten, degraded after thirty. */
export const OBJECTIVE: FreshnessObjective = {
  target_seconds: 5 * MINUTE,
  within_seconds: 10 * MINUTE,
  share: 0.99,
  window_seconds: 30 * DAY,
  degraded_seconds: 30 * MINUTE,
  failed_seconds: 4 * HOUR,
};

export function product(name: string, given: Partial<DataProductConfiguration> = {}): DataProductConfiguration {
  return {
    name,
    store: null,
    relation: null,
    watermark: null,
    objective: OBJECTIVE,
    provisional_seconds: null,
    time_column: null,
    event_id_column: null,
    stream: null,
    owner: null,
    ...given,
  };
}

const PACES: Partial<Record<ProbeId, number>> = { watermarks: 10, landed: 10, dbt: 30, 'pipeline-runs': 30, facts: 120, 'semantic-views': 60, replication: 2 };

function frame<Id extends ProbeId>(probe: Id, at: number, store: string) {
  return { probe, store, at, elapsed_ms: 3, received_bytes: 200, pace_seconds: PACES[probe] ?? 10, slowed: null };
}

type ControlRow = PayloadOf<'watermarks'>['products'][number];
type LandedRow = PayloadOf<'landed'>['relations'][number];

export const CONTROL = 'analytics_control.data_product_watermark';

export function row(name: string, given: Partial<ControlRow> = {}): ControlRow {
  return { name, source_system: 'estate', watermark_at: null, loaded_at: null, failed_at: null, status: null, has_error: false, ...given };
}

export function watermarks(at: number, products: ControlRow[], { store = 'warehouse', as_of = null }: { store?: string; as_of?: number | null } = {}): SampleOf<'watermarks'> {
  return { ...frame('watermarks', at, store), payload: { as_of, relation: CONTROL, products }, failure: null };
}

export const LOCKED: SampleFailure = {
  reason: 'locked',
  message: 'warehouse: the file is locked by another process',
  next_step: 'wait for the loader, or let it publish by rename',
};

export function noWatermarks(at: number, failure: SampleFailure = LOCKED, store = 'warehouse'): SampleOf<'watermarks'> {
  return { ...frame('watermarks', at, store), payload: null, failure };
}

export function landedRow(given: Partial<LandedRow> = {}): LandedRow {
  return { relation: 'mart.order_revenue', zone: 'mart', column: 'source_updated_at', meaning: 'event-time', origin: 'configuration', time: null, lsn: null, unread: null, ...given };
}

export function landed(at: number, relations: LandedRow[], store = 'warehouse'): SampleOf<'landed'> {
  return { ...frame('landed', at, store), payload: { as_of: null, relations }, failure: null };
}

export function dbt(at: number, payload: PayloadOf<'dbt'>, store = '/srv/dbt/target'): SampleOf<'dbt'> {
  return { ...frame('dbt', at, store), payload, failure: null };
}

export function pipelineRuns(at: number, payload: PayloadOf<'pipeline-runs'>, store = 'warehouse'): SampleOf<'pipeline-runs'> {
  return { ...frame('pipeline-runs', at, store), payload, failure: null };
}

export function facts(at: number, relations: PayloadOf<'facts'>['relations'], store = 'warehouse'): SampleOf<'facts'> {
  return { ...frame('facts', at, store), payload: { as_of: null, relations }, failure: null };
}

export function semanticViews(at: number, views: PayloadOf<'semantic-views'>['views'], store = 'warehouse'): SampleOf<'semantic-views'> {
  return { ...frame('semantic-views', at, store), payload: { as_of: null, views }, failure: null };
}

/** A source that is not seen. */
export const BLIND: SourceLookup = () => null;

export function sourceOf(last_change_at: number | null, given: Partial<SourceState> = {}): SourceLookup {
  return () => ({ last_change_at, wal_bytes_per_second: null, ...given });
}
