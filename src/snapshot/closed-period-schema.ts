import { z } from 'zod';

const text = z.string();

/** What the journal has of one metric, as a bundle holds it. */
export const closedPeriods = z.object({
  metric: text,
  owner: text.nullable(),
  store: text,
  relation: text,
  product: text.nullable(),
  definition: text,
  period: z.enum(['day', 'month']),
  redefinedAt: text.optional(),
  buckets: z.array(
    z.object({
      bucket: text,
      firstSeenAt: text,
      lastSeenAt: text,
      hashes: z.array(z.object({ at: text, hash: text, lastSeenAt: text.optional() })).min(1),
    }),
  ),
});
