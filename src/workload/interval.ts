import type { StoreSnapshot } from '../model/snapshot.js';
import type { StatementStatistics } from '../model/statement.js';

/** What one store ran between two looks at its statistics. */
export interface Interval {
  /** ISO 8601, by the server's clock where both looks tell it. */
  from: string;
  until: string;
  seconds: number;
  /** What ran, by entry. Sorted by role and query id. */
  entries: StatementStatistics[];
  /** All counters were set back meanwhile. */
  reset: boolean;
  /** The server came up again without what it had counted. */
  crashed: boolean;
  /** Entries that the server gave up for new ones; null where it does not count them. */
  evictions: number | null;
  /** Entries that count anew: set back by somebody, or evicted and entered again. */
  restarted: number;
  /** Entries that are gone, with what they had counted since the look before. */
  vanished: number;
  /** Entries that were hidden at the look before: what they have counted since is known as a sum only, one for each role. */
  unseen: number;
  /** False where something was lost: the numbers are lower bounds. */
  complete: boolean;
}

/** One store at one moment. */
export interface Look {
  /** ISO 8601, and the same in milliseconds since 1970. */
  at: string;
  at_ms: number;
  store: StoreSnapshot;
}

const COUNTERS = ['calls', 'execution_ms', 'rows', 'sharedBlocksHit', 'sharedBlocksRead', 'tempBlocksRead', 'tempBlocksWritten'] as const;
/** Those that not every version and setting keeps. */
const RARE_COUNTERS = ['planning_ms', 'wal_bytes', 'sharedBlocksDirtied', 'jit_ms', 'parallelWorkers'] as const;
const EXTREMES = ['longest_ms', 'deviation_ms'] as const;
/** Sums of times in floating point may go back by so much without a reset. */
const ROUNDING_MS = 1e-6;

/** What identifies an entry of one server version: pg_stat_statements keeps one for each user, database, query id and level. */
export function entryKey({ role, database, queryId, toplevel }: StatementStatistics): string {
  return JSON.stringify([role, database, queryId, toplevel]);
}

/** Entries by key. Those whose identity the server hides fall together, one for each role: their sum is what can be said. */
export function indexed(entries: Iterable<StatementStatistics>): Map<string, StatementStatistics> {
  const found = new Map<string, StatementStatistics>();
  for (const entry of entries) {
    const key = entryKey(entry);
    const known = found.get(key);
    found.set(key, known ? addUp(known, entry) : entry);
  }
  return found;
}

/** Both together; a counter that one of them lacks is not known. Of the longest run the larger one. */
export function addUp(a: StatementStatistics, b: StatementStatistics): StatementStatistics {
  const sum = { ...a, since: null };
  for (const name of COUNTERS) sum[name] = a[name] + b[name];
  for (const name of RARE_COUNTERS) sum[name] = ifKnown(a[name], b[name], (x, y) => x + y);
  for (const name of EXTREMES) sum[name] = isNumber(a[name]) && isNumber(b[name]) ? Math.max(a[name], b[name]) : (a[name] ?? b[name] ?? null);
  return sum;
}

/**
 * What ran between two looks at one store, whatever others did to its counters meanwhile: never more than the truth, and all of
 * it where nothing was lost. The rules are those of `probes/statements/deltas.ts` (a whole reset by the time that the server
 * gives for it; one entry by its own time, from extension 1.11 on, else by any counter that went down). They differ in three
 * things, because what is compared here was collected, perhaps by another role, hours before: a sum of hidden entries that went
 * down is no new count, as one of them may be gone; entries that were hidden before are not counted from their beginning, but as the sum that was seen of them; and a
 * server that came up again without its counters is told apart from a reset.
 */
