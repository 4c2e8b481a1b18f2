import { z } from 'zod';

/** The statuses of the article's `report_run` table (Part 066, section 9), in the order in which a run may have them. */
export const RUN_STATUSES = ['RUNNING', 'SUCCEEDED', 'FAILED', 'APPROVED', 'REVOKED'] as const;
export type RunStatus = (typeof RUN_STATUSES)[number];

/** A value that may not be kept is kept as a keyed hash: whether a value is the same can be told with the key, the value cannot. */
const parameterValue = z.union([z.string(), z.number(), z.boolean(), z.null(), z.strictObject({ keyed: z.string() })]);
export type ParameterValue = z.output<typeof parameterValue>;

const texts = z.record(z.string(), z.string());

/** Everything that makes a run of an official report, known before its query runs. */
export const runInputs = z.object({
  id: z.string(),
  name: z.string(),
  version: z.string(),
  store: z.string(),
  engine: z.enum(['postgres', 'duckdb']),
  /** As written, with its parameters by name. */
  query: z.string(),
  parameters: z.record(z.string(), parameterValue),
  /** Data product, or what the user named, to how far it was loaded. */
  sourceWatermarks: texts,
  /** What the query was held to: the value of `:watermark`, and of `at`. Null where nothing holds it. */
  watermark: z.string().nullable(),
  /** The column of the result that is cut at the watermark. */
  at: z.string().nullable(),
  /** The moment of the store: WAL position and snapshot of PostgreSQL, when the file of DuckDB was read. */
  position: z.string().nullable(),
  referenceVersions: texts,
  timeZone: z.string(),
  searchPath: z.array(z.string()),
  /** The column of the result by which parts are hashed. */
  bucket: z.string().nullable(),
  executedBy: z.string(),
  /** The role by which the store was asked, whose rights may hide rows; null where the engine has none. */
  role: z.string().nullable().default(null),
  /** ISO 8601 in UTC. */
  executedAt: z.string(),
  /** Why the query may answer something else another time; what was said when it was recorded. */
  notReproducible: z.array(z.string()).default([]),
});
export type RunInputs = z.output<typeof runInputs>;

const part = z.object({ label: z.string(), rows: z.string(), hash: z.string() });
export type BucketHash = z.output<typeof part>;

/** What came out: numbers and hashes, never a value of a row. */
export const runResult = z.object({
  /** As decimal digits: a count may pass 2^53. */
  rows: z.string(),
  /** `tm1:` and a SHA-256. */
  hash: z.string(),
  /** Sorted by label; empty where none were asked for. */
  buckets: z.array(part),
});
export type RunResult = z.output<typeof runResult>;

export interface Decision {
  by: string;
  at: string;
  /** Why it was approved or revoked; null where nothing was said. */
  note: string | null;
}

/** A run as its events left it. */
export interface Run {
  inputs: RunInputs;
  status: RunStatus;
  result: RunResult | null;
  /** When it succeeded or failed. */
  endedAt: string | null;
  /** Why it failed. */
  failure: string | null;
  approved: Decision | null;
  revoked: Decision | null;
}

/** Two people whose names are written alike are one person. */
export function isSamePerson(one: string, other: string): boolean {
  const plain = (name: string): string => name.normalize('NFKC').trim().toLowerCase().replaceAll(/\s+/g, ' ');
  return plain(one) === plain(other);
}

/**
 * Why a run cannot be approved by somebody, as a sentence; null where it can. RUNNING → SUCCEEDED or FAILED, SUCCEEDED → APPROVED →
 * REVOKED (Part 066, section 9), and who approves is not who ran it.
 */
export function approvalRefused({ inputs, status, approved, revoked }: Run, by: string): string | null {
  switch (status) {
    case 'RUNNING':
      return 'it never ended: only a run that succeeded is approved';
    case 'FAILED':
      return 'it failed: only a run that succeeded is approved';
    case 'APPROVED':
      return `it is approved already, by ${approved?.by ?? 'somebody'}`;
    case 'REVOKED':
      return `it was revoked by ${revoked?.by ?? 'somebody'}: record it anew, a revoked run stays revoked`;
    case 'SUCCEEDED':
      return isSamePerson(inputs.executedBy, by) ? `${by} ran it: a report is approved by somebody else than who ran it` : null;
  }
}

/** Why a run cannot be revoked, as a sentence; null where it can. */
export function revocationRefused({ status, revoked }: Run): string | null {
  if (status === 'APPROVED') return null;
  if (status === 'REVOKED') return `it was revoked already, by ${revoked?.by ?? 'somebody'}`;
  return `its status is ${status}: only an approved run is revoked, nothing rests on one that nobody approved`;
}
