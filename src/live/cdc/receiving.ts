import type { EpochSeconds, Measured, State, StreamView } from '../../model/live.js';
import type { PayloadOf, SampleOf } from '../../probes/index.js';
import { plainText } from '../../text/plain-text.js';
import { isWorse, level } from './judgement.js';
import { LsnClock } from './lsn-clock.js';
import { bytesBetween, readLsn } from './lsn.js';
import { behindAt, type Outstanding } from './pending.js';
import { amount } from './sentences.js';
import type { SourceMemory } from './source.js';
import { lagObjective, lagText, NOTHING, streamOf, type Stream } from './stream.js';
import { StreamMemory } from './stream-memory.js';
import type { StreamSettings } from './stream-settings.js';

const WARNING_SHARE = 0.8;
/** Two reports to the primary were due. */
const STATUS_INTERVALS = 2;
/** On a silent link a receiver asks for a sign of life after half of wal_receiver_timeout, which is a minute by default. */
const SILENCE_SECONDS_MIN = 40;

type Standby = NonNullable<PayloadOf<'receiver'>['standby']>;
type Subscription = PayloadOf<'receiver'>['subscriptions'][number];

/** What a receiving server tells: its own replay, and its subscriptions. */
export class ReceiverMemory {
  /** Positions of the sender with the times at which it sent them, where the sender itself is not looked at. */
  readonly #clocks = new Map<string, LsnClock>();
  readonly #streams = new Map<string, StreamMemory>();
  readonly #errors = new Map<string, { apply: number; at: EpochSeconds | null }>();

  constructor(
    readonly store: string,
    private readonly settingsFor: (name: string) => StreamSettings,
  ) {}

  /** `upstream` gives the server that a position comes from, where it is looked at too. */
  accept(sample: SampleOf<'receiver'>, upstream: (slot: string | null) => SourceMemory | null): Stream[] {
    const { payload } = sample;
    if (payload === null) return [];
    const streams = payload.subscriptions.map((subscription) => this.#subscription(sample, payload.server_time, subscription, upstream(subscription.slot_name)));
    if (payload.standby !== null) {
      streams.push(this.#standby(sample, payload.server_time, payload.standby, upstream(null)));
    }
    return streams;
  }

  #memory(name: string): StreamMemory {
    const memory = this.#streams.get(name) ?? new StreamMemory();
    this.#streams.set(name, memory);
    return memory;
  }

  /** Where the position lies by the sender's own clock, or else by the times that came with positions. */
  #behind(name: string, lsn: bigint | null, now: EpochSeconds, source: SourceMemory | null, heard: { lsn: bigint | null; at: EpochSeconds | null }): Outstanding | null {
    let clock = this.#clocks.get(name) ?? new LsnClock();
    if (heard.lsn !== null && heard.at !== null && clock.push(heard.at, heard.lsn) === 'backwards') {
      clock = new LsnClock();
      clock.push(heard.at, heard.lsn);
    }
    this.#clocks.set(name, clock);
    if (lsn === null) return null;
    if (source !== null && source.look !== null) return behindAt(lsn, source.clock, source.look.at);
    return behindAt(lsn, clock, now);
  }

