import type { z } from 'zod';
import type { CollectionCost } from '../model/snapshot.js';
import type { EpochSeconds } from '../model/live.js';
import type { Engine } from '../model/store.js';
import { formatQuantity } from '../text/quantity.js';
import type { ScanEstimate } from './description.js';
import { oneLine, type StoreIdentity } from './store.js';

export interface LiveBounds {
  /** On both sides; the session's own default holds otherwise. */
  deadline_ms?: number;
  /** Settings for the transaction of this statement alone. */
  settings?: Record<string, string>;
}

/**
 * A store that is looked at again and again, read-only. What every engine keeps:
 *
 * - At most one connection. The session refuses writes, and every statement is bounded in time on both sides.
 * - Calls run one after another. An abort rejects with the signal's reason.
 * - A lost connection rejects with `StoreLost`, this call and every later one: the owner opens a new session.
 * - A statement that takes longer than its deadline rejects with `DeadlineExceeded`, and the session lives on.
 * - A missing right rejects with `PermissionGap`; other errors of the server come as they are.
 * - It never keeps another process from writing, not even for a moment.
 * - `close` never rejects and leaves no connection, file or timer.
 */
export interface LiveSession {
  readonly store: string;
  readonly engine: Engine;
  /** `server_version_num` of PostgreSQL, the like of others: 1.5.5 is 10505. */
  readonly version_num: number;
  identity(): StoreIdentity;
  /** The moment that answers speak of, by this machine's clock; null where it is always now. */
  asOf(): EpochSeconds | null;
  /** `sql` must not end in a semicolon. @throws an Error when the answer has not the form of `row`. */
  query<T>(row: z.ZodType<T>, sql: string, bounds?: LiveBounds): Promise<T[]>;
  /** What the statement would read, without running it. Absent where the engine does not tell. */
  estimate?(sql: string, bounds?: LiveBounds): Promise<ScanEstimate>;
  cost(): CollectionCost;
  close(): Promise<void>;
}

/** A statement was ended because it took longer than it may, by its deadline or by somebody at the server. */
export class DeadlineExceeded extends Error {
  override readonly name = 'DeadlineExceeded';
  readonly store: string;
  /** As the server says it. */
  readonly detail: string;

  constructor(store: string, detail: string, options?: ErrorOptions) {
    super(`${oneLine(store)}: ${oneLine(detail)}`, options);
    this.store = store;
    this.detail = oneLine(detail);
  }
}

/** A statement was not run: the engine expects it to read more than the configuration allows. */
export class ScanRefused extends Error {
  override readonly name = 'ScanRefused';
  readonly store: string;
  readonly expected_bytes: number;
  readonly allowed_bytes: number;

  constructor(store: string, { expected_bytes, allowed_bytes }: { expected_bytes: number; allowed_bytes: number }) {
    super(`${oneLine(store)}: a statement was not run: it would read ${formatQuantity(expected_bytes, 'bytes')}, and scan_max allows ${formatQuantity(allowed_bytes, 'bytes')}`);
    this.store = store;
    this.expected_bytes = expected_bytes;
    this.allowed_bytes = allowed_bytes;
  }
}
