import type { EpochSeconds } from '../../model/live.js';

/** One look at a server, between chunks. */
export interface LoadLook {
  at: EpochSeconds;
  /** How long the look itself took, which is small and always the same: a canary. */
  took_ms: number;
  /** Sessions of others that run a statement, all client sessions, and how many there may be. */
  active: number;
  clients: number;
  clients_max: number;
  /** Sessions that wait for a lock, heavy or light. */
  waiting: number;
  /** What standbys and slots are behind; null where there are none, or none that this role sees. */
  standby_bytes: number | null;
  slot_bytes: number | null;
  /** On a standby, how far it is behind itself. */
  replay_seconds: number | null;
  /** Another reconciliation reads rows here. */
  others: boolean;
}

export interface LoadState {
  looks: readonly LoadLook[];
  /** `full`: as configured. `half`: half of that. `stopped`: no chunk. */
  pace: 'full' | 'half' | 'stopped';
  /** Since when there has been no trouble; null while there is. */
  calm_since: EpochSeconds | null;
  because: string | null;
}

export const CALM: LoadState = { looks: [], pace: 'full', calm_since: null, because: null };

/** Looks that are kept: enough for a median and for growth. */
const LOOKS = 30;
/** A pace is raised again after so much calm. */
const CALM_SECONDS = 60;
const CANARY_FACTOR = 5;
/** Below this a slow look is the machine's own noise. */
const CANARY_MS_MIN = 25;
const CANARY_LOOKS = 5;
/** Where nobody told how many cores the server has. */
const CORES = 8;
const WAITING_MAX = 3;
const CLIENTS_SHARE_MAX = 0.8;
const GROWING_LOOKS = 3;
/** A lag below this comes and goes with every commit. */
const LAG_BYTES_MIN = 16 * 1024 * 1024;
const LAG_SECONDS_MIN = 10;

/**
 * What a look means for the next chunks: halve the duty at the first trouble, stop at the second, and raise it step by step
 * after a minute of calm. Another reconciliation, or hardly a connection left, stops at once.
 */
export function judgeLoad(before: LoadState, look: LoadLook, cores: number | null): LoadState {
  const looks = [...before.looks, look].slice(-LOOKS);
  const trouble = troubleOf(looks, look, cores);
  if (trouble !== null) {
    const pace = trouble.atOnce || before.pace !== 'full' ? 'stopped' : 'half';
    return { looks, pace, calm_since: null, because: trouble.because };
  }
  const calm_since = before.calm_since ?? look.at;
  // The other one has ended: nothing is to be waited for.
  const waitedForOther = before.looks.at(-1)?.others === true && before.pace === 'stopped';
  if (before.pace === 'full' || waitedForOther) return { looks, pace: 'full', calm_since, because: null };
  if (look.at - calm_since < CALM_SECONDS) return { ...before, looks, calm_since };
  return { looks, pace: before.pace === 'stopped' ? 'half' : 'full', calm_since: look.at, because: before.pace === 'stopped' ? before.because : null };
}

function troubleOf(looks: readonly LoadLook[], look: LoadLook, cores: number | null): { because: string; atOnce?: true } | null {
  if (look.others) return { because: 'another reconciliation of tidemark reads rows here', atOnce: true };
  if (look.clients > CLIENTS_SHARE_MAX * look.clients_max) return { because: `${look.clients} of ${look.clients_max} connections are taken`, atOnce: true };
  if (look.active > 2 * (cores ?? CORES)) return { because: `${look.active} sessions run statements` };
  if (look.waiting > WAITING_MAX) return { because: `${look.waiting} sessions wait for locks` };
  const usual = median(looks.slice(0, -1).map(({ took_ms }) => took_ms));
  if (looks.length > CANARY_LOOKS && look.took_ms > Math.max(CANARY_MS_MIN, CANARY_FACTOR * usual)) {
    return { because: `it answers ${Math.round(look.took_ms / Math.max(usual, 0.1))} times slower than it did` };
  }
  if (grows(looks.map(({ standby_bytes }) => standby_bytes), LAG_BYTES_MIN)) return { because: 'its standby falls behind' };
  if (grows(looks.map(({ slot_bytes }) => slot_bytes), LAG_BYTES_MIN)) return { because: 'a replication slot falls behind' };
  if (grows(looks.map(({ replay_seconds }) => replay_seconds), LAG_SECONDS_MIN)) return { because: 'this standby falls behind' };
  return null;
}

/** True where the last looks each show more than the one before, up to more than `least`. */
function grows(values: readonly (number | null)[], least: number): boolean {
  const last = values.slice(-GROWING_LOOKS - 1);
  if (last.length <= GROWING_LOOKS || (last.at(-1) ?? 0) < least) return false;
  return last.every((value, at) => at === 0 || (value !== null && value > (last[at - 1] ?? Number.POSITIVE_INFINITY)));
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
