import { z } from 'zod';
import { FAULTS, type Fault } from './faults.js';

const fault = z.custom<Fault>((value) => typeof value === 'string' && value in FAULTS);

/** What the process of the living estate is told. */
export const toLife = z.union([
  z.object({
    kind: z.literal('begin'),
    /** Connection URLs by role. */
    urls: z.object({ case_app: z.string(), shop_app: z.string(), metabase_ro: z.string(), superuser: z.string() }),
    warehousePath: z.string(),
  }),
  z.object({ kind: z.literal('break'), fault }),
]);
export type ToLife = z.output<typeof toLife>;

export const fromLife = z.union([
  z.object({ kind: z.literal('ready') }),
  z.object({ kind: z.literal('broken'), fault }),
  z.object({ kind: z.literal('failed'), message: z.string() }),
]);
export type FromLife = z.output<typeof fromLife>;
