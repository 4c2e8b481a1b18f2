/**
 * Reconciliation to the key: PostgreSQL 18 against DuckDB and against ClickHouse. Run after a build: `npm run bench -- reconcile`
 * (5 million rows of eleven columns, some ten minutes), or with a number of rows. Equal tables first, then ten planted differences, each
 * beside one scan with the same digest in PostgreSQL; memory for a tenth of the rows and for all; at last some seconds at the usual pace.
 *
 * Ends with 1 when equal tables differ, a planted difference is not found or another one is, the pass costs PostgreSQL more than 1.3
 * times the scan, or memory grows with the rows. ClickHouse is left out, with a line, where `scripts/install-test-engines.sh` has not run.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { DuckDBInstance } from '@duckdb/node-api';
import pg from 'pg';
import { z } from 'zod';
import { startPostgres } from '../dist/cli/demo/postgres-server.js';
import { comparePass } from '../dist/reconcile/keys/pass.js';
import { planPair } from '../dist/reconcile/keys/plan.js';
import { SideSql } from '../dist/reconcile/keys/statements.js';
import { createPace } from '../dist/reconcile/pace/index.js';
import { openLive } from '../dist/stores/index.js';
import { planted, ROWS, SERIES, TYPES } from './reconcile-data.mjs';

const RATIO_MAX = 1.3;
const MEMORY_GROWTH_BYTES_MAX = 64 * 1024 * 1024;
const rows = Number(process.argv[2] ?? 5_000_000);
const chdb = fileURLToPath(new URL('../.engines/chdb/package.json', import.meta.url));
const now = () => Date.now() / 1000;
const failures = [];
const context = { environment: {}, homeDirectory: null };

async function main() {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-bench-reconcile-'));
  const server = await startPostgres();
  const clickhouse = existsSync(chdb) ? await startClickHouse(folder) : null;
  try {
    console.log(`reconciliation of ${count(rows)} rows of eleven columns`);
    const file = join(folder, 'warehouse.duckdb');
    await fillPostgres(server.superuserUrl);
    await fillDuckDb(file);
    if (clickhouse !== null) await clickhouse.run(...['orders_small', 'orders'].flatMap((name) => [`create table ${name} (${TYPES.clickhouse}) engine = MergeTree order by id`, `insert into ${name} ${ROWS.clickhouse(SERIES.clickhouse(sizeOf(name)))}`]));
    const targets = [{ engine: 'duckdb', url: file, schema: 'main', run: (statements) => runDuckDb(file, statements) }];
    if (clickhouse === null) console.log('ClickHouse is left out: run scripts/install-test-engines.sh');
    else targets.push({ engine: 'clickhouse', url: clickhouse.url, schema: 'default', run: (statements) => clickhouse.run(...statements) });
    const scan = await oneScan(server, targets[0]);
    for (const target of targets) await measureTarget(server, target, scan);
    await atUsualPace(server, targets[0]);
    console.log('for comparison, 6 million rows of eleven columns, PostgreSQL 18, one core: a prototype of this 36 to 42 CPU s and 116 kB, reladiff 0.6 67 to 80 CPU s a side and 13 to 15 MB');
  } finally {
    await clickhouse?.stop();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
  for (const failure of failures) console.log(`EXCEEDED  ${failure}`);
  process.exitCode = failures.length === 0 ? 0 : 1;
}

async function measureTarget(server, target, scan) {
  const small = await pass(server, target, 'orders_small');
  const equal = await pass(server, target, 'orders');
  print(`${target.engine}, equal`, equal, scan);
  if (equal.result.differing.length + equal.result.more > 0) failures.push(`${target.engine}: equal tables differ under ${equal.result.differing.length} keys`);
  if (equal.cpu_s > RATIO_MAX * scan.cpu_s) failures.push(`${target.engine}: ${(equal.cpu_s / scan.cpu_s).toFixed(2)} times the CPU of one scan, budget ${RATIO_MAX}`);
  const growth = equal.memory_bytes - small.memory_bytes;
  console.log(`  memory of this process: ${megabytes(small.memory_bytes)} for ${count(sizeOf('orders_small'))} rows, ${megabytes(equal.memory_bytes)} for ${count(rows)}`);
  if (growth > MEMORY_GROWTH_BYTES_MAX) failures.push(`${target.engine}: memory grew by ${megabytes(growth)} with ten times the rows`);
  const { statements, expected } = planted(target.engine, 'orders', rows);
  await target.run(statements);
  const ten = await pass(server, target, 'orders');
  print(`${target.engine}, ten planted`, ten, scan);
  const found = ten.result.differing.map((difference) => told(ten.plan, difference)).sort();
  const wrong = [...found.filter((line) => !expected.includes(line)).map((line) => `found ${line}`), ...expected.filter((line) => !found.includes(line)).map((line) => `not found ${line}`)];
  console.log(`  found ${expected.length - wrong.filter((line) => line.startsWith('not')).length} of ${expected.length}, with their columns`);
  for (const line of wrong) failures.push(`${target.engine}: ${line}`);
}

function told({ columns }, { key, source, target }) {
  if (source === null || target === null) return `${source === null ? 'extra' : 'missing'} ${key[0]}`;
  return `changed ${key[0]} ${columns.filter((_, at) => source.columns[at] !== target.columns[at]).map((column) => column.source).join(',')}`;
}

const pairOf = (schema, name) => ({
  name, period: 'day', periods: 1, sums: [], tolerance_ratio: 0, product: null, provisional_seconds: null, key: [{ source: 'id', target: 'id' }], columns: null, except: [], watermark: null, every_seconds: null,
  source: { store: 'production', relation: `public.${name}`, query: null, time_column: null, deleted_column: null },
  target: { store: 'warehouse', relation: `${schema}.${name}`, query: null, time_column: null, deleted_column: null },
});

async function withSessions(server, target, work) {
  const source = await openLive('postgres', { name: 'production', url: server.superuserUrl }, context);
  const warehouse = await openLive(target.engine, { name: 'warehouse', url: target.url }, context);
  try {
    const [{ pid }] = await source.query(z.object({ pid: z.number() }), 'select pg_backend_pid() as pid');
    return await work({ source, target: warehouse }, pid);
  } finally {
    await source.close();
    await warehouse.close();
  }
}

/** Without pauses, for the cost alone. */
function pass(server, target, name) {
  return withSessions(server, target, async (sessions, pid) => {
    const pair = pairOf(target.schema, name);
    const signal = new AbortController().signal;
    const plan = await planPair(pair, sessions);
    const before = { cpu_s: cpuOf(pid), source: sessions.source.cost().received_bytes, target: sessions.target.cost().received_bytes, at: now() };
    globalThis.gc?.();
    let memory_bytes = 0;
    const sampling = setInterval(() => (memory_bytes = Math.max(memory_bytes, process.memoryUsage.rss())), 20);
    const pace = createPace(sessions.source, { target_ms: 100, duty: 1, signal, now, wait: sleep });
    try {
      const result = await comparePass(plan, { sessions, pace, signal, now, checkpoint: null, keys_max: 10_000 });
      return {
        plan, result, memory_bytes, wall_s: now() - before.at, cpu_s: cpuOf(pid) - before.cpu_s,
        source_bytes: sessions.source.cost().received_bytes - before.source, target_bytes: sessions.target.cost().received_bytes - before.target,
      };
    } finally {
      clearInterval(sampling);
    }
  });
}

