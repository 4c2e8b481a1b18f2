import type { HistoryFacts } from '../facts/history.js';
import type { Subject } from '../facts/subjects.js';
import type { StoreFacts } from '../facts/store.js';
import type { StoreBoundary } from '../graph/boundary.js';
import type { ClosedPeriods } from '../model/closed-period.js';
import type { Configuration, DataProductConfiguration } from '../model/configuration.js';
import type { RestatementRecord } from '../model/control-record.js';
import type { Snapshot } from '../model/snapshot.js';
import { relationsBelow } from './below.js';
import { type Change, changesOf, isNamed, type NamedMetric, namesOf, restatementsWithoutChange } from './changes.js';
import { correctionSubjects } from './corrections/index.js';
import { periodName } from './period.js';

export interface HistoryInput {
  facts: ReadonlyMap<StoreBoundary, StoreFacts>;
  snapshot: Snapshot;
  configuration?: Pick<Configuration, 'live'>;
}

const LISTED_MAX = 12;

/**
 * Declared metrics with what was seen of their closed periods and the restatements that explain a change (Part 066 §16: every change of
 * history is explained), and statements that correct facts in a way that loses history (subject `correction`).
 */
export function historySubjects({ facts, snapshot, configuration }: HistoryInput): Subject[] {
  const byName = new Map([...facts].map(([boundary, ofStore]) => [boundary.store.name, ofStore]));
  const remembered = judgedHistory(snapshot, configuration?.live.dataProducts).flatMap(({ metric, facts: history }): Subject[] => {
    const store = byName.get(metric.store);
    if (store === undefined) return [];
    return [{ subject: 'history', facts: { history, store }, locations: [], consumer: '', owner: metric.owner, store: metric.store, relation: metric.metric }];
  });
  return [...remembered, ...correctionSubjects(facts)];
}

/** What is remembered of a metric, with what follows from it. */
export interface JudgedHistory {
  metric: ClosedPeriods;
  facts: HistoryFacts;
  /** All changes, oldest bucket first, those by a retention too. */
  changes: Change[];
}

/** Each metric of which closed periods are remembered, against the restatements of all stores. */
export function judgedHistory(snapshot: Pick<Snapshot, 'stores' | 'gaps' | 'closedPeriods'>, products: readonly Pick<DataProductConfiguration, 'name' | 'store' | 'relation'>[] = []): JudgedHistory[] {
  const named = (snapshot.closedPeriods ?? []).map((metric): NamedMetric => {
    const catalog = snapshot.stores.find(({ name }) => name === metric.store)?.catalog;
    const own = products.filter(({ store }) => store === null || store === metric.store);
    return { metric, names: namesOf(metric, catalog === undefined ? [] : relationsBelow(metric.relation, catalog), own) };
  });
  const restatements = snapshot.stores.flatMap(({ control }) => control?.restatements ?? []);
  const withoutChange = toldOnce(named, restatements);
  return named.map((one) => {
    const changes = changesOf(one, restatements);
    return { metric: one.metric, changes, facts: historyFacts(one.metric, { changes, snapshot, withoutChange: withoutChange.get(one.metric) ?? [] }) };
  });
}

interface Beside {
  changes: readonly Change[];
  snapshot: Pick<Snapshot, 'stores' | 'gaps'>;
  withoutChange: readonly RestatementRecord[];
}

