/**
 * A database engine that holds nothing of anyone's: definitions of metrics are evaluated in it over invented rows. It is
 * never a store of the user.
 */
export interface ScratchEngine {
  readonly kind: 'pglite' | 'postgres' | 'duckdb';
  /** What answers, in words: `PostgreSQL 18.6 (PGlite 0.5.16)`. */
  readonly label: string;
  /**
   * An empty space in which schemas and tables can be made. Only one is open at a time.
   *
   * @throws ScratchError when the engine cannot be reached or started
   */
  open(): Promise<ScratchSpace>;
  close(): Promise<void>;
}

/** Everything that is made in a space is gone when it is closed. */
export interface ScratchSpace {
  readonly kind: ScratchEngine['kind'];
  /** Whether every later call will be refused: a call was cut off, the engine broke, or the space was closed. */
  readonly ended: boolean;
  /**
   * Runs one or several statements. What one call did is undone as a whole when one of its statements fails, and the space can
   * be used on.
   *
   * @throws ScratchError
   */
  run(sql: string): Promise<void>;
  /**
   * Reads the rows of one statement, every value as text in the engine's own spelling.
   *
   * @throws ScratchError; the space can be used on, unless `timedOut`
   */
  rows(sql: string): Promise<ScratchRows>;
  /** Adds rows, every value as text that the column's type reads; null for NULL. Fast for thousands of rows. */
  insert(table: { schema: string; name: string }, columns: readonly { name: string; type: string }[], rows: readonly (readonly (string | null)[])[]): Promise<void>;
  /**
   * Does some work in the space and undoes all that it did, settings included, however it ends.
   *
   * @returns what the work returns
   * @throws ScratchError, and whatever the work throws
   */
  undone<T>(work: () => Promise<T>): Promise<T>;
  /** The session's time zone for what follows, e.g. `UTC`. */
  timeZone(zone: string): Promise<void>;
  /**
   * What a call may take from now on. One that takes longer is cut off, and with it the space: every later call is refused with
   * the same error, and the engine opens its next space on a fresh start.
   */
  limit(milliseconds: number): void;
  close(): Promise<void>;
}

export interface ScratchRows {
  /** `type` as the engine names it: `bigint`, `timestamp with time zone`, `DECIMAL(18,3)`. */
  columns: { name: string; type: string }[];
  rows: (string | null)[][];
}

/** A statement that the scratch engine refused, or did not finish in time. */
export class ScratchError extends Error {
  override readonly name = 'ScratchError';
  /** The SQLSTATE of PostgreSQL; null for another engine. */
  readonly code: string | null;
  readonly timedOut: boolean;

  constructor(message: string, options: { code?: string | null; timedOut?: boolean; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.code = options.code ?? null;
    this.timedOut = options.timedOut ?? false;
  }
}
