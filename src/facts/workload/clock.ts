/** A clock that starts follow. */
export interface Clock {
  period_seconds: number;
  /** Of the start within the period, counted from 1970 UTC; null where several sessions follow it, each at its own time. */
  offset_seconds: number | null;
  /** Within how many seconds of each other most starts lie, in their periods. */
  spread_seconds: number;
  /** 0 to 1. */
  confidence: number;
}

/** Periods to which people set clocks, longest first. */
const USUAL_SECONDS = [604_800, 86_400, 43_200, 28_800, 21_600, 14_400, 10_800, 7200, 3600, 2700, 1800, 1200, 900, 600, 300, 240, 180, 120, 90, 60, 45, 30, 20, 15, 10, 5];
/** Starts within so many milliseconds of another are one refresh, which sends the same statement from several sessions. */
const SAME_START_MS = 1500;
const STARTS_MIN = 5;
const STARTS_MAX = 500;
/** Parts of a period in which starts may lie: jitter, queueing, a slow poll of the sessions. */
const ARCS = [0.01, 0.03, 0.08, 0.16];
/** What starts within so many seconds is the work of a morning, whatever part of a day that is: people come back, too. */
const SPREAD_SECONDS_MAX = 1200;
const SESSIONS_MAX = 3;
const SHARE_MIN = 0.8;
/** Parts of all periods between the first and the last start in which one was seen. */
const COVERED_MIN = 0.4;
/** How likely a clock may be by chance, over all that is tried. */
const CHANCE_MAX = 1e-3;

/**
 * The clock behind starts, some of which were missed. For each period that people set, and for the gaps that occur, it asks how
 * likely so many starts would lie in so small a part of the period by chance (a scan statistic: C(n, m) times the upper tail of
 * the binomial distribution, Bonferroni-corrected). Null where chance explains it.
 */
export function clockOf(startedAt_ms: readonly number[]): Clock | null {
  const starts = distinctStarts(startedAt_ms);
  if (starts.length < STARTS_MIN) return null;
  const tried = [...USUAL_SECONDS, ...periodsOfGaps(starts)];
  const trials = tried.length * ARCS.length * SESSIONS_MAX;
  const first = starts[0] ?? 0;
  const last = starts.at(-1) ?? first;
  for (let sessions = 1; sessions <= SESSIONS_MAX; sessions++) {
    for (const period_seconds of tried) {
      const period_ms = period_seconds * 1000;
      const cycles = (last - first) / period_ms;
      if (cycles < STARTS_MIN - 1.5 || covered(starts, first, period_ms) < COVERED_MIN * Math.floor(cycles + 1)) continue;
      const visits = visitsOf(starts, period_ms);
      if (visits.length < STARTS_MIN) continue;
      const found = concentrated(visits, period_ms, sessions, trials);
      if (found === null) continue;
      const offset_seconds = sessions === 1 && USUAL_SECONDS.includes(period_seconds) ? found.offset * period_seconds : null;
      return { period_seconds, offset_seconds, spread_seconds: found.arc * period_seconds, confidence: confidenceOf(found.chance) };
    }
  }
  return null;
}

function distinctStarts(startedAt_ms: readonly number[]): number[] {
  const sorted = startedAt_ms.toSorted((a, b) => a - b).slice(-STARTS_MAX);
  const starts: number[] = [];
  for (const start of sorted) if (starts.length === 0 || start - (starts.at(-1) ?? 0) > SAME_START_MS) starts.push(start);
  return starts;
}

/**
 * One start of each run of starts that lie closer together than any arc is wide: somebody who opens a dashboard opens it several
 * times, and these starts are no evidence for each other.
 */
function visitsOf(starts: readonly number[], period_ms: number): number[] {
  const apart = (ARCS.at(-1) ?? 0) * period_ms;
  const visits: number[] = [];
  for (const start of starts) if (visits.length === 0 || start - (visits.at(-1) ?? 0) > apart) visits.push(start);
  return visits;
}

