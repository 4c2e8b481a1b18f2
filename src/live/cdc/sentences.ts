import type { EpochSeconds } from '../../model/live.js';
import { plainText } from '../../text/plain-text.js';
import { formatQuantity, type Unit } from '../../text/quantity.js';
import { inactiveSince, type SlotEvidence } from './evidence.js';
import { momentText } from './moment.js';

/** What is wrong with a logical slot and what to do, one sentence each, without the name of the stream. */

const RECREATED_SECONDS = 3600;

export function amount(value: number, unit: Unit): string {
  return formatQuantity(value, unit) ?? 'an unknown amount';
}

function at(e: SlotEvidence, moment: EpochSeconds): string {
  return momentText(moment, e.look.at);
}

function consumer({ sender }: SlotEvidence): string {
  const name = sender?.application_name ?? '';
  return name === '' ? 'the consumer' : `the consumer ${plainText(name, 60)}`;
}

function lag(e: SlotEvidence): string {
  const { unconfirmed } = e;
  // Just begun to look at what waits already: how long it does, the next minutes tell.
  if (unconfirmed === null || (unconfirmed.lag.at_least && unconfirmed.lag.value < 1)) return 'an unknown time';
  // That a position is so old at least says nothing of changes that may lie behind it.
  if (unconfirmed.lag.at_least && unconfirmed.pending === 'unknown') return 'an unknown time';
  return `${unconfirmed.lag.at_least ? 'at least ' : unconfirmed.pending === 'unknown' ? 'up to ' : ''}${amount(unconfirmed.lag.value, 'seconds')}`;
}

/** For a position of which it is not known whether anything wanted lies behind it. */
function doubt(e: SlotEvidence): string {
  return e.unconfirmed?.pending === 'unknown' ? '; whether any of it is of published tables is not known yet' : '';
}

function retained(e: SlotEvidence): string {
  return e.retained_bytes === null ? 'an unknown amount of WAL' : `${amount(e.retained_bytes, 'bytes')} of WAL`;
}

const REASONS: Record<string, string> = {
  wal_removed: 'the server has removed WAL that the consumer had not read',
  rows_removed: 'vacuum has removed catalog rows that it needs',
  wal_level_insufficient: 'wal_level is too low for logical decoding',
  idle_timeout: 'it was inactive for longer than idle_replication_slot_timeout',
};

export function lost(e: SlotEvidence): string {
  const { invalidation_reason: reason, confirmed_flush_lsn } = e.slot;
  const why = REASONS[reason ?? (e.slot.wal_status === 'lost' ? 'wal_removed' : '')] ?? `the server has invalidated it${reason === null ? '' : ` (${plainText(reason, 40)})`}`;
  const from = confirmed_flush_lsn === null ? '' : ` after position ${plainText(confirmed_flush_lsn, 20)}`;
  return `the slot is lost: ${why}, and changes${from} will never arrive through it; drop and create it again, then take a new snapshot of its tables`;
}

export function beingCreated(): string {
  return 'the slot has no confirmed position yet: it is being created and waits for transactions that began before it';
}

export function noPosition(): string {
  return 'the age of its position is not known yet';
}

export function willBeLost(e: SlotEvidence, lost_at: EpochSeconds): string {
  const safe = e.slot.safe_wal_bytes ?? 0;
  const why = cause(e);
  const next = `${remedy(e)} or raise max_slot_wal_keep_size now`;
  if (safe <= 0) return `the slot may be lost at the next checkpoint: it retains ${retained(e)}, more than max_slot_wal_keep_size allows, because ${why}; ${next}`;
  return `the slot will be lost at ${at(e, lost_at)}, in ${amount(lost_at - e.look.at, 'seconds')}: ${amount(safe, 'bytes')} are left at the present rate, because ${why}; ${next}`;
}

function cause(e: SlotEvidence): string {
  const since = inactiveSince(e);
  if (!e.slot.active) return since === null ? 'no consumer is connected' : `no consumer has been connected since ${at(e, since)}`;
  if (isHeld(e)) return `a transaction on the source has been open since ${at(e, e.oldest_write_transaction_at ?? e.look.at)}`;
  const moved = e.memory.confirmed_moved_at;
  return e.look.at - moved > 30 ? `${consumer(e)} has confirmed nothing since ${at(e, moved)}` : `${consumer(e)} is slower than changes come`;
}

function remedy(e: SlotEvidence): string {
  if (!e.slot.active) return 'start the consumer';
  return isHeld(e) ? 'end that transaction' : 'look at the consumer';
}

function isHeld(e: SlotEvidence): boolean {
  const { retained_bytes, unconfirmed_bytes, oldest_write_transaction_at } = e;
  return oldest_write_transaction_at !== null && retained_bytes !== null && unconfirmed_bytes !== null && unconfirmed_bytes < retained_bytes / 4;
}

export function ofSession(): string {
  return 'a temporary slot, as an initial copy makes one: it ends with its session';
}

export function copyOfPrimary(e: SlotEvidence, isOld: boolean): string {
  if (!isOld) return "this slot is a copy that the standby keeps in step with the primary's, for a failover";
  return `this copy of the primary's slot was last brought in step at ${at(e, e.slot.inactive_since ?? e.look.at)}: after a failover now its consumer would miss changes; look at the standby's log for slot synchronization`;
}

