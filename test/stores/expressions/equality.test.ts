import { createHash } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clickhouseEngine, duckdbEngine, type LoadedEngine, postgresEngine } from '../../../eval/reconcile/engines.js';
import { KINDS } from '../../../eval/reconcile/kinds.js';
import { changedRows, compare, kindsOf, load, randomRows } from '../../../eval/reconcile/run.js';
import { type ClickHouseServer, startClickHouse } from '../../support/clickhouse.js';
import type { ColumnForm } from '../../../src/stores/expressions/expression.js';
import { commonForm, NULL_TEXT, ownCommonForm } from '../../../src/stores/expressions/common.js';
import { expressionsOf } from '../../../src/stores/expressions/index.js';
import { bundledServer, startServer, type TestServer } from '../../support/postgres.js';

const ROWS = 250;
const SEED = 20_261_122;
const folder = mkdtempSync(join(tmpdir(), 'tidemark-test-expressions-'));
let server: TestServer;
let clickhouse: ClickHouseServer;
let engines: { postgres: LoadedEngine; duckdb: LoadedEngine; clickhouse: LoadedEngine };

beforeAll(async () => {
  chmodSync(folder, 0o755);
  [server, clickhouse] = await Promise.all([startServer(bundledServer()), startClickHouse()]);
  engines = { postgres: await postgresEngine(server.url(), 'PostgreSQL 18'), duckdb: await duckdbEngine(), clickhouse: clickhouseEngine(clickhouse) };
  const all = Object.values(engines);
  await load(all, 'cases', randomRows(ROWS, SEED), folder);
  await load(all, 'changed', changedRows(ROWS, SEED), folder);
}, 60_000);

afterAll(async () => {
  for (const engine of Object.values(engines ?? {})) await engine.close();
  await Promise.all([server?.stop(), clickhouse?.stop()]);
  rmSync(folder, { recursive: true, force: true });
});

const PAIRS = [['postgres', 'duckdb'], ['postgres', 'clickhouse'], ['duckdb', 'clickhouse']] as const;

describe.each(PAIRS)('%s to %s', (source, target) => {
  const pair = () => ({ source: engines[source], target: engines[target] });

  it('gives equal values one digest, of every kind', async () => {
    const [figures] = await compare([pair()], 1, 'kind');
    expect(figures?.differing).toEqual({});
    expect(figures?.kinds).toBeGreaterThan(30);
  });

  it('gives a changed value another digest, of every kind in every row', async () => {
    const [figures] = await compare([pair()], 1, 'kind', { source: 'cases', target: 'changed' });
    expect(figures?.differing).toEqual(Object.fromEntries([...kindsOf(pair()).map(({ name }) => name), 'whole_row'].map((name) => [name, ROWS])));
  });
});

type Name = 'postgres' | 'duckdb' | 'clickhouse';

/** Canonical texts of constants, as the engine itself writes them. */
async function texts(engine: Name, type: string, values: readonly string[], common?: ReturnType<typeof ownCommonForm>): Promise<(string | undefined)[]> {
  const x = expressionsOf(engine);
  const own = formIn(engine, type);
  const columns = values.map((value, at) => `${x.canonical(`(${value})`, own, common ?? ownCommonForm(own))} as c${at}`);
  const [row] = await engines[engine].rows(`select ${columns.join(', ')}`);
  return values.map((_value, at) => row?.[`c${at}`]);
}

function formIn(engine: Name, type: string): ColumnForm {
  const own = expressionsOf(engine).formOf(type);
  if (own === null) throw new Error(`${engine} has no form for ${type}`);
  return own;
}

