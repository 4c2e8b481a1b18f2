import type { EpochSeconds } from '../model/live.js';
import type { PayloadOf, Sample } from '../probes/index.js';
import { isStale } from './staleness.js';

type Counters = PayloadOf<'throughput'>;

interface Rate {
  at: EpochSeconds;
  pace_seconds: number;
  counters: Counters;
  per_second: number | null;
}

/** Transactions a second of each store, from its own counters. */
export class Throughput {
  readonly #rates = new Map<string, Rate>();

  accept(sample: Sample): void {
    if (sample.probe !== 'throughput') return;
    const { store, at, pace_seconds, payload } = sample;
    if (payload === null) {
      this.#rates.delete(store);
      return;
    }
    const before = this.#rates.get(store)?.counters;
    this.#rates.set(store, { at, pace_seconds, counters: payload, per_second: before === undefined ? null : rateOf(before, payload) });
  }

  transactions_per_second(store: string | null, now: EpochSeconds): number | null {
    const rate = store === null ? undefined : this.#rates.get(store);
    return rate === undefined || isStale(rate.at, rate.pace_seconds, now) ? null : rate.per_second;
  }
}

function rateOf(before: Counters, after: Counters): number | null {
  const seconds = after.server_time - before.server_time;
  const transactions = after.commits + after.rollbacks - before.commits - before.rollbacks;
  // Counters that were set back, or a server that was started anew.
  return seconds <= 0 || transactions < 0 ? null : transactions / seconds;
}
