import { z } from 'zod';
import type { Configuration, StoreConfiguration } from '../model/configuration.js';
import type { ObservedStarts, SessionLooks } from '../model/pressure.js';
import type { CollectionCost, Gap, SamplingCost, Snapshot, StatementActivity, StoreSnapshot } from '../model/snapshot.js';
import { openLive } from '../stores/index.js';
import { DeadlineExceeded, type LiveSession } from '../stores/live.js';
import { quoteName } from '../stores/postgres/failure.js';
import { sortedBy } from '../stores/shared/order.js';
import { targetOf } from '../stores/shared/target.js';
import { loadSql } from '../stores/sql/load.js';
import { ConnectError, PermissionGap, StoreLost, type OpenContext } from '../stores/store.js';
import { Sampler, type SamplerOptions } from './sampler.js';

const QUERY_ID_SINCE = 140_000;

export interface SampleOptions extends Omit<SamplerOptions, 'identifies'> {
  configuration: Configuration;
  environment: OpenContext['environment'];
  homeDirectory: string | null;
}

/** What sampling one store gave. */
export interface StoreSample {
  store: string;
  activity: StatementActivity[];
  starts: ObservedStarts[];
  /** Null where there was no look at sessions. */
  sessionLooks: SessionLooks | null;
  sampling: SamplingCost;
  /** Of all that was sent for it, opening included. */
  cost: CollectionCost;
  gaps: Gap[];
}

/**
 * Looks a few times a second who runs which statement and when it began, and every two seconds who waits for whom and holds
 * vacuum back, on every PostgreSQL store at once: numbers of statements, roles and application names, never a text. Read-only, each look bounded in time. What cannot be sampled is a gap, and the rest goes on.
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
      if (!sample) return store;
      const { activity, starts, sampling, sessionLooks } = sample;
      // All looks say more than the one at collection.
      return { ...store, activity, starts, sampling, ...(sessionLooks ? { sessionLooks } : {}), cost: added(store.cost, sample.cost) };
    }),
    gaps: sortedBy([...snapshot.gaps, ...samples.flatMap(({ gaps }) => gaps)], (gap) => [gap.subject, gap.severity, gap.missing, gap.cause]),
  };
}

function added(a: CollectionCost, b: CollectionCost): CollectionCost {
  return { elapsed_ms: Math.round((a.elapsed_ms + b.elapsed_ms) * 1000) / 1000, queries: a.queries + b.queries, received_bytes: a.received_bytes + b.received_bytes };
}

const NO_COST: CollectionCost = { elapsed_ms: 0, queries: 0, received_bytes: 0 };

async function sampleStore(configured: StoreConfiguration, options: SampleOptions): Promise<StoreSample> {
  const { name, engine } = configured;
  const { environment, homeDirectory, signal } = options;
  const nothing = (gaps: Gap[], cost = NO_COST): StoreSample => ({ store: name, activity: [], starts: [], sessionLooks: null, sampling: { seconds: 0, samples: 0, elapsed_ms: 0 }, cost, gaps });
  let session: LiveSession;
  try {
    session = await openLive(engine, targetOf(configured), { environment, homeDirectory, signal });
  } catch (error) {
    signal?.throwIfAborted();
    // The collection itself says so of the whole store.
    if (error instanceof ConnectError) return nothing([]);
    throw error;
  }
  try {
    const gap = await samplingObstacle(session);
    // Locks and transactions are seen all the same, unless the right is missing.
    if (gap && !(await seesSessions(session))) return nothing([gap], session.cost());
    const { errors, ...sampled } = await new Sampler(session, { ...options, identifies: gap === null }).run();
    return { ...sampled, gaps: [...(gap ? [gap] : []), ...errors.map((error) => failed(name, error))] };
  } catch (error) {
    signal?.throwIfAborted();
    return nothing([failed(name, error)], session.cost());
  } finally {
    await session.close();
  }
}

const accessRow = z.object({ compute_query_id: z.string().nullable(), statements_loaded: z.boolean(), reads_all: z.boolean() });

/** Why sessions do not show the number of their statement, and what mends it. */
export async function samplingObstacle(session: LiveSession): Promise<Gap | null> {
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
    const role = quoteName(session.identity().role ?? 'current_user');
    return gap(`${role} is not a member of pg_read_all_stats`, `GRANT pg_monitor TO ${role};`);
  }
  return null;
}

async function seesSessions(session: LiveSession): Promise<boolean> {
  const [access] = await session.query(accessRow.pick({ reads_all: true }), loadSql('postgres', 'session_access', session.version_num));
  return access?.reads_all === true;
}

const MISSING = 'who runs which statement (sampling)';

function failed(store: string, error: unknown): Gap {
  const cause = error instanceof PermissionGap || error instanceof StoreLost || error instanceof DeadlineExceeded ? error.detail : error instanceof Error ? error.message : String(error);
  return { subject: store, missing: MISSING, cause, remedy: 'Run it again when the server is less busy.', severity: 'partial' };
}
