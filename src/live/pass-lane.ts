import type { z } from 'zod';
import type { LiveConfiguration } from '../model/configuration.js';
import type { EpochSeconds } from '../model/live.js';
import { sampleFailure } from '../probes/failure.js';
import { PROBES, type PayloadOf } from '../probes/index.js';
import type { PassOutcome, ReconcileProgress, ScheduledPair } from '../probes/keys.js';
import type { LiveSession, ProbeTarget } from '../probes/probe.js';
import type { Clock } from './clock.js';
import type { LaneContext } from './file-lane.js';
import type { Governor } from './governor.js';
import type { PassBook, PassHost } from './passes.js';
import { answered, failed, type Frame } from './sample.js';
import type { StoreConnection } from './sessions.js';

export interface PassLaneOptions extends LaneContext {
  store: string;
  pairs: readonly ScheduledPair[];
  settings: LiveConfiguration;
  targets: readonly ProbeTarget[];
  governorOf(store: string): Governor | null;
  /** The connection of this lane to a store. @throws where no such store is known. */
  connectionOf(store: string): StoreConnection;
  host: PassHost;
  book: PassBook;
}

type Entry = PayloadOf<'keys'>['pairs'][number];

/** How often a pass says how far it is. */
const PROGRESS_MS = 10_000;
/** Due, and the store is under load or another tidemark has the pair. */
const POSTPONED_SECONDS = 60;
/** Schedules reach over weeks, which timers do not. */
const SLEEP_SECONDS_MAX = 86_400;
/** The first pass waits until the small looks have begun. */
const START_MS = 3_000;

/**
 * Compares the keys of the pairs of one store, one pair after the other, each when it is due. A pass may take hours: it runs beside all other
 * looks, in small statements that others of this tidemark get in between.
 */
export class PassLane {
  readonly #options: PassLaneOptions;
  #running: { pair: ScheduledPair; began_at: EpochSeconds; progress: ReconcileProgress | null } | null = null;
  /** Of the store itself, since the last sample. */
  #spent = { elapsed_ms: 0, received_bytes: 0 };
  #busy = false;
  readonly #waits = new Map<string, string>();
  readonly #used = new Set<StoreConnection>();
  #cancel = (): void => undefined;
  #cancelProgress = (): void => undefined;

  constructor(options: PassLaneOptions) {
    this.#options = options;
  }

  /** Begins a little later than the other lanes. */
  wake(): void {
    const { clock, signal } = this.#options;
    if (!signal.aborted) this.#cancel = clock.after(START_MS, () => this.#next());
  }

