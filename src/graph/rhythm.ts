import { rhythmOf } from '../facts/workload/rhythm.js';
import type { ObservedStarts } from '../model/pressure.js';
import type { StoreSnapshot } from '../model/snapshot.js';
import type { StatementStatistics } from '../model/statement.js';
import type { Rhythm } from '../model/workload.js';

/** Puts together what a snapshot holds of when a statement runs. */
export class RhythmReader {
  readonly #starts = new Map<string, ObservedStarts[]>();
  readonly #queryIds: ReadonlyMap<StatementStatistics, readonly string[]>;
  readonly #window_seconds: number | null;

  /** @param queryIds the numbers under which each entry was entered */
  constructor({ starts, statementWindow }: StoreSnapshot, queryIds: ReadonlyMap<StatementStatistics, readonly string[]>) {
    this.#queryIds = queryIds;
    for (const observed of starts ?? []) {
      const key = `${observed.queryId} ${observed.role}`;
      this.#starts.set(key, [...(this.#starts.get(key) ?? []), observed]);
    }
    this.#window_seconds = secondsBetween(statementWindow?.since ?? null, statementWindow?.until ?? null);
  }

  /** How the entries of one statement come back. `schedule`: that of its card. */
  of(rows: readonly StatementStatistics[], schedule: string | null): Rhythm | null {
    const startedAt_ms = rows.flatMap((row) => {
      const numbers = this.#queryIds.get(row) ?? (row.queryId === null ? [] : [row.queryId]);
      return numbers.flatMap((queryId) => this.#starts.get(`${queryId} ${row.role}`) ?? []).flatMap((observed) => observed.startedAt_ms);
    });
    const calls = rows.length === 0 ? null : rows.reduce((total, row) => total + row.calls, 0);
    return rhythmOf({ startedAt_ms, schedule, calls, window_seconds: this.#window_seconds });
  }
}

function secondsBetween(since: string | null, until: string | null): number | null {
  const seconds = since === null || until === null ? Number.NaN : (Date.parse(until) - Date.parse(since)) / 1000;
  return seconds > 0 ? seconds : null;
}
