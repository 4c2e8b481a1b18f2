import { joinedBy, type Dialect, type MomentForm } from './dialect.js';
import type { ColumnForm } from './expression.js';
import { escapedControls, flooredQuotient, flooredToMultiple, hexadecimal, JSON_STRINGS_AND_BLANKS, PERIOD_SECONDS, standardName, truthOf } from './quotes.js';
import { argument, typeParts } from './types.js';

/**
 * Trino 400 and later, from its reference. date_diff counts no microseconds and to_unixtime is a double, so that the fraction of a second
 * is taken from the printed text, whose digits are those of the type. `$1` of a group that took no part in a
 * match is empty (JoniRegexpFunctions of Trino's sources).
 */
export const TRINO: Dialect = {
  engine: 'trino',
  hasDatabases: true,
  name: standardName,
  text: trinoText,
  integer: (value) => (value < -(2n ** 63n) || value >= 2n ** 63n ? `decimal '${value}'` : `bigint '${value}'`),
  formOf: trinoForm,

  join: (texts) => joinedBy('||', texts),
  textOf: (x) => `cast(${x} as varchar)`,
  print: (x) => `cast(${x} as varchar)`,
  replace: (text, from, to) => `replace(${text}, ${from}, ${to})`,
  trimEnd: (text, of) => `trim(trailing '${of}' from ${text})`,
  truth: truthOf,
  rounded: (x, _from, scale) => `cast(cast(${x} as decimal(38, ${scale})) as varchar)`,
  trimmed: (x, from) => (from.kind === 'decimal' && from.scale !== 0 ? `trim(trailing '.' from trim(trailing '0' from cast(${x} as varchar)))` : `cast(${x} as varchar)`),
  printDecimal: (x) => `cast(${x} as varchar)`,
  decimalsMayBeWords: false,

  double: (x, own) => (own.kind === 'float' && own.bits === 64 ? x : `cast(${x} as double)`),
  doubleConstant: (literal) => literal,
  whole: (x) => `cast(cast(${x} as bigint) as varchar)`,
  isNaN: (x) => `is_nan(${x})`,
  tenTo: (exponent) => `cast('1e' || ${exponent} as double)`,
  log10: (x) => `log10(${x})`,

  days: (x) => `date_diff('day', date '1970-01-01', ${x})`,
  isoDate: (x) => `cast(${x} as varchar)`,
  ticks: (x, own, digits) => {
    const kept = keptOf(own);
    const unit = 10 ** (kept - digits);
    return unit === 1 ? `cast(${count(x, own, kept)} as varchar)` : `cast(${flooredToMultiple(count(x, own, kept), unit)} / ${unit} as varchar)`;
  },
  timeTicks: (x, digits) => `cast(((hour(${x}) * 3600 + minute(${x}) * 60 + second(${x})) * 1000000 + cast(substr(cast(cast(${x} as time(6)) as varchar), -6) as bigint)) / ${10 ** (6 - digits)} as varchar)`,
  infinite: null,
  interval: (x) => x,
  hex: (x) => `lower(to_hex(${x}))`,
  json: (x, own) => (own.kind === 'json' ? `json_format(${x})` : `regexp_replace(cast(${x} as varchar), '${JSON_STRINGS_AND_BLANKS}', '$1')`),
  elements: (x, element, depth) => `array_join(transform(${x}, e${depth} -> ${element(`e${depth}`)}), '')`,

  digest: (text) => `from_base(substr(lower(to_hex(md5(to_utf8(${text})))), 1, 15), 16)`,
  sum: (digest) => `cast(coalesce(sum(cast(${digest} as decimal(38, 0))), decimal '0') as varchar)`,
  exactSum: (x, own) => `cast(sum(cast(${x} as decimal(38, ${own.kind === 'decimal' ? (own.scale ?? 0) : 0}))) as varchar)`,
  floatSum: (x) => `cast(sum(cast(${x} as double)) as varchar)`,
  bucket: (x, width) => flooredQuotient(x, (part) => `${part} / ${width}`),
  remainder: (digest, divisor) => `mod(${digest}, ${divisor})`,

  uuid: (text) => `uuid '${text}'`,
  bytes: (hex) => `X'${hex}'`,
  decimal: (digits) => `decimal '${digits}'`,
  boolean: (value) => String(value),
  date: (iso) => `date '${iso}'`,
  time: (iso) => `time '${iso}'`,
  timestamp: (iso, own) => `timestamp '${iso}${own.zoned ? ' UTC' : ''}'`,
  epoch: (x, own) => (own.kind === 'date' ? `(date_diff('day', date '1970-01-01', ${x}) * 86400e0)` : `(${count(x, own, 6)} / 1e6)`),
  periodStart: (unit, x, own) => {
    if (unit === 'month') return `(date_diff('day', date '1970-01-01', date_trunc('month', cast(${local(x, own, keptOf(own))} as date))) * 86400)`;
    if (own.kind === 'date') return `(date_diff('day', date '1970-01-01', ${x}) * 86400)`;
    const seconds = `date_diff('second', timestamp '1970-01-01 00:00:00', date_trunc('second', ${local(x, own, keptOf(own))}))`;
    return flooredToMultiple(seconds, PERIOD_SECONDS[unit]);
  },
  now: () => 'to_unixtime(current_timestamp)',
};

