import type { EpochSeconds } from '../../model/live.js';
import type { KeyDifference, Standing } from '../../model/reconciliation.js';
import { hasPassed, isBefore, type Position, type Watermark } from '../position.js';
import { REMEMBERED_MAX, type PairMemoryFile, type RememberedKey, type RememberedPosition } from './memory.js';
import { isEqual, type ObservedKey } from './state.js';

/** A key that differs, over the looks at it. */
export interface Entry {
  id: string;
  /** Digests of the states; null where a side has no row of the key. */
  source: string | null;
  target: string | null;
  /** The source was in its present state when it stood here, and at every look since. */
  fence: Position;
  /** The watermark must pass this for the next look to count. */
  next: Position;
  since: EpochSeconds;
  looks: number;
  /** The source had the key at one of the looks. */
  had_source: boolean;
  /** The present state was made behind this place; null where no look saw another one. */
  changed_after: Position | null;
  confirmed: { at: EpochSeconds; by: NonNullable<KeyDifference['confirmed_by']> } | null;
}

/** Single keys read on both sides, in this order: the target's watermark, the target, the source, the source's place. */
export interface Look {
  keys: readonly ObservedKey[];
  watermark: Watermark;
  fence: Position;
  /** Every transaction that began before this moment has ended before the watermark; null where nobody knows. */
  settled_at: EpochSeconds | null;
  /** When the target was last seen to change; null where that is not known. */
  target_moved_at: EpochSeconds | null;
}

/** Nothing tells how far the target is: so long a difference must stand, while the target goes on to receive rows. */
export const REPETITION_SECONDS = 1800;
/** And so long where it was not seen to receive any: a load a day has happened by then. */
const REPETITION_SECONDS_AT_REST = 36 * 3600;
/** Where a watermark is the newest business time, rows need not arrive in its order. */
const LOOKS_OF_NEWEST_ROW = 3;

/**
 * What is known of the keys after one more look at some of them. Keys that are equal now are left out; those that were not
 * looked at stay as they were.
 *
 * A difference is confirmed where the target had applied everything up to a moment at which the source was in the very state
 * that it is in now, and shows something else. An older look than the last of a key changes nothing.
 */
export function observe(entries: ReadonlyMap<string, Entry>, look: Look): Map<string, Entry> {
  const result = new Map(entries);
  for (const key of look.keys) {
    const before = result.get(key.id);
    if (before !== undefined && look.fence.at < before.next.at) continue;
    if (isEqual(key.source, key.target)) result.delete(key.id);
    else result.set(key.id, observed(before, key, look));
  }
  return result;
}

function observed(before: Entry | undefined, key: ObservedKey, look: Look): Entry {
  const sourceId = key.source?.id ?? null;
  const targetId = key.target?.id ?? null;
  const known = before !== undefined && before.source === sourceId;
  const entry: Entry = known
    ? { ...before, target: targetId, next: before.confirmed === null ? before.next : look.fence }
    : {
        id: key.id,
        source: sourceId,
        target: targetId,
        fence: look.fence,
        next: look.fence,
        since: before?.since ?? look.fence.at,
        looks: 0,
        had_source: (before?.had_source ?? false) || sourceId !== null,
        changed_after: before?.next ?? null,
        confirmed: null,
      };
  if (entry.confirmed !== null) return entry;
  if (isUnchangedSince(key, look)) return { ...entry, next: look.fence, confirmed: { at: look.fence.at, by: 'unchanged' } };
  if (known && hasPassed(look.watermark, entry.next)) {
    // Another target at each look is one that is still being written.
    const looks = before.looks > 0 && before.target !== targetId ? 1 : before.looks + 1;
    const confirmed = looks >= looksNeeded(key, entry, look.watermark) ? { at: look.fence.at, by: 'watermark' as const } : null;
    return { ...entry, next: look.fence, looks, confirmed };
  }
  return { ...entry, confirmed: known && isRepeated(before, targetId, look) ? { at: look.fence.at, by: 'repetition' } : null };
}

/**
 * The row's last change was committed before the watermark, so the target must show it or what came after, and nothing did. A
 * row too many may be one whose like was deleted since, which leaves no time.
 */
