import type { z } from 'zod';
import type { LiveSession } from '../../src/probes/probe.js';

export interface FakeSession extends LiveSession {
  closed: boolean;
  /** Statements in the order in which they came. */
  asked: { sql: string; deadline_ms: number | undefined }[];
}

/** A session that answers without a server, for what goes on around sessions. */
export function fakeSession(store = 'production', answer: (sql: string) => Promise<unknown[]> = () => Promise.resolve([])): FakeSession {
  const cost = { elapsed_ms: 0, queries: 0, received_bytes: 0 };
  const session: FakeSession = {
    store,
    engine: 'postgres',
    version_num: 180_000,
    closed: false,
    asked: [],
    identity: () => ({ version: '18.0', database: 'casework', inRecovery: false, role: 'tidemark', superuser: false }),
    asOf: () => null,
    cost: () => ({ ...cost }),
    async query<T>(row: z.ZodType<T>, sql: string, bounds: { deadline_ms?: number } = {}): Promise<T[]> {
      session.asked.push({ sql, deadline_ms: bounds.deadline_ms });
      const rows = await answer(sql);
      cost.queries++;
      cost.elapsed_ms += 2;
      cost.received_bytes += 100;
      return rows.map((one) => row.parse(one));
    },
    close: () => {
      session.closed = true;
      return Promise.resolve();
    },
  };
  return session;
}
