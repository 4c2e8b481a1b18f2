import { joinedBy, type Dialect } from './dialect.js';
import type { ColumnForm, PeriodUnit } from './expression.js';
import { JSON_STRINGS_AND_BLANKS } from './quotes.js';
import { argument, typeParts } from './types.js';

/** Seconds whose microseconds a double holds with certainty when they are multiplied: up to 2^32. */
const SAFE_FROM = '1835-01-01 00:00:00+00';
const SAFE_TO = '2106-01-01 00:00:00+00';
const PERIOD_SECONDS: Readonly<Record<Exclude<PeriodUnit, 'month'>, number>> = { hour: 3600, day: 86_400 };

/**
 * PostgreSQL 13 to 18. `date_part` rather than `extract`, which is numeric and slower since 14; its double gives exact microseconds only
 * near our time, so far moments take another way. Column collations that are not deterministic refuse a search in a text before 18, so
 * texts are taken in collation C. Nothing depends on DateStyle, IntervalStyle, bytea_output, extra_float_digits, standard_conforming_strings or
 * TimeZone, but for types that are compared as the text that they print and that have moments in them (ranges, composite types).
 */
export const POSTGRES: Dialect = {
  engine: 'postgres',
  hasDatabases: false,
  name: (name) => `"${name.replaceAll('"', '""').replaceAll('\0', '')}"`,
  text: postgresText,
  integer: (value) => (value < -(2n ** 63n) || value >= 2n ** 63n ? `'${value}'::numeric` : `'${value}'::bigint`),
  formOf: postgresForm,

  join: (texts) => joinedBy('||', texts),
  textOf: (x, own) => (own.by === undefined ? `${x}::text collate "C"` : `${own.by}(${x})::text collate "C"`),
  print: (x) => `${x}::text`,
  replace: (text, from, to) => `replace(${text}, ${from}, ${to})`,
  trimEnd: (text, of) => `rtrim(${text}, '${of}')`,
  truth: (x) => `${x}::int::text`,
  rounded: (x, _from, scale) => `round(${x}::numeric, ${scale})::text`,
  trimmed: (x) => `trim_scale(${x}::numeric)::text`,
  printDecimal: (x) => `${x}::text`,
  decimalsMayBeWords: true,

  double: (x, own) => (own.kind === 'float' && own.bits === 64 ? x : own.kind === 'decimal' ? numericDouble(x, own.scale) : `${x}::float8`),
  doubleConstant: (literal) => `'${literal}'::float8`,
  whole: (x) => `${x}::bigint::text`,
  isNaN: (x) => `${x} = 'NaN'::float8`,
  tenTo: (exponent) => `('1e' || ${exponent})::float8`,
  log10: (x) => `log(${x})`,

  days: (x) => `(${x} - date '1970-01-01')::bigint`,
  isoDate: (x) => `to_char(${x}, case when ${x} < date '0001-01-01' then 'YYYY-MM-DD BC' else 'YYYY-MM-DD' end)`,
  ticks: (x, own, digits) => {
    const constant = own.kind === 'timestamp' && own.zoned ? 'timestamptz' : 'timestamp';
    const near = `${x} >= ${constant} '${SAFE_FROM}' and ${x} < ${constant} '${SAFE_TO}'`;
    const fast = `round(date_part('epoch', ${x}) * 1000000)`;
    const far = `(date_part('epoch', date_trunc('second', ${x}))::bigint::numeric * 1000000 + date_part('microseconds', ${x})::bigint % 1000000)`;
    const unit = 10 ** (6 - digits);
    const cut = unit === 1 ? `${fast}::bigint` : `floor(${fast} / ${unit})::bigint`;
    return `case when ${near} then ${cut} else floor(${far} * ${(1 / unit).toFixed(6 - digits)}) end::text`;
  },
  timeTicks: (x, digits) => `floor(round(date_part('epoch', ${x}) * 1000000) / ${10 ** (6 - digits)})::bigint::text`,
  infinite: { isFinite: (x) => `isfinite(${x})`, print: (x) => `${x}::text` },
  interval: (x) => {
    const months = `(date_part('year', ${x}) * 12 + date_part('month', ${x}))::bigint::text`;
    const rest = `(date_part('hour', ${x})::bigint * 3600000000 + date_part('minute', ${x})::bigint * 60000000 + date_part('microseconds', ${x})::bigint)::text`;
    return `case when isfinite(${x}) then ${months} || ' ' || date_part('day', ${x})::bigint::text || ' ' || ${rest} else ${x}::text end`;
  },
  hex: (x) => `encode(${x}, 'hex')`,
  json: (x) => `regexp_replace(${x}::text collate "C", ${postgresText(JSON_STRINGS_AND_BLANKS)}, ${postgresText('\\1')}, 'g')`,
  elements: (x, element, depth) => {
    const name = `e${depth}`;
    // A null array has no elements, an empty one none either: only the first is NULL.
    const texts = `(select coalesce(string_agg(${element(`${name}.v`)}, '' order by ${name}.n), '') from unnest(${x}) with ordinality ${name} (v, n))`;
    return `case when ${x} is not null then coalesce('<' || nullif(array_ndims(${x}), 1) || '>', '') || ${texts} end`;
  },

  digest: (text) => `('x' || substr(md5(${text}), 1, 15))::bit(60)::bigint`,
  sum: (digest) => `coalesce(sum(${digest}), 0)::text`,
  exactSum: (x) => `sum(${x}::numeric)::text`,
  floatSum: (x) => `sum(${x}::float8)::text`,
  bucket: (x, width) => `case when ${x} >= 0 then ${x} / ${width} else -((-1 - ${x}) / ${width}) - 1 end`,
  remainder: (digest, count) => `${digest} % ${count}`,

  uuid: (text) => `'${text}'::uuid`,
  bytes: (hex) => String.raw`'\x${hex}'::bytea`,
  decimal: (digits) => `'${digits}'::numeric`,
  boolean: (value) => String(value),
  date: (iso) => `date '${iso}'`,
  time: (iso) => `time '${iso}'`,
  timestamp: (iso, own) => {
    if (!own.zoned || iso.endsWith('infinity')) return `${own.zoned ? 'timestamptz' : 'timestamp'} '${iso}'`;
    return `timestamptz '${iso.endsWith(' BC') ? `${iso.slice(0, -3)}+00 BC` : `${iso}+00`}'`;
  },
  epoch: (x) => `date_part('epoch', ${x})`,
  periodStart: (unit, x, own) => {
    if (unit !== 'month') return `(floor(date_part('epoch', ${x}) / ${PERIOD_SECONDS[unit]}) * ${PERIOD_SECONDS[unit]})::bigint`;
    const local = own.kind === 'timestamp' && own.zoned ? `${x} at time zone 'UTC'` : x;
    return `date_part('epoch', date_trunc('month', (${local})::timestamp))::bigint`;
  },
  now: () => `date_part('epoch', clock_timestamp())`,
};

