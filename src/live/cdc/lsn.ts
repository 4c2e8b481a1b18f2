/** Thrown for text that is no position. */
export class LsnError extends Error {
  override readonly name = 'LsnError';
}

const FORM = /^([0-9a-f]{1,8})\/([0-9a-f]{1,8})$/i;

/**
 * A position in the write-ahead log as bytes since its beginning; `2F/9A01C8E0` is two hexadecimal halves of 32 bits
 * (PostgreSQL 18, section 8.20, pg_lsn).
 *
 * @throws LsnError for anything else.
 */
export function parseLsn(text: string): bigint {
  const match = FORM.exec(text);
  if (match === null) throw new LsnError('not a position of the write-ahead log: two hexadecimal numbers with a slash between them are expected');
  return (BigInt(`0x${match[1] ?? '0'}`) << 32n) + BigInt(`0x${match[2] ?? '0'}`);
}

/** The same for what may be missing or malformed; null for both. */
export function readLsn(text: string | null | undefined): bigint | null {
  if (text === null || text === undefined || !FORM.test(text)) return null;
  return parseLsn(text);
}

export function formatLsn(position: bigint): string {
  const half = (value: bigint): string => value.toString(16).toUpperCase();
  return `${half(position >> 32n)}/${half(position & 0xffffffffn)}`;
}

/** Bytes from `from` to `to`, 0 where `to` lies before it. Exact up to 2^53 bytes. */
export function bytesBetween(from: bigint, to: bigint): number {
  return to > from ? Number(to - from) : 0;
}
