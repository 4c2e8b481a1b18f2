import type { LiveConfiguration } from '../model/configuration.js';
import type { CostView, EpochSeconds, ProbeView, State } from '../model/live.js';
import { DUTY } from '../probes/keys.js';
import type { Sample } from '../probes/index.js';
import { isStale, validity_seconds } from './staleness.js';

const MINUTE_SECONDS = 60;
/** A probe that has nothing more to look at leaves the schedule, and what it once said goes after so many times its validity. */
const VALIDITIES_MAX = 3;

interface Look {
  probe: string;
  store: string;
  /** Of the newest sample, good or not. */
  at: EpochSeconds;
  last_good_at: EpochSeconds | null;
  pace_seconds: number;
  slowed: string | null;
  failure: { message: string; next_step: string } | null;
  /** Runs of the last minute. */
  runs: { at: EpochSeconds; elapsed_ms: number; received_bytes: number }[];
}

/** How tidemark's own looking goes, and what it costs. */
export class Looks {
  readonly #looks = new Map<string, Look>();
  /** When a pass over keys, which has an allowance of its own, was last seen under way at a store. */
  readonly #passing = new Map<string, EpochSeconds>();
  readonly #own = new Map<string, { at: EpochSeconds; own_ms: number; over_seconds: number }[]>();

  constructor(
    private readonly settings: LiveConfiguration,
    /** Those that are read through a copy, which costs the store nothing. */
    private readonly copied: ReadonlySet<string>,
  ) {}

  accept(sample: Sample): void {
    // Neither is a look of the schedule.
    if (sample.probe === 'audit' || sample.probe === 'setup') return;
    const key = `${sample.probe} ${sample.store}`;
    const known = this.#looks.get(key);
    const runs = (known?.runs ?? []).filter(({ at }) => at > sample.at - MINUTE_SECONDS);
    runs.push({ at: sample.at, elapsed_ms: sample.elapsed_ms, received_bytes: sample.received_bytes });
    this.#looks.set(key, {
      probe: sample.probe,
      store: sample.store,
      at: sample.at,
      last_good_at: sample.failure === null ? sample.at : (known?.last_good_at ?? null),
      pace_seconds: sample.pace_seconds,
      slowed: sample.slowed,
      failure: sample.failure === null ? null : { message: sample.failure.message, next_step: sample.failure.next_step },
      runs,
    });
    if (sample.probe === 'keys' && (sample.payload?.pairs.some(({ running, report }) => running !== null || report !== null) ?? false)) this.#passing.set(sample.store, sample.at);
    if (sample.probe === 'statements' && sample.payload !== null && !sample.payload.first) this.#acceptOwn(sample.store, sample.at, sample.payload);
  }

  #acceptOwn(store: string, at: EpochSeconds, { own_ms, over_seconds }: { own_ms: number; over_seconds: number }): void {
    const kept = (this.#own.get(store) ?? []).filter((entry) => entry.at > at - 2 * MINUTE_SECONDS);
    this.#own.set(store, [...kept, { at, own_ms, over_seconds }]);
  }

  /** Sorted by store, then probe. */
  probes(now: EpochSeconds): ProbeView[] {
    return [...this.#looks.values()]
      .filter(({ at, pace_seconds }) => now - at <= VALIDITIES_MAX * validity_seconds(pace_seconds))
      .map((look) => ({
        id: look.probe,
        store: look.store,
        state: stateOf(look, now),
        last_at: look.last_good_at,
        pace_seconds: look.pace_seconds,
        elapsed_ms_per_minute: recent(look, now).reduce((sum, { elapsed_ms }) => sum + elapsed_ms, 0),
        failure: look.failure,
        slowed: look.slowed,
      }))
      .sort((a, b) => compare(a.store, b.store) || compare(a.id, b.id));
  }

  costs(now: EpochSeconds): CostView[] {
    const stores = new Map<string, CostView>();
    for (const look of this.#looks.values()) {
      const cost = stores.get(look.store) ?? {
        store: look.store,
        database_ms_per_minute: this.#ownPerMinute(look.store, now),
        elapsed_ms_per_minute: 0,
        received_bytes_per_minute: 0,
        budget_ms_per_minute: this.copied.has(look.store) ? null : this.#budget(look.store, now),
      };
      for (const run of recent(look, now)) {
        cost.elapsed_ms_per_minute += run.elapsed_ms;
        cost.received_bytes_per_minute += run.received_bytes;
      }
      stores.set(look.store, cost);
    }
    return [...stores.values()].sort((a, b) => compare(a.store, b.store));
  }

  #budget(store: string, now: EpochSeconds): number {
    const isPassing = now - (this.#passing.get(store) ?? Number.NEGATIVE_INFINITY) <= 2 * MINUTE_SECONDS;
    return (this.settings.budget_ms_per_second + (isPassing ? DUTY * 1000 : 0)) * MINUTE_SECONDS;
  }

  #ownPerMinute(store: string, now: EpochSeconds): number | null {
    const entries = (this.#own.get(store) ?? []).filter(({ at }) => at > now - 2 * MINUTE_SECONDS);
    const seconds = entries.reduce((sum, { over_seconds }) => sum + over_seconds, 0);
    if (seconds === 0) return null;
    return (entries.reduce((sum, { own_ms }) => sum + own_ms, 0) / seconds) * MINUTE_SECONDS;
  }
}

function stateOf(look: Look, now: EpochSeconds): State {
  if (look.failure !== null || isStale(look.last_good_at, look.pace_seconds, now)) return 'unknown';
  return look.slowed === null ? 'ok' : 'warning';
}

function recent(look: Look, now: EpochSeconds): Look['runs'] {
  return look.runs.filter(({ at }) => at > now - MINUTE_SECONDS && at <= now);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
