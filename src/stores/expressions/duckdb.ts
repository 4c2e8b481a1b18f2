import { joinedBy, type Dialect, type DecimalForm } from './dialect.js';
import type { ColumnForm } from './expression.js';
import { argument, typeParts } from './types.js';

/** DuckDB 1.2 and later (lambdas with their keyword). */
export const DUCKDB: Dialect = {
  engine: 'duckdb',
  hasDatabases: true,
  name: (name) => `"${name.replaceAll('"', '""').replaceAll('\0', '')}"`,
  text: duckdbText,
  integer: (value) => (value < -(2n ** 63n) || value >= 2n ** 63n ? `'${value}'::hugeint` : `'${value}'::bigint`),
  formOf: duckdbForm,

  join: (texts) => joinedBy('||', texts),
  textOf: (x) => `${x}::varchar`,
  print: (x) => `${x}::varchar`,
  replace: (text, from, to) => `replace(${text}, ${from}, ${to})`,
  trimEnd: (text, of) => `rtrim(${text}, '${of}')`,
  truth: (x) => `${x}::int::varchar`,
  rounded: (x, _from, scale) => `round(${x}, ${scale})::varchar`,
  trimmed: (x, from) => (scaleOf(from) === 0 ? `${x}::varchar` : `rtrim(rtrim(${printed(x, from)}, '0'), '.')`),
  printDecimal: printed,
  decimalsMayBeWords: false,

  // The cast of a wide decimal divides twice and misses the last bit; the text is read correctly rounded.
  double: (x, own) => (own.kind === 'float' && own.bits === 64 ? x : own.kind === 'float' ? `${x}::double` : `${x}::varchar::double`),
  doubleConstant: (literal) => `${literal}::double`,
  whole: (x) => `${x}::bigint::varchar`,
  isNaN: (x) => `isnan(${x})`,
  tenTo: (exponent) => `('1e' || ${exponent})::double`,
  log10: (x) => `log10(${x})`,

  days: (x) => `(${x} - date '1970-01-01')`,
  isoDate: (x) => `strftime(${x}, '%Y-%m-%d')`,
  ticks: (x, own, digits) => {
    const kept = own.kind === 'timestamp' && own.digits > 6 ? own.digits : 6;
    const count = kept > 6 ? `epoch_ns(${x})` : `epoch_us(${x})`;
    return floored(count, 10 ** (kept - digits));
  },
  timeTicks: (x, digits) => `(epoch_us(${x}) // ${10 ** (6 - digits)})::varchar`,
  infinite: { isFinite: (x) => `isfinite(${x})`, print: (x) => `${x}::varchar` },
  interval: (x) => {
    const months = `(datepart('year', ${x}) * 12 + datepart('month', ${x}))::varchar`;
    const rest = `(datepart('hour', ${x}) * 3600000000 + datepart('minute', ${x}) * 60000000 + datepart('microsecond', ${x}))::varchar`;
    return `${months} || ' ' || datepart('day', ${x})::varchar || ' ' || ${rest}`;
  },
  hex: (x) => `lower(hex(${x}))`,
  json: (x) => String.raw`regexp_replace(${x}::varchar, '("(?:[^"\\]|\\.)*")|[ \t\n\r]+', '\1', 'g')`,
  elements: (x, element, depth) => {
    const name = `e${depth}`;
    return `case when ${x} is not null then coalesce(array_to_string(list_transform(${x}, lambda ${name}: ${element(name)}), ''), '') end`;
  },

  digest: (text) => `('0x' || substr(md5(${text}), 1, 15))::bigint`,
  sum: (digest) => `coalesce(sum(${digest}), 0)::varchar`,
  // The sum of a UHUGEINT is a double.
  exactSum: (x, own) => (scaleOf(own) === 0 ? `sum(${x}::hugeint)::varchar` : `sum(${x})::varchar`),
  floatSum: (x) => `sum(${x}::double)::varchar`,
  bucket: (x, width) => `case when ${x} >= 0 then ${x} // ${width} else -((-1 - ${x}) // ${width}) - 1 end`,
  remainder: (digest, count) => `${digest} % ${count}`,

  uuid: (text) => `'${text}'::uuid`,
  bytes: (hex) => `from_hex('${hex}')`,
  decimal: (digits) => `'${digits}'::decimal(38, ${digits.split('.')[1]?.length ?? 0})`,
  boolean: (value) => String(value),
  date: (iso) => `date '${withEra(iso)}'`,
  time: (iso) => `time '${iso}'`,
  timestamp: (iso, own) => {
    if (own.zoned) return iso.endsWith('infinity') ? `timestamptz '${iso}'` : `timestamptz '${withEra(iso, '+00')}'`;
    return `${own.digits > 6 ? 'timestamp_ns' : 'timestamp'} '${withEra(iso)}'`;
  },
  epoch: (x, own) => (own.kind === 'date' ? `epoch(${x})::double` : `epoch(${x})`),
  periodStart: (unit, x, own) => {
    const micros = own.kind === 'date' ? `epoch_us(${x}::timestamp)` : own.digits > 6 ? `(epoch_ns(${x}) // 1000)` : `epoch_us(${x})`;
    if (unit === 'month') return `epoch_us(date_trunc('month', make_timestamp(${micros}))) // 1000000`;
    const seconds = unit === 'hour' ? 3600 : 86_400;
    return `((${micros} - ((${micros} % ${seconds}000000 + ${seconds}000000) % ${seconds}000000)) // 1000000)`;
  },
  now: () => 'epoch(get_current_timestamp())',
};

