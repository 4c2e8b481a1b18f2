import { z } from 'zod';
import type { EpochSeconds } from '../../model/live.js';
import type { SampleFailure, SampleFrame } from '../../model/sample.js';
import { PROBES, type PayloadOf, type ProbeId, type Sample, type SampleOf } from '../../probes/index.js';

/**
 * The form of journals and recordings: NDJSON, first line a header, then one sample a line. DuckDB reads it, compressed or not:
 *
 *     select probe, store, to_timestamp("at") as "at", elapsed_ms, failure->>'message' as failure
 *     from read_ndjson('journal/*.ndjson*', columns = {probe: 'VARCHAR', store: 'VARCHAR', "at": 'DOUBLE', pace_seconds: 'DOUBLE',
 *       slowed: 'VARCHAR', elapsed_ms: 'DOUBLE', received_bytes: 'BIGINT', failure: 'JSON', payload: 'JSON'})
 *     where probe is not null order by "at"
 */
export const SCHEMA_VERSION = 1;

/** Longer lines are neither written nor read: 5,000 statements of one look are 1.5 MB. */
export const LINE_BYTES_MAX = 8 * 2 ** 20;

export interface JournalHeader {
  /** `tidemark 0.1.0`. */
  tool: string;
  /** File name of the configuration; null where flags and guesses made it. */
  configuration: string | null;
}

const headerSchema = z.object({
  schemaVersion: z.number().int().positive(),
  tool: z.string(),
  started_at: z.number(),
  configuration: z.string().nullable().default(null),
  /** Of each probe and store, one good sample in so many seconds was kept; 0 keeps all. */
  thinned_seconds: z.number().min(0).default(0),
});

const frameSchema = z.object({
  probe: z.string(),
  store: z.string(),
  at: z.number().min(0).max(1e11),
  pace_seconds: z.number(),
  slowed: z.string().nullable(),
  elapsed_ms: z.number(),
  received_bytes: z.number(),
  failure: z
    .object({
      reason: z.enum(['deadline', 'lost', 'connect', 'permission', 'unsupported', 'locked', 'failed']),
      message: z.string(),
      next_step: z.string(),
    })
    .nullable(),
  payload: z.unknown(),
});

/** The form of each probe's answer, so typed that an answer and its probe stay together. */
const FORMS: { [Id in ProbeId]: { payload: z.ZodType<PayloadOf<Id>> } } = PROBES;

type Distributed<Id extends ProbeId> = { [One in Id]: SampleOf<One> }[Id];

export function headerLine(header: JournalHeader, started_at: EpochSeconds, thinned_seconds = 0): string {
  const { configuration, tool } = header;
  return `${JSON.stringify({ schemaVersion: SCHEMA_VERSION, tool, started_at, configuration, thinned_seconds })}\n`;
}

export type HeaderReading =
  | { kind: 'ours'; header: JournalHeader & { started_at: EpochSeconds; thinned_seconds: number } }
  | { kind: 'newer'; schemaVersion: number }
  | { kind: 'foreign' };

export function readHeader(line: string): HeaderReading {
  const parsed = headerSchema.safeParse(parseJson(line));
  if (!parsed.success) return { kind: 'foreign' };
  const { schemaVersion, ...header } = parsed.data;
  return schemaVersion > SCHEMA_VERSION ? { kind: 'newer', schemaVersion } : { kind: 'ours', header };
}

/**
 * A sample as a line; null where it has not the form of its probe or would be too long. Only the fields of the form are written,
 * whatever else the object holds. The probe comes first, so that a reader can pass over others without parsing them.
 */
export function sampleLine(sample: Sample): string | null {
  const { probe, store, at, pace_seconds, slowed, elapsed_ms, received_bytes, failure } = sample;
  const frame = { probe, store, at, pace_seconds, slowed, elapsed_ms, received_bytes };
  if (failure !== null) {
    const { reason, message, next_step } = failure;
    return within(JSON.stringify({ ...frame, failure: { reason, message, next_step }, payload: null }));
  }
  const payload = FORMS[probe].payload.safeParse(sample.payload);
  return payload.success ? within(JSON.stringify({ ...frame, failure: null, payload: payload.data })) : null;
}

function within(json: string): string | null {
  return json.length < LINE_BYTES_MAX && Buffer.byteLength(json) < LINE_BYTES_MAX ? `${json}\n` : null;
}

export type LineReading = { kind: 'sample'; sample: Sample } | { kind: 'unknown-probe' } | { kind: 'invalid' };

export function readSample(line: string): LineReading {
  const frame = frameSchema.safeParse(parseJson(line));
  if (!frame.success) return { kind: 'invalid' };
  const { probe, payload, failure, ...rest } = frame.data;
  if (!isProbe(probe)) return { kind: 'unknown-probe' };
  const sample = sampleOf(probe, rest, failure, payload);
  return sample === null ? { kind: 'invalid' } : { kind: 'sample', sample };
}

/** What thinning must know of a line, whether this version knows its probe or not; null for what is no sample. */
export function readFrame(line: string): { probe: string; store: string; at: EpochSeconds; pace_seconds: number; failed: boolean; payload: unknown } | null {
  const frame = frameSchema.safeParse(parseJson(line));
  if (!frame.success) return null;
  const { probe, store, at, pace_seconds, failure, payload } = frame.data;
  return { probe, store, at, pace_seconds, failed: failure !== null, payload };
}

function sampleOf<Id extends ProbeId>(
  probe: Id,
  frame: Omit<SampleFrame, 'probe'>,
  failure: SampleFailure | null,
  payload: unknown,
): Distributed<Id> | null {
  if (failure !== null) return { ...frame, probe, payload: null, failure };
  const parsed = FORMS[probe].payload.safeParse(payload);
  return parsed.success ? { ...frame, probe, payload: parsed.data, failure: null } : null;
}

export function isProbe(id: string): id is ProbeId {
  return Object.hasOwn(PROBES, id);
}

/** The probe that stands first in a line that this tool wrote; null in any other order. */
export function probeAtStart(line: string): string | null {
  return /^\{"probe":"([a-z-]{1,40})"/.exec(line)?.[1] ?? null;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
