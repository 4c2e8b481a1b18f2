import { UNREAD_SHARE_MAX, shareOfWork } from '../graph/store-facts.js';
import { type Portion, sumOfWork } from '../graph/portions.js';
import type { StoreSnapshot } from '../model/snapshot.js';
import type { Trust } from '../model/workload.js';
import { count, formatQuantity } from '../text/quantity.js';
import type { Interval } from './interval.js';
import { moment } from './moment.js';
import { totalOf } from './shares.js';

export interface TrustInput {
  store: StoreSnapshot;
  portions: readonly Portion[];
  intervals: readonly Interval[];
  window_seconds: number | null;
}

interface Doubt {
  /** What is left of the confidence: 0 to 1. */
  factor: number;
  note: string;
}

/**
 * How much each loss leaves of the confidence in numbers that rest on the statistics. Set by judgement, by what it can hide: a
 * part of the store's work that is not told takes as much of the confidence as it has of the work; what was lost at an unknown
 * time takes a fixed part.
 */
const LEFT = { reset: 0.8, crash: 0.8, lostStart: 0.95, full: 0.95, restarted: 0.9, unseen: 0.95, noUtility: 0.95, notTracked: 0.3, hour: 0.7, day: 0.9, clocks: 0.9 };
/** The least that evictions leave: the server evicts what ran least often, which may have been heavy. */
const EVICTIONS_LEFT_MIN = 0.6;
/**
 * `dealloc` counts how often the server made room; each time it gives up 5 % of the entries (USAGE_DEALLOC_PERCENT of
 * pg_stat_statements.c, 9.2 to 18).
 */
const EVICTED_EACH_TIME = 0.05;
const FULL_SHARE = 0.95;
const HOUR_SECONDS = 3600;
const DAY_SECONDS = 86_400;
/** Counters that begin so soon after the server began with it. */
const START_SECONDS = 60;
const TRUST_MIN = 0.1;

/**
 * How far the statistics of a store can be trusted: what speaks against them, in words with its figures, and what that leaves of
 * the confidence in what rests on them, multiplied.
 */
export function trustOf(input: TrustInput): Trust {
  const { store } = input;
  if (store.statementWindow === null) return { factor: 1, notes: [] };
  const doubts = [...ofIntervals(input.intervals), ...ofWindow(input), ...ofSettings(input), ...ofTexts(input), ...ofClasses(input)];
  doubts.sort((a, b) => a.factor - b.factor || (a.note < b.note ? -1 : 1));
  const factor = doubts.reduce((left, doubt) => left * doubt.factor, 1);
  return { factor: Math.round(Math.max(TRUST_MIN, factor) * 1000) / 1000, notes: doubts.map(({ note }) => note) };
}

/** What others did between snapshots. */
function ofIntervals(intervals: readonly Interval[]): Doubt[] {
  const doubts: Doubt[] = [];
  for (const { from, until, reset, crashed } of intervals) {
    const when = `between ${moment(from)} and ${moment(until)}`;
    if (reset) doubts.push({ factor: LEFT.reset, note: `somebody reset all statistics ${when}: what ran from the snapshot before to the reset is missing` });
    if (crashed) doubts.push({ factor: LEFT.crash, note: `the server came up without its counters ${when}, as after a crash: what it had counted since the snapshot before is missing` });
  }
  const sum = (value: (interval: Interval) => number): number => intervals.reduce((total, interval) => total + (interval.crashed || interval.reset ? 0 : value(interval)), 0);
  const [restarted, vanished, unseen] = [sum((interval) => interval.restarted), sum((interval) => interval.vanished), sum((interval) => interval.unseen)];
  const evicted = intervals.some(({ evictions }) => evictions === null || evictions > 0);
  if (restarted + vanished > 0) {
    const what = [...(restarted > 0 ? [`${count(restarted, 'entry', 'entries')} began to count anew`] : []), ...(vanished > 0 ? [`${count(vanished, 'entry', 'entries')} disappeared`] : [])].join(' and ');
    const who = evicted ? 'evicted, or reset one by one' : 'reset one by one, by another user of the statistics';
    doubts.push({ factor: LEFT.restarted, note: `${what} between the snapshots (${who}): their numbers are lower bounds` });
  }
  if (unseen > 0) doubts.push({ factor: LEFT.unseen, note: `${count(unseen, 'entry was', 'entries were')} hidden in an earlier snapshot and ${unseen === 1 ? 'is' : 'are'} seen now: what ${unseen === 1 ? 'it' : 'they'} ran meanwhile is known as a sum only` });
  const spanning = intervals.filter(({ from, until }) => from.slice(0, 10) !== until.slice(0, 10)).length;
  if (spanning > 0) doubts.push({ factor: 1, note: `${spanning} of ${count(intervals.length, 'interval')} between snapshots ${spanning === 1 ? 'spans' : 'span'} midnight (UTC): what ran in ${spanning === 1 ? 'it' : 'them'} is divided over the days evenly by time` });
  return doubts;
}