function historyFacts(metric: ClosedPeriods, { changes, snapshot, withoutChange }: Beside): HistoryFacts {
  const removed = removedByAge(metric, changes);
  const told = changes.filter(({ bucket, emptied }) => !(emptied && removed.has(bucket)));
  const unexplained = told.filter(({ verdict }) => verdict === 'unexplained');
  const understated = told.filter(({ verdict }) => verdict === 'understated');
  const buckets = bucketsOf(unexplained);
  const short = bucketsOf(understated);
  const { known, table } = restatementTable(metric, snapshot);
  const named = (list: readonly string[]): string[] => list.slice(0, LISTED_MAX).map((bucket) => periodName(metric.period, bucket));
  return {
    name: metric.metric, relation: metric.relation, product: metric.product ?? '', period: metric.period, periods: metric.buckets.length,
    since: metric.buckets.map(({ firstSeenAt }) => firstSeenAt).toSorted()[0]?.slice(0, 10) ?? '',
    restatements_known: known, restatement_table: table,
    changed: bucketsOf(changes).length,
    unexplained: named(buckets), unexplained_count: buckets.length, first_unexplained: named(buckets)[0] ?? '',
    unexplained_between: listed(unexplained.map(({ bucket, after, before }) => `${periodName(metric.period, bucket)}: as before at ${minuteOf(after)}, another at ${minuteOf(before)}`)),
    understated: named(short), understated_count: short.length,
    understating: listed(understated.map((change) => leftOut(change, metric))),
    without_change: listed(withoutChange.map((one) => restatementText(one))),
    removed: removed.size,
  };
}

function bucketsOf(changes: readonly Change[]): string[] {
  return [...new Set(changes.map(({ bucket }) => bucket))].sort();
}

function listed(lines: readonly string[]): string[] {
  const all = [...new Set(lines)];
  return all.length <= LISTED_MAX ? all : [...all.slice(0, LISTED_MAX), `and ${all.length - LISTED_MAX} more`];
}

/** `2026-11-23 03:07 UTC`. */
function minuteOf(at: string): string {
  return `${at.slice(0, 10)} ${at.slice(11, 16)} UTC`;
}

function restatementText({ id, products, periodStart, periodEnd, executedAt }: RestatementRecord): string {
  const period = periodStart === null && periodEnd === null ? 'no period' : `${periodStart ?? 'the beginning'} to ${periodEnd ?? 'today'}`;
  return `restatement ${id} of ${executedAt?.slice(0, 10) ?? 'an unknown day'} (${products.join(', ') || 'no product'}; ${period})`;
}

function leftOut({ restatement, leavesOut, bucket }: Change, metric: ClosedPeriods): string {
  if (restatement === null) return '';
  const what = leavesOut === 'product' ? metric.product ?? metric.relation : periodName(metric.period, bucket);
  return `${restatementText(restatement)} leaves out ${what}`;
}

/** The oldest periods, as far as they have no rows any more: a retention takes the oldest first and leaves the rest. */
function removedByAge({ buckets }: ClosedPeriods, changes: readonly Change[]): ReadonlySet<string> {
  const emptied = new Set(changes.filter((change) => change.emptied).map(({ bucket }) => bucket));
  const firstLeft = buckets.findIndex(({ hashes }) => hashes.at(-1)?.hash !== '');
  return new Set(buckets.slice(0, Math.max(firstLeft, 0)).map(({ bucket }) => bucket).filter((bucket) => emptied.has(bucket)));
}

/** Where restatements are recorded; what could not be read is not known to hold none. */
function restatementTable({ store }: ClosedPeriods, { stores, gaps }: Pick<Snapshot, 'stores' | 'gaps'>): { known: boolean; table: string } {
  const tables = stores.flatMap(({ control }) => (control?.tables ?? []).filter(({ kind }) => kind === 'restatement').map(({ relation }) => relation));
  const unread = tables.some((table) => gaps.some(({ missing }) => missing.includes(table)));
  return { known: !unread && stores.some(({ name, control }) => name === store && control !== undefined), table: tables[0] ?? '' };
}

/** A restatement that changed nothing is told with one metric of its product, not with each. */
function toldOnce(metrics: readonly NamedMetric[], restatements: readonly RestatementRecord[]): Map<ClosedPeriods, RestatementRecord[]> {
  const told = new Map<ClosedPeriods, RestatementRecord[]>();
  for (const restatement of restatements) {
    const own = metrics.flatMap((one) => (isNamed(restatement, one) ? [one.metric] : []));
    const [first] = own;
    if (first === undefined || restatementsWithoutChange(own, [restatement]).length === 0) continue;
    told.set(first, [...(told.get(first) ?? []), restatement]);
  }
  return told;
}
