import type { EpochSeconds } from '../model/live.js';
import type { WatermarkReading } from '../model/reconciliation.js';

/** Where the source stood at a moment: by its clock, and by its log and its counter of versions where these are read. */
export interface Position {
  at: EpochSeconds;
  lsn: bigint | null;
  version: bigint | null;
}

/** How far the target has applied the source. */
export interface Watermark {
  from: WatermarkReading['from'];
  kind: WatermarkReading['kind'];
  /** By the source's clock. */
  at: EpochSeconds | null;
  lsn: bigint | null;
  version: bigint | null;
  /** True where it cannot move: it is the largest value of a column, and the source has no larger one. */
  standsAtSource: boolean;
}

export const NO_WATERMARK: Watermark = { from: 'none', kind: 'time', at: null, lsn: null, version: null, standsAtSource: false };

/**
 * A commit and the watermark are stamped by clocks of some resolution, in an order that is not quite that of becoming
 * visible.
 */
const MARGIN_SECONDS = 1;

/**
 * True where everything that could be seen at the source when it stood at `fence` has been applied by the target, as long as
 * that applies commits in their order.
 *
 * Versions are drawn before the commit: only one that nobody saw at the fence belongs to a later commit for sure. A change
 * behind the fence in the log was committed behind it.
 */
export function hasPassed(watermark: Watermark, fence: Position): boolean {
  if (watermark.kind === 'lsn') return watermark.lsn !== null && fence.lsn !== null && watermark.lsn >= fence.lsn;
  if (watermark.kind === 'version') return watermark.version !== null && fence.version !== null && watermark.version > fence.version;
  return watermark.at !== null && watermark.at >= fence.at + MARGIN_SECONDS;
}

/** True where what the source did after `position` cannot be in the target yet. */
export function isBefore(watermark: Watermark, position: Position): boolean {
  if (watermark.kind === 'lsn') return watermark.lsn !== null && position.lsn !== null && watermark.lsn < position.lsn;
  if (watermark.kind === 'version') return watermark.version !== null && position.version !== null && watermark.version < position.version;
  return watermark.at !== null && watermark.at < position.at;
}

const LSN = /^([0-9A-F]{1,8})\/([0-9A-F]{1,8})$/i;

/** A position in PostgreSQL's log from `0/16B3748` or from the integer that it stands for; null for anything else. */
export function parseLsn(text: string): bigint | null {
  const parts = LSN.exec(text.trim());
  if (parts) return (BigInt(`0x${parts[1] ?? '0'}`) << 32n) | BigInt(`0x${parts[2] ?? '0'}`);
  return /^\d{1,20}$/.test(text.trim()) ? BigInt(text.trim()) : null;
}

/** As PostgreSQL prints it. */
export function formatLsn(lsn: bigint): string {
  return `${(lsn >> 32n).toString(16).toUpperCase()}/${(lsn & 0xffffffffn).toString(16).toUpperCase()}`;
}

/** For the report. */
export function watermarkReading(watermark: Watermark): WatermarkReading {
  const { from, kind, at, lsn, version } = watermark;
  const position = kind === 'lsn' ? (lsn === null ? null : formatLsn(lsn)) : kind === 'version' ? (version?.toString() ?? null) : null;
  return { from, kind, at, position };
}
