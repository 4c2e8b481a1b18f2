import type { EpochSeconds } from '../model/live.js';
import type { ReconcileMemory, ScheduledPair } from '../probes/keys.js';
import type { Sample } from '../probes/index.js';

/** What a pass over a pair's keys keeps for the next, while it runs. */
export interface HeldMemory {
  memory: ReconcileMemory;
  /** Never rejects. */
  release(): Promise<void>;
}

/** What passes need from outside, and what they leave there. */
export interface PassHost {
  /** Makes digests of keys that are the same from pass to pass. */
  secret(): Promise<Uint8Array>;
  /** The memory of one pair, or who has it now, in words. */
  hold(pair: string): Promise<HeldMemory | { heldBy: string }>;
  /** A replica to be read in the place of the store; null where there is none. Never rejects but for an abort. */
  replicaOf(store: string, signal: AbortSignal): Promise<string | null>;
  /** Keys as people read them, by digest: for the screen of this process, never to be kept. */
  onKeys(pair: string, keys: ReadonlyMap<string, readonly string[]>): void;
}

/** A pair that was not confirmed in time is looked at again after this, or five times what the pass took. */
const AGAIN_SECONDS = 600;
const AGAIN_FACTOR = 5;

/** When which pair is compared next; outlives the schedule, which is made anew when a catalogue changes. */
export class PassBook {
  readonly #next = new Map<string, EpochSeconds>();

  /** A time in the past where it was never compared. */
  nextAt(pair: ScheduledPair, now: EpochSeconds): EpochSeconds {
    // A schedule that was made shorter holds at once.
    return Math.min(this.#next.get(pair.name) ?? Number.NEGATIVE_INFINITY, now + pair.every_seconds);
  }

  /** @param openDifferences true where something was left to be confirmed. */
  ended(pair: ScheduledPair, now: EpochSeconds, { took_seconds, open }: { took_seconds: number; open: boolean }): EpochSeconds {
    const again = Math.min(pair.every_seconds, Math.max(AGAIN_SECONDS, AGAIN_FACTOR * took_seconds));
    const next = now + (open ? again : pair.every_seconds);
    this.#next.set(pair.name, next);
    return next;
  }

  postpone(pair: ScheduledPair, until: EpochSeconds): void {
    this.#next.set(pair.name, until);
  }

  /** What a journal knows: a watch that is started again does not begin all of them at once. */
  accept(sample: Sample): void {
    if (sample.probe !== 'keys' || sample.payload === null) return;
    for (const { name, next_at, running } of sample.payload.pairs) {
      if (running !== null) this.#next.delete(name);
      else if (next_at !== null) this.#next.set(name, next_at);
    }
  }
}

/** Keeps what passes leave for each other as long as the process lives. */
export class ProcessMemory {
  readonly #kept = new Map<string, unknown>();

  hold(pair: string): HeldMemory {
    const memory: ReconcileMemory = {
      load: () => Promise.resolve(this.#kept.get(pair) ?? null),
      save: (_, content) => {
        this.#kept.set(pair, content);
        return Promise.resolve();
      },
    };
    return { memory, release: () => Promise.resolve() };
  }
}