  /** All pairs are due now. A general wish to look again begins no pass, which is heavy. */
  hasten(probe?: string): void {
    if (probe !== PROBES.keys.id || this.#busy) return;
    for (const pair of this.#options.pairs) this.#options.book.postpone(pair, this.#options.clock.now());
    this.#next();
  }

  stop(): void {
    this.#cancel();
    this.#cancelProgress();
  }

  #next(): void {
    const { clock, signal, pairs, book } = this.#options;
    this.#cancel();
    if (this.#busy || signal.aborted) return;
    const now = clock.now();
    const [first] = pairs.map((pair) => ({ pair, at: book.nextAt(pair, now) })).sort((a, b) => a.at - b.at);
    if (first === undefined) return;
    if (first.at <= now) void this.#pass(first.pair);
    else this.#cancel = clock.after(Math.min(first.at - now, SLEEP_SECONDS_MAX) * 1000, () => this.#next());
  }

  async #pass(pair: ScheduledPair): Promise<void> {
    const { clock, signal } = this.#options;
    this.#busy = true;
    try {
      const obstacle = await this.#tryPass(pair);
      if (signal.aborted) return;
      if (obstacle === null) return;
      this.#waits.set(pair.name, obstacle);
      this.#options.book.postpone(pair, clock.now() + POSTPONED_SECONDS);
      this.#emit(null);
    } catch (error) {
      if (!signal.aborted) this.#fail(pair, error);
    } finally {
      this.#cancelProgress();
      this.#running = null;
      this.#busy = false;
      for (const connection of this.#used) connection.release();
      this.#used.clear();
      this.#next();
    }
  }

  /** @returns why it does not begin now, in words; null where it ran */
  async #tryPass(pair: ScheduledPair): Promise<string | null> {
    const { clock, host, store, governorOf, signal } = this.#options;
    const { factor, reason } = governorOf(store)?.slowdown('heavy', clock.monotonic_ms() / 1000) ?? { factor: 1, reason: null };
    if (factor === null) return `${store} is under pressure (${reason ?? 'no reason'})`;
    const held = await host.hold(pair.name);
    if ('heldBy' in held) return `another tidemark compares it (${held.heldBy})`;
    try {
      this.#waits.delete(pair.name);
      this.#running = { pair, began_at: clock.now(), progress: null };
      this.#tell();
      const replica = await host.replicaOf(store, signal);
      const secret = await host.secret();
      const outcome = await this.#compare(pair, { replica, secret, memory: held.memory });
      if (!signal.aborted) this.#end(pair, outcome);
    } finally {
      await held.release();
    }
    return null;
  }

  #compare(pair: ScheduledPair, { replica, secret, memory }: { replica: string | null; secret: Uint8Array; memory: Parameters<typeof PROBES.keys.compare>[1]['memory'] }): Promise<PassOutcome> {
    const { clock, settings, signal, store, targets } = this.#options;
    const targetOf = (name: string): ProbeTarget | undefined => targets.find((target) => target.store === name);
    // One session object a store and pass: the pace of a store stands on it.
    const sessions = new Map<string, Promise<LiveSession>>();
    return PROBES.keys.compare(pair, {
      open: (name) => {
        const known = sessions.get(name) ?? this.#session(name);
        sessions.set(name, known);
        known.catch(() => sessions.delete(name));
        return known;
      },
      roleOf: (name) => targetOf(name)?.role ?? 'operational',
      engineOf: (name) => targetOf(name)?.engine ?? 'postgres',
      replicaOf: (name) => (name === store ? replica : null),
      settings,
      memory,
      secret,
      signal,
      now: () => clock.now(),
      wait: (milliseconds) => waited(clock, signal, milliseconds),
      progress: (progress) => {
        if (this.#running !== null) this.#running.progress = progress;
      },
    });
  }

  async #session(name: string): Promise<LiveSession> {
    const connection = this.#options.connectionOf(name);
    this.#used.add(connection);
    const { session } = await connection.acquire();
    const governor = this.#options.governorOf(name);
    return attended(session, (cost, error) => {
      governor?.alsoWaited(cost.elapsed_ms);
      if (name === this.#options.store) this.#spent = { elapsed_ms: this.#spent.elapsed_ms + cost.elapsed_ms, received_bytes: this.#spent.received_bytes + cost.received_bytes };
      if (error === null) connection.noteAnswer(session);
      else connection.noteError(session, error);
    });
  }

  #end(pair: ScheduledPair, { report, keys }: PassOutcome): void {
    const { book, clock, host } = this.#options;
    const now = clock.now();
    const began_at = this.#running?.began_at ?? now;
    book.ended(pair, now, { took_seconds: now - began_at, open: report.state === 'unconfirmed' || report.state === 'undetermined' });
    host.onKeys(pair.name, keys);
    this.#running = null;
    this.#emit({ name: pair.name, report });
  }