describe('values at the edges', () => {
  it('of moments: infinite, before Christ, after 9999, below the microsecond', async () => {
    const moments = ['0044-03-15 12:00:00.000001 BC', '1969-12-31 23:59:59.999999', '9999-12-31 23:59:59.999999', '0001-01-01 00:00:00', '1799-07-14 10:11:12.131415', '2105-12-31 23:59:59.999999', 'infinity', '-infinity'];
    const postgres = await texts('postgres', 'timestamp without time zone', moments.map((moment) => `timestamp '${moment}'`));
    const duckdb = await texts('duckdb', 'TIMESTAMP', moments.map((moment) => `timestamp '${moment.endsWith(' BC') ? moment.replace(' BC', '').replace(' ', ' (BC) ') : moment}'`));
    expect(postgres).toEqual(duckdb);
    expect(postgres.slice(1, 4)).toEqual(['-1', '253402300799999999', '-62135596800000000']);
    expect(postgres.slice(-2)).toEqual(['infinity', '-infinity']);
    expect(await texts('postgres', 'timestamp without time zone', moments.map((moment) => `timestamp '${moment}'`), { kind: 'timestamp', digits: 3 }))
      .toEqual(await texts('duckdb', 'TIMESTAMP', moments.map((moment) => `timestamp '${moment.endsWith(' BC') ? moment.replace(' BC', '').replace(' ', ' (BC) ') : moment}'`), { kind: 'timestamp', digits: 3 }));
    expect(await texts('duckdb', 'TIMESTAMP_NS', [`'2026-01-01 00:00:00.123456789'::timestamp_ns`])).toEqual(await texts('clickhouse', 'DateTime64(9)', [`toDateTime64('2026-01-01 00:00:00.123456789', 9, 'UTC')`]));
    const epoch = ['1970-01-01 00:00:00', '1970-01-01 00:00:00.000001'];
    expect(await texts('postgres', 'timestamp without time zone', epoch.map((moment) => `timestamp '${moment}'`), { kind: 'timestamp', digits: 9 })).toEqual(['0', '1000']);
    expect(await texts('clickhouse', 'DateTime64(6)', epoch.map((moment) => `toDateTime64('${moment}', 6, 'UTC')`), { kind: 'timestamp', digits: 9 })).toEqual(['0', '1000']);
    expect(await texts('postgres', 'date', [`date '1970-01-01'`, `date '1970-01-02'`], { kind: 'timestamp', digits: 6 })).toEqual(['0', '86400000000']);
    expect(await texts('postgres', 'date', [`date '0044-03-15 BC'`, `date '0044-03-15'`, `date 'infinity'`])).toEqual(['-735160', '-703383', 'infinity']);
  });

  it('of numbers: not a number, infinite, huge, rounded away', async () => {
    expect(await texts('postgres', 'numeric', [`'NaN'::numeric`, `'Infinity'::numeric`, `'-Infinity'::numeric`, `('1' || repeat('0', 300))::numeric`, '1.500', '0.000'], { kind: 'decimal', scale: 2 }))
      .toEqual(['NaN', 'Infinity', '-Infinity', `1${'0'.repeat(300)}.00`, '1.50', '0.00']);
    expect(await texts('postgres', 'numeric', ['1.500', '100', '-0.0', `'NaN'::numeric`])).toEqual(['1.5', '100', '0', 'NaN']);
    const small = { kind: 'decimal', scale: 2 } as const;
    const rounded = ['-0.004', '-0.005', '0.005', '2.675', '-2.675'];
    expect(await texts('postgres', 'numeric(10,3)', rounded.map((value) => `${value}::numeric(10,3)`), small)).toEqual(['0.00', '-0.01', '0.01', '2.68', '-2.68']);
    expect(await texts('duckdb', 'DECIMAL(10,3)', rounded.map((value) => `${value}::decimal(10,3)`), small)).toEqual(['0.00', '-0.01', '0.01', '2.68', '-2.68']);
    expect(await texts('clickhouse', 'Decimal(10,3)', rounded.map((value) => `toDecimal64('${value}', 3)`), small)).toEqual(['0.00', '-0.01', '0.01', '2.68', '-2.68']);
    expect(await texts('duckdb', 'UHUGEINT', [`'340282366920938463463374607431768211455'::uhugeint`])).toEqual(['340282366920938463463374607431768211455']);
  });

  it('of floats: every one of NaN, the infinities, zeros and large numbers by itself', async () => {
    const doubles = ['NaN', 'Infinity', '-Infinity', '0', '-0', '1e13', '1.0000001e13', '1e300', '1.0000001e300', '1e-20', '1.0000001e-20', '5e-324', '0.1', '123456.789012', '9e15', '-1e22'];
    const postgres = await texts('postgres', 'double precision', doubles.map((value) => `'${value}'::float8`));
    expect(postgres).toEqual(['NaN', 'Infinity', '-Infinity', '0', '0', '10000000000000e0', '10000001000000e0', '1000000000000e288', '1000000100000e288', '10000000000000e-33', '10000001000000e-33', '0', '100000000s', '123456789012', '9000000000000e3', '-10000000000000e9']);
    expect(await texts('duckdb', 'DOUBLE', doubles.map((value) => `'${value}'::double`))).toEqual(postgres);
    expect(await texts('clickhouse', 'Float64', doubles.map((value) => `toFloat64('${value}')`))).toEqual(postgres);
    const tolerant = { kind: 'float', bits: 64, decimals: 1 } as const;
    expect(await texts('postgres', 'double precision', [`1.24::float8`, `1.16::float8`, `-1.25::float8`], tolerant)).toEqual(['12', '12', '-12']);
  });

  it('of texts and arrays: marks in a value are not marks of ours, NULL is no text', async () => {
    const x = expressionsOf('postgres');
    const text = formIn('postgres', 'text');
    const canonical = (sql: string) => x.canonical(sql, text, ownCommonForm(text));
    const row = (...values: string[]) => x.rowText(values.map(canonical));
    const [seen] = await engines.postgres.rows(`select ${row(`E'a\x1f,'`, `'b'`)} as a, ${row(`'a'`, `E'\x1f,b'`)} as b, ${row(`E'\x1f0'`, `''`)} as c, ${row('null', `''`)} as d`);
    expect(new Set(Object.values(seen ?? {})).size).toBe(4);
    const lists = [`'{}'::text[]`, `'{NULL}'::text[]`, `'{""}'::text[]`, 'null::text[]', `'{a,b}'::text[]`, `array[E'a\x1f;b']`, `'{{a,b}}'::text[]`];
    const written = await texts('postgres', 'text[]', lists);
    expect(new Set(written).size).toBe(lists.length);
    expect(written[3]).toBe(NULL_TEXT);
    expect(await texts('duckdb', 'VARCHAR[]', [`[]::varchar[]`, `[null]::varchar[]`, `['']`, 'null::varchar[]', `['a', 'b']`])).toEqual(written.slice(0, 5));
    expect(await texts('duckdb', 'INTEGER[][]', ['[[1, null], [], null]'])).toEqual(await texts('clickhouse', 'Array(Array(Nullable(Int32)))', ['[[1, null], []]']).then(([nested]) => [nested?.replace(/\u001F\]$/, `\u001F;${NULL_TEXT}\u001F]`)]));
  });

  it('of addresses, as clients print them', async () => {
    expect(await texts('postgres', 'inet', [`'10.0.0.1'::inet`, `'10.0.0.0/8'::inet`, `'::1'::inet`])).toEqual(['10.0.0.1', '10.0.0.0/8', '::1']);
    expect(await texts('clickhouse', 'IPv6', [`toIPv6('::1')`])).toEqual(['::1']);
  });
});

