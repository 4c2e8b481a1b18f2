import type { EpochSeconds, State, StreamDiagnosis } from '../../model/live.js';
import { inactiveSince, isLost, type SlotEvidence } from './evidence.js';
import { isWorse } from './judgement.js';
import * as say from './sentences.js';

/** Below this a consumer is not called slow. */
const BEHIND_SECONDS_MIN = 30;
/** A consumer that confirms seldom is late only when it is later than usual. */
const USUAL_GAPS = 3;
/** The WAL sender has not sent so long although there is more. */
const UNSENT_SECONDS = 10;
/** A position so far behind is worth a word even when no data are late. */
const POSITION_SECONDS = 10;
const POSITION_BYTES = 2 ** 20;
const IDLE_SECONDS = 60;
/** Confirming so much faster than changes come is catching up. */
const CATCHING_UP_SPEED = 1.05;
const HELD_BYTES = 128 * 2 ** 20;
const HELD_TRANSACTION_SECONDS = 60;
const HOUR_SECONDS = 3600;
const LOSS_WARNING_SECONDS = 6 * HOUR_SECONDS;
/** A restart of the consumer takes seconds; within this share of the objective nobody need know. */
const ABSENCE_SHARE = 0.1;
const ABSENCE_SECONDS = { min: 30, max: 600 };

export interface Verdict {
  diagnosis: StreamDiagnosis;
  status: string;
  /** What is the matter, without the name of the stream. */
  cause: () => string;
  /** At least as bad as this whatever the lag is. */
  at_least: State;
  /** No worse than this, because it is not known that data are late. */
  at_most: State;
}

/** What the matter is with a logical slot, as far as the server tells. The first that applies. */
export function diagnose(e: SlotEvidence): Verdict {
  return lost(e) ?? unreadable(e) ?? willBeLost(e) ?? ofSession(e) ?? copyOfPrimary(e) ?? disconnected(e) ?? heldByTransaction(e) ?? behind(e) ?? upToDate(e);
}

/** How near the loss of the slot is. */
export function lossState(lost_at: EpochSeconds | null, now: EpochSeconds, present: State): State {
  if (lost_at === null) return 'ok';
  const left = lost_at - now;
  // What is in sight goes out of sight only when it is half as far again.
  if (left < HOUR_SECONDS * (present === 'breach' ? 1.5 : 1)) return 'breach';
  return left < LOSS_WARNING_SECONDS * (isWorse(present, 'ok') ? 1.5 : 1) ? 'warning' : 'ok';
}

/** After so long without a confirmation a consumer that confirms as this one does stands still. */
export function patience_seconds({ memory, settings }: SlotEvidence): number {
  const limit = Math.max(settings.lag_seconds_max, BEHIND_SECONDS_MIN);
  // Of one that calls from time to time the first calls do not tell yet how often it does.
  if (memory.reads_in_turns && memory.gap_seconds() === 0) return limit;
  return Math.min(Math.max(BEHIND_SECONDS_MIN, USUAL_GAPS * memory.gap_seconds()), limit);
}

function verdict(diagnosis: StreamDiagnosis, status: string, cause: () => string, at_least: State = 'ok', at_most: State = 'breach'): Verdict {
  return { diagnosis, status, cause, at_least, at_most };
}

function lost(e: SlotEvidence): Verdict | null {
  return isLost(e.slot) ? verdict('lost', 'slot lost', () => say.lost(e), 'breach') : null;
}

function unreadable(e: SlotEvidence): Verdict | null {
  if (e.confirmed === null) return verdict('unknown', 'being created', () => say.beingCreated(), 'unknown', 'unknown');
  return e.unconfirmed === null ? verdict('unknown', 'unknown', () => say.noPosition(), 'unknown', 'unknown') : null;
}

function willBeLost(e: SlotEvidence): Verdict | null {
  const state = lossState(e.lost_at, e.look.at, e.memory.walJudgement.state);
  const { lost_at } = e;
  if (state === 'ok' || lost_at === null) return null;
  return verdict('will-be-lost', 'will be lost', () => say.willBeLost(e, lost_at), 'warning', certainty(e));
}

/** A temporary slot marks where an initial copy began and is dropped with its session: nothing need be confirmed through it. */
function ofSession(e: SlotEvidence): Verdict | null {
  return e.slot.temporary && !e.settings.isConfigured ? verdict('flowing', 'temporary', () => say.ofSession(), 'ok', 'ok') : null;
}

/** A slot that is kept in step on a standby is read by nobody until the standby is promoted. */
function copyOfPrimary(e: SlotEvidence): Verdict | null {
  if (e.slot.synced !== true) return null;
  const synced_at = e.slot.inactive_since;
  const isOld = synced_at !== null && e.look.at - synced_at > 300;
  return verdict('flowing', isOld ? 'copy is old' : 'kept in step', () => say.copyOfPrimary(e, isOld), isOld ? 'warning' : 'ok', isOld ? 'warning' : 'ok');
}

