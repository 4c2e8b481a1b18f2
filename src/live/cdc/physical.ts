import type { EpochSeconds, HopView, State, StreamDiagnosis, StreamView } from '../../model/live.js';
import type { Slot, WalSender } from '../../probes/replication.js';
import { plainText } from '../../text/plain-text.js';
import { bytesBetween, readLsn } from './lsn.js';
import { inactiveSince, isLost, type SlotEvidence } from './evidence.js';
import { chain, withSlowest } from './hops.js';
import { lossState } from './diagnose.js';
import { isWorse, level } from './judgement.js';
import { momentText } from './moment.js';
import { behindAt, type Outstanding } from './pending.js';
import * as say from './sentences.js';
import type { Look } from './slot-memory.js';
import type { SourceMemory } from './source.js';
import { lagObjective, lagText, NOTHING, streamOf, type Shown, type Stream } from './stream.js';
import type { StreamMemory } from './stream-memory.js';
import type { StreamSettings } from './stream-settings.js';
import { judgeWal, walObjective } from './wal-objective.js';

const WARNING_SHARE = 0.8;
const BEHIND_SECONDS = 30;
const ABSENCE_SECONDS = 60;
const SPEED = 1.05;

/** A standby as its primary sees it: a slot, a WAL sender, or both. */
export interface PhysicalInput {
  slot: Slot | null;
  sender: WalSender | null;
  source: SourceMemory;
  look: Look;
  memory: StreamMemory;
  /** Of the slot; null without one. */
  e: SlotEvidence | null;
  settings: StreamSettings;
  store: string;
  at: EpochSeconds;
  pace_seconds: number;
}

interface Verdict {
  diagnosis: StreamDiagnosis;
  status: string;
  cause: string;
  at_least: State;
}

export function physicalStream(input: PhysicalInput): Stream {
  const { slot, source, look, memory, at } = input;
  const { flushed, replayed } = positionsOf(input);
  const isDead = slot !== null && isLost(slot);
  const behind = isDead || replayed === null ? null : behindAt(replayed, source.clock, look.at);
  if (behind?.passed_at != null) memory.follow(look.at, behind.passed_at);
  const verdict = diagnose(input, behind, flushed);
  const lag = behind?.lag ?? null;
  const state = judge(input, verdict, lag?.value ?? null);
  memory.lag.push(at, lag?.value ?? null);
  const wal = input.e === null ? 'ok' : judgeWal(input.e, memory.walJudgement);
  memory.retained.push(at, input.e?.retained_bytes ?? null);
  return streamOf(at, input.pace_seconds, () => shownOf(input, { verdict, lag, state, wal, replayed, hops: () => (isDead ? [] : hops(input, flushed, behind)) }));
}

interface Judged {
  verdict: Verdict;
  lag: StreamView['lag'];
  state: State;
  wal: State;
  replayed: bigint | null;
  hops: () => HopView[];
}

function shownOf(input: PhysicalInput, { verdict, lag, state, wal, replayed, hops: hopsOf }: Judged): Shown {
  const { slot, sender, memory, settings } = input;
  const name = plainText(settings.name, 80);
  const view: StreamView = {
    ...NOTHING,
    ...numbersOf(input, replayed),
    name,
    store: input.store,
    kind: slot === null ? 'standby' : 'physical slot',
    plugin: plainText(sender?.application_name ?? '', 60),
    state: isWorse(wal, state) ? wal : state,
    diagnosis: verdict.diagnosis,
    status: verdict.status,
    cause: `${name}: ${verdict.cause}`,
    lag,
    hops: hopsOf(),
    history: memory.lag,
    limit_seconds: settings.lag_seconds_max,
  };
  const isJudged = slot === null || !slot.temporary;
  const walView = input.e === null ? null : walObjective(view, input.e, wal, memory.retained);
  const objectives = [lagObjective(view, 'standby', { state, since: memory.lagJudgement.since }), ...(walView === null ? [] : [walView])];
  return { view, objectives: isJudged ? objectives : [] };
}

/** How far the standby has written and replayed; a slot without a sender stands where the standby was last. */
function positionsOf({ slot, sender }: PhysicalInput): { flushed: bigint | null; replayed: bigint | null } {
  const flushed = readLsn(sender?.flush_lsn ?? sender?.write_lsn) ?? readLsn(slot?.restart_lsn);
  return { flushed, replayed: readLsn(sender?.replay_lsn) ?? flushed };
}

function numbersOf(input: PhysicalInput, replayed: bigint | null): Partial<StreamView> {
  const { slot, sender, source, look, e } = input;
  const common = { confirmed_lsn: sender?.replay_lsn ?? null, wal_bytes_per_second: source.wal.per_second() };
  const unconfirmed_bytes = replayed === null ? null : bytesBetween(replayed, look.lsn);
  if (slot === null || e === null) return { ...common, unconfirmed_bytes, active: true };
  const isDead = isLost(slot);
  return {
    ...common,
    unconfirmed_bytes: isDead ? null : unconfirmed_bytes,
    retained_bytes: isDead ? null : e.retained_bytes,
    safe_wal_bytes: isDead ? null : slot.safe_wal_bytes,
    wal_status: slot.wal_status,
    invalidation_reason: slot.invalidation_reason,
    restart_lsn: slot.restart_lsn,
    active: slot.active,
    inactive_since: inactiveSince(e),
    xmin_age: slot.xmin_age,
    catalog_xmin_age: slot.catalog_xmin_age,
    lost_at: e.lost_at,
  };
}

