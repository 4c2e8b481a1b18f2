import { joinedBy, type Dialect, type MomentForm } from './dialect.js';
import type { ColumnForm } from './expression.js';
import { flooredQuotient, flooredToMultiple, PERIOD_SECONDS, standardName, textByNumber, truthOf } from './quotes.js';
import { argument, typeParts } from './types.js';

/**
 * Amazon Redshift, from its database developer guide (2025): STRTOL reads hexadecimal into a BIGINT, DATEDIFF counts microseconds, sums of
 * BIGINT overflow and are cast to DECIMAL(38,0). A backslash in a text is written by its number, whatever the server makes of one in quotes.
 * A VARCHAR ends at 65,535 bytes, and so does the text of a row: beyond, the statement fails.
 */
export const REDSHIFT: Dialect = {
  engine: 'redshift',
  hasDatabases: true,
  name: standardName,
  text: (text) => textByNumber(text.replaceAll('\0', ''), (pieces) => `(${pieces.join(' || ')})`),
  integer: (value) => (value < -(2n ** 63n) || value >= 2n ** 63n ? `'${value}'::decimal(38, 0)` : `'${value}'::bigint`),
  formOf: redshiftForm,

  join: (texts) => joinedBy('||', texts),
  textOf: (x) => `${x}::varchar(65535)`,
  print: (x) => `${x}::varchar`,
  replace: (text, from, to) => `replace(${text}, ${from}, ${to})`,
  trimEnd: (text, of) => `rtrim(${text}, '${of}')`,
  truth: truthOf,
  rounded: (x, _from, scale) => `round(${x}, ${scale})::decimal(38, ${scale})::varchar`,
  trimmed: (x, from) => (from.kind === 'decimal' && from.scale !== 0 ? `rtrim(rtrim(${x}::varchar, '0'), '.')` : `${x}::varchar`),
  printDecimal: (x) => `${x}::varchar`,
  decimalsMayBeWords: false,

  double: (x, own) => (own.kind === 'float' && own.bits === 64 ? x : `${x}::float8`),
  doubleConstant: (literal) => `'${literal}'::float8`,
  whole: (x) => `${x}::bigint::varchar`,
  isNaN: (x) => `${x} = 'NaN'::float8`,
  tenTo: (exponent) => `('1e' || ${exponent})::float8`,
  log10: (x) => `log(${x})`,

  days: (x) => `datediff(day, '1970-01-01'::date, ${x})::bigint`,
  isoDate: (x) => `to_char(${x}, 'YYYY-MM-DD')`,
  ticks: (x, own, digits) => {
    const unit = 10 ** (6 - digits);
    return unit === 1 ? `${micros(x, own)}::varchar` : `(${flooredToMultiple(micros(x, own), unit)} / ${unit})::varchar`;
  },
  timeTicks: (x, digits) => `(datediff(microsecond, '00:00:00'::time, ${x}) / ${10 ** (6 - digits)})::varchar`,
  infinite: null,
  interval: (x) => x,
  hex: (x) => `lower(to_hex(${x}))`,
  // REGEXP_REPLACE takes only a constant pattern and does not document references to groups.
  json: (x) => `case when can_json_parse(${x}) then json_serialize(json_parse(${x})) else ${x}::varchar(65535) end`,
  elements: (x) => x,

  digest: (text) => `strtol(substring(md5(${text}), 1, 15), 16)`,
  sum: (digest) => `coalesce(sum(${digest}::decimal(38, 0)), 0)::varchar`,
  exactSum: (x, own) => `sum(${x}::decimal(38, ${own.kind === 'decimal' ? (own.scale ?? 0) : 0}))::varchar`,
  floatSum: (x) => `sum(${x}::float8)::varchar`,
  bucket: (x, width) => flooredQuotient(x, (part) => `${part} / ${width}`),
  remainder: (digest, count) => `mod(${digest}, ${count})`,

  uuid: (text) => `'${text}'`,
  bytes: (hex) => `from_hex('${hex}')`,
  decimal: (digits) => `'${digits}'::decimal(38, ${digits.split('.')[1]?.length ?? 0})`,
  boolean: (value) => String(value),
  date: (iso) => `'${iso}'::date`,
  time: (iso) => `'${iso}'::time`,
  timestamp: (iso, own) => (own.zoned ? `'${iso}+00'::timestamptz` : `'${iso}'::timestamp`),
  epoch: (x, own) => `(${micros(x, own)}::float8 / 1000000)`,
  periodStart: (unit, x, own) => {
    if (unit === 'month') return `datediff(second, '1970-01-01'::timestamp, date_trunc('month', ${local(x, own)}))::bigint`;
    return `(${flooredToMultiple(micros(x, own), PERIOD_SECONDS[unit] * 1_000_000)} / 1000000)`;
  },
  now: () => `(datediff(microsecond, '1970-01-01'::timestamp, sysdate)::float8 / 1000000)`,
};

function local(x: string, own: MomentForm): string {
  return own.kind === 'timestamp' && own.zoned ? `(${x} at time zone 'UTC')` : own.kind === 'date' ? `${x}::timestamp` : x;
}

function micros(x: string, own: MomentForm): string {
  return own.kind === 'date' ? `(datediff(day, '1970-01-01'::date, ${x})::bigint * 86400000000)` : `datediff(microsecond, '1970-01-01'::timestamp, ${local(x, own)})`;
}

/** Also the names of Hive, which external tables have. */
const FORMS: Readonly<Record<string, ColumnForm>> = {
  tinyint: { kind: 'integer' }, int: { kind: 'integer' }, string: { kind: 'text', padded: false }, double: { kind: 'float', bits: 64 }, float: { kind: 'float', bits: 32 }, binary: { kind: 'bytes' },
  smallint: { kind: 'integer' }, integer: { kind: 'integer' }, bigint: { kind: 'integer' }, real: { kind: 'float', bits: 32 }, 'double precision': { kind: 'float', bits: 64 },
  boolean: { kind: 'boolean' }, 'character varying': { kind: 'text', padded: false }, varchar: { kind: 'text', padded: false }, text: { kind: 'text', padded: false },
  character: { kind: 'text', padded: true }, char: { kind: 'text', padded: true }, bpchar: { kind: 'text', padded: true }, date: { kind: 'date' },
  'time without time zone': { kind: 'time', digits: 6 }, time: { kind: 'time', digits: 6 }, 'timestamp without time zone': { kind: 'timestamp', zoned: false, digits: 6 },
  timestamp: { kind: 'timestamp', zoned: false, digits: 6 }, 'timestamp with time zone': { kind: 'timestamp', zoned: true, digits: 6 }, timestamptz: { kind: 'timestamp', zoned: true, digits: 6 },
  varbyte: { kind: 'bytes' }, 'binary varying': { kind: 'bytes' }, super: { kind: 'json', kept: false },
};

function redshiftForm(type: string): ColumnForm | null {
  const parts = typeParts(type);
  if (parts.name === 'numeric' || parts.name === 'decimal') return { kind: 'decimal', scale: argument(parts, 1, 0) };
  return FORMS[parts.name] ?? null;
}
