import type { EpochSeconds } from '../../model/live.js';
import type { Slot } from '../../probes/replication.js';
import { plainText } from '../../text/plain-text.js';
import { readLsn } from './lsn.js';
import { behindAt } from './pending.js';
import { amount } from './sentences.js';
import type { SourceMemory } from './source.js';

/** A standby brings its copies in step every some seconds, at the latest every half minute (MAX_SLOTSYNC_WORKER_NAPTIME_MS). */
const COPY_SECONDS_MAX = 300;

/**
 * What a consumer would lose in a failover now, as far as the standbys that are looked at tell; null where the slot is not meant
 * to survive one, no standby is looked at, or all is well. PostgreSQL 17 and later.
 */
export function failoverTrouble(slot: Slot, primary: SourceMemory, sources: ReadonlyMap<string, SourceMemory>, now: EpochSeconds): string | null {
  const own = primary.answer?.payload.system_identifier ?? null;
  if (slot.failover !== true || slot.synced === true || own === null || primary.look === null) return null;
  const missing: string[] = [];
  const behind: number[] = [];
  for (const [store, source] of sources) {
    const payload = source.fresh(now)?.payload;
    if (source === primary || payload?.system_identifier !== own || !payload.in_recovery) continue;
    const copy = payload.slots.find(({ slot_name, synced }) => slot_name === slot.slot_name && synced === true);
    const confirmed = readLsn(copy?.confirmed_flush_lsn);
    if (confirmed === null) missing.push(plainText(store, 60));
    else behind.push(isBehind(confirmed, slot) ? (behindAt(confirmed, primary.clock, primary.look.at)?.position_seconds ?? 0) : 0);
  }
  if (behind.length === 0) {
    return missing.length === 0 ? null : `after a failover its consumer would miss changes: ${missing.join(' and ')} keeps no copy of the slot; set sync_replication_slots there`;
  }
  const best = Math.min(...behind);
  return best <= COPY_SECONDS_MAX ? null : `after a failover its consumer would get ${amount(best, 'seconds')} of changes again or miss them: the standby's copy of the slot is so old; look at the standby's log for slot synchronization`;
}

function isBehind(copy: bigint, { confirmed_flush_lsn }: Slot): boolean {
  const confirmed = readLsn(confirmed_flush_lsn);
  return confirmed !== null && copy < confirmed;
}
