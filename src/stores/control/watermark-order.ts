import { parseTime } from './times.js';

/** A stretch of the source that one run took, as numbers that can be compared; `step` is what lies between neighbours of an inclusive end. */
export interface Stretch {
  low: number;
  high: number;
}

type Scale = 'time' | 'day' | 'number' | 'position';

const POSITION = /^([0-9a-f]{1,8})\/([0-9a-f]{1,8})$/i;
/** Beyond it neighbouring numbers are no longer told apart. */
const SAFE = Number.MAX_SAFE_INTEGER;

/** A watermark on its scale: a WAL position, a whole number, a day or a time. Null for what has no order that can be known. */
function placeOf(text: string): { scale: Scale; at: number } | null {
  const trimmed = text.trim();
  const position = POSITION.exec(trimmed);
  if (position) {
    const at = Number.parseInt(position[1] ?? '', 16) * 2 ** 32 + Number.parseInt(position[2] ?? '', 16);
    return at <= SAFE ? { scale: 'position', at } : null;
  }
  if (/^\d{1,16}(\.0*)?$/.test(trimmed)) return Number(trimmed) <= SAFE ? { scale: 'number', at: Number(trimmed) } : null;
  const at = parseTime(trimmed);
  if (at === null) return null;
  return { scale: /^\d{4}-\d{2}-\d{2}$/.test(trimmed) ? 'day' : 'time', at };
}

/** How far the next low may lie above a high that is included. A time may leave out the last second or part of one. */
const STEP: Readonly<Record<Scale, number>> = { time: 1, day: 86_400, number: 1, position: 1 };

export interface Continuity {
  gaps: number;
  overlaps: number;
}

/** Of how many neighbours at least half must fit exactly before the others mean anything. */
const NEIGHBOURS_MIN = 3;

/**
 * Whether runs that succeeded, in the order in which they began, took the source without leaving anything out or taking it
 * twice (Part 066 §27). What a later run caught up is no gap. Null where watermarks are on no common scale, where fewer than
 * `NEIGHBOURS_MIN` follow each other, or where less than half of them fit: then low and high mean something else, such as the
 * first and last event that was met, or a window that goes back on purpose.
 */
export function continuityOf(runs: readonly { low: string; high: string }[]): Continuity | null {
  const placed = runs.map(({ low, high }) => ({ low: placeOf(low), high: placeOf(high) }));
  const scale = placed[0]?.low?.scale;
  if (scale === undefined || placed.length <= NEIGHBOURS_MIN) return null;
  const stretches: Stretch[] = [];
  for (const { low, high } of placed) {
    if (low?.scale !== scale || high?.scale !== scale || high.at < low.at) return null;
    stretches.push({ low: low.at, high: high.at });
  }
  const step = STEP[scale];
  let reached = stretches[0]?.high ?? 0;
  let fitting = 0;
  for (const { low, high } of stretches.slice(1)) {
    if (low >= reached && low <= reached + step) fitting++;
    reached = Math.max(reached, high);
  }
  if (fitting * 2 < stretches.length - 1) return null;
  // What catches up lies below what was reached, and still takes nothing twice.
  const overlaps = stretches.filter((own, index) => stretches.some((other, earlier) => earlier < index && own.low < other.high && own.high > other.low)).length;
  return { gaps: holesOf(stretches, step), overlaps };
}

function holesOf(stretches: readonly Stretch[], step: number): number {
  const sorted = stretches.toSorted((one, other) => one.low - other.low);
  let reached = sorted[0]?.high ?? 0;
  let holes = 0;
  for (const { low, high } of sorted.slice(1)) {
    if (low > reached + step) holes++;
    reached = Math.max(reached, high);
  }
  return holes;
}
