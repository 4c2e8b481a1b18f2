import type { ActivityPayload } from '../probes/activity.js';

export type Weight = 'vital' | 'light' | 'heavy';

/** One run of one probe, as the governor needs it. */
export interface RunReport {
  probe: string;
  weight: Weight;
  /** The planned pace. */
  pace_seconds: number;
  elapsed_ms: number;
  /** Null where the run failed. */
  answer: { activity: ActivityPayload | null; own: { ms: number; over_seconds: number } | null } | null;
  /** Of the error that ended it, where the server gave one. */
  sqlstate: string | null;
}

export interface Slowdown {
  /** The pace is so many times longer than planned; null stops the probe. */
  factor: number | null;
  /** In words; null where nothing is slowed. */
  reason: string | null;
}

/** Nothing, heavy probes at half their pace, at a quarter, stopped. */
type Step = 0 | 1 | 2 | 3;
const HEAVY_FACTORS: Record<Step, number | null> = { 0: 1, 1: 2, 2: 4, 3: null };
const LIGHT_FACTORS: Record<Step, number> = { 0: 1, 1: 1, 2: 2, 3: 2 };

const CALM_SECONDS = 60;
/** Two polls of activity: one bad moment slows nothing down twice. */
const STEP_SECONDS = 10;

const WAITERS_MAX = 3;
const CONNECTIONS_SHARE_MAX = 0.9;
/**
 * The number of cores is not in any catalogue. Half of the allowed connections at work at once is more than any server is
 * sized for, and up to eight at work are a small server's everyday.
 */
const ACTIVE_MIN = 8;
const ACTIVE_SHARE_MAX = 0.5;
/** So many transactions have been begun since our own oldest snapshot. */
const OWN_XMIN_AGE_MAX = 100_000;

const CANARY_FACTOR = 5;
/** Below this a multiple of the median is noise of the network. */
const CANARY_MS_MIN = 25;
const CANARY_RUNS = 60;
const CANARY_RUNS_MIN = 10;

const STRETCH_MAX = 20;
/** What is left to others when vital probes alone use the budget up. */
const OTHERS_SHARE_MIN = 0.1;
/** The time of a run, averaged over about so many of its last runs: now and then one does more. */
const AVERAGED_RUNS = 10;
/** The first run of a connection looks around first. */
const COUNTED_RUNS_MIN = 4;

interface Cost {
  weight: Weight;
  pace_seconds: number;
  /** Averaged. */
  elapsed_ms: number;
  runs: number;
}

interface Sign {
  reason: string;
  /** As far as it may slow down by itself. */
  step: Step;
  /** So far without waiting whether it lasts. */
  atOnce: boolean;
}

/**
 * Decides for one store how much less its probes may ask: by its load, by how long the vital probes take, by errors that
 * speak of exhaustion, and by what all probes together cost. Pure: moments come from outside, in seconds of a clock that
 * never goes back. Thresholds that have no other source were chosen so that a probe is rather late than a burden.
 */
export class Governor {
  readonly #budget_ms_per_second: number | null;
  #step: Step = 0;
  #stepAt = Number.NEGATIVE_INFINITY;
  #pressureAt = Number.NEGATIVE_INFINITY;
  #reason = '';
  readonly #canaries = new Map<string, { recent: number[]; slow: number }>();
  readonly #costs = new Map<string, Cost>();
  /** The fastest run: about what the network alone takes. */
  #floor_ms = Number.POSITIVE_INFINITY;
  /** Of what is waited for, the part that the server itself says to have worked; null where it keeps no statistics. */
  #workedShare: number | null = null;
  /** Waited for since the server's statistics were read before the last time. */
  #waited_ms = 0;

  /** @param budget_ms_per_second null where reading costs the store nothing, as a copy does. */
  constructor(budget_ms_per_second: number | null) {
    this.#budget_ms_per_second = budget_ms_per_second;
  }

