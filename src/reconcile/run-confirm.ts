import type { EpochSeconds } from '../model/live.js';
import type { Engine } from '../model/store.js';
import type { LiveSession } from '../stores/live.js';
import type { ReconcileContext } from './context.js';
import type { KeyedDigest } from './digest.js';
import type { OpenKey } from './judge/kinds.js';
import { isDue, isSettled, observe, standingOf, type Entry } from './judge/ledger.js';
import { keyDigest, sideState, type ObservedKey } from './judge/state.js';
import { readKeys } from './keys/pass.js';
import type { PairPlan } from './keys/types.js';
import type { Pace } from './pace/index.js';
import type { Watermark } from './position.js';
import type { Positions, WatermarkLook } from './position-read.js';

const POLL_MS_MIN = 250;
const POLL_MS_MAX = 5_000;
/** Where each statement is billed or queued, the watermark is not asked for more often. */
const POLL_MS_BILLED = 10_000;
const BILLED: readonly Engine[] = ['bigquery', 'databricks', 'redshift', 'snowflake', 'trino'];
/** Of the time, at most this share goes into asking. */
const POLL_SHARE = 0.2;

export interface ConfirmRequest {
  plan: PairPlan;
  /** The source is the store itself, not a replica. */
  sessions: { source: LiveSession; target: LiveSession };
  paces: { source: Pace; target: Pace | null };
  positions: Positions;
  digest: KeyedDigest;
  context: ReconcileContext;
  target_moved_at: EpochSeconds | null;
}

/** Keys that a pass found to differ, looked at again one by one until it is clear what they are or the time is over. */
export class Confirmation {
  #entries: Map<string, Entry>;
  readonly #observed = new Map<string, ObservedKey>();
  #watermark: Watermark;
  #source_read_at: EpochSeconds;

  /** @param entries what earlier runs know of keys. */
  constructor(
    private readonly request: ConfirmRequest,
    entries: Map<string, Entry>,
    first: { watermark: Watermark; source_read_at: EpochSeconds },
  ) {
    this.#entries = entries;
    this.#watermark = first.watermark;
    this.#source_read_at = first.source_read_at;
  }

  get entries(): ReadonlyMap<string, Entry> {
    return this.#entries;
  }

  /** As it was read before the last look. */
  get watermark(): Watermark {
    return this.#watermark;
  }

  get source_read_at(): EpochSeconds {
    return this.#source_read_at;
  }

  /** Keys of this run that still differ. */
  open(): OpenKey[] {
    return [...this.#observed.values()].flatMap((observed) => {
      const entry = this.#entries.get(observed.id);
      return entry === undefined ? [] : [{ entry, observed }];
    });
  }

  /**
   * Looks at the keys, then again whenever the watermark has passed where the source stood at a look.
   * @throws what reading throws; what was found until then stays.
   */
  async run(keys: readonly (readonly string[])[]): Promise<void> {
    const { context, positions } = this.request;
    if (keys.length === 0) return;
    const until = context.now() + context.confirm_seconds_max;
    await this.#look(keys, await positions.watermark());
    let pause = POLL_MS_MIN;
    for (;;) {
      const candidates = this.#candidates();
      const left_ms = (until - context.now()) * 1000;
      if (candidates.length === 0 || left_ms <= 0) return;
      this.#report(candidates.length, left_ms / 1000);
      await context.wait(Math.min(pause, left_ms));
      const began = context.now();
      const found = await positions.watermark();
      const tells = found.watermark.at !== null || found.watermark.lsn !== null || found.watermark.version !== null;
      const ready = tells && !found.watermark.standsAtSource ? candidates.filter((key) => this.#isReady(key, found.watermark)) : candidates;
      const isLast = (until - context.now()) * 1000 <= 0;
      if (ready.length > 0) await this.#look(ready.map(({ observed }) => observed.key), found);
      else this.#watermark = found.watermark;
      if (isLast) return;
      pause = Math.max(Math.min(POLL_MS_MAX, pause * 1.6), ((context.now() - began) * 1000) / POLL_SHARE, BILLED.includes(this.request.plan.target.engine) ? POLL_MS_BILLED : 0);
    }
  }

  #candidates(): OpenKey[] {
    return this.open().filter(({ entry, observed }) => standingOf(entry, observed, this.#watermark) === 'candidate');
  }

  /** Another look can tell more. */
  #isReady({ entry, observed }: OpenKey, watermark: Watermark): boolean {
    if (isDue(entry, watermark)) return true;
    return isSettled(observed, watermark, this.request.positions.settled_at(watermark));
  }

  /** In the order that makes a difference something that can be judged: the watermark, the target, the source, its place. */
  async #look(keys: readonly (readonly string[])[], { watermark, readElsewhere_at }: WatermarkLook): Promise<void> {
    const { plan, sessions, paces, positions, digest, context } = this.request;
    const reading = { pace: paces.source, ...(paces.target === null ? {} : { target_pace: paces.target }), signal: context.signal };
    const asked = keys.map((key) => [...key]);
    const target = await readKeys(plan, 'target', asked, sessions.target, reading);
    const asOf = sessions.target.asOf();
    const source = await readKeys(plan, 'source', asked, sessions.source, reading);
    const fence = await positions.fence();
    // A copy of the target from before its watermark was read elsewhere does not hold what that promises.
    const isOld = readElsewhere_at !== null && asOf !== null && asOf < readElsewhere_at;
    this.#watermark = isOld ? { ...watermark, at: null } : watermark;
    this.#source_read_at = fence.at;
    const observed = asked.map((key): ObservedKey => {
      const name = JSON.stringify(key);
      return { id: keyDigest(plan.pair.name, key, digest), key, source: sideState(source.get(name), plan, digest), target: sideState(target.get(name), plan, digest) };
    });
    this.#entries = observe(this.#entries, {
      keys: observed,
      watermark: this.#watermark,
      fence,
      settled_at: positions.settled_at(this.#watermark),
      target_moved_at: this.request.target_moved_at,
    });
    for (const key of observed) this.#observed.set(key.id, key);
  }

  #report(candidates: number, left_seconds: number): void {
    const { plan, context } = this.request;
    context.progress?.({ pair: plan.pair.name, step: 'confirm', share: null, rows: candidates, rows_expected: null, left_seconds, paused_because: null });
  }
}