/** A cast to fewer digits rounds, so that none of those that a column has is taken from it (but those below the nanosecond). */
function keptOf(own: MomentForm): 6 | 9 {
  return own.kind === 'timestamp' && own.digits > 6 ? 9 : 6;
}

/** In UTC without a zone, with so many digits. */
function local(x: string, own: MomentForm, digits: number): string {
  if (own.kind === 'date') return x;
  return `cast(${own.zoned ? `${x} at time zone 'UTC'` : x} as timestamp(${digits}))`;
}

function count(x: string, own: MomentForm, kept: 6 | 9): string {
  const moment = local(x, own, kept);
  const seconds = `date_diff('second', timestamp '1970-01-01 00:00:00', date_trunc('second', ${moment}))`;
  return `(${seconds} * ${10 ** kept} + cast(substr(cast(${moment} as varchar), -${kept}) as bigint))`;
}

function trinoText(text: string): string {
  if (!/[\u0000-\u001F\u007F]/.test(text)) return `'${text.replaceAll("'", "''")}'`;
  return `U&'${escapedControls(text.replaceAll('\\', '\\\\').replaceAll("'", "''"), (code) => `\\${hexadecimal(code, 4)}`)}'`;
}

const FORMS: Readonly<Record<string, ColumnForm>> = {
  tinyint: { kind: 'integer' }, smallint: { kind: 'integer' }, integer: { kind: 'integer' }, int: { kind: 'integer' }, bigint: { kind: 'integer' },
  real: { kind: 'float', bits: 32 }, double: { kind: 'float', bits: 64 }, boolean: { kind: 'boolean' }, varchar: { kind: 'text', padded: false },
  char: { kind: 'text', padded: true }, varbinary: { kind: 'bytes' }, date: { kind: 'date' }, uuid: { kind: 'uuid' }, ipaddress: { kind: 'text', padded: false },
  json: { kind: 'json', kept: false },
};

function trinoForm(type: string): ColumnForm | null {
  const parts = typeParts(type);
  if (parts.name === 'array') {
    const element = trinoForm(parts.arguments[0] ?? '');
    return element === null ? null : { kind: 'array', element };
  }
  if (parts.name === 'decimal') return { kind: 'decimal', scale: argument(parts, 1, 0) };
  if (parts.name === 'timestamp' || parts.name === 'timestamp with time zone') return { kind: 'timestamp', zoned: parts.name !== 'timestamp', digits: Math.min(9, argument(parts, 0, 3)) };
  if (parts.name === 'time') return { kind: 'time', digits: Math.min(6, argument(parts, 0, 3)) };
  return FORMS[parts.name] ?? null;
}
