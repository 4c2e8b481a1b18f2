import type { Engine, StoreRole } from '../model/store.js';
import type { CollectionCost } from '../model/snapshot.js';

/** `not available`: it cannot be looked at. `warning`: it can, but something is lost or unwise. */
export type CheckState = 'ok' | 'warning' | 'not available';

/** What mends something: SQL to run as it is, or a step that no SQL does, or both. */
export interface Remedy {
  /** In the order in which it is done; SQL and words as they are shown. */
  text: string;
  /** The statements in it, each runnable as it is. */
  sql: string[];
  /** True where it holds from the next start of the server on only. */
  restart: boolean;
  /** Who may do it, where that is not everybody. */
  by: string | null;
}

/** One capability that was tried. */
export interface Check {
  /** Stable: `statement-texts`. */
  id: string;
  /** As people call it. */
  title: string;
  state: CheckState;
  /** What was seen, in one line. */
  seen: string;
  /** What tidemark cannot say because of it; null where nothing is lost. */
  lost: string | null;
  remedy: Remedy | null;
  /** False for what adds to an answer and is not missed by it: then its absence leaves the exit code alone. */
  needed: boolean;
}

/** Everything about one store, source or the configuration. */
export interface Examined {
  kind: 'configuration' | 'store' | 'source';
  name: string;
  /** What it is, in one line: `PostgreSQL 18.4, operational`. */
  description: string;
  engine: Engine | null;
  role: StoreRole | null;
  checks: Check[];
  /** What looking cost it; null where no store was asked. */
  cost: CollectionCost | null;
  /** The least-privilege role as SQL; null for what is no PostgreSQL store. */
  roleSql: RoleSql | null;
}

/** SQL for the role that tidemark connects as. */
export interface RoleSql {
  role: string;
  /** Runnable by psql as it is. */
  sql: string;
  /** Whether the role that connected lacks something of it or has more than it; null where that was not seen. */
  wanted: boolean | null;
}

/** What the doctor found. `--format json` is this. */
export interface DoctorReport {
  schemaVersion: 1;
  tidemark: string;
  subjects: Examined[];
  totals: { ok: number; warning: number; notAvailable: number };
  /** Sum over all stores. */
  cost: CollectionCost;
}

/** True where something that is needed could not be looked at. */
export function isBlind({ subjects }: DoctorReport): boolean {
  return subjects.some(({ checks }) => checks.some(({ state, needed }) => state === 'not available' && needed));
}

/** Puts together what was examined, with its sums. */
export function reportOf(subjects: readonly Examined[], version: string): DoctorReport {
  const checks = subjects.flatMap((subject) => subject.checks);
  const number = (state: CheckState): number => checks.filter((check) => check.state === state).length;
  const costs = subjects.flatMap(({ cost }) => cost ?? []);
  return {
    schemaVersion: 1,
    tidemark: version,
    subjects: [...subjects],
    totals: { ok: number('ok'), warning: number('warning'), notAvailable: number('not available') },
    cost: {
      elapsed_ms: Math.round(costs.reduce((sum, { elapsed_ms }) => sum + elapsed_ms, 0) * 1000) / 1000,
      queries: costs.reduce((sum, { queries }) => sum + queries, 0),
      received_bytes: costs.reduce((sum, { received_bytes }) => sum + received_bytes, 0),
    },
  };
}

/** A capability that is there. */
export function ok(id: string, title: string, seen: string): Check {
  return { id, title, state: 'ok', seen, lost: null, remedy: null, needed: true };
}

/** Something that works, with a loss or a risk. */
export function warning(id: string, title: string, seen: string, lost: string | null, remedy: Remedy | null): Check {
  return { id, title, state: 'warning', seen, lost, remedy, needed: true };
}

/** Something that cannot be looked at. */
export function notAvailable(id: string, title: string, seen: string, lost: string | null, remedy: Remedy | null, needed = true): Check {
  return { id, title, state: 'not available', seen, lost, remedy, needed };
}
