import type { EpochSeconds } from '../../model/live.js';
import type { Meaning } from '../../probes/landed.js';
import type { Feed } from './feed.js';

/**
 * Where a watermark comes from, best first: what the loader wrote down; positions, commit times and heartbeats in loaded rows;
 * business times, a lower bound; what only proves that something wrote; and what the engine's metadata say was changed.
 */
export const RANKS = ['control', 'commit', 'event', 'written', 'changed'] as const;
export type Rank = (typeof RANKS)[number];

export const RANK_OF: Record<Meaning, Rank> = {
  lsn: 'commit',
  'commit-time': 'commit',
  heartbeat: 'commit',
  'event-time': 'event',
  'load-time': 'written',
  'file-time': 'written',
};

/** What one place says of a product. */
export interface Reading {
  /** As the view names it: `control table`, `max(updated_at)`. */
  from: string;
  /** The control table, relation or artefact. */
  place: string;
  feed: Feed;
  /** The moment that it speaks of. */
  looked_at: EpochSeconds;
  /** Everything of the source up to here is in. */
  watermark_at: EpochSeconds | null;
  /** True where the watermark is only when something was written: the data cannot be newer, but may be older. */
  is_bound: boolean;
  loaded_at: EpochSeconds | null;
  failed_at: EpochSeconds | null;
  /** What a control table says of it, and which. */
  status: string | null;
  reported_in: string;
  /** True where nothing is looked at between two runs of the place itself, as with artefacts of dbt. */
  is_occasional: boolean;
  /** Why there is no watermark, with the next step; null where there is one. */
  problem: string | null;
}

/** Fields that most places leave empty. */
export const BARE = { is_bound: false, loaded_at: null, failed_at: null, status: null, reported_in: '', is_occasional: false, problem: null } as const;
