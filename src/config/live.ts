import path from 'node:path';
import type { DataProductConfiguration, LiveConfiguration, ReconcilePair, StreamConfiguration } from '../model/configuration.js';
import type { FreshnessObjective } from '../model/live.js';
import { defaultLive } from './live-defaults.js';
import type { ContractObjective } from './odcs.js';
import type { FileConfiguration } from './schema.js';

/**
 * The configuration with what data contracts promise: products that it does not name, and objectives of those to which it gives
 * none. What the configuration says itself holds.
 */
export function withContracts(live: LiveConfiguration, promised: readonly ContractObjective[]): LiveConfiguration {
  const dataProducts = live.dataProducts.map((product) => {
    const promise = promised.find((each) => each.product === product.name || (each.relation !== null && each.relation === product.relation));
    return product.objective !== null || promise === undefined ? product : { ...product, objective: promise.objective };
  });
  const known = new Set(dataProducts.flatMap(({ name, relation }) => [name, relation]));
  const added = promised.filter(({ product, relation }) => !known.has(product) && (relation === null || !known.has(relation)));
  const names = new Set<string>();
  const products = added.flatMap(({ product, relation, objective }) => {
    // A product of several relations has a promise for each; objectives are told apart by name.
    const name = names.has(product) ? relation : product;
    if (name === null || names.has(name)) return [];
    names.add(name);
    return [{ ...NOTHING_SAID, name, relation, objective }];
  });
  return { ...live, dataProducts: [...dataProducts, ...products] };
}

const NOTHING_SAID: Omit<DataProductConfiguration, 'name'> = {
  store: null,
  relation: null,
  watermark: null,
  objective: null,
  provisional_seconds: null,
  time_column: null,
  event_id_column: null,
  stream: null,
  owner: null,
};

type Product = NonNullable<FileConfiguration['data_products']>[number];
type Stream = NonNullable<FileConfiguration['streams']>[number];
type Pair = NonNullable<FileConfiguration['reconcile']>[number];

/** The live part of the configuration after defaults; relative paths start from `directory`. */
export function liveConfigurationOf(file: FileConfiguration, directory: string): LiveConfiguration {
  const { live } = file;
  return {
    dataProducts: (file.data_products ?? []).map(productOf),
    streams: (file.streams ?? []).map(streamOf),
    reconcile: (file.reconcile ?? []).map(pairOf),
    control: controlOf(file),
    contracts: (file.contracts ?? []).map((contract) => path.resolve(directory, contract)),
    dbt: (file.dbt ?? []).map((folder) => path.resolve(directory, folder)),
    notify: (file.notify ?? []).map(({ url, format, from, objectives }) => ({ url, format, from, objectives })),
    budget_ms_per_second: live?.budget_ms_per_second ?? defaultLive.budget_ms_per_second,
    journal: {
      bytes_max: live?.journal_size ?? defaultLive.journal.bytes_max,
      seconds_max: live?.journal_age ?? defaultLive.journal.seconds_max,
    },
    analytical_share_max: live?.analytical_share ?? defaultLive.analytical_share_max,
    transaction_seconds_max: live?.transaction ?? defaultLive.transaction_seconds_max,
  };
}

function controlOf({ control }: FileConfiguration): LiveConfiguration['control'] {
  return {
    watermarks: control?.watermarks ?? null,
    pipelineRuns: control?.pipeline_runs ?? null,
    columns: control?.columns ?? {},
    ...(control?.report_runs === undefined ? {} : { reportRuns: control.report_runs }),
    ...(control?.report_approvals === undefined ? {} : { reportApprovals: control.report_approvals }),
    ...(control?.report_artifacts === undefined ? {} : { reportArtifacts: control.report_artifacts }),
    ...(control?.restatements === undefined ? {} : { restatements: control.restatements }),
  };
}

function productOf(product: Product): DataProductConfiguration {
  return {
    name: product.name,
    store: product.store ?? null,
    relation: product.relation ?? null,
    watermark: product.watermark ?? null,
    objective: product.freshness === undefined ? null : objectiveOf(product.freshness),
    provisional_seconds: product.provisional ?? null,
    time_column: product.time_column ?? null,
    event_id_column: product.event_id_column ?? null,
    stream: product.stream ?? null,
    owner: product.owner ?? null,
  };
}

function objectiveOf(freshness: NonNullable<Product['freshness']>): FreshnessObjective {
  return {
    target_seconds: freshness.target,
    within_seconds: freshness.within ?? freshness.target,
    share: freshness.share,
    window_seconds: freshness.window,
    degraded_seconds: freshness.degraded ?? null,
    failed_seconds: freshness.failed ?? null,
  };
}

function streamOf(stream: Stream): StreamConfiguration {
  const { landed } = stream;
  return {
    match: stream.match,
    store: stream.store ?? null,
    name: stream.name ?? null,
    lag_seconds_max: stream.lag ?? null,
    retained_bytes_max: stream.retained ?? null,
    landed: landed === undefined ? null : { ...landed, store: landed.store ?? null },
  };
}

function pairOf(pair: Pair): ReconcilePair {
  const side = (given: Pair['source']) => ({
    store: given.store,
    relation: given.relation ?? NAME_OF_QUERY,
    query: given.query ?? null,
    time_column: given.time_column ?? null,
    deleted_column: given.deleted_column ?? null,
  });
  return {
    name: pair.name,
    source: side(pair.source),
    target: side(pair.target),
    period: pair.period,
    periods: pair.periods,
    sums: pair.sums,
    tolerance_ratio: pair.tolerance,
    product: pair.product ?? null,
    provisional_seconds: pair.provisional ?? null,
    key: pair.key ?? null,
    columns: pair.columns ?? null,
    except: pair.except,
    watermark: pair.watermark ?? null,
    every_seconds: pair.every ?? null,
  };
}

/** Stands where messages name the relation. */
const NAME_OF_QUERY = 'its.query';
