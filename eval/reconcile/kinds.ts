import type { Random } from './random.js';

export type EngineName = 'postgres' | 'duckdb' | 'clickhouse';

/** A kind of column: how each engine keeps it, which values it takes, and how one is changed by the least that may not go unseen. */
export interface Kind {
  name: string;
  /** Null where the engine has nothing of the kind. */
  types: Readonly<Record<EngineName, string | null>>;
  /** A value as text, from which `cast` makes it. */
  random(random: Random): string;
  /** Another value of the kind. */
  changed(value: string): string;
  /** As the engine's loader gets it, where that is not the text itself: with fewer decimals, as JSON. */
  written?(value: string, engine: EngineName): string;
  /** SQL from the text in column `t`; a cast to the type where it is missing. */
  cast?(engine: EngineName, text: string): string;
  /** False where an engine cannot keep NULL, as ClickHouse in an array column. */
  nullable?: boolean;
}

const numeric = (unscaled: bigint, scale: number): string => {
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(scale + 1, '0');
  const whole = digits.slice(0, digits.length - scale);
  return `${unscaled < 0n ? '-' : ''}${whole}${scale > 0 ? `.${digits.slice(-scale)}` : ''}`;
};
const unscaledOf = (text: string): bigint => BigInt(text.replace('.', ''));
const scaleOf = (text: string): number => text.split('.')[1]?.length ?? 0;
/** One unit of the last place more. */
const nextDecimal = (text: string): string => numeric(unscaledOf(text) + 1n, scaleOf(text));
const halfAway = (text: string, scale: number): string => {
  const unit = 10n ** BigInt(scaleOf(text) - scale);
  const unscaled = unscaledOf(text);
  const away = unscaled < 0n ? -((-unscaled + unit / 2n) / unit) : (unscaled + unit / 2n) / unit;
  return numeric(away, scale);
};

const EDGES_64: readonly [bigint, ...bigint[]] = [0n, -1n, 1n, 9_223_372_036_854_775_806n, -9_223_372_036_854_775_808n, 9_007_199_254_740_993n];
const WORDS: readonly [string, ...string[]] = [
  '', ' ', 'NULL', '\u001E', '\u001F', 'a\u001Fb', '\u001F\u001F', '\u001F0', '\u001F,', '0', 'Zoë', 'Zoe\u0308', 'ﬁ', 'fi', '日本語', '👩‍👩‍👧', 'trailing ', '\ttab', 'line\nbreak', 'carriage\r\n',
  `it's "quoted"`, 'back\\slash', '\\N', '{x}', 'ß', 'ẞ', 'İ', '\u200B', '\u00A0', 'Case 2026-117: appeal', '%_', '\u0001', '\u007F',
];
const word = (random: Random): string => (random.next() < 0.4 ? random.pick(WORDS) : Array.from({ length: random.integer(0, 40) }, () => String.fromCodePoint(random.pick([random.integer(32, 126), random.integer(160, 0x24f), random.integer(0x400, 0x4ff), random.integer(0x1f300, 0x1f5ff)]))).join(''));

const double = (random: Random): string => {
  const shape = random.integer(0, 9);
  if (shape === 0) return random.pick(['0', '-0', '1', '-1', '0.1', '0.5', '1.5', '2.5', 'NaN', 'Infinity', '-Infinity', '1e15', '1e21', '1e22', '1e23', '9e12', '9007199254740993', '1e100', '-1e300', '1.7976931348623157e308', '1e-5', '1e-100', '0.001', '0.0009999999999999998', '123456789.125', '0.0000005']);
  if (shape < 4) return String(Math.round((random.next() - 0.5) * 1e9) / 100);
  if (shape < 7) return String((random.next() - 0.5) * 10 ** random.integer(-3, 12));
  return String((random.next() - 0.5) * 10 ** random.integer(-280, 300));
};
const finite = (text: string): number => Number(text.replace('Infinity', '1e9').replace('NaN', '7'));
const single = (random: Random): string => {
  const value = Math.fround(random.next() < 0.6 ? Math.round((random.next() - 0.5) * 1e7) / 100 : (random.next() - 0.5) * 10 ** random.integer(-30, 37));
  return random.next() < 0.05 ? random.pick(['NaN', 'Infinity', '-Infinity', '0', '-0', '0.1', '16777217', '3.4028235e38']) : shortest(value);
};
/** The fewest digits from which a float of 32 bits is read again, as engines print it. */
const shortest = (value: number): string => {
  for (let digits = 1; digits < 9; digits++) {
    const text = value.toPrecision(digits);
    if (Math.fround(Number(text)) === value) return String(Number(text));
  }
  return String(Number(value.toPrecision(9)));
};

