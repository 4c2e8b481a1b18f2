import type { EpochSeconds, State } from '../../model/live.js';

/** So many samples in a row must say the same before it counts, where one alone may be a ripple. */
const SAMPLES_NEEDED = 2;

/**
 * A state that does not flap. The first answer counts at once, and so does what can only be known (`unknown`); any other
 * change must be seen twice in a row, with the later of two different new states winning.
 */
export class Judgement {
  #state: State = 'unknown';
  #since: EpochSeconds | null = null;
  #proposed: { state: State; times: number; since: EpochSeconds } | null = null;

  get state(): State {
    return this.#state;
  }

  get since(): EpochSeconds | null {
    return this.#since;
  }

  /** `atOnce` for what cannot be a ripple: a slot that is lost stays so. */
  see(state: State, at: EpochSeconds, atOnce = false): State {
    if (this.#since === null || this.#state === 'unknown' || state === 'unknown' || atOnce) return this.#take(state, at);
    if (state === this.#state) {
      this.#proposed = null;
      return state;
    }
    const known = this.#proposed;
    // Worse than what was proposed is still a second sight of trouble, and the same for better.
    const continues = known !== null && isWorse(known.state, this.#state) === isWorse(state, this.#state);
    this.#proposed = { state, times: continues ? known.times + 1 : 1, since: continues ? known.since : at };
    return this.#proposed.times >= SAMPLES_NEEDED ? this.#take(state, this.#proposed.since) : this.#state;
  }

  #take(state: State, since: EpochSeconds): State {
    this.#proposed = null;
    if (state !== this.#state || this.#since === null) this.#since = since;
    this.#state = state;
    return state;
  }
}

const RANK: Record<State, number> = { ok: 0, unknown: 1, warning: 2, breach: 3 };

export function isWorse(a: State, b: State): boolean {
  return RANK[a] > RANK[b];
}

/**
 * Where a value stands between a warning and a breach. What is already bad must fall a tenth below the threshold before it is
 * better, so that a value on the line does not flap.
 */
export function level(value: number, warning: number, breach: number, present: State): State {
  const threshold = (limit: number, isInside: boolean): number => (isInside ? 0.9 * limit : limit);
  if (value > threshold(breach, present === 'breach')) return 'breach';
  return value > threshold(warning, present === 'breach' || present === 'warning') ? 'warning' : 'ok';
}
