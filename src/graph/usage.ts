import type { CollectedQuery } from '../model/query.js';

/** From what moment on it is counted how long ago a card was opened. */
export interface UsageClock {
  /** ISO 8601; null where nothing tells when the snapshot was taken. */
  takenAt: string | null;
  /** Tools whose export is older than the snapshot: what was opened since is not known. */
  outdated: ReadonlySet<string>;
}

export const NO_CLOCK: UsageClock = { takenAt: null, outdated: new Set() };

/** A tool that people use opens some of so many cards within the time after which one counts as unused. */
const CARDS_MIN = 5;
const DAY_MS = 86_400_000;

/** Where no card of a tool was opened for as long as makes one unused, it is the export that is old. */
export function usageClock({ takenAt, queries }: { takenAt: string; queries: readonly CollectedQuery[] }, unused_days: number): UsageClock & { notes: string[] } {
  const byTool = new Map<string, number[]>();
  for (const query of queries) {
    const moment = lastUsed(query);
    if (moment === null) continue;
    const known = byTool.get(query.kind);
    if (known) known.push(moment);
    else byTool.set(query.kind, [moment]);
  }
  const old = [...byTool].flatMap(([tool, moments]) => {
    const newest = moments.reduce((a, b) => Math.max(a, b));
    return moments.length >= CARDS_MIN && Date.parse(takenAt) - newest > unused_days * DAY_MS ? [{ tool, newest }] : [];
  });
  return {
    takenAt,
    outdated: new Set(old.map(({ tool }) => tool)),
    notes: old.map(({ tool, newest }) => `the export of ${tool} seems to be of ${new Date(newest).toISOString().slice(0, 10)}, when a card was last opened: which cards are unused today is not judged`).sort(),
  };
}

/** Whole days since a query was last opened; NaN where that is not known. */
export function lastUsedDays(query: CollectedQuery, { takenAt, outdated }: UsageClock): number {
  const moment = lastUsed(query);
  if (moment === null || takenAt === null || outdated.has(query.kind)) return Number.NaN;
  return Math.max(0, Math.floor((Date.parse(takenAt) - moment) / DAY_MS));
}

function lastUsed({ usage }: CollectedQuery): number | null {
  const moment = usage?.lastUsedAt ? Date.parse(usage.lastUsedAt) : Number.NaN;
  return Number.isNaN(moment) ? null : moment;
}