  accept(run: RunReport, at_seconds: number): void {
    this.#count(run);
    const signs = this.#signs(run);
    if (signs.length > 0) this.#press(signs, at_seconds);
    this.#relax(at_seconds);
  }

  /** What others of this tidemark waited for: the server's statistics count their work too. */
  alsoWaited(elapsed_ms: number): void {
    this.#waited_ms += elapsed_ms;
  }

  slowdown(weight: Weight, at_seconds: number): Slowdown {
    if (weight === 'vital') return { factor: 1, reason: null };
    this.#relax(at_seconds);
    const byLoad = weight === 'heavy' ? HEAVY_FACTORS[this.#step] : LIGHT_FACTORS[this.#step];
    if (byLoad === null) return { factor: null, reason: this.#reason };
    const cost = this.#stretch();
    if (byLoad >= cost.factor) return { factor: byLoad, reason: byLoad > 1 ? this.#reason : null };
    return { factor: cost.factor, reason: cost.reason };
  }

  #press(signs: readonly Sign[], at: number): void {
    const furthest = signs.reduce<Step>((step, sign) => (sign.step > step ? sign.step : step), 0);
    // A weak sign that stays does not hold up what a strong one has done.
    if (furthest >= this.#step) {
      this.#pressureAt = at;
      this.#reason = signs.map(({ reason }) => reason).join(', ');
    }
    const atOnce = signs.some((sign) => sign.atOnce);
    if (furthest <= this.#step || (!atOnce && at - this.#stepAt < STEP_SECONDS)) return;
    this.#step = atOnce ? furthest : nextStep(this.#step);
    this.#stepAt = at;
  }

  /** One step back after each minute of calm. */
  #relax(at: number): void {
    if (this.#step === 0 || at - Math.max(this.#pressureAt, this.#stepAt) < CALM_SECONDS) return;
    this.#step = this.#step === 3 ? 2 : this.#step === 2 ? 1 : 0;
    this.#stepAt = at;
  }

  #signs(run: RunReport): Sign[] {
    const signs: Sign[] = [];
    if (run.sqlstate !== null) signs.push(...signOfError(run));
    if (run.answer?.activity) signs.push(...signsOfLoad(run.answer.activity));
    const canary = run.weight === 'vital' && run.answer !== null ? this.#canary(run) : null;
    if (canary) signs.push(canary);
    return signs;
  }

  /** Two runs one after the other that take many times the median. */
  #canary({ probe, elapsed_ms }: RunReport): Sign | null {
    const canary = this.#canaries.get(probe) ?? { recent: [], slow: 0 };
    this.#canaries.set(probe, canary);
    const usual = median(canary.recent);
    const slow = canary.recent.length >= CANARY_RUNS_MIN && elapsed_ms > CANARY_MS_MIN && elapsed_ms > CANARY_FACTOR * usual;
    canary.slow = slow ? canary.slow + 1 : 0;
    canary.recent.push(elapsed_ms);
    if (canary.recent.length > CANARY_RUNS) canary.recent.shift();
    if (canary.slow < 2) return null;
    return { reason: `${probe} takes ${Math.round(elapsed_ms)} ms instead of ${Math.max(Math.round(usual), 1)}`, step: 3, atOnce: false };
  }

  #count(run: RunReport): void {
    const { probe, weight, pace_seconds, elapsed_ms, answer } = run;
    // A network that is cut is waited for, but costs the server nothing.
    if (answer === null && run.sqlstate !== DEADLINE) return;
    const known = this.#costs.get(probe) ?? { elapsed_ms: 0, runs: 0 };
    const runs = known.runs + 1;
    this.#costs.set(probe, { weight, pace_seconds, runs, elapsed_ms: average(known.elapsed_ms, elapsed_ms, runs) });
    if (answer === null) return;
    this.#floor_ms = Math.min(this.#floor_ms, elapsed_ms);
    if (answer.own === null) {
      this.#waited_ms += elapsed_ms;
      return;
    }
    if (answer.own.over_seconds > 0 && this.#waited_ms > 0) {
      const share = Math.min(answer.own.ms / this.#waited_ms, 1);
      this.#workedShare = average(this.#workedShare ?? 0, share, this.#workedShare === null ? 1 : AVERAGED_RUNS);
    }
    // What these statistics say of the run that read them stands in the next ones.
    this.#waited_ms = elapsed_ms;
  }

  /**
   * How many times longer the paces of all but the vital probes must be to keep the budget. Reckoned at the planned paces,
   * so that the answer does not swing with itself. The server's own statistics tell its work where there are any; else
   * what is waited for, less the network.
   */
  #stretch(): { factor: number; reason: string | null } {
    const budget = this.#budget_ms_per_second;
    if (budget === null) return { factor: 1, reason: null };
    let vital = 0;
    let others = 0;
    for (const { weight, elapsed_ms, pace_seconds, runs } of this.#costs.values()) {
      if (runs < COUNTED_RUNS_MIN) continue;
      const worked = this.#workedShare === null ? Math.max(elapsed_ms - this.#floor_ms, 0) : elapsed_ms * this.#workedShare;
      if (weight === 'vital') vital += worked / pace_seconds;
      else others += worked / pace_seconds;
    }
    if (vital + others <= budget || others === 0) return { factor: 1, reason: null };
    const factor = Math.min(others / Math.max(budget - vital, budget * OTHERS_SHARE_MIN), STRETCH_MAX);
    if (factor <= 1) return { factor: 1, reason: null };
    return { factor, reason: `tidemark costs ${(vital + others).toFixed(1)} ms/s of the ${budget} ms/s allowed` };
  }
}

