import type { Gap, Snapshot, StatementActivity, StoreSnapshot } from '../model/snapshot.js';
import type { ObservedStarts } from '../model/pressure.js';
import type { StatementStatistics } from '../model/statement.js';
import { count } from '../text/quantity.js';
import { type Interval, type Look, compareEntries, entryKey, indexed, intervalBetween } from './interval.js';
import { moment } from './moment.js';

/** Several snapshots as one. */
export interface Between {
  /**
   * The latest one, its statistics those of what ran between the first and the last; entries that ran nothing are left out. What
   * could not be compared is a gap.
   */
  snapshot: Snapshot;
  /** By the name of the store, oldest first; a store that was not compared is missing. */
  intervals: ReadonlyMap<string, readonly Interval[]>;
  /** What was assumed, in words: for the assumptions of the report. */
  notes: string[];
}

/**
 * What ran between the first and the last of several snapshots of the same stores, in whatever order they are given. Counters
 * are compared, never set back; what others did to them meanwhile is told by the intervals. A single snapshot stays as it is.
 * Query identifiers hold within one major version of one server only: snapshots before a change of it are left out, and said to be.
 * @throws RangeError without a snapshot
 */
export function between(snapshots: readonly Snapshot[]): Between {
  const ordered = [...snapshots].sort((a, b) => Date.parse(a.takenAt) - Date.parse(b.takenAt));
  const last = ordered.at(-1);
  if (last === undefined) throw new RangeError('no snapshot was given');
  if (ordered.length === 1) return { snapshot: last, intervals: new Map(), notes: [] };
  const said: Said = { gaps: [], notes: [] };
  if (ordered.some((snapshot, index) => snapshot !== snapshots[index])) said.notes.push('the snapshots were given in another order than that of their time: they are compared by time');
  const names = [...new Set(ordered.flatMap(({ stores }) => stores.map(({ name }) => name)))].sort();
  const intervals = new Map<string, readonly Interval[]>();
  const stores = names.flatMap((name) => {
    const looks = looksAt(name, ordered, said);
    const [latest] = looks.slice(-1);
    if (!latest) return [];
    noteAbsence(name, looks, ordered, said);
    const chain = comparable(name, looks, said);
    if (chain.length < 2) return [latest.store];
    const own = chain.slice(1).flatMap((now, index) => (chain[index] ? [intervalBetween(chain[index], now)] : []));
    intervals.set(name, own);
    return [joined(latest.store, chain, own)];
  });
  return { snapshot: { ...last, stores, gaps: [...last.gaps, ...said.gaps] }, intervals, notes: said.notes };
}

interface Said {
  gaps: Gap[];
  notes: string[];
}

/** A store in each snapshot that holds it, in the order of time: by its own clock where all of them tell it. */
function looksAt(name: string, ordered: readonly Snapshot[], said: Said): Look[] {
  const found = ordered.flatMap(({ stores, takenAt }) => {
    const [store, ...others] = stores.filter((candidate) => candidate.name === name);
    if (others.length > 0) said.gaps.push(gap(name, `${count(others.length, 'more store')} of this name in the snapshot of ${moment(takenAt)}`, 'a name stands for one store', 'Give each store in tidemark.yaml a name of its own.'));
    return store ? [{ store, takenAt }] : [];
  });
  const hasClock = found.every(({ store }) => store.statementWindow?.until !== undefined);
  const looks = found.map(({ store, takenAt }): Look => {
    const at = (hasClock ? store.statementWindow?.until : undefined) ?? takenAt;
    return { at, at_ms: Date.parse(at), store };
  });
  return looks.sort((a, b) => a.at_ms - b.at_ms);
}

function noteAbsence(name: string, looks: readonly Look[], ordered: readonly Snapshot[], said: Said): void {
  const last = ordered.at(-1);
  if (last && !last.stores.some((store) => store.name === name)) {
    said.gaps.push(gap(name, `what ran after ${moment(looks.at(-1)?.at ?? '')}`, 'the last snapshot does not hold this store', 'Collect it once more.'));
  } else if (looks.length < ordered.length) {
    said.notes.push(`${ordered.length - looks.length} of ${ordered.length} snapshots do not hold ${name}: it is compared without them`);
  }
}

