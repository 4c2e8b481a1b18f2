import type { Gap } from '../../model/snapshot.js';
import { quoteName } from '../../stores/postgres/failure.js';
import { StatementGaps } from '../../stores/postgres/statement-gaps.js';
import { count, formatQuantity } from '../../text/quantity.js';
import { notAvailable, ok, warning, type Check } from '../check.js';
import { valueOf, type PostgresFacts } from '../facts.js';
import type { Hosting } from '../hosting.js';
import { remedyOf, setting, step } from '../remedy.js';
import { unreadOf } from './server.js';

/** Where so much is used, the next statements push others out. */
const FULL_SHARE = 0.95;
/**
 * An eviction drops the least used twentieth, ten at least (entry_dealloc() in pg_stat_statements.c, 18): with fewer entries than
 * it leaves there was none since the limit is what it is.
 */
const EVICTED_SHARE = 0.05;
const EVICTED_MIN = 10;
/** Each eviction drops the least used twentieth; one a day leaves totals right to what nobody runs. */
const EVICTIONS_PER_DAY_MAX = 1;
const DAY_SECONDS = 86_400;
/** Reading all texts costs the server so much each time: collection gives up at ten seconds. */
const TEXTS_MS_MAX = 1_000;
const TEXTS_BYTES_MAX = 100 * 2 ** 20;

/** What came with each version of the extension (PostgreSQL 18, F.32; `pg_stat_statements--1.7--1.8.sql` and following). */
const SINCE: readonly [minor: number, gain: string][] = [
  [8, 'time of planning and WAL'],
  [9, 'evictions and the time of the last reset'],
  [10, 'time of JIT'],
  [11, 'since when each entry counts'],
  [12, 'parallel workers'],
];

/** What pg_stat_statements tells, and who runs which statement. */
export function statementChecks(facts: PostgresFacts): Check[] {
  const obstacle = extensionObstacle(facts);
  const rest = obstacle === null ? [entries(facts), texts(facts), tracked(facts), extensionVersion(facts)].filter((check) => check !== null) : [obstacle];
  return [...rest, sampling(facts)];
}

const ID = 'statements';

/** The same gaps as a collection's. */
function extensionObstacle({ access, extension, identity, hosting, entries: looked }: PostgresFacts): Check | null {
  const found = valueOf(access);
  if (found === null || !('value' in extension)) {
    return notAvailable(ID, ID, unreadOf(found === null ? access : extension), 'all statement statistics', null);
  }
  const gaps = new StatementGaps('', quoteName(identity.role ?? ''));
  const gap = extension.value === null ? gaps.noExtension(found) : found.entries_max === null ? gaps.notLoaded(found) : gaps.missingGrant(extension.value);
  if (gap !== null) return gone(ID, ID, gap, hosting);
  return 'unread' in looked ? notAvailable(ID, ID, looked.unread, 'all statement statistics', step('Run it again when the server is less busy.')) : null;
}

function gone(id: string, title: string, { cause, missing, remedy }: Gap, hosting: Hosting, needed = true): Check {
  return notAvailable(id, title, cause, missing, remedy === null ? null : remedyOf(remedy, hosting), needed);
}

/** A gap that leaves the most there. */
function lossy(id: string, title: string, seen: string, { missing, remedy }: Gap, hosting: Hosting): Check {
  return warning(id, title, seen, missing, remedy === null ? null : remedyOf(remedy, hosting));
}

function entries({ entries: looked, window, access, extension, hosting, identity, answered_at }: PostgresFacts): Check | null {
  const read = valueOf(looked);
  const max = valueOf(access)?.entries_max ?? null;
  if (read === null || max === null) return null;
  const since = valueOf(window);
  const reset = since?.since ?? null;
  const isFull = read.entries >= max - Math.max(EVICTED_MIN, max * EVICTED_SHARE);
  const evicted = since === null ? '' : `, ${since.evictions === 0 ? 'no evictions' : count(since.evictions, 'eviction')}${since.evictions > 0 && !isFull ? ', none of late: it is not full' : ''}`;
  const seen = `${formatQuantity(read.entries, 'count')} of ${formatQuantity(max, 'count')} entries${reset === null ? '' : ` since ${reset.slice(0, 10)}`}${evicted}`;
  if ('unread' in window) {
    const gaps = new StatementGaps('', quoteName(identity.role ?? ''));
    gaps.windowDenied(valueOf(extension)?.schema ?? 'public');
    const [gap] = gaps.all();
    if (gap !== undefined) return lossy(ID, ID, `${seen}; ${window.unread}`, gap, hosting);
  }
  const larger = remedyOf(setting('pg_stat_statements.max', String(max * 2), 'restart'), hosting);
  const lost = 'totals of statements that were pushed out: shares are of what is left';
  if (since !== null && isFull && since.evictions > EVICTIONS_PER_DAY_MAX * daysBetween(reset, answered_at)) return warning(ID, ID, seen, lost, larger);
  if (since === null && read.entries >= max * FULL_SHARE) return warning(ID, ID, seen, lost, larger);
  return ok(ID, ID, seen);
}