/** A value of a type in one engine, and what stands for it in another. */
type Side = readonly [engine: Name, type: string, value: string];

async function sides(pairs: readonly (readonly [Side, Side])[]): Promise<[string, string][]> {
  const columns: Record<Name, string[]> = { postgres: [], duckdb: [], clickhouse: [] };
  for (const [at, pair] of pairs.entries()) {
    const [source, target] = pair.map(([engine, type]) => formIn(engine, type));
    if (source === undefined || target === undefined) throw new Error('a pair has two sides');
    const common = commonForm(source, target);
    if ('because' in common) throw new Error(`${pair[0][1]} beside ${pair[1][1]}: ${common.because}`);
    for (const [side, [engine, , value]] of pair.entries()) columns[engine].push(`${expressionsOf(engine).canonical(`(${value})`, side === 0 ? source : target, common)} as c${at}_${side}`);
  }
  const found: Record<string, string> = {};
  for (const engine of ['postgres', 'duckdb', 'clickhouse'] as const) Object.assign(found, (await engines[engine].rows(`select ${columns[engine].join(', ')}`))[0]);
  return pairs.map((_pair, at) => [found[`c${at}_0`] ?? 'nothing', found[`c${at}_1`] ?? 'nothing']);
}

describe('what one side holds otherwise', () => {
  it('is the same value', async () => {
    const pairs: [Side, Side][] = [
      [['duckdb', 'DECIMAL(5,5)', `'-0.00123'::decimal(5,5)`], ['postgres', 'numeric(12,8)', '-0.00123::numeric(12,8)']],
      [['duckdb', 'DECIMAL(5,5)', `0::decimal(5,5)`], ['postgres', 'numeric', '0.0']],
      [['clickhouse', 'Decimal(9, 4)', `toDecimal32('-0.5', 4)`], ['postgres', 'bigint', '-1']],
      [['clickhouse', 'Decimal(9, 4)', `toDecimal32('-0.4', 4)`], ['postgres', 'bigint', '0']],
      [['postgres', 'double precision', '99.999::float8'], ['duckdb', 'DECIMAL(12,2)', '100.00::decimal(12,2)']],
      [['postgres', 'double precision', '-1.236::float8'], ['clickhouse', 'Decimal(12, 2)', `toDecimal64('-1.24', 2)`]],
      [['postgres', 'numeric', `('1' || repeat('0', 400))::numeric`], ['clickhouse', 'Float64', 'inf']],
      [['postgres', 'numeric', `('0.' || repeat('0', 400) || '1')::numeric`], ['duckdb', 'DOUBLE', '0::double']],
      [['postgres', 'numeric', `'NaN'::numeric`], ['clickhouse', 'Float64', 'nan']],
      [['postgres', 'double precision', `'1e39'::float8`], ['clickhouse', 'Float32', `toFloat32('inf')`]],
      [['postgres', 'real', `'1.1e-40'::real`], ['duckdb', 'DOUBLE', `'1.1e-40'::double`]],
      [['postgres', 'timestamp without time zone', `timestamp '1969-12-31 23:59:59.9'`], ['duckdb', 'DATE', `date '1969-12-31'`]],
      [['postgres', 'timestamp without time zone', `timestamp 'infinity'`], ['duckdb', 'DATE', `'infinity'::date`]],
      [['duckdb', 'TIMESTAMP', `timestamp '2026-01-01 13:00:00'`], ['clickhouse', 'Date32', `toDate32('2026-01-01')`]],
      [['postgres', 'timestamp with time zone', `timestamptz '2280-01-01 00:00:00.123456+00'`], ['clickhouse', 'DateTime64(7)', `toDateTime64('2280-01-01 00:00:00.123456', 7, 'UTC')`]],
      [['postgres', 'timestamp with time zone', `timestamptz '1937-07-01 00:00:00.9+00'`], ['clickhouse', 'DateTime64(0)', `cast(toDateTime64('1937-07-01 00:00:00', 3, 'UTC') as DateTime64(0, 'UTC'))`]],
      [['clickhouse', 'DateTime64(9)', `toDateTime64('1969-12-31 23:59:59.999999999', 9, 'UTC')`], ['postgres', 'timestamp with time zone', `timestamptz '1969-12-31 23:59:59.999999+00'`]],
      [['postgres', 'bpchar', `'NL  '::bpchar`], ['duckdb', 'VARCHAR', `'NL  '`]],
      [['postgres', 'character(8)', `'日本'::char(8)`], ['clickhouse', 'FixedString(8)', `toFixedString('日本', 8)`]],
      [['postgres', 'integer[]', 'null::int[]'], ['clickhouse', 'Array(Nullable(Int32))', '[]::Array(Nullable(Int32))']],
      [['postgres', 'time without time zone', `time '24:00:00'`], ['duckdb', 'TIME', `'24:00:00'::time`]],
      [['postgres', 'inet', `'1:0:0:2:0:0:0:3'::inet`], ['clickhouse', 'IPv6', `toIPv6('1:0:0:2:0:0:0:3')`]],
    ];
    const seen = await sides(pairs);
    expect(seen.map(([source, target], at) => ({ of: pairs[at], source, target })).filter(({ source, target }) => source !== target)).toEqual([]);
  });

  it('is another value', async () => {
    const pairs: [Side, Side][] = [
      [['postgres', 'date', `date '0044-03-15 BC'`], ['duckdb', 'VARCHAR', `'0044-03-15'`]],
      [['postgres', 'date', `date '2300-01-01'`], ['clickhouse', 'Date32', `toDate32('2299-12-31')`]],
      [['postgres', 'timestamp with time zone', `timestamptz '2106-02-07 06:28:16+00'`], ['clickhouse', 'DateTime', `toDateTime(0, 'UTC')`]],
      [['postgres', 'integer[]', `'{NULL}'::int[]`], ['clickhouse', 'Array(Nullable(Int32))', '[]::Array(Nullable(Int32))']],
      [['postgres', 'integer[]', 'null::int[]'], ['duckdb', 'INTEGER[]', '[]::int[]']],
      [['postgres', 'integer[]', `'{{1}}'::int[]`], ['duckdb', 'INTEGER[]', '[1]']],
      [['postgres', 'interval', `interval '1 day'`], ['duckdb', 'INTERVAL', `interval '24 hours'`]],
      [['postgres', 'boolean', 'false'], ['duckdb', 'VARCHAR', `''`]],
      [['postgres', 'json', `'{"note": "x y"}'::json`], ['duckdb', 'JSON', `'{"note":"xy"}'::json`]],
      [['postgres', 'text', `'a'::text`], ['clickhouse', 'FixedString(8)', `toFixedString('a\\0b', 8)`]],
    ];
    const seen = await sides(pairs);
    expect(seen.map(([source, target], at) => ({ of: pairs[at], source, target })).filter(({ source, target }) => source === target || source === 'nothing')).toEqual([]);
  });
});

