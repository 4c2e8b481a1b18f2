import type { EpochSeconds, StreamTableView } from '../../model/live.js';
import type { PayloadOf } from '../../probes/index.js';
import { validity_seconds } from '../staleness.js';

/**
 * A change may stand in the table counters up to a minute after its commit (PGSTAT_MAX_INTERVAL in pgstat.c), so that a
 * growth says for sure only that something changed within the minute before.
 */
const COUNTER_DELAY_SECONDS = 60;
const WINDOWS_MAX = 2048;
const TABLES_MAX = 1000;

interface Window {
  from: EpochSeconds;
  to: EpochSeconds;
}

/**
 * What the counters of published tables tell: between which looks something changed. Rows of transactions that were rolled
 * back are counted too and truncation is not, so this is strong evidence and no proof. Times are the server's.
 */
export class Published {
  /** Between two looks with a growth, oldest first. */
  #changed: Window[] = [];
  #first_at: EpochSeconds | null = null;
  /** Whose tables they are; null before the first look. */
  database: string | null = null;
  #last: { at: EpochSeconds; changes: number | null; pace_seconds: number; byTable: Map<string, number> } | null = null;
  #tables: StreamTableView[] = [];

  accept({ server_time: at, database, publications, tables }: PayloadOf<'publications'>, pace_seconds: number): void {
    const last = this.#last;
    if (last !== null && at <= last.at) return;
    this.database = database;
    const known = publications.map(({ changes }) => changes);
    const changes = known.length === 0 || known.some((value) => value === null) ? null : known.reduce<number>((sum, value) => sum + (value ?? 0), 0);
    const byTable = new Map<string, number>();
    this.#tables = tables.slice(0, TABLES_MAX).map(({ relation, has_identity, changes: total }) => {
      if (total !== null) byTable.set(relation, total);
      const before = last?.byTable.get(relation);
      const isKnown = total !== null && last !== null && before !== undefined && total >= before;
      return { relation, has_identity, changes_per_second: isKnown ? (total - before) / (at - last.at) : null };
    });
    this.#follow(at, changes, last);
    this.#last = { at, changes, pace_seconds, byTable };
  }

  #follow(at: EpochSeconds, changes: number | null, last: { at: EpochSeconds; changes: number | null } | null): void {
    const isContinued = changes !== null && last !== null && last.changes !== null && changes >= last.changes;
    if (!isContinued || this.#first_at === null) {
      this.#changed = [];
      this.#first_at = changes === null ? null : at;
      return;
    }
    if (changes === last.changes) return;
    this.#changed.push({ from: last.at, to: at });
    // The newest and the oldest matter most; between them every second one does.
    if (this.#changed.length > WINDOWS_MAX) this.#changed = this.#changed.filter((_, index) => index % 2 === 0 || index > WINDOWS_MAX / 2);
  }

  /** One relation once, whatever number of publications it is in. */
  tables(): StreamTableView[] {
    return [...new Map(this.#tables.map((table) => [table.relation, table])).values()];
  }

  /** Whether the counters speak for the present: seen, complete and not old. */
  isKnown(now: EpochSeconds): boolean {
    return this.#first_at !== null && this.#last !== null && now - this.#last.at <= validity_seconds(this.#last.pace_seconds);
  }

  /** True when the counters were read so long after `moment` that what was committed then would stand in them. */
  speaksOf(moment: EpochSeconds): boolean {
    return (this.#last?.at ?? Number.NEGATIVE_INFINITY) >= moment + COUNTER_DELAY_SECONDS;
  }

  /** Since when nothing has been counted; null where that is not known. */
  quietSince(): EpochSeconds | null {
    return this.#changed.at(-1)?.to ?? this.#first_at;
  }

  /** When something was last seen to have changed; null where nothing was since the first look. */
  lastChangeAt(): EpochSeconds | null {
    return this.#changed.at(-1)?.to ?? null;
  }

  /** True where a growth was seen between two looks that were both after `moment`. */
  hasChangedAfter(moment: EpochSeconds): boolean {
    return (this.#changed.at(-1)?.from ?? Number.NEGATIVE_INFINITY) >= moment;
  }

  /** From when on a change can have been that was counted first after `moment`; null where none was, or before the first look. */
  firstChangeSince(moment: EpochSeconds): EpochSeconds | null {
    if (this.#first_at === null || this.#first_at > moment) return null;
    const first = this.#changed.find(({ to }) => to > moment);
    return first === undefined ? null : Math.max(moment, first.from);
  }

  /** The latest moment at which the first change after `moment` can have been committed; null where none is certain. */
  certainChangeAfter(moment: EpochSeconds): EpochSeconds | null {
    return this.#changed.find(({ from }) => from >= moment + COUNTER_DELAY_SECONDS)?.to ?? null;
  }
}
