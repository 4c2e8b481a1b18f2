import type { EpochSeconds } from '../../model/live.js';
import type { KeyedDigest } from '../digest.js';
import type { KeyState, PairPlan } from '../keys/types.js';

/** What one side has under a key, as far as judging needs it. */
export interface SideState {
  /** Keyed digest: two states are the same where these are. Says nothing of what they hold. */
  id: string;
  rows: number;
  /** Of the compared columns and how often; both sides are equal where these are. */
  content: string;
  /** By column of the plan. */
  columns: string[];
  /** When the row was last changed, by the source's clock; null where the pair keeps no such time. */
  changed_at: EpochSeconds | null;
  changed_version: bigint | null;
  period_at: EpochSeconds | null;
  /** True where the state carries something that no earlier or later state of the row has: it cannot be left and come back. */
  marked: boolean;
}

/** A key as it was read on both sides, the target first. */
export interface ObservedKey {
  id: string;
  key: string[];
  source: SideState | null;
  target: SideState | null;
}

/** A key's digest, the same from run to run with one secret. */
export function keyDigest(pair: string, key: readonly string[], digest: KeyedDigest): string {
  return digest.of(['key', pair, ...key]);
}

/** @param digest of the state folder's secret. */
export function sideState(state: (KeyState & { version?: string | null | undefined }) | null | undefined, plan: PairPlan, digest: KeyedDigest): SideState | null {
  if (state === null || state === undefined || state.rows === 0) return null;
  const version = state.version ?? null;
  return {
    id: digest.of(['state', state.rows, state.digest, state.changed ?? '', version ?? '']),
    rows: state.rows,
    content: `${state.rows} ${state.digest}`,
    columns: state.columns,
    ...changeOf(state, plan),
    period_at: state.period_at,
    marked: version !== null || state.changed !== null,
  };
}

/** Both hold the same rows. */
export function isEqual(source: SideState | null, target: SideState | null): boolean {
  return source === null ? target === null : target !== null && source.content === target.content;
}

function changeOf({ changed }: KeyState, { watermark, changed: column }: PairPlan): { changed_at: EpochSeconds | null; changed_version: bigint | null } {
  if (changed === null || watermark === null || column === null) return { changed_at: null, changed_version: null };
  if (watermark.kind === 'version') return { changed_at: null, changed_version: /^-?\d+$/.test(changed) ? BigInt(changed) : null };
  return { changed_at: column.form.kind === 'timestamp' ? secondsOf(changed, column.form.digits) : null, changed_version: null };
}

/** A canonical timestamp is a whole number of its smallest unit since 1970. */
function secondsOf(text: string, digits: number): EpochSeconds | null {
  return /^-?\d+$/.test(text) ? Number(text) / 10 ** digits : null;
}
