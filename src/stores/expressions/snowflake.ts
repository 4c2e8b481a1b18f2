import { joinedBy, type Dialect, type MomentForm } from './dialect.js';
import type { ColumnForm } from './expression.js';
import { backslashText, flooredToMultiple, hexadecimal, PERIOD_SECONDS, standardName, truthOf } from './quotes.js';
import { argument, typeParts } from './types.js';

/**
 * Snowflake, from its SQL reference (2025): MD5_NUMBER_UPPER64, DATE_PART with epoch_microsecond and epoch_nanosecond (a time without a
 * zone counts as UTC), TO_VARCHAR of a fixed-point number with all decimals of its scale, casts that round half away from zero, string
 * constants with backslash escapes. The byte order of md5_number_upper64 is that of the hexadecimal text, by the documented example. Not said there:
 * what epoch_nanosecond gives after 2262, whether CASE computes arms that it does not choose (the cast of NaN to NUMBER fails), and what `\1` of a
 * group that took no part in a match is.
 */
export const SNOWFLAKE: Dialect = {
  engine: 'snowflake',
  hasDatabases: true,
  name: standardName,
  text: (text) => backslashText(text, (code) => `\\x${hexadecimal(code, 2)}`),
  integer: (value) => `${value < 0n ? `(${value})` : value}::number(38, 0)`,
  formOf: snowflakeForm,

  join: (texts) => joinedBy('||', texts),
  textOf: (x) => `${x}::varchar`,
  print: (x) => `to_varchar(${x})`,
  replace: (text, from, to) => `replace(${text}, ${from}, ${to})`,
  trimEnd: (text, of) => `rtrim(${text}, '${of}')`,
  truth: truthOf,
  rounded: (x, _from, scale) => `to_varchar(${x}::number(38, ${scale}))`,
  trimmed: (x, from) => (from.kind === 'decimal' && from.scale !== 0 ? `rtrim(rtrim(to_varchar(${x}), '0'), '.')` : `to_varchar(${x})`),
  printDecimal: (x) => `to_varchar(${x})`,
  decimalsMayBeWords: false,

  double: (x, own) => (own.kind === 'float' ? x : `${x}::float`),
  doubleConstant: (literal) => `'${literal}'::float`,
  whole: (x) => `to_varchar(${x}::number(38, 0))`,
  isNaN: (x) => `${x} = 'NaN'::float`,
  tenTo: (exponent) => `('1e' || ${exponent})::float`,
  log10: (x) => `log(10, ${x})`,

  days: (x) => `datediff(day, '1970-01-01'::date, ${x})`,
  isoDate: (x) => `to_char(${x}, 'YYYY-MM-DD')`,
  ticks: (x, own, digits) => {
    const kept = own.kind === 'timestamp' && own.digits > 6 ? 9 : 6;
    const count = `date_part(${kept > 6 ? 'epoch_nanosecond' : 'epoch_microsecond'}, ${x})`;
    const unit = 10 ** (kept - digits);
    return unit === 1 ? `to_varchar(${count})` : `to_varchar((${flooredToMultiple(count, unit)} / ${unit})::number(38, 0))`;
  },
  timeTicks: (x, digits) => `to_varchar(floor(datediff(microsecond, '00:00:00'::time, ${x}) / ${10 ** (6 - digits)}))`,
  infinite: null,
  interval: (x) => x,
  hex: (x) => `lower(hex_encode(${x}))`,
  // No groups that do not capture, and no U+0009 in brackets other than as itself: Snowflake's patterns are POSIX extended ones.
  json: (x) => String.raw`regexp_replace(${x}::varchar, '("([^"\\\\]|\\\\.)*")|[ \t\n\r]+', '\\1')`,
  elements: (x) => x,

  digest: (text) => `trunc(md5_number_upper64(${text}) / 16)::number(38, 0)`,
  sum: (digest) => `to_varchar(coalesce(sum(${digest}), 0))`,
  exactSum: (x) => `to_varchar(sum(${x}))`,
  floatSum: (x) => `to_varchar(sum(${x}::float))`,
  bucket: (x, width) => `((${x} - mod(mod(${x}, ${width}) + ${width}, ${width})) / ${width})::number(38, 0)`,
  remainder: (digest, count) => `mod(${digest}, ${count})`,

  uuid: (text) => `'${text}'`,
  bytes: (hex) => `to_binary('${hex}', 'HEX')`,
  decimal: (digits) => `'${digits}'::number(38, ${digits.split('.')[1]?.length ?? 0})`,
  boolean: (value) => String(value),
  date: (iso) => `'${iso}'::date`,
  time: (iso) => `'${iso}'::time`,
  timestamp: (iso, own) => (own.zoned ? `'${iso} +00:00'::timestamp_tz` : `'${iso}'::timestamp_ntz`),
  epoch: (x, own) => `(${micros(x, own)}::float / 1000000)`,
  periodStart: (unit, x, own) => {
    if (unit !== 'month') return `(${flooredToMultiple(micros(x, own), PERIOD_SECONDS[unit] * 1_000_000)} / 1000000)::number(38, 0)`;
    const local = own.kind === 'timestamp' && own.zoned ? `convert_timezone('UTC', ${x})::timestamp_ntz` : `${x}::timestamp_ntz`;
    return `datediff(second, '1970-01-01'::timestamp_ntz, date_trunc(month, ${local}))`;
  },
  now: () => `(date_part(epoch_microsecond, sysdate())::float / 1000000)`,
};

function micros(x: string, own: MomentForm): string {
  return own.kind === 'date' ? `(datediff(day, '1970-01-01'::date, ${x}) * 86400000000)` : `date_part(epoch_microsecond, ${x})`;
}

function snowflakeForm(type: string): ColumnForm | null {
  const parts = typeParts(type);
  switch (parts.name) {
    // Every integer type is NUMBER(38,0), and no division here is done in 64 bits.
    case 'number': case 'decimal': case 'numeric': case 'int': case 'integer': case 'bigint': case 'smallint': case 'tinyint': case 'byteint': case 'fixed':
      return argument(parts, 1, 0) === 0 ? { kind: 'integer' } : { kind: 'decimal', scale: argument(parts, 1, 0) };
    case 'float': case 'float4': case 'float8': case 'double': case 'double precision': case 'real':
      return { kind: 'float', bits: 64 };
    case 'text': case 'varchar': case 'string': case 'char': case 'character': case 'nvarchar':
      return { kind: 'text', padded: false };
    case 'boolean': return { kind: 'boolean' };
    case 'binary': case 'varbinary': return { kind: 'bytes' };
    case 'date': return { kind: 'date' };
    case 'time': return { kind: 'time', digits: Math.min(6, argument(parts, 0, 9)) };
    case 'timestamp_ntz': case 'datetime': return { kind: 'timestamp', zoned: false, digits: argument(parts, 0, 9) };
    case 'timestamp_ltz': case 'timestamp_tz': return { kind: 'timestamp', zoned: true, digits: argument(parts, 0, 9) };
    case 'variant': case 'object': return { kind: 'json', kept: false };
    default: return null;
  }
}
