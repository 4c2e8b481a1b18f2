import type { LiveConfiguration } from '../model/configuration.js';
import { PROBES, type ProbeId, type Sample } from '../probes/index.js';
import type { LiveSession, ProbeTarget } from '../probes/probe.js';
import type { Clock } from './clock.js';
import { FileLane, type LaneContext } from './file-lane.js';
import { Governor } from './governor.js';
import { fileJobs, storeJobs } from './job.js';
import { PassLane } from './pass-lane.js';
import type { PassBook, PassHost } from './passes.js';
import { StoreConnection } from './sessions.js';
import { StoreLane } from './store-lane.js';

/** The uses of connections: long comparisons must not keep the small looks waiting, nor those that take hours those of seconds. */
export type Use = 'probes' | 'reconciliation' | 'keys';

export interface SchedulerOptions {
  targets: readonly ProbeTarget[];
  /** All of them where nothing is said. */
  probes?: Partial<typeof PROBES>;
  settings: LiveConfiguration;
  /** Opens a store of `targets`. The signal ends it when the scheduler stops. @throws as `openLive` does. */
  open(store: string, signal: AbortSignal, use: Use): Promise<LiveSession>;
  clock: Clock;
  signal: AbortSignal;
  /** For pairs whose keys are compared by a schedule; without it none are. */
  passes?: { host: PassHost; book: PassBook } | undefined;
  /** Hears of every run, of failed ones too; must not throw. */
  onSample(sample: Sample): void;
}

/**
 * Runs every probe that has something to look at, each at its own pace and within its own deadline, over at most two
 * connections a store at once: one for probes, one that reconciliation by period and by key take turns on. On a connection
 * one runs after the other, what matters most first; a probe that hangs costs the others its deadline at most.
 *
 * Whatever happens, each run ends with a sample: an answer, or why there is none. Connections that are lost are opened
 * again with growing pauses. Where a store is under pressure, or the probes cost more than their budget, those that matter
 * least run less often (see `Governor`).
 */
export class Scheduler {
  readonly #options: SchedulerOptions;
  readonly #controller = new AbortController();
  readonly #connections = new Map<string, StoreConnection>();
  readonly #lanes: (StoreLane | FileLane | PassLane)[] = [];
  readonly #governors = new Map<string, Governor>();
  readonly #onAbort = (): void => this.#controller.abort(this.#options.signal.reason);
  #started = false;

  constructor(options: SchedulerOptions) {
    this.#options = options;
  }

  /** Runs until `stop`, or until the signal aborts. A second call does nothing. */
  start(): void {
    const { clock, settings, signal, targets, probes = PROBES } = this.#options;
    if (this.#started || signal.aborted) return;
    this.#started = true;
    signal.addEventListener('abort', this.#onAbort, { once: true });
    const now_ms = clock.monotonic_ms();
    const shared = { clock, signal: this.#controller.signal, emit: (sample: Sample) => this.#emit(sample) };
    const engines = Object.fromEntries(targets.map(({ store, engine }) => [store, engine]));
    for (const target of targets.map((one) => ({ ...one, engines }))) {
      const jobs = storeJobs(probes, target, now_ms);
      // A DuckDB file is read through a copy, which costs the store nothing.
      const governor = new Governor(target.engine === 'duckdb' ? null : settings.budget_ms_per_second);
      this.#governors.set(target.store, governor);
      for (const use of ['probes', 'reconciliation'] as const) {
        const own = jobs.filter(({ id }) => (id === 'reconciliation') === (use === 'reconciliation'));
        if (own.length === 0) continue;
        const connectionOf = (store: string): StoreConnection => this.#connection(store, use);
        this.#lanes.push(new StoreLane({ ...shared, store: target.store, jobs: own, governor, connectionOf }));
      }
    }
    for (const { store } of 'keys' in probes ? targets : []) this.#addPasses(store, shared);
    for (const job of fileJobs(probes, settings, now_ms)) this.#lanes.push(new FileLane({ ...shared, job }));
    for (const lane of this.#lanes) lane.wake();
  }

  #addPasses(store: string, shared: LaneContext): void {
    const { passes, settings, targets } = this.#options;
    const pairs = PROBES.keys.pairsOf(settings, store);
    if (passes === undefined || pairs.length === 0) return;
    const connectionOf = (name: string): StoreConnection => this.#connection(name, 'keys', store);
    const governorOf = (name: string): Governor | null => this.#governors.get(name) ?? null;
    this.#lanes.push(new PassLane({ ...shared, ...passes, store, pairs, settings, targets, connectionOf, governorOf }));
  }

  /** That somebody else of this tidemark, an audit say, has waited for a store: its work stands in the same statistics. */
  alsoWaited(store: string, elapsed_ms: number): void {
    this.#governors.get(store)?.alsoWaited(elapsed_ms);
  }

  /** Runs one probe, or all of them, now; where a connection waits for its next attempt, that is made now too. */
  refresh(probe?: ProbeId): void {
    if (!this.#started || this.#controller.signal.aborted) return;
    for (const connection of this.#connections.values()) connection.retryNow();
    for (const lane of this.#lanes) lane.hasten(probe);
  }

  /** Ends all runs and closes all connections. No sample comes after it was called. Never rejects. */
  async stop(): Promise<void> {
    this.#options.signal.removeEventListener('abort', this.#onAbort);
    this.#controller.abort(new Error('stopped'));
    for (const lane of this.#lanes) lane.stop();
    await Promise.all([...this.#connections.values()].map((connection) => connection.close()));
  }

  #emit(sample: Sample): void {
    if (!this.#controller.signal.aborted) this.#options.onSample(sample);
  }

  /** @param of whose it is, where the lanes of one use do not share it. */
  #connection(store: string, use: Use, of = ''): StoreConnection {
    const key = `${use} ${store} ${of}`;
    const known = this.#connections.get(key);
    if (known) return known;
    if (!this.#options.targets.some((target) => target.store === store)) throw new Error(`there is no store ${store}`);
    const connection = new StoreConnection({
      store: `${store} ${use}`,
      open: () => this.#options.open(store, this.#controller.signal, use),
      clock: this.#options.clock,
      onOpen: () => this.#resume(store),
    });
    this.#connections.set(key, connection);
    return connection;
  }

  /** A store is back: what failed for want of it is asked at once. */
  #resume(store: string): void {
    for (const lane of this.#lanes) if (lane instanceof StoreLane && lane.uses(store)) lane.hasten();
  }
}