/** A number of any size as a double: the cast fails above and below what a double holds. */
function numericDouble(x: string, scale: number | null): string {
  const cast = `${x}::numeric::float8`;
  if (scale !== null && scale < 290) return cast;
  return `case when abs(${x}::numeric) < 1e-290 then '0'::float8 when ${x}::numeric = 'NaN' then 'NaN'::float8 when ${x}::numeric > 1e308 then 'Infinity'::float8 when ${x}::numeric < -1e308 then '-Infinity'::float8 else ${cast} end`;
}

/** With E where a control character or a backslash stands in it, whatever standard_conforming_strings is. U+0000, which no text has here, is left out. */
export function postgresText(text: string): string {
  const kept = text.replaceAll('\0', '').replaceAll("'", "''");
  if (!/[\u0001-\u001F\u007F\\]/.test(kept)) return `'${kept}'`;
  const escaped = kept.replaceAll('\\', '\\\\').replaceAll(/[\u0001-\u001F\u007F]/g, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`);
  return `E'${escaped}'`;
}

const FORMS: Readonly<Record<string, ColumnForm>> = {
  smallint: { kind: 'integer' }, integer: { kind: 'integer' }, bigint: { kind: 'integer' }, oid: { kind: 'text', padded: false, by: 'oidout' },
  real: { kind: 'float', bits: 32 }, 'double precision': { kind: 'float', bits: 64 }, money: { kind: 'decimal', scale: null },
  boolean: { kind: 'boolean' }, uuid: { kind: 'uuid' }, bytea: { kind: 'bytes' }, date: { kind: 'date' }, interval: { kind: 'interval' },
  json: { kind: 'json', kept: true }, jsonb: { kind: 'json', kept: true }, character: { kind: 'text', padded: true }, bpchar: { kind: 'text', padded: true },
  // The cast writes the length of the mask also where it says nothing; what clients see leaves it out.
  inet: { kind: 'text', padded: false, by: 'inet_out' },
};

/** Types that print the same value in several ways, or that hold several values. */
const INCOMPARABLE = /^(time with time zone|record|unknown|any\w*|internal|xid8?|cid|tid|refcursor|aclitem)$/;

function postgresForm(type: string): ColumnForm | null {
  if (type.endsWith('[]')) {
    const element = postgresForm(type.replace(/(\[\])+$/, ''));
    return element === null ? null : { kind: 'array', element };
  }
  const parts = typeParts(type);
  if (parts.name === 'numeric') return { kind: 'decimal', scale: parts.arguments.length === 0 ? null : Math.max(0, argument(parts, 1, 0)) };
  if (parts.name === 'timestamp without time zone' || parts.name === 'timestamp with time zone') {
    return { kind: 'timestamp', zoned: parts.name.endsWith('with time zone'), digits: argument(parts, 0, 6) };
  }
  if (parts.name === 'time without time zone') return { kind: 'time', digits: argument(parts, 0, 6) };
  if (parts.name.startsWith('interval')) return { kind: 'interval' };
  // Enumerations, domains of other schemas, network addresses, ranges, types of extensions: each prints one text for one value.
  return FORMS[parts.name] ?? (INCOMPARABLE.test(parts.name) ? null : { kind: 'text', padded: false });
}
