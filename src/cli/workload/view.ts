import type { GroupWork, StoreWorkload, Work, WorkloadReport, WorkloadStatement } from '../../model/workload.js';
import { CLASS_ORDER } from '../../report/layout/workload.js';
import { like } from '../../text/glob.js';
import type { Filters, Sort } from './options.js';

/** What of a report is looked at, and in which order. */
export interface View {
  filters: Filters;
  sort: Sort;
  /** Rows of each list; infinite for all. */
  limit: number;
}

/** The answer, and what the filters leave of it: of both the totals and shares are those of the whole stores. Without filters they are one. */
export interface Divided {
  whole: WorkloadReport;
  chosen: WorkloadReport;
}

export type Choose = (statement: WorkloadStatement) => boolean;

/** Whether the filters fit a statement; null where none of them is about statements. */
export function chooserOf({ role, consumer, relation, class: workloadClass }: Filters): Choose | null {
  if (role === undefined && consumer === undefined && relation === undefined && workloadClass === undefined) return null;
  return (statement) =>
    (role === undefined || statement.roles.some((name) => like(name, role))) &&
    (consumer === undefined || like(statement.consumer, consumer)) &&
    (relation === undefined || statement.relations.some((name) => like(name, relation))) &&
    (workloadClass === undefined || statement.class === workloadClass);
}

/** The stores that are asked about, their lists sorted, and of groups those that the filter of their own kind fits. */
export function viewOf(report: WorkloadReport, { filters, sort }: Pick<View, 'filters' | 'sort'>): WorkloadReport {
  const stores = report.stores.filter(({ store }) => filters.store === undefined || like(store, filters.store));
  return { ...report, stores: stores.map((store) => sorted(namedStore(store, filters), sort)) };
}

/** A statement that is chosen by one relation may read others as well. */
function namedStore(store: StoreWorkload, { role, relation }: Filters): StoreWorkload {
  const named = (groups: GroupWork[], pattern: string | undefined): GroupWork[] => (pattern === undefined ? groups : groups.filter(({ name }) => like(name, pattern)));
  return { ...store, byRole: named(store.byRole, role), byRelation: named(store.byRelation, relation) };
}

function sorted(store: StoreWorkload, sort: Sort): StoreWorkload {
  return {
    ...store,
    byConsumer: sortedGroups(store.byConsumer, sort),
    byRole: sortedGroups(store.byRole, sort),
    byRelation: sortedGroups(store.byRelation, sort),
    statements: store.statements.toSorted(
      sort === 'name' ? (a, b) => byText(a.consumer, b.consumer) || byText(a.head, b.head) || byText(a.id, b.id)
      : (a, b) => weightOf(b.work, sort) - weightOf(a.work, sort) || CLASS_ORDER.indexOf(a.class) - CLASS_ORDER.indexOf(b.class) || b.confidence - a.confidence || byText(a.consumer, b.consumer) || byText(a.id, b.id),
    ),
  };
}

function sortedGroups(groups: readonly GroupWork[], sort: Sort): GroupWork[] {
  if (sort === 'name') return groups.toSorted((a, b) => byText(a.name, b.name));
  return groups.toSorted((a, b) => weightOf(b.analytical, sort) - weightOf(a.analytical, sort) || b.analyticalStatements - a.analyticalStatements || weightOf(b.work, sort) - weightOf(a.work, sort) || byText(a.name, b.name));
}

/** What never ran comes last. */
function weightOf(work: Work | null, sort: Exclude<Sort, 'name'>): number {
  if (work === null) return -1;
  return { blocks: work.blocks, time: work.execution_ms, calls: work.calls, temp: work.temp_bytes, wal: work.wal_bytes ?? 0 }[sort];
}

function byText(one: string, other: string): number {
  return one === other ? 0 : one < other ? -1 : 1;
}

/** The same with at most so many rows in each list, of days the newest. Classes are few. */
export function cut(report: WorkloadReport, limit: number): WorkloadReport {
  return Number.isFinite(limit) ? { ...report, stores: report.stores.map((store) => cutStore(store, limit)) } : report;
}

export function cutStore(store: StoreWorkload, limit: number): StoreWorkload {
  if (!Number.isFinite(limit)) return store;
  return {
    ...store,
    byConsumer: store.byConsumer.slice(0, limit),
    byRole: store.byRole.slice(0, limit),
    byRelation: store.byRelation.slice(0, limit),
    byDay: store.byDay.slice(-limit),
    changes: store.changes.slice(0, limit),
    statements: store.statements.slice(0, limit),
  };
}
