import type { EpochSeconds } from '../../model/live.js';
import type { Stretch } from './share-ring.js';

/** One look at a product: everything of the source up to `watermark_at` was there. */
export interface Sight {
  looked_at: EpochSeconds;
  watermark_at: EpochSeconds;
  /** When the data with this watermark appeared; null where nothing tells. */
  published_at: EpochSeconds | null;
}

/** From when on data with some watermark is late: the bounds differ where the first outstanding change is not known exactly. */
export interface Due {
  earliest: EpochSeconds;
  /** Infinity while nothing is outstanding. */
  latest: EpochSeconds;
}

/** While a watermark stands: within until it may be late, over when it must be, nothing in between. */
export function standing(from: EpochSeconds, to: EpochSeconds, due: Due): Stretch[] {
  const within = { from, to: Math.min(to, due.earliest), over: false };
  const over = { from: Math.max(from, due.latest), to, over: true };
  return [within, over].filter((stretch) => stretch.to > stretch.from);
}

/**
 * What two looks tell of the time between them, exactly: from a history of publications (p, w) the seconds over a limit are the
 * sum of max(0, p' - max(p, w + limit)), p' being when the next one appeared. Where the looks lie further apart than
 * `gap_seconds_max` other publications may have come and gone: what the old watermark proves and what the new one disproves is
 * accounted, the rest stays open.
 */
export function between(before: Sight, after: Sight, dueOf: (watermark: EpochSeconds) => Due, gap_seconds_max: number): Stretch[] {
  const from = before.looked_at;
  const to = after.looked_at;
  if (to <= from) return [];
  if (before.watermark_at === after.watermark_at) return standing(from, to, dueOf(before.watermark_at));
  const change = Math.min(to, Math.max(from, after.published_at ?? to));
  const since = standing(change, to, dueOf(after.watermark_at));
  const due = dueOf(before.watermark_at);
  if (to - from <= gap_seconds_max) return [...standing(from, change, due), ...since];
  if (after.watermark_at < before.watermark_at) return since;
  return [...standing(from, change, { earliest: due.earliest, latest: Math.max(due.earliest, dueOf(after.watermark_at).latest) }), ...since];
}

/** What the first look tells of the time before it: its data has stood since it was published, at most `reach_seconds` ago. */
export function upTo(first: Sight, dueOf: (watermark: EpochSeconds) => Due, reach_seconds: number): Stretch[] {
  if (first.published_at === null) return [];
  return standing(Math.max(first.published_at, first.looked_at - reach_seconds), first.looked_at, dueOf(first.watermark_at));
}
