import type { DataProductConfiguration, LiveConfiguration } from '../../model/configuration.js';
import type { FreshnessObjective } from '../../model/live.js';
import type { DbtPayload } from '../../probes/dbt.js';
import type { ProductSpec } from './product.js';

const DAY_SECONDS = 86_400;
const WINDOW_SECONDS = 30 * DAY_SECONDS;

/** A product of the configuration. */
export function configured(product: DataProductConfiguration, settings: LiveConfiguration, warehouse: string | null): ProductSpec {
  const stream = settings.streams.find(({ name, match }) => product.stream !== null && (name === product.stream || match === product.stream));
  return {
    key: product.name,
    name: product.name,
    store: product.store ?? warehouse ?? '',
    relation: product.relation,
    objective: product.objective,
    only_warns: false,
    has_budget: product.objective !== null,
    provisional_seconds: product.provisional_seconds,
    source: stream?.store ?? null,
    is_configured: true,
  };
}

const NOTHING_PROMISED = { relation: null, objective: null, only_warns: false, has_budget: false, provisional_seconds: null, source: null, is_configured: false };

/** A row of a control table that the configuration does not know: shown, and judged for what it says of itself. */
export function uncontracted(name: string, store: string, key: string): ProductSpec {
  return { ...NOTHING_PROMISED, key, name, store };
}

type DbtSource = NonNullable<DbtPayload['sources']>['results'][number];

/** A source of dbt with thresholds of its own: they hold always, so there is no budget. Null without thresholds. */
export function ofDbt({ name, warn_after_seconds, error_after_seconds }: DbtSource, store: string): ProductSpec | null {
  const within_seconds = warn_after_seconds ?? error_after_seconds;
  if (within_seconds === null) return null;
  const objective: FreshnessObjective = {
    target_seconds: within_seconds,
    within_seconds,
    share: 1,
    window_seconds: WINDOW_SECONDS,
    degraded_seconds: warn_after_seconds === null ? null : error_after_seconds,
    failed_seconds: null,
  };
  return { ...NOTHING_PROMISED, key: `dbt/${name}`, name, store, objective, only_warns: error_after_seconds === null };
}