export function intervalBetween(before: Look, now: Look): Interval {
  const earlier = indexed(before.store.statements);
  const later = indexed(now.store.statements);
  const emptied = wasEmptied(before, now);
  const renamed = renamedRoles(before, now, earlier);
  const counted = new Counting(before, earlier, later, renamed, emptied);
  const told = [...later].flatMap(([key, entry]) => counted.ranSince(key, entry) ?? []);
  const entries = [...told, ...counted.sumsOfUnseen()];
  const { restarted } = counted;
  const unseen = counted.unseen.length;
  const hiddenNow = rolesOfHidden(later);
  const vanished = emptied ? 0 : [...earlier].filter(([key, entry]) => !later.has(key) && entry.queryId !== null && !hiddenNow.has(entry.role) && !counted.followed.has(entry)).length;
  const isRestarted = differ(before.store.statementWindow?.startedAt, now.store.statementWindow?.startedAt);
  // After a clean stop everything is still there.
  const crashed = isRestarted && (emptied || (earlier.size > 0 && (vanished + restarted) * 2 >= earlier.size));
  const evictions = evictedBetween(before, now, emptied);
  return {
    from: before.at,
    until: now.at,
    seconds: (now.at_ms - before.at_ms) / 1000,
    entries: entries.sort(compareEntries),
    reset: emptied && !crashed,
    crashed,
    evictions,
    restarted,
    vanished,
    unseen,
    complete: !emptied && !crashed && (evictions ?? 0) === 0 && restarted === 0 && vanished === 0 && unseen === 0,
  };
}

class Counting {
  restarted = 0;
  /** As they are now. */
  readonly unseen: StatementStatistics[] = [];
  /** Entries of roles that have another name now. */
  readonly followed = new Set<StatementStatistics>();
  readonly #hidden: ReadonlySet<string>;

  constructor(
    private readonly before: Look,
    private readonly earlier: ReadonlyMap<string, StatementStatistics>,
    private readonly later: ReadonlyMap<string, StatementStatistics>,
    private readonly renamed: ReadonlyMap<string, StatementStatistics>,
    private readonly emptied: boolean,
  ) {
    this.#hidden = rolesOfHidden(earlier);
  }

  /** Null for an entry that did nothing. */
  ranSince(key: string, entry: StatementStatistics): StatementStatistics | null {
    const delta = this.#delta(key, entry);
    return delta !== null && (delta.calls > 0 || delta.execution_ms > 0) ? delta : null;
  }

  /**
   * What entries ran of which only the sum was seen before: the sum now without that one. Not more than the truth, as everything that is
   * in the sum now was in the one before, or has run since.
   */
  sumsOfUnseen(): StatementStatistics[] {
    const sums = indexed(this.unseen.map((entry) => ({ ...entry, queryId: null, text: null, textState: 'hidden' })));
    return [...sums].flatMap(([key, sum]) => {
      const before = this.earlier.get(key);
      const rest = before ? difference(before, sum) : null;
      return rest !== null && rest.calls > 0 ? [rest] : [];
    });
  }

  #delta(key: string, entry: StatementStatistics): StatementStatistics | null {
    if (this.emptied) return entry;
    if (entry.queryId === null) return this.#deltaOfHidden(entry);
    const known = this.earlier.get(key) ?? this.#beforeRenaming(entry);
    if (!known) {
      const isNew = !this.#hidden.has(entry.role) || (entry.since !== undefined && entry.since !== null && Date.parse(entry.since) >= this.before.at_ms);
      if (!isNew) this.unseen.push(entry);
      return isNew ? entry : null;
    }
    if (!differ(known.since, entry.since) && !wentDown(known, entry)) return difference(known, entry);
    this.restarted++;
    return entry;
  }

  #beforeRenaming(entry: StatementStatistics): StatementStatistics | undefined {
    const known = this.before.store.catalog.roles.some(({ name }) => name === entry.role) ? undefined : this.renamed.get(withoutRole(entry));
    if (known) this.followed.add(known);
    return known;
  }

  /** What was counted under the role before, and cannot be told apart any more, is taken off. */
  #deltaOfHidden(entry: StatementStatistics): StatementStatistics {
    const others = [...this.earlier].filter(([key, { role, queryId }]) => role === entry.role && (queryId === null || !this.later.has(key)));
    return others.reduce((rest, [, other]) => difference(other, rest), entry);
  }
}

