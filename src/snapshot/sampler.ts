import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import type { ObservedStarts, SessionLooks } from '../model/pressure.js';
import type { CollectionCost, SamplingCost, StatementActivity } from '../model/snapshot.js';
import { DeadlineExceeded, type LiveSession } from '../stores/live.js';
import { lookAtSessions, ObservedSessions } from '../stores/postgres/session-looks.js';
import { sortedBy } from '../stores/shared/order.js';
import { loadSql } from '../stores/sql/load.js';

/** At most five reads a second; four leave room for a slow one. */
export const SAMPLE_INTERVAL_MS = 250;
/** Locks that matter are held for longer, and asking who holds them is not free. */
const SESSIONS_INTERVAL_MS = 2_000;
/** The server may take no longer for one look: pg_stat_activity is read from memory in well under a millisecond. */
const DEADLINE_MS = 500;
const ROWS_MAX = 1_000;
/** Different statements, roles and applications that are kept of a store. */
const ENTRIES_MAX = 50_000;
/** Moments that are kept of one of them, and of all. */
const STARTS_MAX = 256;
const ALL_STARTS_MAX = 500_000;
/** The first look takes what idle sessions began within a day. */
const FIRST_SECONDS = 86_400;
/** A session may show a start so much later than it was. */
const OVERLAP_SECONDS = 2;
const APPLICATION_LENGTH_MAX = 64;
const FAILURES_MAX = 5;

export interface SamplerOptions {
  seconds: number;
  /** Ends it early; what was seen until then is kept. */
  stop?: AbortSignal | undefined;
  /** Ends the whole run. */
  signal?: AbortSignal | undefined;
  onProgress?: ((stage: string) => void) | undefined;
  interval_ms?: number | undefined;
  /** Between two looks at locks and what holds vacuum back. */
  sessions_interval_ms?: number | undefined;
  /** False where sessions do not show the number of their statement: then only locks and transactions are looked at. */
  identifies: boolean;
}

/** What one store's sampling gave; `errors`: what ended it before its time. */
export interface Sampled {
  store: string;
  activity: StatementActivity[];
  starts: ObservedStarts[];
  sessionLooks: SessionLooks | null;
  sampling: SamplingCost;
  cost: CollectionCost;
  errors: unknown[];
}

const activityRow = z.object({
  query_id: z.string(),
  role: z.string(),
  application: z.string(),
  active: z.boolean(),
  /** By the server's clock; null where a session hides it. */
  started_ms: z.array(z.number().nullable()),
});

interface Seen {
  activity: StatementActivity;
  starts: Set<number>;
}

/** Looks at one server again and again until its time is over. */
export class Sampler {
  readonly #seen = new Map<string, Seen>();
  readonly #sessions = new ObservedSessions();
  #firstSessionLook: number | null = null;
  #nextSessionLook = 0;
  #lastLook: number | null = null;
  #starts = 0;
  #samples = 0;
  #failures = 0;

  constructor(
    private readonly session: LiveSession,
    private readonly options: SamplerOptions,
  ) {}

  /** @throws the reason of `signal`. */
  async run(): Promise<Sampled> {
    const { session, options } = this;
    const { stop, signal, seconds } = options;
    const before = session.cost();
    const started = performance.now();
    const end = started + seconds * 1000;
    const errors: unknown[] = [];
    const goesOn = (): boolean => performance.now() < end && stop?.aborted !== true;
    while (goesOn()) {
      const look = performance.now();
      options.onProgress?.(`sampling ${session.store}: ${Math.ceil((end - look) / 1000)} s left, Ctrl-C goes on with what was seen`);
      try {
        if (options.identifies) await this.#look(look);
        if (look >= this.#nextSessionLook) await this.#lookAtSessions(look);
      } catch (error) {
        signal?.throwIfAborted();
        // One slow look is worth no gap; a server that is gone or keeps being slow is.
        if (!(error instanceof DeadlineExceeded) || ++this.#failures >= FAILURES_MAX) {
          errors.push(error);
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
      ...this.#result(),
      sessionLooks: this.#sessions.result(),
      sampling: { seconds: elapsed, samples: this.#samples, elapsed_ms: Math.round(spent * 1000) / 1000 },
      cost: session.cost(),
      errors,
    };
  }

  #result(): Pick<Sampled, 'activity' | 'starts'> {
    const order = ({ queryId, role, application }: { queryId: string; role: string; application: string }): string[] => [queryId, role, application];
    const all = [...this.#seen.values()];
    const starts = all.filter((one) => one.starts.size > 0).map(({ activity: { queryId, role, application }, starts: moments }) => ({ queryId, role, application, startedAt_ms: newest(moments) }));
    return { activity: sortedBy(all.filter(({ activity }) => activity.seen > 0).map(({ activity }) => activity), order), starts: sortedBy(starts, order) };
  }

  async #look(now: number): Promise<void> {
    const { session } = this;
    const since = this.#lastLook === null ? FIRST_SECONDS : Math.ceil((now - this.#lastLook) / 1000) + OVERLAP_SECONDS;
    const sql = loadSql('postgres', 'activity', session.version_num, { since_seconds: String(since), row_max: String(ROWS_MAX) });
    const rows = await session.query(activityRow, sql, { deadline_ms: DEADLINE_MS });
    this.#lastLook = now;
    this.#samples++;
    for (const { query_id: queryId, role, application: name, active, started_ms } of rows) {
      const application = name.slice(0, APPLICATION_LENGTH_MAX);
      const key = `${queryId}\n${role}\n${application}`;
      let seen = this.#seen.get(key);
      if (!seen) {
        if (this.#seen.size >= ENTRIES_MAX) continue;
        seen = { activity: { queryId, role, application, seen: 0 }, starts: new Set() };
        this.#seen.set(key, seen);
      }
      if (active) seen.activity.seen++;
      this.#addStarts(seen.starts, started_ms);
    }
  }

  #addStarts(starts: Set<number>, moments: readonly (number | null)[]): void {
    for (const moment of moments) {
      if (moment === null || starts.has(moment) || (this.#starts >= ALL_STARTS_MAX && starts.size < STARTS_MAX)) continue;
      starts.add(moment);
      this.#starts++;
    }
    // Twice as many before the oldest go, so that a busy statement is not sorted at every look.
    if (starts.size < STARTS_MAX * 2) return;
    const kept = newest(starts);
    this.#starts -= starts.size - kept.length;
    starts.clear();
    for (const moment of kept) starts.add(moment);
  }

  async #lookAtSessions(now: number): Promise<void> {
    this.#nextSessionLook = now + (this.options.sessions_interval_ms ?? SESSIONS_INTERVAL_MS);
    const look = await lookAtSessions(this.session, this.session.version_num, { deadline_ms: DEADLINE_MS });
    this.#firstSessionLook ??= now;
    this.#sessions.add(look, (now - this.#firstSessionLook) / 1000);
  }

  async #wait(ms: number): Promise<void> {
    if (ms <= 0) return;
    const { stop, signal } = this.options;
    const signals = [stop, signal].filter((one) => one !== undefined);
    // Both ends are looked for by the loop.
    await pause(ms, undefined, signals.length > 0 ? { signal: AbortSignal.any(signals) } : {}).catch(() => undefined);
  }
}

/** Ascending, at most so many as are kept. */
function newest(moments: ReadonlySet<number>): number[] {
  return [...moments].sort((a, b) => a - b).slice(-STARTS_MAX);
}
