/**
 * What was seen of one closed period of a declared metric over time. Values are kept as keyed hashes: whoever reads a
 * journal or a bundle learns that March changed, never from what to what.
 */
export interface ClosedPeriods {
  /** The name of the metric in the configuration or in its tool. */
  metric: string;
  owner: string | null;
  store: string;
  /** What the metric counts, as `schema.name`. */
  relation: string;
  /** The product whose restatements explain a change; null where none is declared on the relation. */
  product: string | null;
  /** A digest of the SQL that was asked: after another definition the history starts anew. */
  definition: string;
  period: 'day' | 'month';
  /** When the definition was seen to be another than before, ISO 8601; absent where it never was. */
  redefinedAt?: string | undefined;
  /** Sorted by bucket. */
  buckets: ClosedBucket[];
}

export interface ClosedBucket {
  /** The first day of the period, `YYYY-MM-DD`. */
  bucket: string;
  /** ISO 8601. */
  firstSeenAt: string;
  lastSeenAt: string;
  /** The first hash, and each that was another than the one before. In order of time; at least one. */
  hashes: SeenHash[];
}

export interface SeenHash {
  /** When it was seen first, ISO 8601. */
  at: string;
  /** Empty for a period that has no rows. */
  hash: string;
  /** When it was seen last before another one was; a change lies between this and the next `at`. */
  lastSeenAt?: string | undefined;
}