/** At least one: what has just been reset says little. */
function daysBetween(since: string | null, now: number): number {
  return since === null ? 1 : Math.max(1, (now - Date.parse(since) / 1000) / DAY_SECONDS);
}

function texts({ texts: looked, access, entries, extension, hosting, identity }: PostgresFacts): Check {
  const id = 'statement-texts';
  const title = 'statement texts';
  const found = valueOf(access);
  if (found !== null && !found.reads_all) {
    const gaps = new StatementGaps('', quoteName(identity.role ?? ''));
    gaps.look({ ...found, track: null, track_utility: null });
    const [gap] = gaps.all();
    if (gap !== undefined) return gone(id, title, gap, hosting);
  }
  const read = valueOf(looked);
  if (read === null) {
    return warning(id, title, unreadOf(looked), 'texts, if a collection does not get them in ten seconds either', step('Run it when the server is less busy; lower pg_stat_statements.max where it stays so.'));
  }
  const counters = valueOf(entries)?.took_ms ?? null;
  const seen = `${formatQuantity(read.bytes, 'bytes')} read in ${formatQuantity(read.took_ms, 'ms')}${counters === null ? '' : `, counters in ${formatQuantity(counters, 'ms')}`}`;
  if (read.lost > 0) {
    const gaps = new StatementGaps('', '');
    gaps.textsLost({ statements: read.lost, of: valueOf(entries)?.entries ?? read.lost, time: null }, valueOf(extension)?.schema ?? 'public');
    const [gap] = gaps.all();
    if (gap !== undefined) return lossy(id, title, `${seen}; ${count(read.lost, 'entry has', 'entries have')} no text`, gap, hosting);
  }
  if (read.took_ms > TEXTS_MS_MAX || read.bytes > TEXTS_BYTES_MAX) return warning(id, title, seen, 'time of the server at each collection, which reads them all', step('Lower pg_stat_statements.max, or shorten generated statements (lists of constants).'));
  return ok(id, title, seen);
}

/** What is counted at all. */
function tracked({ access, extension, hosting }: PostgresFacts): Check | null {
  const id = 'statement-tracking';
  const title = 'tracking';
  const found = valueOf(access);
  if (found === null) return null;
  const gaps = new StatementGaps('', '');
  gaps.look({ ...found, reads_all: true });
  const [gap] = gaps.all();
  if (gap !== undefined && found.track === 'none') return gone(id, title, gap, hosting);
  const seen = `extension ${valueOf(extension)?.version ?? 'unknown'}: track ${found.track ?? 'unknown'}, utility ${found.track_utility ?? 'unknown'}, planning ${found.track_planning ?? 'unknown'}`;
  if (gap !== undefined) return lossy(id, title, seen, gap, hosting);
  return ok(id, title, seen);
}

/** Servers keep the version of the extension that they were upgraded with. */
function extensionVersion({ extension, available, hosting }: PostgresFacts): Check | null {
  const installed = valueOf(extension)?.version ?? null;
  const newest = valueOf(available);
  if (installed === null || newest === null || minorOf(installed) >= minorOf(newest)) return null;
  const gains = SINCE.flatMap(([minor, gain]) => (minor > minorOf(installed) && minor <= minorOf(newest) ? [gain] : []));
  return warning('statement-version', 'extension version', `pg_stat_statements is ${installed}, the server brings ${newest}`, gains.length === 0 ? null : gains.join(', '), remedyOf('ALTER EXTENSION pg_stat_statements UPDATE;', hosting));
}

function minorOf(version: string): number {
  return Number(version.split('.')[1] ?? 0);
}

function sampling({ sampling: looked, hosting }: PostgresFacts): Check {
  const id = 'sampling';
  if ('unread' in looked) return notAvailable(id, id, looked.unread, 'who runs which statement', null, false);
  if (looked.value !== null) return gone(id, id, looked.value, hosting, false);
  return ok(id, id, 'sessions show the number of their statement');
}