/** DECIMAL(5,5) prints `.00123`. */
function printed(x: string, from: DecimalForm): string {
  if (from.kind !== 'decimal' || from.below_one !== true) return `${x}::varchar`;
  return String.raw`regexp_replace(${x}::varchar, '^(-?)\.', '\10.')`;
}

function scaleOf(form: DecimalForm): number | null {
  return form.kind === 'decimal' ? form.scale : 0;
}

/** `//` cuts towards zero: the rest goes first. */
function floored(count: string, unit: number): string {
  return unit === 1 ? `${count}::varchar` : `((${count} - ((${count} % ${unit} + ${unit}) % ${unit})) // ${unit})::varchar`;
}

function withEra(iso: string, zone = ''): string {
  return iso.endsWith(' BC') ? `${iso.slice(0, 10)} (BC)${iso.slice(10, -3)}${zone}` : `${iso}${zone}`;
}

function duckdbText(text: string): string {
  const pieces = text.split(/([\u0000-\u001F\u007F])/).filter((piece) => piece !== '');
  if (pieces.length === 0) return `''`;
  const written = pieces.map((piece) => (/^[\u0000-\u001F\u007F]$/.test(piece) ? `chr(${piece.charCodeAt(0)})` : `'${piece.replaceAll("'", "''")}'`));
  return written.length === 1 ? (written[0] ?? `''`) : `(${written.join(' || ')})`;
}

const FORMS: Readonly<Record<string, ColumnForm>> = {
  tinyint: { kind: 'integer' }, smallint: { kind: 'integer' }, integer: { kind: 'integer' }, bigint: { kind: 'integer' },
  utinyint: { kind: 'integer' }, usmallint: { kind: 'integer' }, uinteger: { kind: 'integer' }, ubigint: { kind: 'integer' },
  hugeint: { kind: 'decimal', scale: 0 }, uhugeint: { kind: 'decimal', scale: 0 }, bignum: { kind: 'decimal', scale: 0 }, varint: { kind: 'decimal', scale: 0 },
  float: { kind: 'float', bits: 32 }, double: { kind: 'float', bits: 64 }, boolean: { kind: 'boolean' }, varchar: { kind: 'text', padded: false },
  enum: { kind: 'text', padded: false }, bit: { kind: 'text', padded: false }, uuid: { kind: 'uuid' }, blob: { kind: 'bytes' }, date: { kind: 'date' }, time: { kind: 'time', digits: 6 },
  timestamp: { kind: 'timestamp', zoned: false, digits: 6 }, timestamp_s: { kind: 'timestamp', zoned: false, digits: 0 }, timestamp_ms: { kind: 'timestamp', zoned: false, digits: 3 },
  timestamp_ns: { kind: 'timestamp', zoned: false, digits: 9 }, 'timestamp with time zone': { kind: 'timestamp', zoned: true, digits: 6 },
  interval: { kind: 'interval' }, json: { kind: 'json', kept: true },
};

function duckdbForm(type: string): ColumnForm | null {
  const array = /\[\d*\]$/.exec(type);
  if (array !== null) {
    const element = duckdbForm(type.slice(0, -array[0].length));
    return element === null ? null : { kind: 'array', element };
  }
  const parts = typeParts(type);
  if (parts.name === 'decimal') {
    const scale = argument(parts, 1, parts.arguments.length === 0 ? 3 : 0);
    return { kind: 'decimal', scale, ...(scale > 0 && argument(parts, 0, 18) === scale ? { below_one: true } : {}) };
  }
  return FORMS[parts.name] ?? null;
}
