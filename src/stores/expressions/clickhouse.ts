import type { Dialect, DecimalForm, MomentForm } from './dialect.js';
import type { ColumnForm } from './expression.js';
import { argument, typeParts } from './types.js';

/** ClickHouse 23.3 and later: toDecimalString. Moments keep their zone, and nothing depends on the session's. */
export const CLICKHOUSE: Dialect = {
  engine: 'clickhouse',
  version_min: { num: 230_300, name: '23.3' },
  hasDatabases: false,
  name: (name) => `"${escaped(name, '"')}"`,
  text: (text) => `'${escaped(text, "'")}'`,
  integer: (value) => (value < -(2n ** 63n) || value >= 2n ** 64n ? `toInt256('${value}')` : value < 0n ? `toInt64('${value}')` : `toUInt64('${value}')`),
  formOf: clickhouseForm,

  join: (texts) => (texts.length === 1 ? (texts[0] ?? '') : `concat(${texts.join(', ')})`),
  textOf: (x, own) => (own.by === 'fixed' ? `trim(trailing '\\0' from toString(${x}))` : `toString(${x})`),
  print: (x) => `toString(${x})`,
  replace: (text, from, to) => `replaceAll(${text}, ${from}, ${to})`,
  trimEnd: (text, of) => (of === ' ' ? `trimRight(${text})` : `trim(trailing '${of}' from ${text})`),
  truth: (x) => `toString(toUInt8(${x}))`,
  // With no decimals toDecimalString leaves the point.
  rounded: (x, from, scale) => (scale === 0 ? `toString(${roundedDecimal(x, from, scale)})` : `toDecimalString(${roundedDecimal(x, from, scale)}, ${scale})`),
  trimmed: (x) => `toString(${x})`,
  printDecimal: (x, from) => (from.kind === 'decimal' && (from.scale ?? 0) > 0 ? `toDecimalString(${x}, ${from.scale})` : `toString(${x})`),
  decimalsMayBeWords: false,

  double: (x, own) => (own.kind === 'float' && own.bits === 64 ? x : own.kind === 'decimal' ? `toFloat64(toString(${x}))` : `toFloat64(${x})`),
  doubleConstant: (literal) => literal,
  // Every arm of a constant's CASE is computed, and of any CASE where short_circuit_function_evaluation is off: toInt64 fails over infinity.
  whole: (x) => `toString(accurateCastOrNull(${x}, 'Int64'))`,
  isNaN: (x) => `isNaN(${x})`,
  tenTo: (exponent) => `toFloat64(concat('1e', ${exponent}))`,
  log10: (x) => `log10(${x})`,

  days: (x) => `toInt32(toDate32(${x}))`,
  isoDate: (x) => `toString(toDate32(${x}))`,
  ticks: (x, own, digits) => {
    const { count, kept } = wholeTicks(x, own);
    return kept === digits ? `toString(${count})` : `toString(${floored(count, 10 ** (kept - digits))})`;
  },
  timeTicks: (x, digits) => `toString(intDiv(toInt64(toDecimal64(${x}, 6) * 1000000), ${10 ** (6 - digits)}))`,
  infinite: null,
  interval: (x) => x,
  hex: (x) => `lower(hex(${x}))`,
  json: (x) => String.raw`replaceRegexpAll(toString(${x}), '("(?:[^"\\\\]|\\\\.)*")|[ \\t\\n\\r]+', '\\1')`,
  elements: (x, element, depth) => `arrayStringConcat(arrayMap(e${depth} -> ${element(`e${depth}`)}, ${x}), '')`,

  digest: (text) => `bitShiftRight(reinterpretAsUInt64(reverse(substring(MD5(${text}), 1, 8))), 4)`,
  sum: (digest) => `toString(sum(toUInt128(${digest})))`,
  exactSum: (x, own) => (own.kind === 'integer' ? `toString(sumOrNull(toInt128(${x})))` : `toString(sumOrNull(toDecimal256(${x}, ${own.scale ?? 0})))`),
  floatSum: (x) => `toString(sumOrNull(toFloat64(${x})))`,
  bucket: (x, width) => `if(${x} >= 0, toInt64(intDiv(${x}, ${width})), -toInt64(intDiv(-1 - ${x}, ${width})) - 1)`,
  remainder: (digest, count) => `${digest} % ${count}`,

  uuid: (text) => `toUUID('${text}')`,
  bytes: (hex) => `unhex('${hex}')`,
  decimal: (digits) => (/[.]/.test(digits) ? `toDecimal256('${digits}', ${digits.split('.')[1]?.length ?? 0})` : `toInt256('${digits}')`),
  boolean: (value) => String(value),
  date: (iso) => `toDate32('${iso}')`,
  time: (iso) => `'${iso}'`,
  timestamp: (iso, own) => (own.digits === 0 && iso >= '1970' && iso < '2106' ? `toDateTime('${iso.slice(0, 19)}', 'UTC')` : `toDateTime64('${iso}', ${own.digits > 6 ? 9 : 6}, 'UTC')`),
  epoch: (x, own) => (own.kind === 'date' ? `toFloat64(toInt32(toDate32(${x}))) * 86400` : `(toFloat64(${micros(x, own)}) / 1e6)`),
  periodStart: (unit, x, own) => {
    if (unit === 'month') {
      // toStartOfMonth gives a Date of 16 bits, which begins in 1970 and ends in 2149.
      const day = own.kind === 'date' ? `toDate32(${x})` : `toDate32(toTimeZone(${x}, 'UTC'))`;
      return `((toInt64(toInt32(${day})) - toDayOfMonth(${day}) + 1) * 86400)`;
    }
    if (own.kind === 'date') return `(toInt64(toInt32(toDate32(${x}))) * 86400)`;
    const seconds = unit === 'hour' ? 3600 : 86_400;
    return `${floored(micros(x, own), seconds * 1_000_000)} * ${seconds}`;
  },
  now: () => `(toUnixTimestamp64Micro(now64(6)) / 1e6)`,
};

