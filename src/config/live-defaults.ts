import type { LiveConfiguration } from '../model/configuration.js';

/**
 * What the live side does where the configuration says nothing. One millisecond of database time a second is a thousandth of
 * one core. A transaction of five minutes holds vacuum back long enough to be felt on a busy table.
 */
export const defaultLive: LiveConfiguration = {
  dataProducts: [],
  streams: [],
  reconcile: [],
  control: { watermarks: null, pipelineRuns: null, columns: {} },
  contracts: [],
  dbt: [],
  notify: [],
  budget_ms_per_second: 1,
  journal: { bytes_max: 256 * 2 ** 20, seconds_max: 14 * 86_400 },
  analytical_share_max: null,
  transaction_seconds_max: 300,
};

/** What an objective means that names neither: time that is within, of the last thirty days. */
export const defaultObjective = { share: 0.99, window_seconds: 30 * 86_400 };
