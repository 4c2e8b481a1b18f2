/** Units that a size may carry, in bytes. Decimal prefixes are powers of 1,000, binary ones of 1,024 (IEC 80000-13). */
const BYTES = new Map([
  ['b', 1],
  ['kb', 1e3],
  ['mb', 1e6],
  ['gb', 1e9],
  ['tb', 1e12],
  ['kib', 2 ** 10],
  ['mib', 2 ** 20],
  ['gib', 2 ** 30],
  ['tib', 2 ** 40],
]);

/** Units that a duration may carry, in seconds; the words of PostgreSQL's own settings. */
const SECONDS = new Map([
  ['ms', 0.001],
  ['s', 1],
  ['min', 60],
  ['h', 3_600],
  ['d', 86_400],
]);

/** Bytes of `64MiB`, `1.5 GB` or `512 B`; null where it is no size. */
export function parseSize(text: string): number | null {
  return parseQuantity(text, BYTES);
}

/** Seconds of `90s`, `2 min` or `500ms`; null where it is no duration. */
export function parseDuration(text: string): number | null {
  return parseQuantity(text, SECONDS);
}

function parseQuantity(text: string, units: ReadonlyMap<string, number>): number | null {
  const match = /^(\d{1,15}(?:\.\d{1,6})?) ?([a-z]{1,3})$/i.exec(text.trim());
  const factor = units.get(match?.[2]?.toLowerCase() ?? '');
  if (match === null || factor === undefined) return null;
  return Number(match[1]) * factor;
}
