import { z } from 'zod';
import type { StoreProbe } from './probe.js';
import { readOne } from './replication.js';

/** A publication of all tables may have tens of thousands, and each sample is kept for days. */
const TABLES_MAX = 1_000;

export const payload = z.object({
  server_time: z.number(),
  /** Slots of other databases see nothing of these. */
  database: z.string(),
  /** Every publication of the database, with the sums over all of its tables. */
  publications: z.array(
    z.object({
      name: z.string(),
      tables: z.number(),
      tables_without_identity: z.number(),
      changes: z.number().nullable(),
    }),
  ),
  /** Those that change most first; at most a thousand. */
  tables: z.array(
    z.object({
      publication: z.string(),
      /** `schema.name`, as consumers see it: of a partitioned table its root or its leaves, as the publication says. */
      relation: z.string(),
      /** Whether updates and deletes can be told apart: a primary key or another replica identity. */
      has_identity: z.boolean(),
      /** Rows inserted, updated and deleted since the statistics began, partitions included; null where none are kept. */
      changes: z.number().nullable(),
      publishes: z.array(z.enum(['insert', 'update', 'delete', 'truncate'])),
    }),
  ),
});
export type PublicationsPayload = z.output<typeof payload>;

/** What is published, and how much it changes. */
export const probe: StoreProbe<PublicationsPayload> = {
  kind: 'store',
  id: 'publications',
  pace_seconds: 10,
  deadline_ms: 2_000,
  weight: 'light',
  payload,
  applies: ({ engine }) => engine === 'postgres',
  create: () => ({ session }) => readOne(session, payload, 'publications_live', { table_max: String(TABLES_MAX) }),
};