/** The same digest over every row in one statement: what cannot be had for less. */
function oneScan(server, target) {
  return withSessions(server, target, async (sessions, pid) => {
    const plan = await planPair(pairOf(target.schema, 'orders'), sessions);
    const text = new SideSql(plan, 'source').groups(8192n, []).replace(/select .*? as "bucket", /, 'select ').replace(/ group by 1$/, '');
    await sessions.source.query(z.looseObject({}), text, { deadline_ms: 3_600_000 });
    const [cpu, at] = [cpuOf(pid), now()];
    await sessions.source.query(z.looseObject({}), text, { deadline_ms: 3_600_000 });
    const scan = { cpu_s: cpuOf(pid) - cpu, wall_s: now() - at };
    console.log(`one scan with the same digest: ${scan.wall_s.toFixed(1)} s, ${scan.cpu_s.toFixed(1)} CPU s of PostgreSQL, ${((scan.cpu_s * 1e6) / rows).toFixed(2)} µs a row`);
    return scan;
  });
}

/** What production feels: chunks of 100 ms at a tenth of one core. */
function atUsualPace(server, target) {
  return withSessions(server, target, async (sessions, pid) => {
    const plan = await planPair(pairOf(target.schema, 'orders'), sessions);
    const stop = new AbortController();
    const inner = createPace(sessions.source, { target_ms: 100, duty: 0.1, signal: stop.signal, now, wait: (ms) => sleep(ms, undefined, { signal: stop.signal }) });
    const took = [];
    let began = null;
    const pace = {
      target_ms: 100,
      get paused_because() { return inner.paused_because; },
      async chunk(run) {
        began ??= { at: now(), cpu_s: cpuOf(pid) };
        const done = await inner.chunk(run);
        took.push(done.took_ms);
        if (now() - began.at > 20) stop.abort(new Error('enough'));
        return done;
      },
    };
    await comparePass(plan, { sessions, pace, signal: stop.signal, now, checkpoint: null, keys_max: 10 }).catch((error) => {
      if (!(error instanceof Error) || error.message !== 'enough') throw error;
    });
    const sorted = took.slice(8).sort((a, b) => a - b);
    const share = (cpuOf(pid) - began.cpu_s) / (now() - began.at);
    console.log(`at the usual pace: ${(share * 100).toFixed(1)} % of one core of PostgreSQL, chunks of ${Math.round(sorted[Math.floor(sorted.length / 2)] ?? 0)} ms in the median and ${Math.round(sorted.at(-1) ?? 0)} ms at most`);
  });
}