  #fail(pair: ScheduledPair, error: unknown): void {
    const { book, clock, emit, store } = this.#options;
    const now = clock.now();
    const running = this.#running;
    book.ended(pair, now, { took_seconds: now - (running?.began_at ?? now), open: true });
    emit(failed(this.#frame(), sampleFailure(error, { probe: PROBES.keys.id, store, role: null, deadline_ms: 0 })));
  }

  /** Now, and again and again while the pass runs. */
  #tell(): void {
    const { clock, signal } = this.#options;
    if (signal.aborted || this.#running === null) return;
    this.#emit(null);
    this.#cancelProgress = clock.after(PROGRESS_MS, () => this.#tell());
  }

  #emit(ended: { name: string; report: Entry['report'] } | null): void {
    const { book, clock, emit, pairs } = this.#options;
    const now = clock.now();
    const entries = pairs.map((pair): Entry => {
      const isRunning = this.#running?.pair === pair;
      const next = book.nextAt(pair, now);
      return {
        name: pair.name,
        next_at: isRunning ? null : Math.max(next, now),
        running: isRunning && this.#running !== null ? runningOf(this.#running) : null,
        waits_because: this.#waits.get(pair.name) ?? null,
        report: ended?.name === pair.name ? ended.report : null,
      };
    });
    emit(answered(this.#frame(), { pairs: entries }));
  }

  #frame(): Frame {
    const { book, clock, pairs, store } = this.#options;
    const now = clock.now();
    const spent = this.#spent;
    this.#spent = { elapsed_ms: 0, received_bytes: 0 };
    const idle_seconds = this.#running === null ? Math.min(...pairs.map((pair) => book.nextAt(pair, now))) - now : 0;
    return {
      probe: PROBES.keys.id,
      store,
      at: now,
      ...spent,
      pace_seconds: Math.max(PROBES.keys.pace_seconds, Number.isFinite(idle_seconds) ? idle_seconds : 0),
      slowed: null,
    };
  }
}

function runningOf({ began_at, progress }: { began_at: EpochSeconds; progress: ReconcileProgress | null }): Entry['running'] {
  if (progress === null) return { step: 'plan', share: null, rows: 0, rows_expected: null, left_seconds: null, paused_because: null, began_at };
  const { step, share, rows, rows_expected, left_seconds, paused_because } = progress;
  return { step, share, rows, rows_expected, left_seconds, paused_because, began_at };
}

/** The same session, which tells after each statement what it cost and how it ended. */
function attended(session: LiveSession, onEnd: (cost: { elapsed_ms: number; received_bytes: number }, error: unknown) => void): LiveSession {
  const { estimate } = session;
  const told = async <T>(work: () => Promise<T>): Promise<T> => {
    const before = session.cost();
    const spent = (): { elapsed_ms: number; received_bytes: number } => {
      const now = session.cost();
      return { elapsed_ms: now.elapsed_ms - before.elapsed_ms, received_bytes: now.received_bytes - before.received_bytes };
    };
    try {
      const value = await work();
      onEnd(spent(), null);
      return value;
    } catch (error) {
      onEnd(spent(), error);
      throw error;
    }
  };
  return {
    store: session.store,
    engine: session.engine,
    version_num: session.version_num,
    identity: () => session.identity(),
    asOf: () => session.asOf(),
    query: <T>(row: z.ZodType<T>, sql: string, bounds?: Parameters<LiveSession['query']>[2]) => told(() => session.query(row, sql, bounds)),
    ...(estimate === undefined ? {} : { estimate: (sql: string, bounds?: Parameters<LiveSession['query']>[2]) => told(() => estimate.call(session, sql, bounds)) }),
    cost: () => session.cost(),
    // Its owner closes it.
    close: () => Promise.resolve(),
  };
}

/** @throws the signal's reason after an abort. */
function waited(clock: Clock, signal: AbortSignal, milliseconds: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const reason = (): Error => (signal.reason instanceof Error ? signal.reason : new Error('stopped'));
    if (signal.aborted) {
      reject(reason());
      return;
    }
    const onAbort = (): void => {
      cancel();
      reject(reason());
    };
    const cancel = clock.after(milliseconds, () => {
      signal.removeEventListener('abort', onAbort);
      resolve();
    });
    signal.addEventListener('abort', onAbort, { once: true });
  });
}

