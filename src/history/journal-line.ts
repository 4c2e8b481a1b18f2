import { z } from 'zod';

const moment = z.string().regex(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/).refine((text) => Number.isFinite(Date.parse(text)));
const bucket = z.string().regex(/^\d{4}-\d\d-\d\d$/).refine((text) => Number.isFinite(Date.parse(text)));
const name = z.string().max(1_000);
/** Empty for a period without rows; two hashes of a number that may be rounded either way. */
const hash = z.string().regex(/^(?:[0-9a-f]{32}(?::[0-9a-f]{32})?)?$/);

/** One look at the closed periods of one metric. */
const line = z.object({
  schemaVersion: z.literal(1),
  /** When it was looked. */
  at: moment,
  /** Which key the hashes were made with, as a digest of it. */
  key: z.string().max(64),
  metric: name,
  owner: name.nullable(),
  store: name,
  relation: name,
  product: name.nullable(),
  definition: z.string().max(200),
  period: z.enum(['day', 'month']),
  /** The first and the last bucket that were looked at. */
  from: bucket,
  to: bucket,
  /** What is new in it or another than at the look before; every other bucket between was as before. */
  seen: z.record(bucket, hash),
});

export type JournalLine = z.output<typeof line>;

/** A line of the journal; null for what is none. */
export function parseJournalLine(text: string): JournalLine | null {
  try {
    return line.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

/** Whether two hashes are of one value. Of a binary number each has two, of which one may part at the edge of rounding. */
export function sameHash(one: string, other: string): boolean {
  if (one === other) return true;
  const [first, second] = one.split(':');
  const [third, fourth] = other.split(':');
  return second !== undefined && fourth !== undefined && (first === third || second === fourth);
}
