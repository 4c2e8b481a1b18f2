import type { PipelineRun } from '../../probes/pipeline-runs.js';
import { statusMeaning } from '../../probes/warehouse/status-word.js';

/** `skipped`: there was nothing to do. `unclear`: it ended, and whether all is loaded its row does not say. */
export type Outcome = 'succeeded' | 'failed' | 'running' | 'skipped' | 'unclear';

/** Of so many runs that end with one word the word means that all is well, whatever language it is. */
const USUAL_SHARE = 0.5;

/** How each run of one pipeline ended. A word that is not known is judged by what else the rows say. */
export function outcomesOf(runs: readonly PipelineRun[]): Map<PipelineRun, Outcome> {
  const recordsEnds = runs.some(({ finished_at }) => finished_at !== null);
  const usual = usualWord(runs);
  return new Map(runs.map((run) => [run, outcomeOf(run, recordsEnds, usual)]));
}

function outcomeOf({ status, finished_at, has_error }: PipelineRun, recordsEnds: boolean, usual: string | null): Outcome {
  const meaning = statusMeaning(status);
  if (meaning === 'bad') return 'failed';
  if (meaning === 'running' && finished_at === null) return 'running';
  if (meaning === 'partial') return 'unclear';
  if (has_error) return 'failed';
  if (meaning === 'skipped') return 'skipped';
  if (meaning !== null) return 'succeeded';
  if (finished_at === null && (recordsEnds || status.trim() === '')) return 'running';
  return folded(status) === usual ? 'succeeded' : 'unclear';
}

/** The word that is not known and that most runs have; null where there is none. */
function usualWord(runs: readonly PipelineRun[]): string | null {
  const counts = new Map<string, number>();
  for (const { status } of runs) if (statusMeaning(status) === null) counts.set(folded(status), (counts.get(folded(status)) ?? 0) + 1);
  return [...counts].find(([, count]) => count > runs.length * USUAL_SHARE)?.[0] ?? null;
}

function folded(status: string): string {
  return status.trim().toUpperCase();
}

/** Null while it runs. */
export function durationOf({ started_at, finished_at }: PipelineRun): number | null {
  return finished_at === null ? null : Math.max(0, finished_at - started_at);
}