function isUnchangedSince(key: ObservedKey, { watermark, settled_at }: Look): boolean {
  return isSettled(key, watermark, settled_at) && (key.target?.rows ?? 0) <= (key.source?.rows ?? 0);
}

/**
 * The time of the row's last change tells that the target should have it. It does not where the target has another row of
 * the same time: then something was written without a new time, and that may be on its way. Only where nothing is ahead of the
 * target, so that waiting would tell no more, it is taken as it stands.
 */
export function isSettled({ source, target }: ObservedKey, { standsAtSource }: Watermark, settled_at: EpochSeconds | null): boolean {
  if (source === null || source.changed_at === null || settled_at === null || source.changed_at > settled_at) return false;
  return target === null || target.changed_at !== source.changed_at || standsAtSource;
}

/**
 * One look proves a difference unless the source went to another state and back in between, just where the watermark was. A
 * state with a mark of its change cannot be left and come back; one without must be seen twice.
 */
function looksNeeded({ source, target }: ObservedKey, { fence }: Entry, { from }: Watermark): number {
  if (from === 'newest-row') return LOOKS_OF_NEWEST_ROW;
  if (source !== null) return source.marked ? 1 : 2;
  // A row that the source wrote before it was seen to have none has not been written again meanwhile.
  return target?.changed_at != null && target.changed_at < fence.at ? 1 : 2;
}

function isRepeated(before: Entry, target: string | null, { watermark, fence, target_moved_at }: Look): boolean {
  const tells = watermark.from !== 'none' && watermark.from !== 'newest-row' && !watermark.standsAtSource;
  if (tells || before.target !== target) return false;
  const stood_seconds = fence.at - before.fence.at;
  const moved = target_moved_at !== null && target_moved_at > before.fence.at;
  return stood_seconds >= (moved ? REPETITION_SECONDS : REPETITION_SECONDS_AT_REST);
}

/** How a difference stands at a watermark. */
export function standingOf(entry: Entry, { source, target }: ObservedKey, watermark: Watermark): Standing {
  if (entry.confirmed !== null) return 'confirmed';
  if (entry.changed_after !== null && isBefore(watermark, entry.changed_after)) return 'late';
  if (source === null) return 'candidate';
  if (source.changed_at !== null && watermark.kind === 'time' && watermark.from !== 'newest-row') return watermark.at !== null && source.changed_at > watermark.at ? 'late' : 'candidate';
  if (source.changed_version !== null && watermark.version !== null) return source.changed_version > watermark.version ? 'late' : 'candidate';
  // A new row by its business time. One that lies ahead tells nothing of when it was written.
  const { period_at } = source;
  const isNew = target === null && period_at !== null && period_at <= entry.fence.at;
  return isNew && watermark.kind === 'time' && watermark.at !== null && period_at > watermark.at ? 'late' : 'candidate';
}

/** True where the watermark has passed what the next look at the key has to wait for. */
export function isDue({ confirmed, next }: Entry, watermark: Watermark): boolean {
  return confirmed === null && hasPassed(watermark, next);
}

export function remember(entries: ReadonlyMap<string, Entry>): PairMemoryFile['entries'] {
  return [...entries.values()]
    .sort((a, b) => Number(b.confirmed !== null) - Number(a.confirmed !== null) || (a.id < b.id ? -1 : 1))
    .slice(0, REMEMBERED_MAX)
    .map(({ id, source, target, fence, next, since, looks, had_source, confirmed }): RememberedKey => ({
      key: id,
      source,
      target,
      fence: written(fence),
      next: written(next),
      since,
      looks,
      had_source,
      confirmed,
    }));
}

export function recall(file: PairMemoryFile): Map<string, Entry> {
  return new Map(
    file.entries.map(({ key, fence, next, ...entry }) => [key, { ...entry, id: key, fence: read(fence), next: read(next), changed_after: null }]),
  );
}

function written({ at, lsn, version }: Position): RememberedPosition {
  return { at, lsn: lsn?.toString() ?? null, version: version?.toString() ?? null };
}

function read({ at, lsn, version }: RememberedPosition): Position {
  return { at, lsn: lsn === null ? null : BigInt(lsn), version: version === null ? null : BigInt(version) };
}