function diagnose(input: PhysicalInput, behind: Outstanding | null, flushed: bigint | null): Verdict {
  const { slot, sender, look, source } = input;
  if (slot !== null && isLost(slot)) {
    return { diagnosis: 'lost', status: 'slot lost', cause: 'the slot is lost: the server has removed WAL that the standby had not received; build the standby anew from a base backup, unless it can restore from the archive', at_least: 'breach' };
  }
  const { e } = input;
  if (e !== null && e.lost_at !== null && lossState(e.lost_at, look.at, input.memory.walJudgement.state) !== 'ok') {
    return { diagnosis: 'will-be-lost', status: 'will be lost', cause: say.willBeLost(e, e.lost_at), at_least: 'warning' };
  }
  const lag = behind === null ? 'an unknown time' : lagText(behind.lag);
  if (slot !== null && !slot.active) return absent(input, lag);
  if (sender === null || sender.state === null) {
    return { diagnosis: 'unknown', status: 'hidden', cause: `this role may not see how far the standby is; grant it pg_monitor${behind === null ? '' : ` (it has received all but ${lag})`}`, at_least: 'unknown' };
  }
  if (behind === null) return { diagnosis: 'unknown', status: 'unknown', cause: 'it has not said yet how far it is', at_least: 'unknown' };
  if (behind.lag.value <= BEHIND_SECONDS) {
    const idle = source.wal.per_second() === 0;
    return { diagnosis: idle ? 'idle-source' : 'flowing', status: idle ? 'idle source' : 'flowing', cause: idle ? 'the primary writes nothing and the standby has everything' : `replays ${lag} behind the primary`, at_least: 'ok' };
  }
  const speed = input.memory.speed();
  if (speed !== null && speed >= SPEED) {
    return { diagnosis: 'catching-up', status: 'catching up', cause: `is ${lag} behind and catching up: current in about ${say.amount(behind.lag.value / (speed - 1), 'seconds')}; wait`, at_least: 'ok' };
  }
  const received = flushed === null ? null : behindAt(flushed, source.clock, look.at);
  if (received !== null && received.lag.value < behind.lag.value / 2) {
    return { diagnosis: 'stalled-load', status: 'replay behind', cause: `has received WAL up to ${lagText(received.lag)} ago but replays ${lag} behind; look on the standby whether replay is paused or waits for long queries (max_standby_streaming_delay)`, at_least: 'warning' };
  }
  return { diagnosis: 'stalled-capture', status: 'not receiving', cause: `is ${lag} behind because WAL does not reach it; look at the network and at the standby's disk`, at_least: 'warning' };
}

function absent(input: PhysicalInput, lag: string): Verdict {
  const { look, slot, e } = input;
  const since = e === null ? null : inactiveSince(e);
  const when = since === null ? 'no standby is connected, and none was when tidemark began to look' : `no standby has been connected since ${momentText(since, look.at)}`;
  const isBrief = since !== null && look.at - since < ABSENCE_SECONDS;
  const retained = readLsn(slot?.restart_lsn);
  if (retained === null) return { diagnosis: 'disconnected', status: 'never used', cause: 'no standby has used the slot yet, so it holds nothing', at_least: 'ok' };
  return {
    diagnosis: 'disconnected',
    status: 'disconnected',
    cause: `${when}; it lacks ${lag} of changes and ${say.amount(bytesBetween(retained, look.lsn), 'bytes')} of WAL is retained for it; start it, or drop the slot if it is not needed any more`,
    at_least: isBrief ? 'ok' : 'warning',
  };
}

function judge({ memory, look, settings }: PhysicalInput, { at_least, diagnosis }: Verdict, value: number | null): State {
  if (at_least === 'unknown') return memory.lagJudgement.see('unknown', look.at);
  const limit = settings.lag_seconds_max;
  let state: State = value === null ? 'ok' : level(value, WARNING_SHARE * limit, limit, memory.lagJudgement.state);
  if (isWorse(at_least, state)) state = at_least;
  return memory.lagJudgement.see(state, look.at, diagnosis === 'lost');
}

function hops({ sender, source, look }: PhysicalInput, flushed: bigint | null, behind: Outstanding | null): HopView[] {
  const at = (lsn: bigint | null): number | null => (lsn === null ? null : (behindAt(lsn, source.clock, look.at)?.lag.value ?? null));
  return withSlowest(
    chain(
      'commit',
      [
        { to: 'sent', behind_seconds: at(readLsn(sender?.sent_lsn)), evidence: 'LSN clock at sent_lsn' },
        { to: 'received', behind_seconds: at(flushed), evidence: 'LSN clock at flush_lsn' },
        { to: 'replayed', behind_seconds: sender?.replay_lsn == null ? null : (behind?.lag.value ?? null), evidence: 'LSN clock at replay_lsn' },
      ],
      look.at,
    ),
  );
}
