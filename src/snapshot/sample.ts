import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import type { Configuration, StoreConfiguration } from '../model/configuration.js';
import type { CollectionCost, Gap, SamplingCost, Snapshot, StatementActivity, StoreSnapshot } from '../model/snapshot.js';
import { openLive } from '../stores/index.js';
import { DeadlineExceeded, type LiveSession } from '../stores/live.js';
import { sortedBy } from '../stores/shared/order.js';
import { loadSql } from '../stores/sql/load.js';
import { ConnectError, PermissionGap, StoreLost, type OpenContext } from '../stores/store.js';

/** At most five reads a second; four leave room for a slow one. */
export const SAMPLE_INTERVAL_MS = 250;
/** The server may take no longer for one look: pg_stat_activity is read from memory in well under a millisecond. */
const DEADLINE_MS = 500;
const ROWS_MAX = 1000;
/** Different statements, roles and applications that are kept of a store. */
const ENTRIES_MAX = 50_000;
const APPLICATION_LENGTH_MAX = 64;
const FAILURES_MAX = 5;
const QUERY_ID_SINCE = 140_000;

export interface SampleOptions {
  configuration: Configuration;
  environment: OpenContext['environment'];
  homeDirectory: string | null;
  seconds: number;
  /** Ends it early; what was seen until then is kept. */
  stop?: AbortSignal | undefined;
  /** Ends the whole run. */
  signal?: AbortSignal | undefined;
  onProgress?: ((stage: string) => void) | undefined;
  interval_ms?: number | undefined;
}

/** What sampling one store gave. */
export interface StoreSample {
  store: string;
  activity: StatementActivity[];
  sampling: SamplingCost;
  /** Of all that was sent for it, opening included. */
  cost: CollectionCost;
  gaps: Gap[];
}

/**
 * Looks a few times a second who runs which statement, on every PostgreSQL store at once: numbers of statements, roles and
 * application names, never a text. Read-only, each look bounded in time. What cannot be sampled is a gap, and the rest goes on.
 * @throws the reason of `signal`.
 */
export async function sampleStores(options: SampleOptions): Promise<StoreSample[]> {
  const stores = sortedBy(options.configuration.stores.filter(({ engine, url }) => engine === 'postgres' && url !== null), ({ name }) => [name]);
  const samples = await Promise.all(stores.map((store) => sampleStore(store, options)));
  options.signal?.throwIfAborted();
  return samples;
}

/** The snapshot with what was seen while it was sampled. */
export function withSamples(snapshot: Snapshot, samples: readonly StoreSample[]): Snapshot {
  const byStore = new Map(samples.map((sample) => [sample.store, sample]));
  return {
    ...snapshot,
    stores: snapshot.stores.map((store): StoreSnapshot => {
      const sample = byStore.get(store.name);
      return sample ? { ...store, activity: sample.activity, sampling: sample.sampling, cost: added(store.cost, sample.cost) } : store;
    }),
    gaps: sortedBy([...snapshot.gaps, ...samples.flatMap(({ gaps }) => gaps)], (gap) => [gap.subject, gap.severity, gap.missing, gap.cause]),
  };
}

function added(a: CollectionCost, b: CollectionCost): CollectionCost {
  return { elapsed_ms: Math.round((a.elapsed_ms + b.elapsed_ms) * 1000) / 1000, queries: a.queries + b.queries, received_bytes: a.received_bytes + b.received_bytes };
}

const NO_COST: CollectionCost = { elapsed_ms: 0, queries: 0, received_bytes: 0 };

async function sampleStore({ name, engine, url }: StoreConfiguration, options: SampleOptions): Promise<StoreSample> {
  const { environment, homeDirectory, signal } = options;
  const nothing = (gaps: Gap[], cost = NO_COST): StoreSample => ({ store: name, activity: [], sampling: { seconds: 0, samples: 0, elapsed_ms: 0 }, cost, gaps });
  let session: LiveSession;
  try {
    session = await openLive(engine, { name, url: url ?? '' }, { environment, homeDirectory, signal });
  } catch (error) {
    signal?.throwIfAborted();
    // The collection itself says so of the whole store.
    if (error instanceof ConnectError) return nothing([]);
    throw error;
  }
  try {
    const gap = await obstacle(session);
    return gap ? nothing([gap], session.cost()) : await new Sampler(session, options).run();
  } catch (error) {
    signal?.throwIfAborted();
    return nothing([failed(name, error)], session.cost());
  } finally {
    await session.close();
  }
}

const accessRow = z.object({ compute_query_id: z.string().nullable(), statements_loaded: z.boolean(), reads_all: z.boolean() });

