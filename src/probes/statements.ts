import { z } from 'zod';
import type { StoreProbe } from './probe.js';
import { StatementWatch } from './statements/watch.js';

export const payload = z.object({
  server_time: z.number(),
  /** True for the first answer of a connection, which has nothing to compare with: `work` is empty. */
  first: z.boolean(),
  /** Seconds since the answer before; 0 for the first. */
  over_seconds: z.number(),
  /** What has run since the answer before. */
  work: z.array(
    z.object({
      role: z.string(),
      /** Null where the server hides it: all such statements of a role together. */
      query_id: z.string().nullable(),
      toplevel: z.boolean(),
      calls: z.number(),
      execution_ms: z.number(),
      rows: z.number(),
      shared_blocks: z.number(),
      temp_blocks: z.number(),
      /** True where the counters had been reset in between: then these are lower bounds. */
      restarted: z.boolean(),
      /** True where the entry was not there at the answer before. */
      entered: z.boolean(),
    }),
  ),
  /** Texts that were fetched with this answer, literals masked; null where the server hides or has lost it. */
  texts: z.array(z.object({ role: z.string(), query_id: z.string(), toplevel: z.boolean(), text: z.string().nullable() })),
  entries: z.number(),
  entries_max: z.number().nullable(),
  /** Since the answer before; null before extension 1.9. */
  evictions: z.number().nullable(),
  /** All counters were set back. */
  reset: z.boolean(),
  /** What tidemark itself executed since the answer before, by the same statistics; not in `work`. */
  own_ms: z.number(),
  /** Why texts that are wanted did not come; null where they came or none were to be fetched. */
  texts_unread: z.string().nullable(),
});
export type StatementsPayload = z.output<typeof payload>;

/** What has run since the last look: counters often and cheaply, texts rarely and all at once. */
export const probe: StoreProbe<StatementsPayload> = {
  kind: 'store',
  id: 'statements',
  pace_seconds: 15,
  deadline_ms: 5_000,
  weight: 'heavy',
  payload,
  applies: ({ engine, role }) => engine === 'postgres' && role !== 'warehouse',
  create: () => {
    const watch = new StatementWatch();
    return ({ session }) => watch.look(session);
  },
};
