import type { StatementStatistics } from '../model/statement.js';
import type { StoreBoundary } from './boundary.js';
import { isClient, isDriver, toolOfApplication } from './join/tools.js';

/** What of reporting one role carries, and through whose connections. Lists are sorted. */
export interface SharedPool {
  /** Cards of which it runs an analytical statement, by the text alone too, as reports name these. */
  cards: string[];
  /** Applications, as they name their sessions, that were seen sending writes by key and analytical statements under it. */
  mixed_applications: string[];
  /** The cards among what they send, where it is not in doubt that the tool sends it. */
  mixed_cards: string[];
}

interface Sent {
  writes: boolean;
  analytical: boolean;
  cards: readonly string[];
}

/**
 * Which roles carry reports in the connections of an application. A pool is known by its application name; a name that many programs
 * share (a driver's, a pooler's), or that a person's client or a dashboard tool gives itself, tells of no application.
 */
export function sharedPools({ store, accesses, readRows }: Pick<StoreBoundary, 'store' | 'accesses' | 'readRows'>): Map<string, SharedPool> {
  const queryIds = new Map(readRows.map(({ row, queryIds: ids }) => [row, ids ?? idsOf(row)]));
  const sent = new Map<string, Sent>();
  const cards = new Map<string, Set<string>>();
  for (const { consumer, statement, rows, doubtful } of accesses) {
    // A report gives rows to somebody; what a job keeps in a summary of its own is none.
    const analytical = statement.class === 'analytical' && statement.writes.length === 0;
    const writes = statement.class === 'operational' && statement.writes.length > 0;
    if (!analytical && !writes) continue;
    for (const row of rows) {
      const isCard = analytical && consumer.kind === 'card';
      if (isCard) cards.set(row.role, (cards.get(row.role) ?? new Set()).add(consumer.name));
      for (const id of queryIds.get(row) ?? idsOf(row)) {
        const known = sent.get(`${row.role}\n${id}`);
        sent.set(`${row.role}\n${id}`, {
          writes: writes || (known?.writes ?? false),
          analytical: analytical || (known?.analytical ?? false),
          cards: [...(known?.cards ?? []), ...(isCard && !doubtful.includes(row) ? [consumer.name] : [])],
        });
      }
    }
  }
  const applications = byApplication(store, sent);
  const pools = new Map<string, SharedPool>();
  for (const role of new Set([...cards.keys(), ...applications.keys()])) {
    const mixed = [...(applications.get(role) ?? [])].filter(([, seen]) => seen.some(({ writes }) => writes) && seen.some(({ analytical }) => analytical));
    pools.set(role, {
      cards: [...(cards.get(role) ?? [])].sort(),
      mixed_applications: mixed.map(([application]) => application).sort(),
      mixed_cards: [...new Set(mixed.flatMap(([, seen]) => seen.flatMap((statement) => statement.cards)))].sort(),
    });
  }
  return pools;
}

/** Role → application → what it was seen sending. */
function byApplication({ activity = [], starts = [] }: StoreBoundary['store'], sent: ReadonlyMap<string, Sent>): Map<string, Map<string, Sent[]>> {
  const roles = new Map<string, Map<string, Sent[]>>();
  for (const { role, application, queryId } of [...activity, ...starts]) {
    const statement = sent.get(`${role}\n${queryId}`);
    if (!statement || application.trim() === '' || isDriver(application) || isClient(application) || toolOfApplication(application) !== null) continue;
    const applications = roles.get(role) ?? new Map<string, Sent[]>();
    applications.set(application, [...(applications.get(application) ?? []), statement]);
    roles.set(role, applications);
  }
  return roles;
}

function idsOf({ queryId }: StatementStatistics): string[] {
  return queryId === null ? [] : [queryId];
}