/** Moments as whole numbers of 10^-`kept` seconds. Beyond 2262 nanoseconds pass 64 bits, so that what has 7 or 8 digits is counted in its own. */
function wholeTicks(x: string, own: MomentForm): { count: string; kept: number } {
  const digits = own.kind === 'timestamp' ? own.digits : 0;
  if (digits > 6) return { count: `reinterpretAsInt64(${x})`, kept: digits };
  return { count: `toUnixTimestamp64Micro(${digits === 0 ? `toDateTime64(${x}, 6, 'UTC')` : x})`, kept: 6 };
}

function micros(x: string, own: MomentForm): string {
  const { count, kept } = wholeTicks(x, own);
  return kept === 6 ? count : floored(count, 10 ** (kept - 6));
}

/** The quotient rounded down. With a constant of 64 bits without a sign the rest of a negative number would be wrong. */
function floored(count: string, unit: number): string {
  return `intDiv(${count} - positiveModulo(${count}, toInt64(${unit})), ${unit})`;
}

/** Rounded half away from zero before it is printed, whatever toDecimalString does with further decimals. */
function roundedDecimal(x: string, from: DecimalForm, scale: number): string {
  return from.kind === 'decimal' && from.scale !== null ? `round(${x}, ${scale})` : x;
}

function escaped(text: string, quote: string): string {
  return text
    .replaceAll('\\', '\\\\')
    .replaceAll(quote, `\\${quote}`)
    .replaceAll(/[\u0000-\u001F\u007F]/g, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`);
}

const FORMS: Readonly<Record<string, ColumnForm>> = {
  int128: { kind: 'decimal', scale: 0 }, int256: { kind: 'decimal', scale: 0 }, uint128: { kind: 'decimal', scale: 0 }, uint256: { kind: 'decimal', scale: 0 },
  float32: { kind: 'float', bits: 32 }, float64: { kind: 'float', bits: 64 }, bool: { kind: 'boolean' }, uuid: { kind: 'uuid' },
  string: { kind: 'text', padded: false, bytes: true }, fixedstring: { kind: 'text', padded: false, bytes: true, by: 'fixed' },
  enum8: { kind: 'text', padded: false }, enum16: { kind: 'text', padded: false }, ipv4: { kind: 'text', padded: false }, ipv6: { kind: 'text', padded: false },
  date: { kind: 'date' }, date32: { kind: 'date' }, datetime: { kind: 'timestamp', zoned: true, digits: 0 }, json: { kind: 'json', kept: false },
};

function clickhouseForm(type: string): ColumnForm | null {
  const parts = typeParts(type);
  const last = parts.arguments.at(-1) ?? '';
  if (parts.name === 'nullable' || parts.name === 'lowcardinality' || parts.name === 'simpleaggregatefunction') return clickhouseForm(last);
  if (parts.name === 'array') {
    const element = clickhouseForm(last);
    return element === null ? null : { kind: 'array', element, never_null: true };
  }
  if (/^u?int(8|16|32|64)$/.test(parts.name)) return { kind: 'integer' };
  if (parts.name === 'decimal') return { kind: 'decimal', scale: argument(parts, 1, 0) };
  if (/^decimal(32|64|128|256)$/.test(parts.name)) return { kind: 'decimal', scale: argument(parts, 0, 0) };
  if (parts.name === 'datetime64') return { kind: 'timestamp', zoned: true, digits: argument(parts, 0, 3) };
  return FORMS[parts.name] ?? null;
}
