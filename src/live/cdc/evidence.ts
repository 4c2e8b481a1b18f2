import type { EpochSeconds } from '../../model/live.js';
import type { ReplicationPayload, Slot, WalSender } from '../../probes/replication.js';
import { bytesBetween, readLsn } from './lsn.js';
import { outstandingAt, type Outstanding, type Surroundings } from './pending.js';
import type { Look, SlotMemory } from './slot-memory.js';
import type { SourceMemory } from './source.js';
import type { StreamSettings } from './stream-settings.js';

/** A slot that is lost in more than this is not about to be lost. */
const FORECAST_SECONDS_MAX = 14 * 86_400;
/** A restart position normally follows within some tens of seconds, with the server's regular snapshots. */
const STANDSTILL_SECONDS = 120;
const BEHIND_SECONDS = 60;
/** Below two segments of the default size nothing is held back that would not be kept anyway. */
const HELD_BYTES_MIN = 32 * 2 ** 20;

/** Plugins that send every change of the database whatever is published. */
const DECODES_EVERYTHING = new Set(['test_decoding', 'wal2json', 'decoderbufs']);

/** All that one moment says of a logical slot. Times are the server's. */
export interface SlotEvidence {
  slot: Slot;
  sender: WalSender | null;
  memory: SlotMemory;
  settings: StreamSettings;
  look: Look;
  previous: Look;
  /** True where counters of published tables will tell within minutes what lies behind a position. */
  hasCounters: boolean;
  /** Null while nothing is connected, and where the role may not see what the WAL sender does. */
  sent: bigint | null;
  confirmed: bigint | null;
  /** Behind the confirmed position; null where there is none. */
  unconfirmed: Outstanding | null;
  /** Behind the position that was sent. */
  unsent: Outstanding | null;
  retained_bytes: number | null;
  unconfirmed_bytes: number | null;
  wal_bytes_per_second: number | null;
  lost_at: EpochSeconds | null;
  oldest_write_transaction_at: EpochSeconds | null;
  /** True where that transaction is prepared and has no session. */
  isPrepared: boolean;
  seesTransactions: boolean;
  /** When the last change was seen that this stream carries; null where none was. */
  last_relevant_at: EpochSeconds | null;
  restarted_at: EpochSeconds | null;
}

/** True for a slot from which nothing can be read any more, whatever positions it still shows. */
export function isLost({ wal_status, invalidation_reason, conflicting }: Slot): boolean {
  // On 16 a slot that lost its WAL shows it as `conflicting`; later versions name the reason.
  return wal_status === 'lost' || invalidation_reason !== null || conflicting === true;
}

/** The WAL sender that serves the slot; null while none does. */
export function senderOf(slot: Slot, { wal_senders }: ReplicationPayload): WalSender | null {
  return wal_senders.find(({ slot_name, pid }) => slot_name === slot.slot_name || (slot.active_pid !== null && pid === slot.active_pid)) ?? null;
}

export function surroundingsOf(source: SourceMemory, look: Look, hasPublished: boolean): Surroundings {
  return {
    clock: source.clock,
    look,
    previous: source.previous ?? look,
    last_commit_at: source.answer?.payload.last_commit_at ?? null,
    published: hasPublished ? source.published : null,
  };
}

/** Reads one slot. `around.published` is null where the counters are of another database. */
export function evidenceOf(slot: Slot, source: SourceMemory, memory: SlotMemory, settings: StreamSettings, around: Surroundings): SlotEvidence {
  const { look, previous } = around;
  const payload = source.answer?.payload;
  const sender = payload === undefined ? null : senderOf(slot, payload);
  const confirmed = readLsn(slot.confirmed_flush_lsn);
  const restart = readLsn(slot.restart_lsn);
  const sent = slot.active ? readLsn(sender?.sent_lsn) : null;
  const slotted = { memory, sent, decodesEverything: DECODES_EVERYTHING.has(slot.plugin ?? '') };
  const unconfirmed = confirmed === null ? null : outstandingAt(confirmed, around, slotted);
  const decoded = memory.lastDecoded();
  return {
    slot,
    sender,
    memory,
    settings,
    look,
    previous,
    hasCounters: around.published !== null,
    sent,
    confirmed,
    unconfirmed,
    unsent: sent === null ? null : outstandingAt(sent, around, slotted),
    retained_bytes: restart === null ? null : bytesBetween(restart, look.lsn),
    unconfirmed_bytes: confirmed === null ? null : bytesBetween(confirmed, look.lsn),
    wal_bytes_per_second: source.wal.per_second(),
    lost_at: lostAt(slot, memory, source, look, unconfirmed),
    oldest_write_transaction_at: payload?.oldest_write_transaction_at ?? null,
    isPrepared: payload?.oldest_prepared_transaction_at != null && payload.oldest_prepared_transaction_at === payload.oldest_write_transaction_at,
    seesTransactions: payload?.sees_all ?? false,
    last_relevant_at: around.published?.lastChangeAt() ?? (decoded?.before == null ? null : decoded.after.at),
    restarted_at: source.restarted_at,
  };
}

/**
 * When the space that is left is used up: safe_wal_size by the larger of the rates over five minutes and over an hour. While
 * the slot moves on, what counts is how fast it falls behind. Null where that is not in sight or there is no limit.
 */
function lostAt(slot: Slot, memory: SlotMemory, source: SourceMemory, look: Look, unconfirmed: Outstanding | null): EpochSeconds | null {
  const safe = slot.safe_wal_bytes;
  if (safe === null || isLost(slot)) return null;
  if (safe <= 0) return look.at;
  const restart = readLsn(slot.restart_lsn);
  const still_seconds = look.at - memory.restart_moved_at;
  const isHeld = still_seconds > STANDSTILL_SECONDS && restart !== null && bytesBetween(restart, look.lsn) > HELD_BYTES_MIN;
  const isBehind = still_seconds > BEHIND_SECONDS / 2 && (unconfirmed?.position_seconds ?? 0) > BEHIND_SECONDS;
  const stands = !slot.active || isHeld || isBehind;
  const wal = source.wal.cautious_per_second();
  const rate = stands ? wal : wal === null ? null : Math.min(wal, memory.retained_per_second() ?? 0);
  if (rate === null || rate <= 0 || safe / rate > FORECAST_SECONDS_MAX) return null;
  return look.at + safe / rate;
}

/** By the server since 17, else by what was seen; null where it was inactive before the first look. */
export function inactiveSince({ slot, memory }: SlotEvidence): EpochSeconds | null {
  if (slot.active) return null;
  if (slot.inactive_since !== null) return slot.inactive_since;
  return memory.inactive_seen_at !== null && memory.inactive_seen_at > memory.first.at ? memory.inactive_seen_at : null;
}
