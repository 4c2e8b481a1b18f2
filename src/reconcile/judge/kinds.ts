import type { DifferenceKind, KeyDifference, Standing } from '../../model/reconciliation.js';
import type { EpochSeconds } from '../../model/live.js';
import { readableKey } from '../keys/key-text.js';
import type { PairPlan } from '../keys/types.js';
import { periodsAt } from '../periods.js';
import type { Watermark } from '../position.js';
import { standingOf, type Entry } from './ledger.js';
import type { ObservedKey, SideState } from './state.js';

/** A key under observation with what was last read of it. */
export interface OpenKey {
  entry: Entry;
  observed: ObservedKey;
}

/** What the states themselves do not tell and was asked of the engines. By digest of the key. */
export interface Answers {
  /** The source had the key, by a row that it marks as deleted or by the log that the target's row came through. */
  tombstones: ReadonlySet<string>;
  /** All that differs is off by at most one unit of the last place. */
  rounding: ReadonlySet<string>;
}

export const NO_ANSWERS: Answers = { tombstones: new Set(), rounding: new Set() };

/** With fewer compared columns, equal values under two keys may be chance. */
const COLUMNS_TO_REKEY_MIN = 2;

/** Worst first; of two halves of a re-keyed row the weaker tells. */
const STANDINGS: readonly Standing[] = ['confirmed', 'candidate', 'late'];

/** What is wrong, and how sure that is, for every key that differs: the confirmed first, then by key. */
export function differences(open: readonly OpenKey[], plan: PairPlan, watermark: Watermark, provisional_seconds: number | null, answers: Answers): KeyDifference[] {
  const pairs = rekeyedPairs(open, plan);
  const joined = new Set([...pairs].map(([, { observed }]) => observed.id));
  const result = open.flatMap((key) => {
    const { observed } = key;
    if (joined.has(observed.id)) return [];
    const other = pairs.get(observed.id);
    const kind = other === undefined ? kindOf(key, plan, provisional_seconds, answers) : 'rekeyed';
    return [difference(key, other ?? null, kind, plan, watermark)];
  });
  return result.sort((a, b) => STANDINGS.indexOf(a.standing) - STANDINGS.indexOf(b.standing) || compareKeys(a.key ?? [], b.key ?? []));
}

function difference(key: OpenKey, other: OpenKey | null, kind: DifferenceKind, plan: PairPlan, watermark: Watermark): KeyDifference {
  const { entry, observed } = key;
  const { source, target } = observed;
  const standings = [key, ...(other === null ? [] : [other])].map((each) => standingOf(each.entry, each.observed, watermark));
  const standing = standings.reduce((a, b) => (STANDINGS.indexOf(a) > STANDINGS.indexOf(b) ? a : b));
  const confirmations = [entry.confirmed, ...(other === null ? [] : [other.entry.confirmed])].flatMap((confirmed) => confirmed ?? []);
  const confirmed = standing === 'confirmed' ? confirmations.reduce((a, b) => (a.at >= b.at ? a : b)) : null;
  const period_at = source?.period_at ?? target?.period_at ?? null;
  return {
    kind,
    standing,
    key: observed.key,
    key_text: readableKey(plan, observed.key),
    key_digest: observed.id,
    columns: source !== null && target !== null ? columnsThatDiffer(source, target, plan) : [],
    source_rows: source?.rows ?? 0,
    target_rows: target?.rows ?? other?.observed.target?.rows ?? 0,
    other_key: other?.observed.key ?? null,
    other_key_text: other === null ? null : readableKey(plan, other.observed.key),
    period: period_at === null || plan.time === null ? null : (periodsAt(plan.pair.period, period_at, 0)[0]?.label ?? null),
    since: entry.since,
    confirmed_at: confirmed?.at ?? null,
    confirmed_by: confirmed?.by ?? null,
  };
}

function kindOf({ entry, observed }: OpenKey, plan: PairPlan, provisional_seconds: number | null, answers: Answers): DifferenceKind {
  const { id, source, target } = observed;
  if (source === null) return entry.had_source || answers.tombstones.has(id) ? 'deleted' : 'extra';
  if (target !== null && source.rows !== target.rows) return 'duplicate';
  if (target !== null && answers.rounding.has(id)) return 'rounding';
  if (isCorrection(source, plan, provisional_seconds)) return 'correction';
  return target === null ? 'missing' : 'changed';
}

/** Written into a period whose numbers were final by then. */
function isCorrection({ period_at, changed_at }: SideState, plan: PairPlan, provisional_seconds: number | null): boolean {
  if (period_at === null || changed_at === null || provisional_seconds === null || plan.time === null) return false;
  return closedAt(period_at, plan, provisional_seconds) <= changed_at;
}

function closedAt(period_at: EpochSeconds, { pair }: PairPlan, provisional_seconds: number): EpochSeconds {
  const ends_at = periodsAt(pair.period, period_at, 0)[0]?.ends_at ?? Number.POSITIVE_INFINITY;
  return ends_at + provisional_seconds;
}

/** Names at the source. */
export function columnsThatDiffer(source: SideState, target: SideState, plan: PairPlan): string[] {
  return plan.columns.flatMap((column, index) => (source.columns[index] === target.columns[index] ? [] : [column.source]));
}

/** Keys that the target lacks → the key under which it has the same values, where only these two have them. */
function rekeyedPairs(open: readonly OpenKey[], plan: PairPlan): Map<string, OpenKey> {
  const result = new Map<string, OpenKey>();
  if (plan.columns.length < COLUMNS_TO_REKEY_MIN) return result;
  const missing = byValues(open.flatMap((key) => (key.observed.target === null && key.observed.source !== null ? [{ key, state: key.observed.source }] : [])));
  const extra = byValues(open.flatMap((key) => (key.observed.source === null && key.observed.target !== null ? [{ key, state: key.observed.target }] : [])));
  for (const [values, keys] of missing) {
    const others = extra.get(values) ?? [];
    const [one, other] = [keys[0], others[0]];
    if (keys.length === 1 && others.length === 1 && one !== undefined && other !== undefined) result.set(one.observed.id, other);
  }
  return result;
}

function byValues(states: readonly { key: OpenKey; state: SideState }[]): Map<string, OpenKey[]> {
  const result = new Map<string, OpenKey[]>();
  for (const { key, state } of states) {
    const values = JSON.stringify([state.rows, state.columns]);
    result.set(values, [...(result.get(values) ?? []), key]);
  }
  return result;
}

/** Integers by number, all else by code unit. */
function compareKeys(a: readonly string[], b: readonly string[]): number {
  for (const [index, left] of a.entries()) {
    const right = b[index] ?? '';
    if (left === right) continue;
    if (/^-?\d+$/.test(left) && /^-?\d+$/.test(right)) return BigInt(left) < BigInt(right) ? -1 : 1;
    return left < right ? -1 : 1;
  }
  return 0;
}
