import { z } from 'zod';
import type { StoreProbe } from './probe.js';
import { readOne } from './replication.js';

const lsn = z.string().nullable();

export const payload = z.object({
  server_time: z.number(),
  in_recovery: z.boolean(),
  /** Of a physical standby; null on a primary. */
  standby: z
    .object({
      receive_lsn: lsn,
      replay_lsn: lsn,
      replay_paused: z.boolean(),
      last_replayed_commit_at: z.number().nullable(),
      /** Null when nothing is connected to the primary. Its parts are null where the role may not see them. */
      receiver: z
        .object({
          status: z.string().nullable(),
          slot_name: z.string().nullable(),
          latest_end_lsn: lsn,
          /** By the primary's clock. */
          latest_end_at: z.number().nullable(),
          last_message_age_seconds: z.number().nullable(),
        })
        .nullable(),
      status_interval_seconds: z.number(),
      /** Statements that recovery cancelled, since the statistics began. */
      conflicts: z.number().nullable(),
    })
    .nullable(),
  /** Of all databases of the server; none on a standby, where they do nothing. */
  subscriptions: z.array(
    z.object({
      name: z.string(),
      database: z.string(),
      enabled: z.boolean().nullable(),
      /** Of the worker that applies; null when none runs. */
      pid: z.number().nullable(),
      received_lsn: lsn,
      latest_end_lsn: lsn,
      /** By the publisher's clock. */
      latest_end_at: z.number().nullable(),
      last_message_age_seconds: z.number().nullable(),
      /** Since the statistics began; null before PostgreSQL 15. */
      apply_errors: z.number().nullable(),
      sync_errors: z.number().nullable(),
      /** On the publisher. */
      slot_name: z.string().nullable(),
      /** Tables whose first copy is not done; null for a subscription of another database. */
      tables_syncing: z.number().nullable(),
    }),
  ),
});
export type ReceiverPayload = z.output<typeof payload>;

/** What a standby or a subscriber has received and applied. */
export const probe: StoreProbe<ReceiverPayload> = {
  kind: 'store',
  id: 'receiver',
  pace_seconds: 5,
  deadline_ms: 2_000,
  weight: 'light',
  payload,
  applies: ({ engine }) => engine === 'postgres',
  create: () => ({ session }) => readOne(session, payload, 'receiver'),
};