/** What the gaps themselves suggest: a program that waits after each run follows no full minute. */
function periodsOfGaps(starts: readonly number[]): number[] {
  const gaps = starts.slice(1).map((start, position) => start - (starts[position] ?? start)).sort((a, b) => a - b);
  const middle = gaps[Math.floor(gaps.length * 0.35)] ?? 0;
  if (middle < 5000) return [];
  const near = gaps.filter((gap) => Math.abs(gap / middle - 1) < 0.1);
  const period_ms = fitted(starts, near.reduce((total, gap) => total + gap, 0) / Math.max(1, near.length));
  const seconds = period_ms / 1000;
  if (USUAL_SECONDS.some((usual) => Math.abs(seconds / usual - 1) < 0.005)) return [];
  return [Math.round(seconds * 10) / 10];
}

/** Least squares over the numbers of the cycles in which the starts lie. */
function fitted(starts: readonly number[], guess: number): number {
  let cycle = 0;
  let previous = starts[0] ?? 0;
  const points = starts.map((start): [number, number] => {
    cycle += Math.round((start - previous) / guess);
    previous = start;
    return [cycle, start - (starts[0] ?? 0)];
  });
  const mean = (at: 0 | 1): number => points.reduce((total, point) => total + point[at], 0) / points.length;
  const [x, y] = [mean(0), mean(1)];
  const spread = points.reduce((total, [a]) => total + (a - x) ** 2, 0);
  return spread === 0 ? guess : points.reduce((total, [a, b]) => total + (a - x) * (b - y), 0) / spread;
}

function covered(starts: readonly number[], first: number, period_ms: number): number {
  return new Set(starts.map((start) => Math.round((start - first) / period_ms))).size;
}

interface Concentration {
  arc: number;
  /** Where the arc lies, in parts of the period. */
  offset: number;
  chance: number;
}

/** The narrowest arcs, one a session, that hold most starts, where chance does not explain it. */
function concentrated(starts: readonly number[], period_ms: number, sessions: number, trials: number): Concentration | null {
  const phases = starts.map((start) => (start % period_ms) / period_ms).sort((a, b) => a - b);
  for (const arc of ARCS) {
    if (arc * sessions > 0.2 || arc * sessions * period_ms > SPREAD_SECONDS_MAX * 1000) return null;
    const { held, offset } = heldIn(phases, arc, sessions);
    if (held < SHARE_MIN * phases.length) continue;
    const chance = trials * choose(phases.length, sessions) * upperTail(phases.length - sessions, held - sessions, arc * sessions);
    if (chance < CHANCE_MAX) return { arc, offset, chance };
  }
  return null;
}

/** Greedily: the arc that holds most, then the one that holds most of the rest. */
function heldIn(phases: readonly number[], arc: number, sessions: number): { held: number; offset: number } {
  let rest = [...phases];
  let held = 0;
  let offset = 0;
  for (let session = 0; session < sessions && rest.length > 0; session++) {
    const round = [...rest, ...rest.map((phase) => phase + 1)];
    let best = { from: 0, count: 0 };
    for (let from = 0, to = 0; from < rest.length; from++) {
      while (to < round.length && (round[to] ?? 0) <= (round[from] ?? 0) + arc) to++;
      if (to - from > best.count) best = { from, count: Math.min(to - from, rest.length) };
    }
    const start = round[best.from] ?? 0;
    if (session === 0) offset = (round[best.from + Math.floor((best.count - 1) / 2)] ?? start) % 1;
    held += best.count;
    rest = rest.filter((phase) => (phase - start + 1) % 1 > arc);
  }
  return { held, offset };
}

function choose(n: number, m: number): number {
  let result = 1;
  for (let step = 0; step < m; step++) result = (result * (n - step)) / (step + 1);
  return result;
}

/** P(X >= k) of a binomial distribution, summed from logarithms. */
function upperTail(n: number, k: number, p: number): number {
  if (k <= 0) return 1;
  let log = 0;
  for (let step = 0; step < k; step++) log += Math.log((n - step) / (step + 1));
  let total = 0;
  for (let hits = k; hits <= n; hits++) {
    total += Math.exp(log + hits * Math.log(p) + (n - hits) * Math.log1p(-p));
    log += Math.log((n - hits) / (hits + 1));
  }
  return Math.min(1, total);
}

function confidenceOf(chance: number): number {
  if (chance < 1e-9) return 0.95;
  if (chance < 1e-6) return 0.85;
  return chance < 1e-4 ? 0.75 : 0.65;
}