  #standby(sample: SampleOf<'receiver'>, now: EpochSeconds, standby: Standby, source: SourceMemory | null): Stream {
    const { receiver } = standby;
    const silence_seconds = Math.max(STATUS_INTERVALS * standby.status_interval_seconds, SILENCE_SECONDS_MIN);
    const isCut = receiver === null || (receiver.last_message_age_seconds ?? 0) > silence_seconds;
    const replayed = readLsn(standby.replay_lsn);
    const heard = { lsn: readLsn(receiver?.latest_end_lsn), at: receiver?.latest_end_at ?? null };
    const behind = this.#behind(this.store, replayed, now, source, heard);
    // Without a link nobody here knows what the primary has written since; the primary itself may be looked at, though.
    const isKnown = source !== null || !isCut;
    const lag = isKnown ? (behind?.lag ?? null) : null;
    const received = readLsn(standby.receive_lsn);
    const bytes = replayed === null || received === null ? null : bytesBetween(replayed, received);
    const conflicts = standby.conflicts === null || standby.conflicts === 0 ? '' : `; ${amount(standby.conflicts, 'count')} queries were cancelled for replay so far`;
    const text = lag === null ? 'an unknown time' : lagText(lag);
    const verdict = ((): Verdict => {
      if (isCut) return { diagnosis: 'disconnected', status: 'link down', cause: `the standby hears nothing from its primary, so ${lag === null ? 'nobody here knows how old its data are' : `its data are ${text} old`}; look at the network, at primary_conninfo and at the primary`, at_least: source === null ? 'unknown' : 'warning' };
      if (standby.replay_paused) return { diagnosis: 'stalled-load', status: 'replay paused', cause: `replay is paused ${text} behind the primary; resume it with pg_wal_replay_resume()`, at_least: 'warning' };
      if (lag === null) return { diagnosis: 'unknown', status: 'unknown', cause: 'its position cannot be dated yet', at_least: 'unknown' };
      return { diagnosis: 'flowing', status: 'flowing', cause: `replays ${text} behind the primary${conflicts}`, at_least: 'ok' };
    })();
    return this.#stream(sample, now, 'standby', this.store, verdict, lag, { unconfirmed_bytes: bytes, confirmed_lsn: standby.replay_lsn, active: !isCut });
  }

  #subscription(sample: SampleOf<'receiver'>, now: EpochSeconds, subscription: Subscription, source: SourceMemory | null): Stream {
    const { name } = subscription;
    const applied = readLsn(subscription.latest_end_lsn);
    const received = readLsn(subscription.received_lsn);
    const behind = this.#behind(name, applied, now, source, { lsn: received ?? applied, at: subscription.latest_end_at });
    const lag = subscription.pid === null && source === null ? null : (behind?.lag ?? null);
    const text = lag === null ? 'an unknown time' : lagText(lag);
    const errors = this.#newErrors(name, subscription.apply_errors, now);
    const verdict = ((): Verdict => {
      if (subscription.enabled === false) return { diagnosis: 'disconnected', status: 'disabled', cause: `the subscription is disabled and ${text} behind; enable it with ALTER SUBSCRIPTION … ENABLE after mending what stopped it`, at_least: 'warning' };
      if (errors) return { diagnosis: 'stalled-load', status: 'apply fails', cause: `applying fails again and again, ${text} behind; the server's log names the row and the constraint`, at_least: 'breach' };
      if (subscription.pid === null) return { diagnosis: 'disconnected', status: 'not running', cause: `no worker runs, ${text} behind; look at the subscriber's log and at max_logical_replication_workers`, at_least: 'warning' };
      if (lag === null) return { diagnosis: 'unknown', status: 'unknown', cause: 'its position cannot be dated yet', at_least: 'unknown' };
      return { diagnosis: 'flowing', status: 'flowing', cause: `applies ${text} behind the publisher`, at_least: 'ok' };
    })();
    const bytes = applied === null || received === null ? null : bytesBetween(applied, received);
    return this.#stream(sample, now, 'subscription', name, verdict, lag, { unconfirmed_bytes: bytes, confirmed_lsn: subscription.latest_end_lsn, active: subscription.pid !== null });
  }

  /** True for some minutes after a worker failed. */
  #newErrors(name: string, apply_errors: number | null, now: EpochSeconds): boolean {
    if (apply_errors === null) return false;
    const known = this.#errors.get(name);
    const failed_at = known !== undefined && apply_errors > known.apply ? now : (known?.at ?? null);
    this.#errors.set(name, { apply: apply_errors, at: failed_at });
    return failed_at !== null && now - failed_at < 120;
  }

  #stream(sample: SampleOf<'receiver'>, now: EpochSeconds, kind: 'standby' | 'subscription', name: string, verdict: Verdict, lag: Measured | null, rest: Partial<StreamView>): Stream {
    const settings = this.settingsFor(name);
    const memory = this.#memory(name);
    const limit = settings.lag_seconds_max;
    let state: State = lag === null ? 'ok' : level(lag.value, WARNING_SHARE * limit, limit, memory.lagJudgement.state);
    if (verdict.at_least === 'unknown' || isWorse(verdict.at_least, state)) state = verdict.at_least;
    state = memory.lagJudgement.see(state, now);
    memory.lag.push(sample.at, lag?.value ?? null);
    const shown = plainText(settings.name, 80);
    const view: StreamView = {
      ...NOTHING,
      ...rest,
      name: shown,
      store: this.store,
      kind,
      plugin: '',
      state,
      diagnosis: verdict.diagnosis,
      status: verdict.status,
      cause: `${shown}: ${verdict.cause}`,
      lag,
      history: memory.lag,
      limit_seconds: limit,
    };
    const objective = lagObjective(view, kind === 'standby' ? 'standby' : 'lag', { state, since: memory.lagJudgement.since });
    return streamOf(sample.at, sample.pace_seconds, () => ({ view, objectives: [objective] }));
  }
}

interface Verdict {
  diagnosis: StreamView['diagnosis'];
  status: string;
  cause: string;
  at_least: State;
}
