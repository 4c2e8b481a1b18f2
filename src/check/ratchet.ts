import { compareText } from '../findings/order.js';
import type { SuppressionFile } from '../findings/suppressions/parse.js';
import type { SuppressionEntry } from '../model/suppression.js';
import type { Settled } from './outcome.js';

export interface RatchetInput {
  /** What concerns the change, or everything, after matching and hiding; what is gone among it. */
  settled: readonly Settled[];
  baseline: SuppressionFile | null;
  /** As of the merge base; null where there is none. */
  baselineBefore: SuppressionFile | null;
  /** Whether only a change was judged, so that findings elsewhere are not known. */
  isChange: boolean;
}

/**
 * What the ratchet refuses, by rule, in words: the count by rule may only fall.
 *
 * The baseline may hold no more than it held at the merge base. Of a change, no more may come than goes: findings that are new and that
 * no waiver or comment hides, less those that are fixed. Where everything is judged, there may be no more findings, waived ones aside,
 * than the baseline holds. An entry counts once for each statement that it speaks for.
 */
export function ratchetWords({ settled, baseline, baselineBefore, isChange }: RatchetInput): string[] {
  const now = countsOf(baseline);
  const words = baselineBefore === null ? [] : risen(countsOf(baselineBefore), now).map(({ rule, from, to }) => `the baseline has ${to} of ${rule}, and had ${from}`);
  if (isChange) {
    const fresh = tally(settled.filter(({ state, suppression }) => state === 'new' && suppression === null));
    const gone = tally(settled.filter(({ state }) => state === 'absent'));
    return [...words, ...risen(gone, fresh).map(({ rule, from, to }) => `${rule} rose by ${to - from}: ${to} came, ${from} went`)];
  }
  const standing = tally(settled.filter(({ state, suppression }) => state !== 'absent' && (suppression === null || suppression.by === 'baseline')));
  return [...words, ...risen(now, standing).map(({ rule, from, to }) => `${rule} rose from ${from} to ${to}`)];
}

function risen(before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>): { rule: string; from: number; to: number }[] {
  return [...after]
    .map(([rule, to]) => ({ rule, from: before.get(rule) ?? 0, to }))
    .filter(({ from, to }) => to > from)
    .sort((a, b) => compareText(a.rule, b.rule));
}

function countsOf(file: SuppressionFile | null): Map<string, number> {
  const counts = new Map<string, number>();
  for (const entry of file?.entries ?? []) counts.set(entry.rule, (counts.get(entry.rule) ?? 0) + sizeOf(entry));
  return counts;
}

function sizeOf({ statements }: SuppressionEntry): number {
  return Math.max(1, statements?.length ?? 1);
}

function tally(settled: readonly Settled[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { occurrence } of settled) counts.set(occurrence.ruleId, (counts.get(occurrence.ruleId) ?? 0) + 1);
  return counts;
}