const DEADLINE = '57014';

function nextStep(step: Step): Step {
  return step === 0 ? 1 : step === 1 ? 2 : 3;
}

/**
 * 53: insufficient resources, 58: system error (PostgreSQL 18, appendix A). Of 57, operator intervention, the rest speaks of a
 * server that stops or starts, which less questions would not mend.
 */
function signOfError({ probe, sqlstate }: RunReport): Sign[] {
  if (sqlstate === DEADLINE) return [{ reason: `${probe} ran into its deadline`, step: 3, atOnce: false }];
  if (sqlstate === null || !/^(53|58)/.test(sqlstate)) return [];
  return [{ reason: `the server reports exhaustion or a fault of its system (${sqlstate})`, step: 3, atOnce: true }];
}

function signsOfLoad(load: ActivityPayload): Sign[] {
  const { lock_waiters, lwlock_waiters, active, connections, connections_max, own_xmin_age, oldest_xmin_age } = load;
  const signs: Sign[] = [];
  const add = (step: Step, reason: string): number => signs.push({ reason, step, atOnce: false });
  // A pool that keeps its connections is no load in itself: it slows down one step and no further.
  if (connections > CONNECTIONS_SHARE_MAX * connections_max) add(1, `connections ${connections} of ${connections_max}`);
  if (active > Math.max(ACTIVE_MIN, ACTIVE_SHARE_MAX * connections_max)) add(3, `${active} sessions at work`);
  if (lwlock_waiters > WAITERS_MAX) add(3, `waiters for internal locks ${lwlock_waiters}`);
  if (lock_waiters > WAITERS_MAX) add(3, `lock waiters ${lock_waiters}`);
  if (own_xmin_age !== null && own_xmin_age > OWN_XMIN_AGE_MAX && own_xmin_age >= (oldest_xmin_age ?? 0)) {
    add(3, `our own snapshot holds vacuum back by ${own_xmin_age} transactions`);
  }
  return signs;
}

/** The mean of the first runs, then one that forgets. */
function average(before: number, value: number, runs: number): number {
  return before + (value - before) / Math.min(runs, AVERAGED_RUNS);
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
