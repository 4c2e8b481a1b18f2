import { z } from 'zod';
import { WORKLOAD_CLASSES } from '../model/workload.js';

const level = z.enum(['error', 'warning', 'note']);

/**
 * What an audit of the same stores says of their statements, readers and boundary. It is no probe of the schedule: the audit
 * runs beside the watch and leaves its answer as a sample, so that a replay knows origins and findings too.
 */
export const payload = z.object({
  statements: z.array(
    z.object({
      store: z.string(),
      role: z.string(),
      query_id: z.string(),
      toplevel: z.boolean(),
      /** The card, application or role that sends it. */
      origin: z.string(),
      owner: z.string().nullable(),
      class: z.enum(WORKLOAD_CLASSES),
      finding: z.object({ rule: z.string(), level }).nullable(),
    }),
  ),
  /** Dashboards by the relation that they read. */
  readers: z.array(z.object({ store: z.string(), relation: z.string(), consumer: z.string(), owner: z.string().nullable() })),
  /** Worst first. */
  findings: z.array(
    z.object({
      fingerprint: z.string(),
      rule: z.string(),
      level,
      subject: z.string(),
      message: z.string(),
      owner: z.string().nullable(),
      evidence: z.array(z.string()),
      why: z.string(),
      fix: z.string(),
    }),
  ),
  /** Stores that could not be looked at, with the reason. */
  blind: z.array(z.object({ subject: z.string(), cause: z.string() })),
});
export type AuditPayload = z.output<typeof payload>;

export const probe = { kind: 'audit', id: 'audit', pace_seconds: 900, payload } as const;
