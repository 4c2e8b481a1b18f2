import { z } from 'zod';
import { loadSqlFrom } from '../stores/sql/load.js';
import { clientName } from './client-name.js';
import type { StoreProbe } from './probe.js';

const SQL = new URL('./sql/postgres/', import.meta.url);

export const payload = z.object({
  server_time: z.number(),
  sees_all: z.boolean(),
  connections: z.number(),
  connections_max: z.number(),
  /** Client backends that run something now; others count where they are visible. */
  active: z.number(),
  idle_in_transaction: z.number(),
  lock_waiters: z.number(),
  lwlock_waiters: z.number(),
  io_waiters: z.number(),
  oldest_xmin_age: z.number().nullable(),
  /** Age of the horizon that we hold back ourselves. */
  own_xmin_age: z.number().nullable(),
  /** The longest, at most ten, above one second. */
  transactions: z.array(
    z.object({
      pid: z.number(),
      role: z.string(),
      application_name: z.string(),
      session_state: z.string(),
      age_seconds: z.number(),
      state_age_seconds: z.number(),
      holds_xmin: z.boolean(),
      writes: z.boolean(),
      query_id: z.string().nullable(),
    }),
  ),
});
export type ActivityPayload = z.output<typeof payload>;

/** How busy the server is, which bounds what else we ask, and who keeps transactions open. */
export const probe: StoreProbe<ActivityPayload> = {
  kind: 'store',
  id: 'activity',
  pace_seconds: 5,
  deadline_ms: 2_000,
  weight: 'vital',
  payload,
  applies: ({ engine }) => engine === 'postgres',
  create: () => async ({ session }) => {
    const [row] = await session.query(payload, loadSqlFrom(SQL, 'activity', session.version_num));
    if (!row) throw new Error('the server answered with no row');
    return { ...row, transactions: row.transactions.map((transaction) => ({ ...transaction, application_name: clientName(transaction.application_name) })) };
  },
};
