import type { ComparedColumn, PairWatermark, ReconcilePair } from '../../model/configuration.js';
import type { EpochSeconds } from '../../model/live.js';
import type { Engine } from '../../model/store.js';
import type { DescribedRelation } from '../../stores/description.js';
import type { ColumnForm, CommonForm } from '../../stores/expressions/expression.js';
import type { LiveSession } from '../../stores/live.js';
import type { Pace } from '../pace/pace.js';

export type Which = 'source' | 'target';

/** Rows that a side counts as deleted are left out before anything is hashed. */
export interface DeletedRule {
  column: string;
  /** `true`: a boolean that is true. `text`: the text `true`. `nonzero`: an integer other than zero. `set`: anything but NULL. */
  by: 'true' | 'text' | 'nonzero' | 'set';
  /** Where the configuration does not name it: the loader that writes such a column. */
  convention: string | null;
}

/** One side of a pair as statements over it need it. */
export interface PlannedSide {
  which: Which;
  store: string;
  engine: Engine;
  version_num: number;
  /** `store: schema.name`, for messages. */
  place: string;
  /** What stands behind FROM, with the alias `t`. */
  from: string;
  kind: DescribedRelation['kind'];
  deleted: DeletedRule | null;
  /** The condition that leaves deleted rows out; null where none are marked. */
  living: string | null;
  /** False where finding a row by its key would read the whole relation. */
  indexed: boolean;
  /** Tells one file of the relation from another, as after a rewrite of it; null where there is none. */
  file: string | null;
  /** Rows by the engine's own figures; null where it keeps none. */
  rows_expected: number | null;
  scan: Scan;
}

/**
 * How a side is read piece by piece.
 *
 * - `whole`: one statement over everything.
 * - `pages`: by ranges of pages of its file (`ctid`), up to the last of its largest part; a row that an UPDATE moves meanwhile
 *   may be seen twice or not at all. `array` where the server has no range scan over pages (PostgreSQL 13).
 * - `keys`: by ranges of its one integer key.
 */
export type Scan = { by: 'whole' } | { by: 'pages'; pages: number; array: boolean; rows_per_page_max: number } | { by: 'keys' };

/** A column on both sides, and what both write it as. */
export interface PlannedColumn extends ComparedColumn {
  sourceForm: ColumnForm;
  targetForm: ColumnForm;
  form: CommonForm;
  /** The form in words: `numeric with 2 decimals`. */
  text: string;
}

export interface PairPlan {
  pair: ReconcilePair;
  source: PlannedSide;
  target: PlannedSide;
  key: PlannedColumn[];
  /** What is compared besides the key. */
  columns: PlannedColumn[];
  /** Names at the source, or of the target where only it has them. */
  leftOut: { column: string; because: string }[];
  /** `range`: one integer key, groups are ranges of it. `digest`: groups are md5 of the key modulo a power of two. */
  order: 'range' | 'digest';
  /** False where nothing guarantees that the source has each key once. */
  unique: boolean;
  watermark: PairWatermark | null;
  /** The column of `watermark` that both sides keep, for `KeyState.changed`; null for `lsn` and where there is none. */
  changed: PlannedColumn | null;
  /** The business time on both sides; null where a side tells none. */
  time: PlannedColumn | null;
  /** What a reader should know; one line each. */
  notes: string[];
}

/** What one side has under one key. */
export interface KeyState {
  /** Canonical texts of the key's columns. */
  key: string[];
  rows: number;
  /** Sum of the digests of its rows, as digits. */
  digest: string;
  /** 60-bit digest of each compared column in the order of the plan, summed over its rows, as digits. */
  columns: string[];
  /** Canonical text of the pair's watermark column, the largest of its rows; null where there is none. */
  changed: string | null;
  period_at: EpochSeconds | null;
  /** Changes whenever a row of the key is written again; absent or null where the store tells no such thing. */
  version?: string | null | undefined;
}

export interface DifferingKey {
  key: string[];
  source: KeyState | null;
  target: KeyState | null;
}

export interface PassResult {
  rows: { source: number; target: number };
  buckets: { compared: number; differing: number };
  /** At most `keys_max`. */
  differing: DifferingKey[];
  /** Differing keys beyond those: at least so many, by the counts of groups that were not looked into. */
  more: number;
  /** The same by the share of differing keys among those that were looked at: about so many. */
  more_about: number;
  /** Differing keys whose text is no UTF-8 on a side: it comes back as something else, so they cannot be looked at one by one. */
  unreadable: number;
  /** Names at the source of columns that differ under all differing keys which both sides have, where those are many. */
  columns_everywhere: string[];
  /** The source's clock after its last statement. */
  source_read_at: EpochSeconds;
  target_read_at: EpochSeconds;
  /** Statements over rows on both sides. */
  chunks: number;
  resumed: boolean;
}

/** How far one pair is. */
export interface ReconcileProgress {
  pair: string;
  step: 'plan' | 'watermark' | 'target' | 'source' | 'keys' | 'confirm';
  /** 0 to 1; null where nobody knows the whole. */
  share: number | null;
  rows: number;
  rows_expected: number | null;
  left_seconds: number | null;
  paused_because: string | null;
}

/** Keeps what one pass has done so far. Sums of digests are no values of rows. */
export interface CheckpointFile {
  load(): Promise<unknown>;
  save(checkpoint: unknown): Promise<void>;
}

export interface PassContext {
  sessions: { source: LiveSession; target: LiveSession };
  /** Of the source. */
  pace: Pace;
  /** Of the target, where it is to be spared too; without it its statements follow each other at once. */
  target_pace?: Pace | undefined;
  signal: AbortSignal;
  now(): EpochSeconds;
  checkpoint: CheckpointFile | null;
  keys_max: number;
  progress?: ((progress: ReconcileProgress) => void) | undefined;
}
