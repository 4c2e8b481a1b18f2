import type { LiveConfiguration } from '../model/configuration.js';
import type { EpochSeconds } from '../model/live.js';
import type { Engine, StoreRole } from '../model/store.js';
import type { LiveSession } from '../stores/live.js';
import type { ReconcileProgress } from './keys/types.js';
import type { PairMemoryFile } from './judge/memory.js';

export type { ReconcileProgress } from './keys/types.js';

/** What a run of pairs is given by whoever runs it. Sessions are opened once a store and stay with the opener, who closes them. */
export interface ReconcileContext {
  /** @throws what opening a store throws. */
  open(store: string): Promise<LiveSession>;
  roleOf(store: string): StoreRole;
  engineOf(store: string): Engine;
  /** A physical replica of the store, which is read in its place; null where there is none or it is not wanted. */
  replicaOf(store: string): string | null;
  settings: LiveConfiguration;
  /** `counts` stops after counts and sums by business period; keys are compared otherwise. */
  level?: 'counts' | 'keys' | undefined;
  /** Share of time that statements over rows may take of a store that serves others, 0 to 1. */
  duty: number;
  /** How long one such statement should take. */
  chunk_ms: number;
  /** How long candidates are waited for after the pass. */
  confirm_seconds_max: number;
  /** How many differences the report lists; may be infinite. */
  list_max: number;
  /** Null keeps nothing from run to run. */
  memory: ReconcileMemory | null;
  /** Of the state folder: makes digests of keys that are the same from run to run and tell nothing without it. */
  secret: Uint8Array;
  signal: AbortSignal;
  /** This machine's clock. It measures durations; what is judged goes by the source's clock. */
  now(): EpochSeconds;
  /** @throws the signal's reason after an abort. */
  wait(milliseconds: number): Promise<void>;
  progress?: ((progress: ReconcileProgress) => void) | undefined;
}

/** Files of the state folder, by pair. What cannot be read counts as not there. */
export interface ReconcileMemory {
  load(pair: string): Promise<unknown>;
  /** Replaces the file as a whole. It holds no key and no value of a row. */
  save(pair: string, memory: PairMemoryFile): Promise<void>;
}
