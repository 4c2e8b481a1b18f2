import type { Report } from '../model/report.js';
import type { ClassWork, Shares } from '../model/workload.js';
import type { AnalyticalChange, BeforeAfter, StoreChange } from './comparison.js';
import { findingsOf, gapsOf, type Side } from './side.js';

type StoreWork = NonNullable<Report['workload']>[number];

const NOTHING: Shares = { time: 0, blocks: 0, temp: null, wal: null };
const READ_BY_CARDS = ['operational', 'replica'];

/** Every store of either side, in the order of the second; those that are gone last. */
export function changedStores(before: Side, after: Side): StoreChange[] {
  const known = new Set(after.report.stores.map(({ name }) => name));
  const first = new Map(before.report.stores.map((store) => [store.name, store]));
  const all = [...after.report.stores, ...before.report.stores.filter(({ name }) => !known.has(name))];
  return all.map(({ name, role, engine }): StoreChange => ({
    store: name,
    role,
    engine,
    change: !known.has(name) ? 'gone' : first.has(name) ? 'same' : 'added',
    analytical: analyticalChange(workOf(before, name), workOf(after, name)),
    cards: READ_BY_CARDS.includes(role) ? cardsOf(before, after, name) : null,
  }));
}

function workOf(side: Side, store: string): StoreWork | null {
  if (isBlind(side, store)) return null;
  const found = (side.report.workload ?? []).find((one) => one.store === store);
  return found !== undefined && found.classes.some(({ work }) => work.calls > 0) ? found : null;
}

function analyticalChange(before: StoreWork | null, after: StoreWork | null): AnalyticalChange | null {
  if (before === null || after === null) return null;
  return {
    before: analyticalShare(before.classes),
    after: analyticalShare(after.classes),
    between: shareBetween(before, after),
    covers: { before: { since: before.since, until: before.until }, after: { since: after.since, until: after.until } },
  };
}

function analyticalShare(classes: readonly ClassWork[]): Shares {
  return classes.find((one) => one.class === 'analytical')?.share ?? NOTHING;
}

/**
 * Counters that were never set back go on from side to side, so that the second holds the work of the first. What ran between is their
 * difference; where any class has less than before (entries were evicted, a statement changed its class) there is none to tell.
 */
function shareBetween(before: StoreWork, after: StoreWork): AnalyticalChange['between'] {
  const goesOn = before.since !== null && before.since === after.since && before.until !== null && after.until !== null && before.until < after.until;
  if (!goesOn) return null;
  const share = (of: 'execution_ms' | 'blocks'): number | null => {
    const grown = new Map(after.classes.map((one) => [one.class, one.work[of] - (before.classes.find((other) => other.class === one.class)?.work[of] ?? 0)]));
    const total = [...grown.values()].reduce((sum, value) => sum + value, 0);
    const isWhole = before.classes.every((one) => grown.has(one.class)) && [...grown.values()].every((value) => value >= 0);
    return isWhole && total > 0 ? (grown.get('analytical') ?? 0) / total : null;
  };
  const [time, blocks] = [share('execution_ms'), share('blocks')];
  return time === null && blocks === null ? null : { time, blocks };
}

function cardsOf(before: Side, after: Side, store: string): StoreChange['cards'] {
  const isCounted = before.snapshot !== null && after.snapshot !== null;
  const hasDashboards = [before, after].some(({ report }) => report.coverage.queries.total > 0);
  const isKnown = (side: Side): boolean => !isBlind(side, store) && (!hasDashboards || side.report.coverage.queries.total > 0);
  const [first, second] = [before, after].map((side) => (!isKnown(side) ? null : isCounted ? counted(side, store) : found(side, store)));
  const both = (of: 'readers' | 'ofInternal'): BeforeAfter => ({ before: first?.[of] ?? null, after: second?.[of] ?? null });
  return { by: isCounted ? 'queries' : 'findings', readers: both('readers'), ofInternal: both('ofInternal') };
}

/** What is not seen is no zero. */
function isBlind(side: Side, store: string): boolean {
  return gapsOf(side).some(({ subject, severity }) => severity === 'blind' && subject === store);
}

interface KnownCards {
  readers: number | null;
  ofInternal: number | null;
}

function counted({ snapshot }: Side, store: string): KnownCards | null {
  return snapshot?.cards.get(store) ?? null;
}

/** A report holds no queries: whoever breaks a rule of what reads the store, and stands in a file, is one of the cards that read it. */
function found(side: Side, store: string): KnownCards | null {
  if (!side.report.stores.some(({ name }) => name === store)) return null;
  const own = findingsOf(side).filter((finding) => finding.store === store && finding.consumer !== '' && finding.locations.length > 0 && (finding.area === 'coupling' || finding.area === 'workload'));
  return { readers: new Set(own.map(({ consumer }) => consumer)).size, ofInternal: null };
}
