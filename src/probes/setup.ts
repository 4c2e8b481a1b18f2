import { z } from 'zod';
import type { LiveConfiguration } from '../model/configuration.js';
import { ENGINES } from '../model/store.js';

const text = z.string().nullable();
const number = z.number().nullable();

const side = z.object({ store: z.string(), relation: z.string(), query: text.default(null), time_column: text, deleted_column: text });
const columnPair = z.object({ source: z.string(), target: z.string() });

const settings = z.object({
  dataProducts: z.array(
    z.object({
      name: z.string(),
      store: text,
      relation: text,
      watermark: z.union([z.object({ relation: z.string(), column: z.string() }), z.object({ dbt: z.string() })]).nullable(),
      objective: z
        .object({
          target_seconds: z.number(),
          within_seconds: z.number(),
          share: z.number(),
          window_seconds: z.number(),
          degraded_seconds: number,
          failed_seconds: number,
        })
        .nullable(),
      provisional_seconds: number,
      time_column: text,
      event_id_column: text,
      stream: text,
      owner: text,
    }),
  ),
  streams: z.array(
    z.object({
      match: z.string(),
      store: text,
      name: text,
      lag_seconds_max: number,
      retained_bytes_max: number,
      landed: z
        .object({ store: text, relation: z.string(), column: z.string(), meaning: z.enum(['lsn', 'commit-time', 'heartbeat', 'load-time']) })
        .nullable(),
    }),
  ),
  reconcile: z.array(
    z.object({
      name: z.string(),
      source: side,
      target: side,
      period: z.enum(['hour', 'day', 'month']),
      periods: z.number(),
      sums: z.array(z.object({ source: z.string(), target: z.string() })),
      tolerance_ratio: z.number(),
      product: text,
      provisional_seconds: number,
      // Recordings of versions before keys were compared have none of these.
      key: z.array(columnPair).nullable().default(null),
      columns: z.array(columnPair.extend({ decimals: number })).nullable().default(null),
      except: z.array(z.string()).default([]),
      watermark: z.object({ kind: z.enum(['time', 'lsn', 'version']), source: text, target: z.string() }).nullable().default(null),
      every_seconds: number.default(null),
    }),
  ),
  control: z.object({ watermarks: text, pipelineRuns: text, columns: z.record(z.string(), z.string()) }),
  contracts: z.array(z.string()),
  dbt: z.array(z.string()),
  budget_ms_per_second: z.number(),
  journal: z.object({ bytes_max: z.number(), seconds_max: z.number() }),
  analytical_share_max: number,
  transaction_seconds_max: z.number(),
});

export const payload = z.object({
  stores: z.array(z.object({ name: z.string(), role: z.enum(['operational', 'replica', 'projection', 'warehouse']), engine: z.enum(ENGINES) })),
  settings,
  /** False where no audit ran beside it. */
  audits: z.boolean(),
});
export type SetupPayload = z.output<typeof payload>;

/**
 * What was watched and what it was held to. It is no probe of the schedule: a watch writes it first, so that a recording shows
 * the same on a machine that has not the configuration.
 */
export const probe = { kind: 'setup', id: 'setup', pace_seconds: 3600, payload } as const;

/** The settings of a recording as they were, without webhooks, which are no part of it. */
export function settingsOf({ settings: recorded }: SetupPayload): LiveConfiguration {
  return { ...recorded, notify: [] };
}
