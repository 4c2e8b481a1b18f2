import type { EpochSeconds } from '../../model/live.js';

/** A segment spans at most so long, by the times of its samples. */
export const SEGMENT_SECONDS_MAX = 3600;
/** Samples may be stamped so long before their segment was begun: a run that ended while the one before was written out. */
export const EARLY_SECONDS_MAX = 60;

const PATTERN = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z\.([\w-]{1,100})\.(\d{4,6})\.ndjson(\.gz)?$/;

/** One segment file, told by its name alone. */
export interface SegmentName {
  file: string;
  started_at: EpochSeconds;
  writer: string;
  sequence: number;
  /** A closed segment is compressed. */
  compressed: boolean;
}

/** `20261121T144302Z.4711-k3x9.0001.ndjson`: when it was begun, by whom, and the how manieth of theirs it is. */
export function segmentFile(started_at: EpochSeconds, writer: string, sequence: number): string {
  const moment = new Date(Math.floor(started_at) * 1000).toISOString().replace(/[-:]|\.\d+/g, '');
  return `${moment}.${writer}.${String(sequence).padStart(4, '0')}.ndjson`;
}

/** Null for files that are no segments; those are never touched. */
export function parseSegmentFile(file: string): SegmentName | null {
  const match = PATTERN.exec(file);
  if (match === null) return null;
  const [, year, month, day, hour, minute, second, writer = '', sequence, gz] = match;
  const started_at = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`) / 1000;
  if (!Number.isFinite(started_at)) return null;
  return { file, started_at, writer, sequence: Number(sequence), compressed: gz !== undefined };
}

/** True when a sample of this moment belongs into a segment that was begun at `started_at`. */
export function isWithinSegment(at: EpochSeconds, started_at: EpochSeconds): boolean {
  return at >= started_at - EARLY_SECONDS_MAX && at < started_at + SEGMENT_SECONDS_MAX;
}