function print(name, { result, wall_s, cpu_s, source_bytes, target_bytes }, scan) {
  const { buckets, chunks } = result;
  console.log(`${name}: ${wall_s.toFixed(1)} s, ${cpu_s.toFixed(1)} CPU s of PostgreSQL, ${(cpu_s / scan.cpu_s).toFixed(2)} times one scan, ${Math.round(source_bytes / 1024)} kB from PostgreSQL and ${Math.round(target_bytes / 1024)} kB from the target, ${buckets.differing} of ${buckets.compared} groups differ, ${chunks} statements`);
}

/** User and system time of a process in seconds (proc(5), fields 14 and 15 in hundredths). */
function cpuOf(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /, '').split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

function sizeOf(name) {
  return name === 'orders' ? rows : Math.round(rows / 10);
}

async function fillPostgres(connectionString) {
  const client = new pg.Client({ connectionString });
  await client.connect();
  for (const name of ['orders_small', 'orders']) {
    await client.query(`create table ${name} (${TYPES.postgres})`);
    await client.query(`insert into ${name} ${ROWS.postgres(SERIES.postgres(sizeOf(name)))}`);
    await client.query(`vacuum (freeze, analyze) ${name}`);
  }
  await client.end();
}

async function fillDuckDb(file) {
  await runDuckDb(file, ['orders_small', 'orders'].flatMap((name) => [`create table ${name} (${TYPES.duckdb})`, `insert into ${name} ${ROWS.duckdb(SERIES.duckdb(sizeOf(name)))}`]));
}

async function runDuckDb(file, statements) {
  const instance = await DuckDBInstance.create(file, { memory_limit: '1GB', threads: '1' });
  const connection = await instance.connect();
  for (const statement of ["set timezone = 'UTC'", ...statements]) await connection.run(statement);
  connection.closeSync();
  instance.closeSync();
}

async function startClickHouse(folder) {
  const program = fileURLToPath(new URL('../test/support/clickhouse-server.mjs', import.meta.url));
  const child = spawn(process.execPath, [program, JSON.stringify({ chdb, folder: mkdtempSync(join(folder, 'clickhouse-')) })], { stdio: ['pipe', 'pipe', 'inherit'] });
  const [line] = await once(createInterface(child.stdout), 'line');
  const { port } = JSON.parse(line);
  return {
    url: `clickhouse://default@127.0.0.1:${port}/default`,
    async run(...statements) {
      for (const body of statements) {
        const response = await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body });
        if (!response.ok) throw new Error(await response.text());
      }
    },
    async stop() {
      child.stdin.end();
      if (child.exitCode === null) await once(child, 'exit');
    },
  };
}

const count = (value) => value.toLocaleString('en-US');
const megabytes = (bytes) => `${Math.round(bytes / 1024 / 1024)} MB`;

await main();
