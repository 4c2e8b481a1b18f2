import { z } from 'zod';
import { SESSION_STATES, type HorizonHolder, type SessionLooks, type SessionObservation, type SessionState } from '../../model/pressure.js';
import { sortedBy } from '../shared/order.js';
import { loadSql } from '../sql/load.js';

const SESSIONS_MAX = 1_000;
/** Of sessions that wait; asking who holds them up is what costs. */
const WAITING_MAX = 50;
const HOLDERS_MAX = 200;
/** Different roles, applications, states and statements that are kept over all looks. */
const OBSERVATIONS_MAX = 5_000;
const BLOCKERS_MAX = 50;
const NAME_LENGTH_MAX = 64;

/** A connection, for a collection or for many looks. */
export interface Queries {
  query<T>(row: z.ZodType<T>, sql: string, bounds?: { deadline_ms?: number }): Promise<T[]>;
}

const state = z.string().nullable().transform((text): SessionState => SESSION_STATES.find((known) => known === text) ?? 'other');
/** A moment after ours is one of the same look. */
const seconds = z.number().nullable().transform((since) => (since === null ? null : Math.max(since, 0)));

const sessionRow = z.object({
  pid: z.number(),
  role: z.string(),
  application: z.string(),
  state,
  query_id: z.string().nullable(),
  transaction_seconds: seconds,
  statement_seconds: seconds,
  horizon_transactions: z.number().nullable(),
  waits: z.boolean(),
});

const waitRow = z.object({
  waiting: z.number(),
  waited_seconds: seconds,
  blocking: z.number().nullable(),
  role: z.string(),
  application: z.string(),
  state,
  query_id: z.string().nullable(),
});

const holderRow = z
  .object({
    kind: z.enum(['replication slot', 'prepared transaction', 'standby']),
    name: z.string(),
    transactions: z.number(),
    age_seconds: seconds,
    catalog_only: z.boolean(),
  })
  .transform(({ catalog_only, ...holder }): HorizonHolder => (catalog_only ? { ...holder, catalogOnly: true } : holder));

/** What one look at the sessions saw. */
export interface SessionLook {
  sessions: z.infer<typeof sessionRow>[];
  waits: z.infer<typeof waitRow>[];
  holders: HorizonHolder[];
}

/**
 * One look at who is in a transaction, holds vacuum back or waits for a lock: two statements, and a third where somebody waits.
 * It shows the sessions of other roles to members of pg_read_all_stats only.
 * @throws what `query` throws
 */
export async function lookAtSessions(connection: Queries, version: number, bounds: { deadline_ms?: number } = {}): Promise<SessionLook> {
  const sessions = await connection.query(sessionRow, loadSql('postgres', 'session_looks', version, { row_max: String(SESSIONS_MAX) }), bounds);
  const pids = sessions.filter(({ waits }) => waits).slice(0, WAITING_MAX).map(({ pid }) => pid);
  const values = { pids: pids.join(','), row_max: String(SESSIONS_MAX) };
  const waits = pids.length === 0 ? [] : await connection.query(waitRow, loadSql('postgres', 'lock_waits', version, values), bounds);
  const holders = await connection.query(holderRow, loadSql('postgres', 'horizon_holders', version, { row_max: String(HOLDERS_MAX) }), bounds);
  return { sessions, waits, holders };
}

type Blocker = SessionObservation['blockedBy'][number];

/** What several looks saw, by role, application, state and statement. */
export class ObservedSessions {
  readonly #sessions = new Map<string, SessionObservation>();
  readonly #holders = new Map<string, HorizonHolder>();
  #looks = 0;
  #seconds = 0;

  /** @param seconds since the first look */
  add({ sessions, waits, holders }: SessionLook, seconds: number): void {
    this.#looks++;
    this.#seconds = seconds;
    const seen = new Map<SessionObservation, typeof sessions>();
    for (const session of sessions) {
      const observation = this.#observation(session);
      if (observation) seen.set(observation, [...(seen.get(observation) ?? []), session]);
    }
    for (const [observation, same] of seen) {
      observation.looks++;
      for (const one of same) {
        observation.transaction_seconds = larger(observation.transaction_seconds, one.transaction_seconds);
        observation.statement_seconds = larger(observation.statement_seconds, one.statement_seconds);
        observation.horizon_transactions = larger(observation.horizon_transactions, one.horizon_transactions);
      }
      if (same.some((one) => one.waits)) observation.lockWaits++;
      const pids = new Set(same.map(({ pid }) => pid));
      addWaits(observation, waits.filter(({ waiting }) => pids.has(waiting)));
    }
    for (const holder of holders) {
      const key = [holder.kind, holder.name, holder.catalogOnly === true].join('\n');
      const known = this.#holders.get(key);
      if (!known || known.transactions < holder.transactions) this.#holders.set(key, { ...holder, age_seconds: larger(known?.age_seconds ?? null, holder.age_seconds) });
    }
  }

  /** Null where there was no look. */
  result(): SessionLooks | null {
    if (this.#looks === 0) return null;
    const order = ({ role, application, state, queryId }: Blocker | SessionObservation): string[] => [role, application, state, queryId ?? ''];
    return {
      looks: this.#looks,
      seconds: Math.round(this.#seconds * 10) / 10,
      sessions: sortedBy([...this.#sessions.values()].map((one) => ({ ...rounded(one), blockedBy: sortedBy(one.blockedBy, order) })), order),
      holders: sortedBy([...this.#holders.values()].map((one) => ({ ...one, age_seconds: tenths(one.age_seconds) })), ({ kind, name, catalogOnly }) => [kind, name, String(catalogOnly === true)]),
    };
  }

  #observation({ role, application, state, query_id }: SessionLook['sessions'][number]): SessionObservation | null {
    const name = application.slice(0, NAME_LENGTH_MAX);
    const key = [role, name, state, query_id ?? ''].join('\n');
    const known = this.#sessions.get(key);
    if (known || this.#sessions.size >= OBSERVATIONS_MAX) return known ?? null;
    const observation: SessionObservation = {
      role, application: name, state, queryId: query_id, looks: 0,
      transaction_seconds: null, statement_seconds: null, horizon_transactions: null, lockWaits: 0, lockWait_seconds: null, blockedBy: [],
    };
    this.#sessions.set(key, observation);
    return observation;
  }
}

function addWaits(observation: SessionObservation, waits: SessionLook['waits']): void {
  const counted = new Set<Blocker>();
  for (const { waited_seconds, blocking, role, application, state, query_id } of waits) {
    observation.lockWait_seconds = larger(observation.lockWait_seconds, waited_seconds);
    if (blocking === null) continue;
    const name = application.slice(0, NAME_LENGTH_MAX);
    let blocker = observation.blockedBy.find((one) => one.role === role && one.application === name && one.state === state && one.queryId === query_id);
    if (!blocker) {
      if (observation.blockedBy.length >= BLOCKERS_MAX) continue;
      blocker = { role, application: name, state, queryId: query_id, looks: 0 };
      observation.blockedBy.push(blocker);
    }
    // Once a look, however many sessions it holds up.
    if (!counted.has(blocker)) blocker.looks++;
    counted.add(blocker);
  }
}

function larger(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b;
  return Math.max(a, b);
}

function rounded(one: SessionObservation): SessionObservation {
  return { ...one, transaction_seconds: tenths(one.transaction_seconds), statement_seconds: tenths(one.statement_seconds), lockWait_seconds: tenths(one.lockWait_seconds) };
}

function tenths(seconds: number | null): number | null {
  return seconds === null ? null : Math.round(seconds * 10) / 10;
}
