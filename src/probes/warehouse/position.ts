const POSITION = /^([0-9a-f]{1,8})\/([0-9a-f]{1,8})$/i;

/**
 * A WAL position as PostgreSQL writes it (`2F/9A01C8E0`), from that form or from the 64-bit number that Airbyte and Debezium
 * keep (`__source_lsn`, `_ab_cdc_lsn`). Null for what is no position; 0 is none (PostgreSQL's InvalidXLogRecPtr).
 */
export function positionOf(text: string): string | null {
  const value = positionNumber(text.trim());
  return value === null || value === 0n || value >= 2n ** 64n ? null : `${upperHex(value >> 32n)}/${upperHex(value & 0xffffffffn)}`;
}

/** The larger of two texts of positions, either of which may be missing or none. */
export function largerPosition(left: string | null, right: string | null): string | null {
  const values = [left, right].flatMap((text) => (text === null ? [] : [positionNumber(text.trim())])).filter((value) => value !== null);
  if (values.length === 0) return null;
  return positionOf(String(values.reduce((a, b) => (a > b ? a : b))));
}

function positionNumber(text: string): bigint | null {
  const match = POSITION.exec(text);
  if (match) return (BigInt(`0x${match[1]}`) << 32n) + BigInt(`0x${match[2]}`);
  // Loaders that know no integers of 64 bits leave a fraction of zeros.
  const digits = /^(\d{1,20})(?:\.0*)?$/.exec(text)?.[1];
  return digits === undefined ? null : BigInt(digits);
}

function upperHex(value: bigint): string {
  return value.toString(16).toUpperCase();
}