export function disconnected(e: SlotEvidence, since: EpochSeconds | null): string {
  const when = since === null ? 'no consumer is connected, and none was when tidemark began to look' : `no consumer has been connected since ${at(e, since)}`;
  const pending = e.unconfirmed?.pending;
  if (pending === 'none' || pending === 'unlikely') return `${when}; nothing is pending, but ${retained(e)} is retained for it: start the consumer, or drop the slot if it is not needed any more`;
  if (pending === 'unknown') return `${when}, and ${amount(e.unconfirmed_bytes ?? 0, 'bytes')} of WAL wait for it${doubt(e)}; start the consumer, or drop the slot if it is not needed any more`;
  return `${when}, and ${lag(e)} of changes (${amount(e.unconfirmed_bytes ?? 0, 'bytes')} of WAL) wait for it; start the consumer, or drop the slot if it is not needed any more`;
}

export function heldByTransaction(e: SlotEvidence): string {
  const { oldest_write_transaction_at: since } = e;
  const head = `the slot retains ${retained(e)} although only ${amount(e.unconfirmed_bytes ?? 0, 'bytes')} are unconfirmed`;
  if (since === null) return `${head}: probably a transaction that was open for long; this role cannot see it, so grant it pg_monitor`;
  if (e.isPrepared) return `${head}: a transaction prepared at ${at(e, since)} was never finished; find it in pg_prepared_xacts, then COMMIT PREPARED or ROLLBACK PREPARED`;
  return `${head}: a transaction on the source has been writing since ${at(e, since)} and the server must keep WAL from its beginning; find it in pg_stat_activity and end it`;
}

export function stalledCapture(e: SlotEvidence): string {
  const since = at(e, e.memory.sent_moved_at);
  const spilled = e.memory.spilled.per_second() ?? 0;
  if (spilled > 0) return `the server has sent nothing since ${since}, ${lag(e)} behind: it decodes a transaction that is larger than logical_decoding_work_mem; wait, and have large changes made in smaller transactions`;
  return `the server has sent nothing since ${since} although there is more, ${lag(e)} behind: ${consumer(e)} does not take data from its connection; look at its log, its memory and the network${doubt(e)}`;
}

export function stalledLoad(e: SlotEvidence): string {
  const { memory } = e;
  const since = memory.hasConfirmed ? `since ${at(e, memory.confirmed_moved_at)}` : 'since tidemark began to look';
  const received = !e.slot.active ? 'nothing is connected to the slot at present' : e.sent === null ? `whether it received changes this role cannot see, so grant it pg_monitor` : 'it receives changes and does not finish loading them';
  return `${consumer(e)} has confirmed nothing ${since} and is ${lag(e)} behind: ${received}; look at its log and at the target${doubt(e)}`;
}

export function catchingUp(e: SlotEvidence, speed: number | null): string {
  const head = `${consumer(e)} is ${lag(e)} behind and catching up`;
  if (speed === null || speed <= 1) return `${head}; wait`;
  const left = (e.unconfirmed?.lag.value ?? 0) / (speed - 1);
  return `${head}, ${amount(speed, 'count')} times as fast as changes come: current in about ${amount(left, 'seconds')}; wait`;
}

export function tooSlow(e: SlotEvidence, speed: number, isUnsent: boolean): string {
  const place = isUnsent ? 'the server decodes and sends too slowly' : 'the consumer loads too slowly';
  return `${consumer(e)} is ${lag(e)} behind and confirms ${amount(Math.max(0, speed), 'seconds')} of changes a second: ${place}; look at ${isUnsent ? "the WAL sender's CPU and large transactions" : 'its batch size and the target'}`;
}

export function nothingPending(e: SlotEvidence): string {
  const last = e.last_relevant_at === null ? 'none of its changes was seen since tidemark began to look' : `its last change was at ${at(e, e.last_relevant_at)}`;
  const sure = e.unconfirmed?.pending === 'quiet' ? 'by the counters of the published tables no data are late' : 'no data are late';
  return `${sure}, but the slot's position is ${amount(e.unconfirmed?.position_seconds ?? 0, 'seconds')} old and holds ${retained(e)}: ${last} and others write; let the consumer confirm without changes, by a heartbeat (Debezium: heartbeat.interval.ms with heartbeat.action.query, or lsn.flush.mode)`;
}

export function idleSource(e: SlotEvidence): string {
  const since = e.last_relevant_at ?? e.memory.first.at;
  return `nothing to deliver: ${e.last_relevant_at === null ? 'no change was seen since tidemark began to look at' : 'the last change was at'} ${at(e, since)}${recreated(e)}`;
}

export function flowing(e: SlotEvidence): string {
  const rate = e.memory.transactions.per_second();
  const many = rate === null || rate < 0.05 ? '' : `; ${amount(rate, 'count')} transactions a second`;
  return `${consumer(e)} is ${lag(e)} behind${many}${recreated(e)}`;
}

function recreated({ memory, look }: SlotEvidence): string {
  const { recreated_at } = memory;
  if (recreated_at === null || look.at - recreated_at > RECREATED_SECONDS) return '';
  return `; the slot was created anew at ${momentText(recreated_at, look.at)}, so what changed before must come from a new snapshot`;
}
