import type { RunInputs, RunResult } from './run.js';

/** A part that is not what it was; `then` and `now` are numbers of rows, null where the part is not there. */
export interface BucketDifference {
  label: string;
  then: string | null;
  now: string | null;
}

export interface Comparison {
  outcome: 'same' | 'differs';
  rowsThen: string;
  rowsNow: string;
  /** In the order of their labels; the first is the first that differs. */
  buckets: BucketDifference[];
  /** Whether the query saw what it saw then and nothing that came later: null where nothing tells. */
  heldBy: 'watermark' | 'unchanged-sources' | null;
}

/**
 * Whether a run gives what it gave.
 *
 * @param watermarksNow of the sources, as they are when it is run again
 */
export function compareRuns(inputs: RunInputs, recorded: RunResult, now: RunResult, watermarksNow: Readonly<Record<string, string>>): Comparison {
  const names = Object.keys(inputs.sourceWatermarks);
  const isUnchanged = names.length > 0 && names.every((name) => watermarksNow[name] === inputs.sourceWatermarks[name]);
  const isHeld = inputs.watermark !== null;
  return {
    outcome: recorded.hash === now.hash ? 'same' : 'differs',
    rowsThen: recorded.rows, rowsNow: now.rows,
    buckets: recorded.hash === now.hash ? [] : differing(recorded, now),
    heldBy: isHeld ? 'watermark' : isUnchanged ? 'unchanged-sources' : null,
  };
}

function differing(recorded: RunResult, now: RunResult): BucketDifference[] {
  if (recorded.buckets.length === 0) return [];
  const [before, after] = [recorded, now].map(({ buckets }) => new Map(buckets.map((bucket) => [bucket.label, bucket])));
  const labels = [...new Set([...(before?.keys() ?? []), ...(after?.keys() ?? [])])].sort();
  return labels.flatMap((label) => {
    const [then, today] = [before?.get(label), after?.get(label)];
    return then?.hash === today?.hash ? [] : [{ label, then: then?.rows ?? null, now: today?.rows ?? null }];
  });
}