const DAY = 86_400;
const isoDay = (days: number): string => new Date(days * DAY * 1000).toISOString().slice(0, 10);
const moment = (random: Random, from: number, to: number): string => {
  const seconds = random.next() < 0.1 ? random.pick([0, -1, 946_684_800, 1_729_987_200, 951_782_399]) : random.integer(from, to);
  return `${new Date(seconds * 1000).toISOString().slice(0, 19).replace('T', ' ')}.${String(random.next() < 0.3 ? random.pick([0, 1, 999_999, 500_000]) : random.integer(0, 999_999)).padStart(6, '0')}`;
};
/** Years that every engine keeps: ClickHouse from 1900 to 2262 (to the nanosecond). */
const NEAR: readonly [number, number] = [-2_208_900_000, 9_200_000_000];
const cut = (value: string, digits: number): string => (digits === 0 ? value.slice(0, 19) : value.slice(0, 20 + digits));
/** A unit more in the last of `digits`, so that it is seen where the target keeps no more. */
const nextMoment = (digits: number) => (value: string): string => {
  const at = Date.parse(`${value.slice(0, 19).replace(' ', 'T')}Z`) / 1000;
  const micros = Number(value.slice(20)) + 10 ** (6 - digits);
  const next = micros >= 1_000_000 ? at + 1 : at;
  return `${new Date(next * 1000).toISOString().slice(0, 19).replace('T', ' ')}.${String(micros % 1_000_000).padStart(6, '0')}`;
};
const momentKind = (name: string, digits: number, types: Kind['types']): Kind => ({
  name, types,
  random: (random) => moment(random, ...NEAR),
  changed: nextMoment(digits),
  written: (value, engine) => (engine === 'postgres' ? value : cut(value, digits)),
  cast: (engine, text) => (engine === 'postgres' ? `(${text} || ${types.postgres?.includes('with time zone') === true ? `'+00'` : `''`})::${types.postgres}`
    : engine === 'duckdb' ? (types.duckdb?.includes('ZONE') === true ? `(${text} || '+00')::${types.duckdb}` : `${text}::${types.duckdb}`)
    : types.clickhouse === 'DateTime' ? `toDateTimeOrNull(${text}, 'UTC')` : `toDateTime64OrNull(${text}, ${/\(([1-9])/.exec(types.clickhouse ?? '')?.[1] ?? 6}, 'UTC')`),
});

const arrayCast = (element: Record<EngineName, string>) => (engine: EngineName, text: string): string => {
  if (engine === 'postgres') return `case when ${text} is not null then coalesce((select array_agg(v::${element.postgres} order by n) from json_array_elements_text(${text}::json) with ordinality x (v, n)), '{}') end`;
  if (engine === 'duckdb') return `(${text}::json)::${element.duckdb}[]`;
  return `arrayMap(v -> cast(v as Nullable(${element.clickhouse})), JSONExtract(${text}, 'Array(Nullable(String))'))`;
};
const arrayOf = (random: Random, value: () => string): string => JSON.stringify(Array.from({ length: random.integer(0, 4) }, () => (random.next() < 0.15 ? null : value())));
/** By turns: one element more, NULL. */
const longerArray = (extra: string) => (value: string): string => JSON.stringify([...JSON.parse(value), value.length % 2 === 0 ? null : extra]);
const hex = (random: Random, bytes: number): string => Array.from({ length: bytes }, () => random.integer(0, 255).toString(16).padStart(2, '0')).join('');
const uuid = (random: Random): string => hex(random, 16).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
const lastHex = (value: string): string => value.slice(0, -1) + (value.endsWith('0') ? '1' : '0');
const plain = (types: Kind['types'], name: string, random: Kind['random'], changed: Kind['changed'], more: Partial<Kind> = {}): Kind => ({ name, types, random, changed, ...more });
const integer = (name: string, types: Kind['types'], random: Kind['random']): Kind => plain(types, name, random, (value) => (BigInt(value) - (BigInt(value) > 0n ? 1n : -1n)).toString());
const appended = (value: string): string => `${value} `;

