import type { PipelineRun } from '../../probes/pipeline-runs.js';

export type Outcome = 'succeeded' | 'failed' | 'running';

/** As control tables and schedulers write them. */
const FAILED: ReadonlySet<string> = new Set(['FAILED', 'FAILURE', 'FAIL', 'ERROR', 'ERRORED', 'ABORTED', 'CANCELLED', 'CANCELED', 'TIMEOUT', 'TIMED_OUT', 'KILLED', 'CRASHED']);
const RUNNING: ReadonlySet<string> = new Set(['RUNNING', 'STARTED', 'IN_PROGRESS', 'PENDING', 'QUEUED', 'EXECUTING']);

/** A word that is not known is judged by what else the row says. */
export function outcomeOf({ status, finished_at, has_error }: PipelineRun): Outcome {
  const word = status.trim().toUpperCase().replace(/[ -]/g, '_');
  if (FAILED.has(word)) return 'failed';
  if (finished_at === null && (RUNNING.has(word) || !has_error)) return 'running';
  return has_error ? 'failed' : 'succeeded';
}

/** Null while it runs. */
export function durationOf({ started_at, finished_at }: PipelineRun): number | null {
  return finished_at === null ? null : Math.max(0, finished_at - started_at);
}
