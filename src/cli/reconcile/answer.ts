import type { PairReport, ReconcileReport } from '../../model/reconciliation.js';
import { EXIT, type ExitCode } from '../exit-code.js';

/** What differs outranks what could not be told: one confirmed difference answers the question. */
export function exitCodeOf(pairs: readonly Pick<PairReport, 'state'>[]): ExitCode {
  if (pairs.some(({ state }) => state === 'differs')) return EXIT.findings;
  return pairs.every(({ state }) => state === 'equal') ? EXIT.clean : EXIT.blind;
}

/** Keys are values of rows: without being asked for they leave this process only as digests. */
export function withoutKeys(report: ReconcileReport): ReconcileReport {
  return { ...report, pairs: report.pairs.map((pair) => ({ ...pair, differences: pair.differences.map((difference) => ({ ...difference, key: null, other_key: null, key_text: null, other_key_text: null })) })) };
}

/** One object a line, each with its `type`. */
export function recordsOf({ pairs, ...head }: ReconcileReport): object[] {
  return [
    { type: 'reconcile', ...head, pairs: pairs.length },
    ...pairs.flatMap(({ differences, ...pair }) => [
      { type: 'pair', ...pair },
      ...differences.map((difference) => ({ type: 'difference', pair: pair.name, ...difference })),
    ]),
  ];
}
