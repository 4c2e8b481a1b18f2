import type { PairReport } from '../../../model/reconciliation.js';
import type { ReloadScript } from './sql.js';

export interface ReloadedPair {
  name: string;
  state: PairReport['state'];
  reload: ReloadScript | null;
  /** Why there is no script though the pair is not equal; null where there is one or none is needed. */
  because: string | null;
}

/** What `tidemark fix reload` answers. docs/fix.md is its contract. */
export interface ReloadAnswer {
  schemaVersion: 1;
  tool: { name: string; version: string };
  takenAt: string;
  pairs: ReloadedPair[];
}

const KEYS_HIDDEN = 'the statements name rows by key, and keys are values of rows: a terminal shows them, or --show-keys prints them wherever the answer goes';

/** Statements that name rows by key leave this process only when they are asked for; those by period or of all rows name none. */
export function withoutKeys(answer: ReloadAnswer): ReloadAnswer {
  return { ...answer, pairs: answer.pairs.map((pair) => (pair.reload?.scope === 'keys' ? { ...pair, reload: null, because: KEYS_HIDDEN } : pair)) };
}

/** One object a line, each with its `type`. */
export function recordsOf({ pairs, ...head }: ReloadAnswer): object[] {
  return [{ type: 'fix-reload', ...head, pairs: pairs.length }, ...pairs.map((pair) => ({ type: 'reload', ...pair }))];
}
