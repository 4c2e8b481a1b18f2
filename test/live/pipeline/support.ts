import type { PayloadOf } from '../../../src/probes/index.js';
import { HOUR, MINUTE, NOON, pipelineRuns } from '../freshness/samples.js';

export type Run = PayloadOf<'pipeline-runs'>['runs'][number];

export const RUNS = 'analytics_control.pipeline_run';

/** A load that succeeded, a minute after its start. */
export function run(started_at: number, given: Partial<Run> = {}): Run {
  return {
    pipeline: 'load_cases',
    started_at,
    finished_at: started_at + MINUTE,
    status: 'SUCCEEDED',
    low_watermark: null,
    high_watermark: null,
    rows_read: 1200,
    rows_inserted: 1000,
    rows_updated: 200,
    rows_rejected: 0,
    unknown_dimension_rows: 0,
    duplicate_rows: null,
    has_error: false,
    ...given,
  };
}

/** `count` runs, one every five minutes, the newest at `newest`. */
export function steady(count: number, newest = NOON - 2 * MINUTE, given: (index: number) => Partial<Run> = () => ({})): Run[] {
  return Array.from({ length: count }, (_, index) => run(newest - index * 5 * MINUTE, given(index)));
}

export function loads(at: number, runs: Run[], given: Partial<PayloadOf<'pipeline-runs'>> = {}): ReturnType<typeof pipelineRuns> {
  return pipelineRuns(at, { as_of: null, relation: RUNS, runs, failed_24h: [], ...given });
}

export { HOUR, MINUTE, NOON };