/** The last looks that can be compared, each with the one before it. */
function comparable(name: string, looks: readonly Look[], said: Said): Look[] {
  const measured = looks.filter(({ store }) => store.statementWindow !== null);
  // Engines without such statistics lack nothing.
  if (measured.length === 0) return [];
  const unmeasured = looks.filter(({ store }) => store.statementWindow === null);
  if (unmeasured.length > 0) said.gaps.push(gap(name, `the statistics of ${unmeasured.map(({ at }) => moment(at)).join(' and ')}`, 'the snapshot holds none', 'tidemark doctor says what is missing to read them.'));
  const chain: Look[] = [];
  for (const look of measured.toReversed()) {
    const [next] = chain;
    if (!next) {
      chain.push(look);
      continue;
    }
    if (!(look.at_ms < next.at_ms)) {
      said.notes.push(`two snapshots of ${name} are of ${moment(next.at)}: the one that was given last is used`);
      continue;
    }
    const obstacle = obstacleBetween(look.store, next.store);
    if (obstacle !== null) {
      said.gaps.push(gap(name, `what ran from ${moment(look.at)} to ${moment(next.at)}`, obstacle, 'Collect again later, and compare snapshots of one server.'));
      break;
    }
    chain.unshift(look);
  }
  return chain;
}

/** Why the entries of two looks are not the same ones. */
function obstacleBetween(before: StoreSnapshot, now: StoreSnapshot): string | null {
  const major = ({ version }: StoreSnapshot): string => version.split('.')[0] ?? '';
  if (before.engine !== now.engine) return `it was ${before.engine} and is ${now.engine} now`;
  if (before.database !== now.database) return `it was the database ${before.database} and is ${now.database} now`;
  if (before.systemIdentifier !== undefined && now.systemIdentifier !== undefined && before.systemIdentifier !== now.systemIdentifier) return 'it is another server now: the system identifier differs';
  // A standby that was promoted has counted for itself as a standby.
  if (major(before) !== major(now)) return `the server was version ${before.version} and is ${now.version} now, and query identifiers hold within one major version`;
  return null;
}

/** The store as it is now, with what it ran in all intervals and what was seen of its sessions at any look. */
function joined(now: StoreSnapshot, chain: readonly Look[], intervals: readonly Interval[]): StoreSnapshot {
  const [first] = chain;
  const last = chain.at(-1);
  const window = last?.store.statementWindow;
  if (!first || !last || !window) return now;
  const texts = new Texts(chain);
  const evictions = intervals.map((interval) => interval.evictions);
  const activity = sumOfActivity(chain);
  const starts = allStarts(chain);
  return {
    ...now,
    statements: [...sumsOf(intervals).values()].map((entry) => texts.of(entry)).sort(compareEntries),
    statementWindow: {
      ...window,
      since: first.at,
      until: last.at,
      evictions: evictions.reduce<number | null>((sum, number) => (sum === null || number === null ? null : sum + number), 0),
    },
    ...(activity ? { activity } : {}),
    ...(starts ? { starts } : {}),
  };
}

function sumsOf(intervals: readonly Interval[]): Map<string, StatementStatistics> {
  return indexed(intervals.flatMap(({ entries }) => entries));
}

const TEXT_STATES = { full: 0, truncated: 1, lost: 2, hidden: 3 } as const;

/** The text of an entry from whichever look has it: the server forgets texts before it forgets counters. */
class Texts {
  readonly #best = new Map<string, StatementStatistics>();

  constructor(chain: readonly Look[]) {
    for (const { store } of chain.toReversed()) {
      for (const entry of store.statements) {
        const key = entryKey(entry);
        const known = this.#best.get(key);
        if (!known || TEXT_STATES[entry.textState] < TEXT_STATES[known.textState]) this.#best.set(key, entry);
      }
    }
  }

  of(entry: StatementStatistics): StatementStatistics {
    const { text, textState } = this.#best.get(entryKey(entry)) ?? entry;
    return { ...entry, text, textState };
  }
}

function sumOfActivity(chain: readonly Look[]): StatementActivity[] | null {
  const lists = chain.flatMap(({ store }) => (store.activity ? [store.activity] : []));
  if (lists.length === 0) return null;
  const sums = new Map<string, StatementActivity>();
  for (const seen of lists.flat()) {
    const key = JSON.stringify([seen.queryId, seen.role, seen.application]);
    sums.set(key, { ...seen, seen: seen.seen + (sums.get(key)?.seen ?? 0) });
  }
  return sortedByText([...sums]);
}

function allStarts(chain: readonly Look[]): ObservedStarts[] | null {
  const lists = chain.flatMap(({ store }) => (store.starts ? [store.starts] : []));
  if (lists.length === 0) return null;
  const all = new Map<string, ObservedStarts>();
  for (const { queryId, role, application, startedAt_ms } of lists.flat()) {
    const key = JSON.stringify([queryId, role, application]);
    const known = all.get(key)?.startedAt_ms ?? [];
    all.set(key, { queryId, role, application, startedAt_ms: [...new Set([...known, ...startedAt_ms])].sort((a, b) => a - b) });
  }
  return sortedByText([...all]);
}

function sortedByText<V>(entries: [string, V][]): V[] {
  return entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value);
}

function gap(subject: string, missing: string, cause: string, remedy: string): Gap {
  return { subject, missing, cause, remedy, severity: 'partial' };
}
