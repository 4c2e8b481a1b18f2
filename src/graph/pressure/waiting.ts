import type { SessionLooks, SessionObservation } from '../../model/pressure.js';

/** Sessions as the server showed them together: who waited may have waited for one that was not seen by itself. */
export type Holder = Pick<SessionObservation, 'role' | 'application' | 'state' | 'queryId'>;

/** What waited for one holder. */
export interface Waiting {
  holder: Holder;
  /** Everyone who waited for it, straight or behind another who did. */
  waiters: SessionObservation[];
  /** Of them those for whom others waited in turn. */
  between: SessionObservation[];
  /** In how many looks someone waited straight for it. */
  looks: number;
}

/**
 * Who held what others waited for, without those who only waited themselves. A lock that is asked for stands in the way of
 * later ones before it is granted ("The Lock Manager's Internal Locking", src/backend/storage/lmgr/README): an application
 * waits for ALTER TABLE, which waits for the report that has read the table, and it is the report that must end.
 */
export function rootsOf({ sessions }: Pick<SessionLooks, 'sessions'>): Map<string, Waiting> {
  const waiting = new Map(sessions.filter(({ blockedBy }) => blockedBy.length > 0).map((session) => [keyOf(session), session]));
  const roots = new Map<string, Waiting>();
  for (const waiter of waiting.values()) {
    for (const { root, through, looks } of followed(waiter, waiting)) {
      const known = roots.get(keyOf(root)) ?? { holder: root, waiters: [], between: [], looks: 0 };
      roots.set(keyOf(root), known);
      known.waiters.push(waiter);
      if (through.length === 0) known.looks = Math.max(known.looks, looks);
      for (const session of through) if (!known.between.includes(session)) known.between.push(session);
    }
  }
  return roots;
}

interface Path {
  root: Holder;
  /** From the waiter to the root, both left out. */
  through: SessionObservation[];
  looks: number;
}

/** Each root that a waiter waits for, by one way. Sessions that wait for each other end nowhere: a deadlock has no root. */
function followed(waiter: SessionObservation, waiting: ReadonlyMap<string, SessionObservation>): Path[] {
  const found = new Map<string, Path>();
  const seen = new Set([keyOf(waiter)]);
  const pending: { session: SessionObservation; through: SessionObservation[] }[] = [{ session: waiter, through: [] }];
  for (let next = pending.shift(); next !== undefined; next = pending.shift()) {
    for (const { looks, ...holder } of next.session.blockedBy) {
      const key = keyOf(holder);
      const inTurn = waiting.get(key);
      if (inTurn === undefined) {
        if (!found.has(key)) found.set(key, { root: holder, through: next.through, looks });
      } else if (!seen.has(key)) {
        seen.add(key);
        pending.push({ session: inTurn, through: [...next.through, inTurn] });
      }
    }
  }
  return [...found.values()];
}

export function keyOf({ role, application, state, queryId }: Holder): string {
  return JSON.stringify([role, application, state, queryId]);
}
