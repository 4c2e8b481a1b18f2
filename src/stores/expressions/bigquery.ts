import type { Dialect, MomentForm } from './dialect.js';
import type { ColumnForm } from './expression.js';
import { backslashText, escapedControls, flooredQuotient, flooredToMultiple, hexadecimal, JSON_STRINGS_AND_BLANKS, PERIOD_SECONDS, truthOf } from './quotes.js';
import { argument, typeParts } from './types.js';

/**
 * BigQuery, from the GoogleSQL reference (2025): a cast of NUMERIC to STRING drops zeros at the end, so FORMAT writes them; DATETIME
 * becomes a TIMESTAMP in UTC; TO_HEX is in lower case; `0x` texts are read as INT64; SUM of INT64 overflows, of BIGNUMERIC it does not; ROUND of
 * NUMERIC is half away from zero; CASE computes no arm that it does not choose. A NULL array is stored as an empty one.
 */
export const BIGQUERY: Dialect = {
  engine: 'bigquery',
  hasDatabases: true,
  name: (name) => `\`${escapedControls(name.replaceAll('\\', '\\\\').replaceAll('`', '\\`'), (code) => `\\x${hexadecimal(code, 2)}`)}\``,
  text: (text) => backslashText(text, (code) => `\\x${hexadecimal(code, 2)}`),
  integer: (value) => (value < -(2n ** 63n) || value >= 2n ** 63n ? `bignumeric '${value}'` : value === -(2n ** 63n) ? `cast('${value}' as int64)` : `${value < 0n ? `(${value})` : value}`),
  formOf: bigqueryForm,

  join: (texts) => (texts.length === 1 ? (texts[0] ?? '') : `concat(${texts.join(', ')})`),
  textOf: (x) => `cast(${x} as string)`,
  print: (x) => `cast(${x} as string)`,
  replace: (text, from, to) => `replace(${text}, ${from}, ${to})`,
  trimEnd: (text, of) => `rtrim(${text}, '${of}')`,
  truth: truthOf,
  rounded: (x, _from, scale) => `format('%.${scale}f', round(${x}, ${scale}))`,
  trimmed: (x) => `cast(${x} as string)`,
  printDecimal: (x, from) => `format('%.${from.kind === 'decimal' ? (from.scale ?? 0) : 0}f', ${x})`,
  decimalsMayBeWords: false,

  double: (x, own) => (own.kind === 'float' ? x : `cast(${x} as float64)`),
  doubleConstant: (literal) => literal,
  whole: (x) => `cast(cast(${x} as int64) as string)`,
  isNaN: (x) => `is_nan(${x})`,
  tenTo: (exponent) => `cast(concat('1e', ${exponent}) as float64)`,
  log10: (x) => `log10(${x})`,

  days: (x) => `unix_date(${x})`,
  // %F writes years before 1000 without their zeros.
  isoDate: (x) => `cast(${x} as string)`,
  ticks: (x, own, digits) => {
    const unit = 10 ** (6 - digits);
    return unit === 1 ? `cast(${micros(x, own)} as string)` : `cast(div(${flooredToMultiple(micros(x, own), unit)}, ${unit}) as string)`;
  },
  timeTicks: (x, digits) => `cast(div(time_diff(${x}, time '00:00:00', microsecond), ${10 ** (6 - digits)}) as string)`,
  infinite: null,
  interval: (x) => x,
  hex: (x) => `to_hex(${x})`,
  json: (x) => String.raw`regexp_replace(cast(${x} as string), r'${JSON_STRINGS_AND_BLANKS}', r'\1')`,
  elements: (x, element, depth) =>
    `case when ${x} is not null then coalesce((select string_agg(${element(`e${depth}`)}, '' order by n${depth}) from unnest(${x}) as e${depth} with offset as n${depth}), '') end`,

  digest: (text) => `cast(concat('0x', substr(to_hex(md5(${text})), 1, 15)) as int64)`,
  sum: (digest) => `cast(coalesce(sum(cast(${digest} as bignumeric)), 0) as string)`,
  exactSum: (x) => `cast(sum(cast(${x} as bignumeric)) as string)`,
  floatSum: (x) => `cast(sum(cast(${x} as float64)) as string)`,
  bucket: (x, width) => flooredQuotient(x, (part) => `div(${part}, ${width})`),
  remainder: (digest, count) => `mod(${digest}, ${count})`,

  uuid: (text) => `'${text}'`,
  bytes: (hex) => `from_hex('${hex}')`,
  decimal: (digits) => `bignumeric '${digits}'`,
  boolean: (value) => String(value),
  date: (iso) => `date '${iso}'`,
  time: (iso) => `time '${iso}'`,
  timestamp: (iso, own) => (own.zoned ? `timestamp '${iso}+00'` : `datetime '${iso}'`),
  epoch: (x, own) => `(${micros(x, own)} / 1000000)`,
  periodStart: (unit, x, own) => {
    if (unit === 'month') return `(unix_date(date_trunc(${own.kind === 'date' ? x : `date(${x})`}, month)) * 86400)`;
    return `div(${flooredToMultiple(micros(x, own), PERIOD_SECONDS[unit] * 1_000_000)}, 1000000)`;
  },
  now: () => `(unix_micros(current_timestamp()) / 1000000)`,
};

function micros(x: string, own: MomentForm): string {
  if (own.kind === 'date') return `(unix_date(${x}) * 86400000000)`;
  return own.zoned ? `unix_micros(${x})` : `unix_micros(timestamp(${x}))`;
}

const FORMS: Readonly<Record<string, ColumnForm>> = {
  int64: { kind: 'integer' }, integer: { kind: 'integer' }, float64: { kind: 'float', bits: 64 }, float: { kind: 'float', bits: 64 },
  bool: { kind: 'boolean' }, boolean: { kind: 'boolean' }, string: { kind: 'text', padded: false }, bytes: { kind: 'bytes' }, date: { kind: 'date' },
  time: { kind: 'time', digits: 6 }, datetime: { kind: 'timestamp', zoned: false, digits: 6 }, timestamp: { kind: 'timestamp', zoned: true, digits: 6 },
  json: { kind: 'json', kept: false },
};

function bigqueryForm(type: string): ColumnForm | null {
  const array = /^array<(.*)>$/is.exec(type.trim());
  if (array !== null) {
    const element = bigqueryForm(array[1] ?? '');
    return element === null ? null : { kind: 'array', element, never_null: true };
  }
  const parts = typeParts(type);
  const bare = parts.arguments.length === 0;
  if (parts.name === 'numeric' || parts.name === 'decimal') return { kind: 'decimal', scale: argument(parts, 1, bare ? 9 : 0) };
  if (parts.name === 'bignumeric' || parts.name === 'bigdecimal') return { kind: 'decimal', scale: argument(parts, 1, bare ? 38 : 0) };
  return FORMS[parts.name] ?? null;
}
