import type { CollectionCost } from './snapshot.js';
import type { EpochSeconds } from './live.js';
import type { Engine, StoreRole } from './store.js';

/**
 * What is wrong with a key, by what was found on both sides.
 *
 * - `missing`: the source has it, the target does not. `extra`: the target has it, the source does not and nothing tells why.
 * - `deleted`: extra, and the source had it in an earlier look or its log or tombstone says so: a delete that did not arrive.
 * - `changed`: both have it, with other values. `rounding`: changed, and only by less than one unit of the coarser side's last place.
 * - `duplicate`: one side has it more often than the other.
 * - `rekeyed`: the same values stand in the target under another key, and neither key is on the other side.
 * - `correction`: missing or changed in a period that was closed when the row was written: a late correction that did not arrive.
 */
export type DifferenceKind = 'missing' | 'extra' | 'deleted' | 'changed' | 'rounding' | 'duplicate' | 'rekeyed' | 'correction';

/**
 * `late`: it lies above the watermark, so it may still arrive. `candidate`: below, seen, and the watermark has not passed the
 * moment at which production was read. `confirmed`: it has, and the difference is still there.
 */
export type Standing = 'late' | 'candidate' | 'confirmed';

export interface KeyDifference {
  kind: DifferenceKind;
  standing: Standing;
  /** Canonical texts of the key's columns, in their order. For the local terminal only: files take `key_digest`. Null in what was read from a file. */
  key: string[] | null;
  /** The same as a person reads it: dates for days and ticks since 1970. */
  key_text?: string[] | null | undefined;
  /** Keyed digest of the key, the same from run to run of one state folder. */
  key_digest: string;
  /** Names at the source of the columns that differ; empty where the whole row does. */
  columns: string[];
  /** For `duplicate`: rows of this key on both sides. */
  source_rows: number;
  target_rows: number;
  /** For `rekeyed`: the key under which the target has the row. */
  other_key: string[] | null;
  other_key_text?: string[] | null | undefined;
  /** Business period of the row; null where the pair has no time column. */
  period: string | null;
  /** When it was first seen and, where it was, confirmed; by the source's clock. */
  since: EpochSeconds;
  confirmed_at: EpochSeconds | null;
  /** What it was confirmed by. `unchanged`: the row's own time of change lies below the watermark. `repetition`: nothing tells how far the target is. */
  confirmed_by: 'watermark' | 'unchanged' | 'repetition' | null;
}

/** How far the target is, in words that a person may check. */
export interface WatermarkReading {
  /** `product`: a control table. `column`: the largest value of the pair's column. `none`: nothing tells. */
  from: 'product' | 'column' | 'newest-row' | 'none';
  kind: 'time' | 'lsn' | 'version';
  /** Seconds since 1970, of an LSN the time at which the source left it; null where it is not known. */
  at: EpochSeconds | null;
  /** Of an LSN or version as its store prints it. */
  position: string | null;
}

export interface SideReport {
  store: string;
  engine: Engine;
  role: StoreRole;
  relation: string;
  /** The store that was read in its place, as a replica; null where it was read itself. */
  read_from: string | null;
  rows: number | null;
  cost: CollectionCost;
  /** Of `cost`, what reading for this pair took of the engine, as far as the engine tells; null where it does not. */
  scanned_bytes: number | null;
}

export interface ComparedColumnReport {
  source: string;
  target: string;
  /** What both were written as, in words: `numeric with 2 decimals`, `timestamp to the millisecond`. */
  form: string;
}

export interface PeriodSummary {
  period: string;
  source_rows: number;
  target_rows: number;
  equal: boolean;
  late: boolean;
  /** Columns whose sums differ. */
  sums: string[];
}

/** One pair after a run. */
export interface PairReport {
  name: string;
  /**
   * `equal`: everything below the watermark was compared and agrees. `differs`: at least one difference is confirmed.
   * `unconfirmed`: there are candidates, and the watermark did not pass in time. `undetermined`: a part could not be compared.
   */
  state: 'equal' | 'differs' | 'unconfirmed' | 'undetermined';
  source: SideReport;
  target: SideReport;
  key: string[];
  columns: ComparedColumnReport[];
  /** Columns that are not compared, each with the reason. */
  left_out: { column: string; because: string }[];
  watermark: WatermarkReading;
  /** Both sides were compared up to here; null where no watermark is known. */
  as_of: EpochSeconds | null;
  /** Counts and sums by business period; empty where the pair has no time column. */
  periods: PeriodSummary[];
  /** Groups of keys compared by digest, and how many of them differed. */
  buckets: { compared: number; differing: number } | null;
  /** By kind and standing, all of them, also those that `differences` leaves out. */
  counts: { kind: DifferenceKind; standing: Standing; keys: number }[];
  /** At most so many as the run was told to list; confirmed first. */
  differences: KeyDifference[];
  unlisted: number;
  /** Differing keys beyond `counts`, which were not looked at one by one: so many at least, and about so many. */
  more_keys?: { at_least: number; about: number } | undefined;
  /** Why the state is not `equal` or `differs`, or what a reader should know; one line each. */
  notes: string[];
  /** What to do next; SQL or sentence. */
  next_step: string | null;
  began_at: EpochSeconds;
  took_ms: number;
  /** True where it went on from an earlier run that was stopped. */
  resumed: boolean;
}

export interface ReconcileReport {
  schemaVersion: 1;
  tool: { name: 'tidemark'; version: string };
  /** ISO 8601. */
  takenAt: string;
  pairs: PairReport[];
}
