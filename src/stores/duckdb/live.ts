import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { z } from 'zod';
import type { EpochSeconds } from '../../model/live.js';
import type { CollectionCost } from '../../model/snapshot.js';
import { DeadlineExceeded, type LiveBounds, type LiveSession } from '../live.js';
import { CostMeter } from '../shared/cost-meter.js';
import { refuseCredentials } from '../shared/credentials.js';
import { loadSql } from '../sql/load.js';
import { ConnectError, StoreLost, type OpenContext, type StoreIdentity, type StoreTarget } from '../store.js';
import type { AttachedFiles } from './attached.js';
import { checkMagic, filePath } from './database-file.js';
import { connectError } from './failure.js';
import { FileSource } from './file-source.js';
import type { LiveSource } from './live-source.js';
import type { MirrorCopy } from './mirror.js';
import { meansParquet } from './parquet/listing.js';
import { ParquetSource } from './parquet/source.js';
import { refuseWrites } from './parquet/read-only.js';

const STATEMENT_TIMEOUT_MS = 2_000;
/** What ending a statement may take before the engine counts as lost. */
const INTERRUPT_GRACE_MS = 2_000;
/** The statements of one probe follow each other at once; a database that is open holds tens of megabytes. */
const LINGER_MS = 300;
/** Messages of DuckDB 1.5; the last are those of a Parquet file that was replaced or went away. */
const TORN = /corrupt|checksum|deserializ|could not read enough bytes|parquet file|no magic bytes|TProtocolException|cannot open file|cannot access file|no files found/i;
const OUT_OF_MEMORY = /^out of memory/i;
const INTERRUPTED = /^INTERRUPT/;

const identityRow = z.object({ version: z.string(), database: z.string() });

/**
 * Opens a DuckDB file for many small looks, each at a copy of it (see `Mirror`): the file itself is never opened, so a loader
 * can always write. Parquet files are read as they are.
 * @throws ConnectError
 */
export async function openLiveSession(target: StoreTarget, context: OpenContext): Promise<LiveSession> {
  const path = filePath(target);
  refuseCredentials(target, path, []);
  const session = new DuckDbLiveSession(target.name, path, context.signal, target.attached ?? {});
  try {
    context.signal?.throwIfAborted();
    if (!meansParquet(path)) for (const file of [path, ...Object.values(target.attached ?? {})]) await checkMagic(target.name, file);
    await session.look();
    return session;
  } catch (error) {
    await session.close();
    context.signal?.throwIfAborted();
    const cause = error instanceof StoreLost ? error.cause : error;
    throw connectError(target.name, path, cause);
  }
}

interface Opened {
  path: string;
  instance: DuckDBInstance;
  connection: DuckDBConnection;
}