describe('what a group is made by', () => {
  it.each(['postgres', 'duckdb', 'clickhouse'] as const)('%s: buckets and remainders down to the ends of 64 bits', async (engine) => {
    const x = expressionsOf(engine);
    const keys = [-9_223_372_036_854_775_808n, -10_001n, -10_000n, -1n, 0n, 9_999n, 10_000n, 9_223_372_036_854_775_807n];
    const [row] = await engines[engine].rows(`select ${keys.map((key, at) => `${x.digits(x.bucket(x.integer(key), 10_000n))} as b${at}`).join(', ')}, ${x.digits(x.remainder(x.digest(x.text('case 117')), 64))} as r`);
    expect(Object.values(row ?? {}).slice(0, 8)).toEqual(['-922337203685478', '-2', '-1', '-1', '0', '0', '1', '922337203685477']);
    const md5 = createHash('md5').update('case 117').digest('hex');
    expect(row?.['r']).toBe(String(BigInt(`0x${md5.slice(0, 15)}`) % 64n));
  });

  it.each(['postgres', 'duckdb', 'clickhouse'] as const)('%s: periods in UTC, whatever the zone of the session', async (engine) => {
    const x = expressionsOf(engine);
    const type = { postgres: 'timestamp with time zone', duckdb: 'TIMESTAMP WITH TIME ZONE', clickhouse: `DateTime64(6, 'Asia/Kathmandu')` }[engine];
    const own = formIn(engine, type);
    const moment = x.moment(1_772_324_999.75, own);
    const before = x.moment(-0.5, own);
    const [row] = await engines[engine].rows(`select ${x.digits(x.periodStart('hour', moment, own))} as h, ${x.digits(x.periodStart('day', moment, own))} as d, ${x.digits(x.periodStart('month', moment, own))} as m, ${x.digits(x.periodStart('day', before, own))} as b, ${x.digits(x.epochSeconds(moment, own))} as e`);
    expect(row).toEqual({ h: '1772323200', d: '1772323200', m: '1772323200', b: '-86400', e: '1772324999.75' });
  });

  it.each([
    ['duckdb', 'TIMESTAMP_NS', `'1960-02-29 23:59:59.5'::timestamp_ns`, `'2250-12-31 12:00:00'::timestamp_ns`],
    ['clickhouse', `DateTime64(3, 'Asia/Kathmandu')`, `toTimeZone(toDateTime64('1960-02-29 23:59:59.500', 3, 'UTC'), 'Asia/Kathmandu')`, `toDateTime64('2250-12-31 12:00:00', 3, 'UTC')`],
    ['clickhouse', 'DateTime64(9)', `toDateTime64('1960-02-29 23:59:59.5', 9, 'UTC')`, `toDateTime64('2250-12-31 12:00:00', 9, 'UTC')`],
    ['clickhouse', 'Date32', `toDate32('1960-02-29')`, `toDate32('2250-12-31')`],
  ] as const)('%s, %s: months before 1970 and after 2149', async (engine, type, before, after) => {
    const x = expressionsOf(engine);
    const own = formIn(engine, type);
    const [row] = await engines[engine].rows(`select ${x.digits(x.periodStart('month', before, own))} as b, ${x.digits(x.periodStart('month', after, own))} as a`);
    expect(row).toEqual({ b: '-312940800', a: '8864812800' });
  });

  it.each(['postgres', 'duckdb', 'clickhouse'] as const)('%s: a constant finds the value that its text came from', async (engine) => {
    const x = expressionsOf(engine);
    const kinds = KINDS.filter(({ name, types }) => types[engine] !== null && ['bigint', 'amount', 'text', 'uuid', 'date', 'timestamp', 'timestamptz', 'bytes', 'boolean', 'unsigned', 'padded', 'timestamp_s'].includes(name) && !(engine === 'clickhouse' && (name === 'bytes' || name === 'padded')));
    for (const { name, types } of kinds) {
      const own = formIn(engine, types[engine] ?? '');
      const rows = await engines[engine].rows(`select ${x.canonical(name, own, ownCommonForm(own))} as v from cases where ${name} is not null order by cases.id limit 40`);
      const wanted = rows.map(({ v }) => `${name} = ${x.constant(v ?? '', own)}`);
      const [found] = await engines[engine].rows(`select ${x.digits('count(*)')} as n from (select * from cases where ${name} is not null order by cases.id limit 40) as t where ${wanted.join(' or ')}`);
      expect([name, found?.['n']]).toEqual([name, String(rows.length)]);
    }
  });

  it.each(['postgres', 'duckdb', 'clickhouse'] as const)('%s: sums that pass 64 bits, and of nothing', async (engine) => {
    const x = expressionsOf(engine);
    const own: ColumnForm = { kind: 'integer' };
    const many = engine === 'clickhouse' ? '(select toInt64(9223372036854775807) as v from numbers(3))' : `(select 9223372036854775807 as v from ${engine === 'postgres' ? 'generate_series(1, 3)' : 'range(3)'})`;
    const [row] = await engines[engine].rows(`select ${x.exactSum('v', own)} as s, ${x.digestSum('v')} as d, coalesce(${x.exactSum('nullif(v, 9223372036854775807)', own)}, 'none') as n from ${many} as t`);
    expect(row).toEqual({ s: '27670116110564327421', d: '27670116110564327421', n: 'none' });
  });
});
