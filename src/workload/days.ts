import type { StoreBoundary } from '../graph/boundary.js';
import { type Portion, partOfWork, sumOfWork, workOf } from '../graph/portions.js';
import type { DayWork, Work } from '../model/workload.js';
import { divided } from './groups.js';
import { type Interval, entryKey } from './interval.js';
import { compareText } from './shares.js';

const DAY_MS = 86_400_000;

interface Day {
  covered_ms: number;
  complete: boolean;
  estimated: boolean;
  members: { statement: unknown; isAnalytical: boolean; work: Work }[];
  /** Of all portions. */
  ran: Work[];
}

/**
 * What ran on each day (UTC), oldest first. What ran between two snapshots of different days is divided over the days evenly by
 * time: nothing tells when it ran. Here `analyticalShare` is the analytical part of what the store did on that day.
 *
 * @param chosen the portions that are told of
 */
export function byDay(portions: readonly Portion[], chosen: ReadonlySet<Portion>, intervals: readonly Interval[], boundary: StoreBoundary, total: Work): DayWork[] {
  const days = new Map<string, Day>();
  const keys = keysOf(portions);
  const measured = intervals.map((interval) => ({ interval, ran: new Map(interval.entries.map((entry) => [entryKey(entry), workOf(entry, boundary.totals.block_bytes)])) }));
  const sums = portions.map((portion) => sumOfWork((keys.get(portion) ?? []).flatMap((key) => measured.flatMap(({ ran }) => ran.get(key) ?? []))));
  for (const { interval, ran } of measured) {
    const members = portions.map((portion, index) => {
      const own = sumOfWork((keys.get(portion) ?? []).flatMap((key) => ran.get(key) ?? []));
      const all = sums[index];
      const part = (name: keyof Work): number => ((all?.[name] ?? 0) > 0 ? (own[name] ?? 0) / (all?.[name] ?? 1) : 0);
      return { isChosen: chosen.has(portion), statement: portion.access ?? portion, isAnalytical: portion.class === 'analytical', work: partOfWork(portion.work, part) };
    });
    const parts = daysOf(interval);
    for (const { name, covered_ms, part } of parts) {
      const day = days.get(name) ?? { covered_ms: 0, complete: true, estimated: false, members: [], ran: [] };
      day.covered_ms += covered_ms;
      day.complete &&= interval.complete;
      day.estimated ||= parts.length > 1 && interval.entries.length > 0;
      for (const member of members) {
        if (!(member.work.calls > 0 || member.work.execution_ms > 0)) continue;
        const work = partOfWork(member.work, () => part);
        day.ran.push(work);
        if (member.isChosen) day.members.push({ ...member, work });
      }
      days.set(name, day);
    }
  }
  return [...days].sort(([a], [b]) => compareText(a, b)).map(([name, { covered_ms, complete, estimated, members, ran }]) => {
    const ofDay = sumOfWork(ran, total);
    return { name, owner: null, ...divided(members, total, ofDay), covered_seconds: Math.round(covered_ms / 1000), complete, estimated };
  });
}

/** The entries that each portion is made of. An entry that was made one with others at another level goes with those. */
function keysOf(portions: readonly Portion[]): Map<Portion, string[]> {
  const taken = new Set(portions.map(({ row }) => entryKey(row)));
  return new Map(portions.map((portion) => {
    const { row, queryIds } = portion;
    const others = queryIds.flatMap((queryId) => [true, false].map((toplevel) => entryKey({ ...row, queryId, toplevel })));
    return [portion, [...new Set([entryKey(row), ...others.filter((key) => !taken.has(key))])]];
  }));
}

/** The days that an interval lies on, with the part of it that does. */
function daysOf({ from, until }: Interval): { name: string; covered_ms: number; part: number }[] {
  const [start, end] = [Date.parse(from), Date.parse(until)];
  const days: { name: string; covered_ms: number; part: number }[] = [];
  for (let day = Math.floor(start / DAY_MS) * DAY_MS; day < end; day += DAY_MS) {
    const covered_ms = Math.min(end, day + DAY_MS) - Math.max(start, day);
    days.push({ name: new Date(day).toISOString().slice(0, 10), covered_ms, part: covered_ms / (end - start) });
  }
  return days;
}
