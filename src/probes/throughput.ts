import { z } from 'zod';
import { loadSqlFrom } from '../stores/sql/load.js';
import type { StoreProbe } from './probe.js';

const SQL = new URL('./sql/postgres/', import.meta.url);

export const payload = z.object({
  server_time: z.number(),
  /** Of this database since `statistics_reset`. */
  commits: z.number(),
  rollbacks: z.number(),
  rows_returned: z.number(),
  rows_fetched: z.number(),
  rows_changed: z.number(),
  blocks_read: z.number(),
  blocks_hit: z.number(),
  temp_bytes: z.number(),
  deadlocks: z.number(),
  statistics_reset: z.number().nullable(),
});
export type ThroughputPayload = z.output<typeof payload>;

/** What the database does, by its own counters. */
export const probe: StoreProbe<ThroughputPayload> = {
  kind: 'store',
  id: 'throughput',
  pace_seconds: 15,
  deadline_ms: 2_000,
  weight: 'light',
  payload,
  applies: ({ engine }) => engine === 'postgres',
  create: () => async ({ session }) => {
    const [row] = await session.query(payload, loadSqlFrom(SQL, 'throughput', session.version_num));
    if (!row) throw new Error('the server answered with no row');
    return row;
  },
};