/** Why sessions do not show the number of their statement, and what mends it. */
async function obstacle(session: LiveSession): Promise<Gap | null> {
  const { store, version_num } = session;
  const gap = (cause: string, remedy: string): Gap => ({ subject: store, missing: MISSING, cause, remedy, severity: 'partial' });
  if (version_num < QUERY_ID_SINCE) {
    return gap(`PostgreSQL ${Math.floor(version_num / 10_000)} does not show the number of a statement in pg_stat_activity`, 'Sample a server of version 14 or later; comments and roles still name senders.');
  }
  const [access] = await session.query(accessRow, loadSql('postgres', 'activity_access', version_num));
  const setting = access?.compute_query_id ?? 'off';
  if (setting === 'off' || (setting === 'auto' && access?.statements_loaded !== true)) {
    return gap(`compute_query_id is ${setting}${setting === 'auto' ? ' and pg_stat_statements is not loaded' : ''}`, "ALTER SYSTEM SET compute_query_id = 'on'; SELECT pg_reload_conf();");
  }
  if (access?.reads_all !== true) {
    const role = session.identity().role ?? 'the role';
    return gap(`${role} is not a member of pg_read_all_stats`, `GRANT pg_monitor TO "${role.replaceAll('"', '""')}";`);
  }
  return null;
}

const MISSING = 'who runs which statement (sampling)';

function failed(store: string, error: unknown): Gap {
  const cause = error instanceof PermissionGap || error instanceof StoreLost || error instanceof DeadlineExceeded ? error.detail : error instanceof Error ? error.message : String(error);
  return { subject: store, missing: MISSING, cause, remedy: 'Run it again when the server is less busy.', severity: 'partial' };
}

const activityRow = z.object({ query_id: z.string(), role: z.string(), application: z.string(), sessions: z.number() });

class Sampler {
  readonly #seen = new Map<string, StatementActivity>();
  #samples = 0;
  #failures = 0;

  constructor(
    private readonly session: LiveSession,
    private readonly options: SampleOptions,
  ) {}

  async run(): Promise<StoreSample> {
    const { session, options } = this;
    const { stop, signal, seconds } = options;
    const before = session.cost();
    const started = performance.now();
    const end = started + seconds * 1000;
    const gaps: Gap[] = [];
    const goesOn = (): boolean => performance.now() < end && stop?.aborted !== true;
    while (goesOn()) {
      const look = performance.now();
      options.onProgress?.(`sampling ${session.store}: ${Math.ceil((end - look) / 1000)} s left, Ctrl-C goes on with what was seen`);
      try {
        await this.#look();
      } catch (error) {
        signal?.throwIfAborted();
        // One slow look is worth no gap; a server that is gone or keeps being slow is.
        if (!(error instanceof DeadlineExceeded) || ++this.#failures >= FAILURES_MAX) {
          gaps.push(failed(session.store, error));
          break;
        }
      }
      await this.#wait(Math.min(end, look + (options.interval_ms ?? SAMPLE_INTERVAL_MS)) - performance.now());
      signal?.throwIfAborted();
    }
    const spent = session.cost().elapsed_ms - before.elapsed_ms;
    const elapsed = Math.round((performance.now() - started) / 100) / 10;
    return {
      store: session.store,
      activity: sortedBy([...this.#seen.values()], ({ queryId, role, application }) => [queryId, role, application]),
      sampling: { seconds: elapsed, samples: this.#samples, elapsed_ms: Math.round(spent * 1000) / 1000 },
      cost: session.cost(),
      gaps,
    };
  }

  async #look(): Promise<void> {
    const { session } = this;
    const rows = await session.query(activityRow, loadSql('postgres', 'activity', session.version_num, { row_max: String(ROWS_MAX) }), { deadline_ms: DEADLINE_MS });
    this.#samples++;
    for (const { query_id: queryId, role, application } of rows) {
      const key = `${queryId}\n${role}\n${application}`;
      const known = this.#seen.get(key);
      if (known) known.seen++;
      else if (this.#seen.size < ENTRIES_MAX) this.#seen.set(key, { queryId, role, application: application.slice(0, APPLICATION_LENGTH_MAX), seen: 1 });
    }
  }

  async #wait(ms: number): Promise<void> {
    if (ms <= 0) return;
    const { stop, signal } = this.options;
    const signals = [stop, signal].filter((one) => one !== undefined);
    // Both ends are looked for by the loop.
    await pause(ms, undefined, signals.length > 0 ? { signal: AbortSignal.any(signals) } : {}).catch(() => undefined);
  }
}