class DuckDbLiveSession implements LiveSession {
  readonly engine = 'duckdb';
  readonly #source: LiveSource;
  readonly #readsParquet: boolean;
  readonly #meter = new CostMeter();
  #identity: z.infer<typeof identityRow> = { version: '', database: '' };
  #opened: Opened | null = null;
  #asOf: EpochSeconds | null = null;
  #lost: StoreLost | null = null;
  #closed = false;
  #queue: Promise<unknown> = Promise.resolve();
  #linger: NodeJS.Timeout | undefined;
  readonly #onAbort = (): void => {
    this.#opened?.connection.interrupt();
    void this.close();
  };

  constructor(
    readonly store: string,
    private readonly path: string,
    private readonly signal: AbortSignal | undefined,
    attached: AttachedFiles,
  ) {
    this.#readsParquet = meansParquet(path);
    this.#source = this.#readsParquet ? new ParquetSource(store, path) : new FileSource({ store, path, signal }, attached, (copy) => this.#open(copy));
    signal?.addEventListener('abort', this.#onAbort, { once: true });
  }

  get version_num(): number {
    const [major = 0, minor = 0, patch = 0] = this.#identity.version.replace(/^v/, '').split('.').map((part) => Number.parseInt(part, 10));
    return major * 10_000 + minor * 100 + patch;
  }

  identity(): StoreIdentity {
    const { version, database } = this.#identity;
    return { version: version.replace(/^v/, ''), database, inRecovery: false, role: null, superuser: false };
  }

  asOf(): EpochSeconds | null {
    return this.#asOf;
  }

  cost(): CollectionCost {
    return this.#meter.read();
  }

  /** The first look: who it is. */
  async look(): Promise<void> {
    const [identity] = await this.query(identityRow, loadSql('duckdb', 'identity', 0), { deadline_ms: 30_000 });
    if (!identity) throw new Error('DuckDB answered with no row');
    this.#identity = identity;
  }

  query<T>(row: z.ZodType<T>, sql: string, bounds: LiveBounds = {}): Promise<T[]> {
    const result = this.#queue.then(() => this.#run(row, sql, bounds.deadline_ms ?? STATEMENT_TIMEOUT_MS));
    this.#queue = result.catch(() => undefined);
    return result;
  }

  async #run<T>(row: z.ZodType<T>, sql: string, deadline_ms: number): Promise<T[]> {
    this.signal?.throwIfAborted();
    if (this.#lost) throw this.#lost;
    if (this.#closed) throw new StoreLost(this.store, 'the session was closed');
    clearTimeout(this.#linger);
    const started = performance.now();
    try {
      return z.array(row).parse(await this.#answer(sql, deadline_ms));
    } catch (error) {
      this.signal?.throwIfAborted();
      throw error;
    } finally {
      this.#meter.add(performance.now() - started, 0);
      if (!this.#closed) this.#linger = setTimeout(() => this.#shut(), LINGER_MS).unref();
    }
  }

  /** Reads once more where the copy turns out to be torn, or there was too little memory. */
  async #answer(sql: string, deadline_ms: number): Promise<unknown> {
    try {
      return await this.#read(sql, deadline_ms);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      if (OUT_OF_MEMORY.test(error.message) && this.#source.takeMemory?.() === true) {
        this.#shut();
        return this.#read(sql, deadline_ms);
      }
      if (!TORN.test(error.message)) throw error;
      this.#source.discard();
      return this.#read(sql, deadline_ms);
    }
  }

  async #read(sql: string, deadline_ms: number): Promise<unknown> {
    const copy = await this.#copy(deadline_ms);
    if (this.#opened?.path !== copy.path) await this.#open(copy.path);
    this.#asOf = copy.asOf;
    const connection = this.#opened?.connection;
    if (!connection) throw new StoreLost(this.store, 'the session was closed');
    const interrupt = setTimeout(() => connection.interrupt(), deadline_ms);
    const { given, clear } = timeLimit(deadline_ms + INTERRUPT_GRACE_MS, () => this.#loose(new Error(`no answer within ${deadline_ms / 1000} s`)));
    try {
      if (this.#readsParquet) await refuseWrites(connection, sql);
      const reader = await Promise.race([connection.runAndReadAll(sql), given]);
      return reader.getRowObjectsJson();
    } catch (error) {
      if (!(error instanceof Error) || !INTERRUPTED.test(error.message)) throw error;
      throw new DeadlineExceeded(this.store, `it did not answer within ${deadline_ms / 1000} s`, { cause: error });
    } finally {
      clearTimeout(interrupt);
      clear();
    }
  }

  /** A large copy goes on being made behind the deadline, and the next look has it. */
  async #copy(deadline_ms: number): Promise<MirrorCopy> {
    const late = (): Error => new DeadlineExceeded(this.store, `a copy of ${this.path} is still being made`);
    const { given, clear } = timeLimit(deadline_ms, late);
    try {
      return await Promise.race([this.#source.current(), given]);
    } catch (error) {
      if (error instanceof DeadlineExceeded || (error instanceof ConnectError && error.reason === 'locked')) throw error;
      throw this.#loose(error);
    } finally {
      clear();
    }
  }

  /** What no later statement can mend: the owner opens anew, and gets the cause again where it lasts. */
  #loose(error: unknown): StoreLost {
    const { detail } = connectError(this.store, this.path, error);
    this.#lost ??= new StoreLost(this.store, `${this.path}: ${detail}`, { cause: error });
    return this.#lost;
  }

  async #open(path: string): Promise<void> {
    this.#shut();
    const { instance, connection } = await this.#source.open(path);
    this.#opened = { path, instance, connection };
    if (this.#closed) this.#shut();
  }

  #shut(): void {
    clearTimeout(this.#linger);
    const opened = this.#opened;
    this.#opened = null;
    opened?.connection.closeSync();
    opened?.instance.closeSync();
  }

  async close(): Promise<void> {
    this.signal?.removeEventListener('abort', this.#onAbort);
    this.#closed = true;
    this.#opened?.connection.interrupt();
    if (!this.#lost) await this.#queue;
    this.#shut();
    await this.#source.remove();
  }
}

/** Rejects with what `late` gives after so long. */
function timeLimit(after_ms: number, late: () => Error): { given: Promise<never>; clear: () => void } {
  let timer: NodeJS.Timeout | undefined;
  const given = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late()), after_ms);
  });
  return { given, clear: () => clearTimeout(timer) };
}