function disconnected(e: SlotEvidence): Verdict | null {
  if (e.slot.active) return null;
  // Nobody stays connected who calls pg_logical_slot_get_changes() from time to time.
  if (e.memory.reads_in_turns && e.look.at - e.memory.confirmed_moved_at <= patience_seconds(e)) return null;
  const since = inactiveSince(e);
  const grace = Math.min(Math.max(ABSENCE_SHARE * e.settings.lag_seconds_max, ABSENCE_SECONDS.min), ABSENCE_SECONDS.max);
  const isBrief = since !== null && e.look.at - since <= grace;
  // A slot that was inactive before the first look may have been so for long: then its position tells.
  const position = e.unconfirmed?.position_seconds ?? 0;
  const at_least = isBrief || (since === null && position <= grace) || e.slot.temporary ? 'ok' : 'warning';
  return verdict('disconnected', 'disconnected', () => say.disconnected(e, since), at_least, certainty(e));
}

function heldByTransaction(e: SlotEvidence): Verdict | null {
  const { retained_bytes, unconfirmed_bytes, oldest_write_transaction_at: since } = e;
  if (retained_bytes === null || unconfirmed_bytes === null || retained_bytes < HELD_BYTES || unconfirmed_bytes > retained_bytes / 4) return null;
  if (since !== null && e.look.at - since < HELD_TRANSACTION_SECONDS) return null;
  const isStill = e.look.at - e.memory.restart_moved_at >= HELD_TRANSACTION_SECONDS;
  // Without a transaction that is seen, a restart position that follows is only slow.
  if (since === null && (e.seesTransactions || !isStill)) return null;
  if (lateness(e) > patience_seconds(e)) return null;
  return verdict('held-by-transaction', 'held back', () => say.heldByTransaction(e), 'warning', 'warning');
}

function behind(e: SlotEvidence): Verdict | null {
  const patience = patience_seconds(e);
  if (lateness(e) <= patience) return null;
  const still_seconds = e.look.at - e.memory.confirmed_moved_at;
  if (e.memory.hasConfirmed && still_seconds < patience) return moving(e);
  const isUnsent = e.sent !== null && e.sent < e.previous.lsn && e.look.at - e.memory.sent_moved_at >= UNSENT_SECONDS;
  const at_least = e.hasCounters && e.unconfirmed?.pending === 'unknown' ? 'ok' : 'warning';
  return isUnsent
    ? verdict('stalled-capture', 'stalled at capture', () => say.stalledCapture(e), at_least, certainty(e))
    : verdict('stalled-load', 'stalled at load', () => say.stalledLoad(e), at_least, certainty(e));
}

function moving(e: SlotEvidence): Verdict {
  const speed = e.memory.speed();
  if (speed === null || speed >= CATCHING_UP_SPEED) return verdict('catching-up', 'catching up', () => say.catchingUp(e, speed), 'ok', certainty(e));
  const isUnsent = (e.unsent?.position_seconds ?? 0) > lateness(e) / 2;
  return verdict(isUnsent ? 'stalled-capture' : 'stalled-load', 'too slow', () => say.tooSlow(e, speed, isUnsent), 'warning', certainty(e));
}

function upToDate(e: SlotEvidence): Verdict {
  const position = e.unconfirmed?.position_seconds ?? 0;
  const isNothing = e.unconfirmed !== null && isEmpty(e.unconfirmed.pending);
  const isLarge = position > POSITION_SECONDS && (e.unconfirmed_bytes ?? 0) >= POSITION_BYTES;
  if (isNothing && isLarge) return verdict('nothing-pending', 'nothing pending', () => say.nothingPending(e), 'ok', certainty(e));
  const quiet_seconds = e.look.at - (e.last_relevant_at ?? e.memory.first.at);
  if (isNothing && quiet_seconds > IDLE_SECONDS) return verdict('idle-source', 'idle source', () => say.idleSource(e), 'ok', certainty(e));
  return verdict('flowing', 'flowing', () => say.flowing(e), 'ok', certainty(e));
}

/** Age of what is late, or may be: where nothing tells what lies behind the position, its own age. */
function lateness({ unconfirmed }: SlotEvidence): number {
  return unconfirmed?.lag.value ?? 0;
}

function isEmpty(pending: string): boolean {
  return pending === 'none' || pending === 'unlikely' || pending === 'quiet';
}

/** A breach needs a reason to believe that wanted changes are late; where that is open a warning says so. */
function certainty({ unconfirmed }: SlotEvidence): State {
  return unconfirmed?.pending === 'unknown' || unconfirmed?.pending === 'quiet' ? 'warning' : 'breach';
}