export const KINDS: readonly Kind[] = [
  integer('smallint', { postgres: 'smallint', duckdb: 'SMALLINT', clickhouse: 'Int16' }, (r) => String(r.integer(-32_768, 32_767))),
  integer('bigint', { postgres: 'bigint', duckdb: 'BIGINT', clickhouse: 'Int64' }, (r) => String(r.next() < 0.1 ? r.pick(EDGES_64) : r.digits(18))),
  integer('unsigned', { postgres: 'numeric(20,0)', duckdb: 'UBIGINT', clickhouse: 'UInt64' }, (r) => String(r.next() < 0.1 ? 18_446_744_073_709_551_615n : r.digits(19)).replace('-', '')),
  integer('hugeint', { postgres: 'numeric(39,0)', duckdb: 'HUGEINT', clickhouse: 'Int128' }, (r) => String(r.digits(38))),
  integer('wide_integer', { postgres: 'numeric(78,0)', duckdb: null, clickhouse: 'UInt256' }, (r) => String(r.digits(77)).replace('-', '')),
  plain({ postgres: 'numeric(12,2)', duckdb: 'DECIMAL(12,2)', clickhouse: 'Decimal(12,2)' }, 'amount', (r) => numeric(r.digits(11), 2), nextDecimal),
  plain({ postgres: 'numeric', duckdb: 'DECIMAL(38,6)', clickhouse: 'Decimal(38,6)' }, 'unconstrained', (r) => numeric(r.digits(30), 6), nextDecimal),
  plain({ postgres: 'numeric(50,20)', duckdb: null, clickhouse: 'Decimal(76,20)' }, 'wide_decimal', (r) => numeric(r.digits(49), 20), nextDecimal),
  plain({ postgres: 'numeric(14,4)', duckdb: 'DECIMAL(14,2)', clickhouse: 'Decimal(14,2)' }, 'rounded', (r) => numeric(r.digits(13), 4), (value) => numeric(unscaledOf(value) + 100n, 4),
    { written: (value, engine) => (engine === 'postgres' ? value : halfAway(value, 2)) }),
  plain({ postgres: 'numeric(12,2)', duckdb: 'DECIMAL(38,9)', clickhouse: 'Decimal(38,9)' }, 'finer', (r) => numeric(r.digits(11), 2), nextDecimal),
  plain({ postgres: 'numeric(12,2)', duckdb: 'DOUBLE', clickhouse: 'Float64' }, 'decimal_as_double', (r) => numeric(r.digits(11), 2), nextDecimal),
  plain({ postgres: 'numeric(12,2)', duckdb: 'VARCHAR', clickhouse: 'String' }, 'decimal_as_text', (r) => numeric(r.digits(11), 2), nextDecimal),
  plain({ postgres: 'numeric(5,5)', duckdb: 'DECIMAL(5,5)', clickhouse: 'Decimal(5,5)' }, 'fraction', (r) => numeric(r.digits(5), 5), (value) => numeric(unscaledOf(value) - (unscaledOf(value) > 0n ? 1n : -1n), 5)),
  plain({ postgres: 'numeric(12,4)', duckdb: 'BIGINT', clickhouse: 'Int64' }, 'rounded_to_integer', (r) => numeric(r.digits(12), 4), (value) => numeric(unscaledOf(value) + (unscaledOf(value) > 0n ? -10_000n : 10_000n), 4),
    { written: (value, engine) => (engine === 'postgres' ? value : halfAway(value, 0)) }),
  // No ties: engines round 1.005, which no double is, either way.
  plain({ postgres: 'double precision', duckdb: 'DECIMAL(12,2)', clickhouse: 'Decimal(12,2)' }, 'double_as_decimal', (r) => numeric(r.digits(11), 3).replace(/5$/, '4'), (value) => numeric(unscaledOf(value) + (unscaledOf(value) > 0n ? -10n : 10n), 3),
    { written: (value, engine) => (engine === 'postgres' ? value : halfAway(value, 2)) }),
  plain({ postgres: 'numeric', duckdb: 'DOUBLE', clickhouse: 'Float64' }, 'unconstrained_as_double', (r) => numeric(r.digits(14), r.integer(0, 9)), (value) => numeric(unscaledOf(value) * 3n + 1n, scaleOf(value))),
  plain({ postgres: 'double precision', duckdb: 'DOUBLE', clickhouse: 'Float64' }, 'double', double, (value) => String(finite(value) * 1.000003 + (finite(value) === 0 ? 1 : 0))),
  plain({ postgres: 'real', duckdb: 'FLOAT', clickhouse: 'Float32' }, 'single', single, (value) => shortest(Math.fround(Number.isFinite(Number(value)) && Number(value) !== 0 ? Number(value) * 0.99999 : 1))),
  plain({ postgres: 'real', duckdb: 'DOUBLE', clickhouse: 'Float64' }, 'single_as_double', single, (value) => shortest(Math.fround(Number.isFinite(Number(value)) && Number(value) !== 0 ? Number(value) * 0.99999 : 1))),
  plain({ postgres: 'boolean', duckdb: 'BOOLEAN', clickhouse: 'Bool' }, 'boolean', (r) => String(r.next() < 0.5), (value) => String(value !== 'true')),
  plain({ postgres: 'boolean', duckdb: 'UTINYINT', clickhouse: 'UInt8' }, 'boolean_as_number', (r) => String(r.next() < 0.5), (value) => String(value !== 'true'), { written: (value, engine) => (engine === 'postgres' ? value : value === 'true' ? '1' : '0') }),
  plain({ postgres: 'boolean', duckdb: 'VARCHAR', clickhouse: 'String' }, 'boolean_as_text', (r) => String(r.next() < 0.5), (value) => String(value !== 'true')),
  plain({ postgres: 'text', duckdb: 'VARCHAR', clickhouse: 'String' }, 'text', word, appended),
  plain({ postgres: 'character varying(200)', duckdb: 'VARCHAR', clickhouse: 'LowCardinality(String)' }, 'second_text', word, (value) => value.normalize('NFD') === value ? `${value}\u0301` : value.normalize('NFD')),
  plain({ postgres: 'character(12)', duckdb: 'VARCHAR', clickhouse: 'FixedString(12)' }, 'padded', (r) => r.pick(['', 'a', 'NL', 'case 117', 'b  c']), (value) => `${value}x`),
  plain({ postgres: 'text', duckdb: `ENUM('open', 'closed', 'it''s (late), or')`, clickhouse: `Enum8('open' = 1, 'closed' = 2, 'it\\'s (late), or' = 3)` }, 'enum', (r) => r.pick(['open', 'closed', `it's (late), or`]), (value) => (value === 'open' ? 'closed' : 'open')),
  plain({ postgres: 'uuid', duckdb: 'UUID', clickhouse: 'UUID' }, 'uuid', uuid, lastHex),
  plain({ postgres: 'uuid', duckdb: 'VARCHAR', clickhouse: 'String' }, 'uuid_as_text', uuid, lastHex),
  plain({ postgres: 'inet', duckdb: 'VARCHAR', clickhouse: 'IPv4' }, 'address', (r) => `10.${r.integer(0, 255)}.${r.integer(0, 255)}.${r.integer(1, 254)}`, (value) => value.replace(/^10/, '11')),
  plain({ postgres: 'bytea', duckdb: 'BLOB', clickhouse: 'String' }, 'bytes', (r) => hex(r, r.integer(0, 24)), (value) => `${value}00`,
    { cast: (engine, text) => (engine === 'postgres' ? `decode(${text}, 'hex')` : engine === 'duckdb' ? `from_hex(${text})` : `unhex(${text})`) }),
  plain({ postgres: 'date', duckdb: 'DATE', clickhouse: 'Date32' }, 'date', (r) => isoDay(r.integer(-25_000, 100_000)), (value) => isoDay(Date.parse(value) / 86_400_000 + 1)),
  plain({ postgres: 'date', duckdb: 'VARCHAR', clickhouse: 'String' }, 'date_as_text', (r) => isoDay(r.integer(-25_000, 100_000)), (value) => isoDay(Date.parse(value) / 86_400_000 + 1)),
  plain({ postgres: 'date', duckdb: 'TIMESTAMP', clickhouse: 'DateTime64(3)' }, 'date_as_timestamp', (r) => isoDay(r.integer(-25_000, 100_000)), (value) => isoDay(Date.parse(value) / 86_400_000 + 1),
    { cast: (engine, text) => (engine === 'clickhouse' ? `toDateTime64OrNull(concat(${text}, ' 00:00:00'), 3, 'UTC')` : `${text}::${engine === 'postgres' ? 'date' : 'timestamp'}`) }),
  plain({ postgres: 'timestamp without time zone', duckdb: 'DATE', clickhouse: 'Date32' }, 'day_of_timestamp', (r) => moment(r, ...NEAR), (value) => `${isoDay(Date.parse(value.slice(0, 10)) / 86_400_000 - 1)}${value.slice(10)}`,
    { written: (value, engine) => (engine === 'postgres' ? value : value.slice(0, 10)) }),
  plain({ postgres: 'time without time zone', duckdb: 'TIME', clickhouse: null }, 'time', (r) => moment(r, ...NEAR).slice(11), (value) => value.slice(0, -1) + (value.endsWith('0') ? '1' : '0')),
  momentKind('timestamp', 6, { postgres: 'timestamp without time zone', duckdb: 'TIMESTAMP', clickhouse: `DateTime64(6, 'UTC')` }),
  momentKind('timestamptz', 6, { postgres: 'timestamp with time zone', duckdb: 'TIMESTAMP WITH TIME ZONE', clickhouse: `DateTime64(6, 'Europe/Amsterdam')` }),
  momentKind('timestamp_ms', 3, { postgres: 'timestamp with time zone', duckdb: 'TIMESTAMP_MS', clickhouse: `DateTime64(3, 'America/New_York')` }),
  { ...momentKind('timestamp_s', 0, { postgres: 'timestamp with time zone', duckdb: 'TIMESTAMP_S', clickhouse: 'DateTime' }), random: (r) => moment(r, 1, 4_000_000_000).replace(/^1969.*/, '1970-01-02 03:04:05.678901') },
  momentKind('seconds', 0, { postgres: 'timestamp with time zone', duckdb: 'TIMESTAMP_S', clickhouse: `DateTime64(0, 'Asia/Kathmandu')` }),
  momentKind('tenths_of_microseconds', 6, { postgres: 'timestamp with time zone', duckdb: 'TIMESTAMP', clickhouse: `DateTime64(7, 'UTC')` }),
  { ...momentKind('far_timestamp', 6, { postgres: 'timestamp without time zone', duckdb: 'TIMESTAMP', clickhouse: null }), random: (r) => moment(r, -62_100_000_000, 250_000_000_000) },
  momentKind('timestamp_ns', 6, { postgres: 'timestamp without time zone', duckdb: 'TIMESTAMP_NS', clickhouse: `DateTime64(9, 'UTC')` }),
  plain({ postgres: 'interval', duckdb: 'INTERVAL', clickhouse: null }, 'interval', (r) => `${r.integer(-30, 30)} months ${r.integer(-40, 40)} days ${r.integer(-200_000, 200_000)}.${String(r.integer(0, 999_999)).padStart(6, '0')} seconds`, (value) => value.replace(/(-?\d+) days/, (_all, days: string) => `${Number(days) + 1} days`)),
  plain({ postgres: 'jsonb', duckdb: 'JSON', clickhouse: 'String' }, 'json', (r) => JSON.stringify({ a: r.integer(0, 9), note: word(r).replaceAll(/[\u0000-\u001F\u007F]/g, ''), lines: [{ id: r.integer(0, 99), ok: true }, null, r.integer(0, 999) / 100] }), (value) => value.replace('"a":', '"b":')),
  plain({ postgres: 'bigint[]', duckdb: 'BIGINT[]', clickhouse: 'Array(Nullable(Int64))' }, 'integers', (r) => arrayOf(r, () => String(r.digits(12))), longerArray('7'), { nullable: false, cast: arrayCast({ postgres: 'bigint', duckdb: 'BIGINT', clickhouse: 'Int64' }) }),
  plain({ postgres: 'text[]', duckdb: 'VARCHAR[]', clickhouse: 'Array(Nullable(String))' }, 'texts', (r) => arrayOf(r, () => word(r)), longerArray(''), { nullable: false, cast: arrayCast({ postgres: 'text', duckdb: 'VARCHAR', clickhouse: 'String' }) }),
  plain({ postgres: 'numeric(12,2)[]', duckdb: 'DECIMAL(12,2)[]', clickhouse: 'Array(Nullable(Decimal(12,2)))' }, 'amounts', (r) => arrayOf(r, () => numeric(r.digits(9), 2)), longerArray('0.01'), { nullable: false, cast: arrayCast({ postgres: 'numeric(12,2)', duckdb: 'DECIMAL(12,2)', clickhouse: 'Decimal(12,2)' }) }),
];