/** Entries of roles that were renamed or dropped meanwhile: the server keeps them, under another name. */
function renamedRoles(before: Look, now: Look, earlier: ReadonlyMap<string, StatementStatistics>): Map<string, StatementStatistics> {
  const names = (look: Look): Set<string> => new Set(look.store.catalog.roles.map(({ name }) => name));
  const [known, present] = [names(before), names(now)];
  return new Map([...earlier.values()].flatMap((entry) => (known.has(entry.role) && !present.has(entry.role) && present.size > 0 ? [[withoutRole(entry), entry] as const] : [])));
}

function withoutRole(entry: StatementStatistics): string {
  return entryKey({ ...entry, role: '' });
}

/** All counters were set back after the look before. A reset whose effect that look has seen already is none between the two. */
function wasEmptied(before: Look, now: Look): boolean {
  const since = now.store.statementWindow?.since ?? null;
  const sinceBefore = before.store.statementWindow?.since ?? null;
  if (since === null || since === sinceBefore) return false;
  const readAt = before.store.statementWindow?.until;
  if (readAt !== undefined) return Date.parse(since) > Date.parse(readAt);
  // The clocks may differ: only what the server says itself tells.
  return sinceBefore !== null && Date.parse(since) > Date.parse(sinceBefore);
}

function evictedBetween(before: Look, now: Look, emptied: boolean): number | null {
  const earlier = before.store.statementWindow?.evictions ?? null;
  const later = now.store.statementWindow?.evictions ?? null;
  if (earlier === null || later === null) return null;
  // A reset sets this number back too.
  return emptied || later < earlier ? later : later - earlier;
}

function wentDown(before: StatementStatistics, now: StatementStatistics): boolean {
  const down = (earlier: number | null | undefined, later: number | null | undefined): boolean => isNumber(earlier) && isNumber(later) && later < earlier - ROUNDING_MS;
  return COUNTERS.some((name) => down(before[name], now[name])) || RARE_COUNTERS.some((name) => down(before[name], now[name]));
}

function difference(before: StatementStatistics, now: StatementStatistics): StatementStatistics {
  const rest = (later: number, earlier: number): number => Math.max(later - earlier, 0);
  const delta = { ...now, deviation_ms: null, since: null };
  for (const name of COUNTERS) delta[name] = rest(now[name], before[name]);
  for (const name of RARE_COUNTERS) delta[name] = ifKnown(now[name], before[name], rest);
  // The longest run of all times tells of these runs only where it changed.
  delta.longest_ms = isNumber(now.longest_ms) && now.longest_ms !== before.longest_ms ? now.longest_ms : null;
  return delta;
}

function rolesOfHidden(entries: ReadonlyMap<string, StatementStatistics>): Set<string> {
  return new Set([...entries.values()].filter(({ queryId }) => queryId === null).map(({ role }) => role));
}

/** Both are known, and they are not the same. */
function differ(a: string | null | undefined, b: string | null | undefined): boolean {
  return typeof a === 'string' && typeof b === 'string' && a !== b;
}

function ifKnown(a: number | null | undefined, b: number | null | undefined, both: (a: number, b: number) => number): number | null {
  return isNumber(a) && isNumber(b) ? both(a, b) : null;
}

function isNumber(value: number | null | undefined): value is number {
  return typeof value === 'number';
}

export function compareEntries(a: StatementStatistics, b: StatementStatistics): number {
  return compareText(a.role, b.role) || compareText(a.queryId ?? '', b.queryId ?? '') || Number(a.toplevel) - Number(b.toplevel);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
