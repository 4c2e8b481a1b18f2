import type { Dialect, MomentForm } from './dialect.js';
import type { ColumnForm } from './expression.js';
import { backslashText, flooredQuotient, hexadecimal, JSON_STRINGS_AND_BLANKS, PERIOD_SECONDS, truthOf } from './quotes.js';
import { argument, typeParts } from './types.js';

/**
 * Databricks SQL and Apache Spark 3.4 and later, from their references. A cast of a decimal to a string may write an exponent (`0E-9`), so
 * format_number writes it by a pattern; `rtrim` with two arguments takes them in the other order than elsewhere, so TRIM says what it trims;
 * a TIMESTAMP_NTZ is never cast to a TIMESTAMP, which would take the session's time zone (TIMESTAMPDIFF casts its arguments: an hour that the
 * zone leaves out in spring would move), but counted from its fields; conv reads 15 hexadecimal digits without overflow; casts to a decimal of
 * fewer digits round half up, away from zero; CASE computes no arm that it does not choose.
 */
export const DATABRICKS: Dialect = {
  engine: 'databricks',
  hasDatabases: true,
  name: (name) => `\`${name.replaceAll('`', '``').replaceAll('\0', '')}\``,
  text: (text) => backslashText(text, (code) => `\\u${hexadecimal(code, 4)}`),
  integer: (value) => (value < -(2n ** 63n) || value >= 2n ** 63n ? `cast('${value}' as decimal(38, 0))` : `cast('${value}' as bigint)`),
  formOf: databricksForm,

  join: (texts) => (texts.length === 1 ? (texts[0] ?? '') : `concat(${texts.join(', ')})`),
  textOf: (x) => `cast(${x} as string)`,
  print: (x) => `cast(${x} as string)`,
  replace: (text, from, to) => `replace(${text}, ${from}, ${to})`,
  trimEnd: (text, of) => `trim(trailing '${of}' from ${text})`,
  truth: truthOf,
  rounded: (x, _from, scale) => printed(`cast(${x} as decimal(38, ${scale}))`, scale),
  trimmed: (x, from) => {
    const scale = from.kind === 'decimal' ? (from.scale ?? 0) : 0;
    return scale === 0 ? `cast(${x} as string)` : `trim(trailing '.' from trim(trailing '0' from ${printed(x, scale)}))`;
  },
  printDecimal: (x, from) => printed(x, from.kind === 'decimal' ? (from.scale ?? 0) : 0),
  decimalsMayBeWords: false,

  double: (x, own) => (own.kind === 'float' && own.bits === 64 ? x : `cast(${x} as double)`),
  doubleConstant: (literal) => `${literal}D`,
  whole: (x) => `cast(cast(${x} as bigint) as string)`,
  isNaN: (x) => `isnan(${x})`,
  tenTo: (exponent) => `cast(concat('1e', ${exponent}) as double)`,
  log10: (x) => `log10(${x})`,

  days: (x) => `unix_date(${x})`,
  isoDate: (x) => `cast(${x} as string)`,
  ticks: (x, own, digits) => {
    const unit = 10 ** (6 - digits);
    return unit === 1 ? `cast(${micros(x, own)} as string)` : `cast((${micros(x, own)} - pmod(${micros(x, own)}, ${unit})) div ${unit} as string)`;
  },
  timeTicks: (x) => x,
  infinite: null,
  interval: (x) => x,
  hex: (x) => `lower(hex(${x}))`,
  json: (x) => `regexp_replace(cast(${x} as string), ${backslashText(JSON_STRINGS_AND_BLANKS, () => '')}, '$1')`,
  elements: (x, element, depth) => `array_join(transform(${x}, e${depth} -> ${element(`e${depth}`)}), '')`,

  digest: (text) => `cast(conv(substr(md5(${text}), 1, 15), 16, 10) as bigint)`,
  sum: (digest) => `cast(coalesce(sum(cast(${digest} as decimal(38, 0))), 0) as string)`,
  exactSum: (x, own) => {
    const scale = own.kind === 'decimal' ? (own.scale ?? 0) : 0;
    return printed(`sum(cast(${x} as decimal(38, ${scale})))`, scale);
  },
  floatSum: (x) => `cast(sum(cast(${x} as double)) as string)`,
  bucket: (x, width) => flooredQuotient(x, (part) => `${part} div ${width}`),
  remainder: (digest, count) => `mod(${digest}, ${count})`,

  uuid: (text) => `'${text}'`,
  bytes: (hex) => `unhex('${hex}')`,
  decimal: (digits) => `cast('${digits}' as decimal(38, ${digits.split('.')[1]?.length ?? 0}))`,
  boolean: (value) => String(value),
  date: (iso) => `date '${iso}'`,
  time: (iso) => `'${iso}'`,
  timestamp: (iso, own) => (own.zoned ? `timestamp '${iso} UTC'` : `timestamp_ntz '${iso}'`),
  epoch: (x, own) => `(${micros(x, own)} / 1e6D)`,
  periodStart: (unit, x, own) => {
    if (unit !== 'month') return `((${micros(x, own)} - pmod(${micros(x, own)}, ${PERIOD_SECONDS[unit]}000000)) div 1000000)`;
    const day = own.kind === 'date' ? x : `date_from_unix_date(cast((${micros(x, own)} - pmod(${micros(x, own)}, 86400000000)) div 86400000000 as int))`;
    return `(cast(unix_date(trunc(${day}, 'MM')) as bigint) * 86400)`;
  },
  now: () => '(unix_micros(current_timestamp()) / 1e6D)',
};

function printed(x: string, scale: number): string {
  return scale === 0 ? `cast(${x} as string)` : `format_number(${x}, '0.${'0'.repeat(scale)}')`;
}

function micros(x: string, own: MomentForm): string {
  if (own.kind === 'date') return `(cast(unix_date(${x}) as bigint) * 86400000000)`;
  if (own.zoned) return `unix_micros(${x})`;
  return `(cast(unix_date(cast(${x} as date)) as bigint) * 86400000000 + (hour(${x}) * 3600 + minute(${x}) * 60) * 1000000L + cast(extract(SECOND from ${x}) * 1000000 as bigint))`;
}

const FORMS: Readonly<Record<string, ColumnForm>> = {
  tinyint: { kind: 'integer' }, byte: { kind: 'integer' }, smallint: { kind: 'integer' }, short: { kind: 'integer' }, int: { kind: 'integer' }, integer: { kind: 'integer' },
  bigint: { kind: 'integer' }, long: { kind: 'integer' }, float: { kind: 'float', bits: 32 }, real: { kind: 'float', bits: 32 }, double: { kind: 'float', bits: 64 },
  boolean: { kind: 'boolean' }, string: { kind: 'text', padded: false }, varchar: { kind: 'text', padded: false }, char: { kind: 'text', padded: true },
  binary: { kind: 'bytes' }, date: { kind: 'date' }, timestamp: { kind: 'timestamp', zoned: true, digits: 6 }, timestamp_ntz: { kind: 'timestamp', zoned: false, digits: 6 },
  variant: { kind: 'json', kept: false },
};

function databricksForm(type: string): ColumnForm | null {
  const array = /^array<(.*)>$/is.exec(type.trim());
  if (array !== null) {
    const element = databricksForm(array[1] ?? '');
    return element === null ? null : { kind: 'array', element };
  }
  const parts = typeParts(type);
  if (parts.name === 'decimal' || parts.name === 'dec' || parts.name === 'numeric') return { kind: 'decimal', scale: argument(parts, 1, 0) };
  return FORMS[parts.name] ?? null;
}
