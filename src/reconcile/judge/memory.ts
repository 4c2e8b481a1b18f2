import { z } from 'zod';

/** More are not remembered: what is beyond is a candidate anew. */
export const REMEMBERED_MAX = 20_000;

const position = z.object({
  at: z.number(),
  /** Digits, as a 64-bit number does not fit into one of JSON. */
  lsn: z.string().regex(/^\d+$/).nullable(),
  version: z.string().regex(/^-?\d+$/).nullable(),
});

/** One key under observation. Keys and states are digests with the secret of the state folder. */
const remembered = z.object({
  key: z.string(),
  /** Null where the side has no row of the key. */
  source: z.string().nullable(),
  target: z.string().nullable(),
  /** The source was in this state when its clock or log stood here. */
  fence: position,
  /** The watermark must pass this for the next look to count. */
  next: position,
  since: z.number(),
  /** Looks at which the watermark had passed the fence, and the state of the target at them. */
  looks: z.number(),
  had_source: z.boolean(),
  confirmed: z.object({ at: z.number(), by: z.enum(['watermark', 'unchanged', 'repetition']) }).nullable(),
});

const memoryFile = z.object({
  version: z.literal(1),
  /** Of relations, keys and columns as they were compared: digests of other columns mean something else. */
  plan: z.string(),
  entries: z.array(remembered),
  /** Seen to have received rows or changes at this moment of the source's clock; null before two runs. */
  target_moved_at: z.number().nullable(),
  target_rows: z.number().nullable(),
  /** When a run last found nothing that differs, by the source's clock, with what both sides were marked with before it. */
  clean_at: z.number().nullable(),
  clean_marks: z.object({ source: z.string().nullable(), target: z.string().nullable() }).nullable(),
  source_rows: z.number().nullable(),
  /** Of a pass that has not ended. */
  checkpoint: z.unknown(),
});

export type RememberedPosition = z.infer<typeof position>;
export type RememberedKey = z.infer<typeof remembered>;
export type PairMemoryFile = z.infer<typeof memoryFile>;

/** What an earlier run kept; null where it is not there, of another version, or of a pair that was compared otherwise. */
export function parseMemory(content: unknown, plan: string): PairMemoryFile | null {
  const parsed = memoryFile.safeParse(content);
  return parsed.success && parsed.data.plan === plan ? parsed.data : null;
}

export function emptyMemory(plan: string): PairMemoryFile {
  return { version: 1, plan, entries: [], target_moved_at: null, target_rows: null, clean_at: null, clean_marks: null, source_rows: null, checkpoint: null };
}