/** What the server itself says of the time that it counted. */
function ofWindow({ store, intervals, window_seconds }: TrustInput): Doubt[] {
  const window = store.statementWindow;
  if (window === null) return [];
  const doubts: Doubt[] = [];
  const { evictions, entries, entries_max, since, startedAt } = window;
  if (evictions !== null && evictions > 0) {
    const turned = evictions * EVICTED_EACH_TIME;
    const left = Math.max(EVICTIONS_LEFT_MIN, 1 - turned * (1 - EVICTIONS_LEFT_MIN));
    const room = entries_max === null ? '' : ` of ${formatQuantity(entries_max, 'count') ?? ''}`;
    doubts.push({ factor: left, note: `the server gave up its rarest entries ${count(evictions, 'time')}, about 5 %${room} each time: totals are lower bounds (raise pg_stat_statements.max)` });
  } else if (entries_max !== null && entries >= FULL_SHARE * entries_max) {
    doubts.push({ factor: LEFT.full, note: `${formatQuantity(entries, 'count') ?? ''} of at most ${count(entries_max, 'entry', 'entries')} are taken: the rarest are about to be given up (raise pg_stat_statements.max)` });
  }
  if (window_seconds !== null && window_seconds < DAY_SECONDS) {
    doubts.push({ factor: window_seconds < HOUR_SECONDS ? LEFT.hour : LEFT.day, note: `the statistics cover ${formatQuantity(window_seconds, 'seconds') ?? ''} only: what runs by day, by night or at the end of a month may be missing` });
  }
  if (window_seconds === null && since !== null) {
    doubts.push({ factor: LEFT.clocks, note: `the counters begin at ${moment(since)}, later than they were read: a clock was set, and how long they have counted is not known` });
  }
  const start = Date.parse(startedAt ?? '') / 1000;
  const begin = Date.parse(since ?? '') / 1000;
  if (intervals.length === 0 && Math.abs(begin - start) <= START_SECONDS) {
    doubts.push({ factor: LEFT.lostStart, note: `the counters begin with the start of the server (${moment(startedAt ?? '')}): after a crash nothing is left of those before` });
  }
  return doubts;
}

function ofSettings({ store, portions }: TrustInput): Doubt[] {
  const window = store.statementWindow;
  const doubts: Doubt[] = [];
  if (window?.tracked === 'none') doubts.push({ factor: LEFT.notTracked, note: 'pg_stat_statements.track is none: nothing is counted, what is shown is from before' });
  if (window?.tracksUtility === false) doubts.push({ factor: LEFT.noUtility, note: 'pg_stat_statements.track_utility is off: COPY and cursors are not counted, exports may be missing' });
  const calls = portions.filter(({ access, row }) => row.toplevel && access?.part?.statement.type === 'utility' && ['call', 'do'].includes(access.part.statement.verb));
  const share = shareOfWork(sumOfWork(calls.map(({ work }) => work)), totalOf(portions), 'blocks') ?? 0;
  if (window?.tracked === 'top' && share > 0.01) {
    doubts.push({ factor: 1 - share / 2, note: `procedures and DO blocks take ${formatQuantity(share, 'share') ?? ''} of block reads, and what they run is not told (pg_stat_statements.track is top)` });
  }
  const within = portions.filter(({ row, class: name }) => !row.toplevel && name === 'analytical');
  if (within.length > 0) doubts.push({ factor: 1, note: `${count(within.length, 'analytical statement')} ran inside functions: counted as far as the calls of functions by the same role took work` });
  return doubts;
}

function ofTexts({ store, portions, intervals }: TrustInput): Doubt[] {
  const total = totalOf(portions);
  const of = (state: string): { rows: number; roles: number; share: number } => {
    const own = portions.filter(({ row }) => row.textState === state && row.toplevel);
    return { rows: own.length, roles: new Set(own.map(({ row }) => row.role)).size, share: shareOfWork(sumOfWork(own.map(({ work }) => work)), total, 'blocks') ?? 0 };
  };
  const [lost, truncated, hidden] = [of('lost'), of('truncated'), of('hidden')];
  const part = (share: number): string => `${formatQuantity(share, 'share') ?? ''} of block reads`;
  const doubts: Doubt[] = [];
  if (hidden.rows > 0) {
    const isPast = intervals.some(({ unseen }) => unseen > 0);
    const why = isPast ? `were hidden in an earlier snapshot (${part(hidden.share)}): the role that collected it lacked` : `are hidden (${part(hidden.share)}): the role of tidemark lacks`;
    doubts.push({ factor: 1 - hidden.share, note: `statements of ${count(hidden.roles, 'other role')} on ${store.name} ${why} pg_read_all_stats` });
  }
  if (lost.rows > 0) doubts.push({ factor: 1 - lost.share, note: `the server has lost ${lost.rows === 1 ? 'the text of 1 statement' : `the texts of ${count(lost.rows, 'statement')}`} (${part(lost.share)})` });
  if (truncated.rows > 0) doubts.push({ factor: 1 - truncated.share / 2, note: `${count(truncated.rows, 'text is', 'texts are')} cut off (${part(truncated.share)}): the rest was not read` });
  return doubts;
}

/** Work of which nobody knows whether it is reporting. What lacks its text has lowered the trust already. */
function ofClasses({ store, portions }: TrustInput): Doubt[] {
  const total = totalOf(portions);
  const shareOf = (own: readonly Portion[]): number => shareOfWork(sumOfWork(own.map(({ work }) => work)), total, 'blocks') ?? 0;
  // What nobody asked to read is not in doubt.
  const asked = ({ row: { text } }: Portion): boolean => text === null || store.looksAt === undefined || store.looksAt(text);
  const unknown = portions.filter((portion) => portion.class === 'unknown' && asked(portion));
  const share = shareOf(unknown);
  if (share <= UNREAD_SHARE_MAX) return [];
  const factor = 1 - shareOf(unknown.filter(({ row }) => row.textState === 'full')) / 2;
  return [{ factor, note: `statements that could not be classified take ${formatQuantity(share, 'share') ?? ''} of block reads: the analytical share is a lower bound` }];
}
