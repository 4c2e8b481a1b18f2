/**
 * The printed lag against the truth on a real slot of PostgreSQL 18. Run after a build: `node bench/lag.mjs`; it takes some four
 * minutes. The product's own probes look twice a second; what the tracker prints is then computed from every second, fourth or
 * tenth look (a look every 1, 2 or 5 s), so that all paces see the same incident.
 *
 * Truth is the age of the oldest commit of published tables that ends beyond confirmed_flush_lsn, from the commit records
 * themselves. Ends with 1 when a truth lies outside the printed bounds, or an error exceeds one look where it must not.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { startPostgres } from '../dist/cli/demo/postgres-server.js';
import { defaultLive } from '../dist/config/live-defaults.js';
import { CdcTracker } from '../dist/live/cdc/tracker.js';
import { parseLsn } from '../dist/live/cdc/lsn.js';
import { PROBES } from '../dist/probes/index.js';
import { openLive } from '../dist/stores/index.js';
import { BenchConsumer } from './lag-consumer.mjs';

const STORE = 'primary';
const SLOT = 'casework_cdc';
const LOOK_MS = 500;
const PACES = [1, 2, 5];
/** In what nobody can tell from outside, the printed number is an upper bound: its error is shown and not judged. */
const UPPER_BOUND_ONLY = new Set(['same database, unpublished', 'published after unpublished, stalled']);
/** A change is on its way for so long when all is well: feedback comes once a second. */
const FEEDBACK_SECONDS = 1;

const now = () => (performance.timeOrigin + performance.now()) / 1000;
const phases = [];
const samples = [];

async function main() {
  const server = await startPostgres({ settings: { synchronous_commit: 'on', autovacuum_naptime: '1min' } });
  try {
    await measureOn(server);
  } finally {
    await server.stop();
  }
}

async function measureOn(server) {
  const admin = await client(server.superuserUrl);
  for (const name of ['casework', 'shop']) await admin.query(`create database ${name}`);
  const url = at(server.superuserUrl, 'casework');
  const writer = await client(url);
  const other = await client(at(server.superuserUrl, 'shop'));
  await writer.query('create table case_file (id bigserial primary key, note text); create table draft (id bigserial, note text)');
  await other.query('create table basket (id bigserial, note text)');
  await writer.query('create publication casework for table case_file');
  await writer.query("select pg_create_logical_replication_slot($1, 'pgoutput')", [SLOT]);
  const consumer = new BenchConsumer({ url, slot: SLOT, publication: 'casework', commits_per_second: 150 });
  await consumer.connect();
  const looking = look(url);
  try {
    await incident({ writer, other, consumer });
    consumer.stalled = false;
    consumer.acknowledges = 'everything';
    await sleep(2000);
    while (consumer.waiting() > 0) await sleep(100);
  } finally {
    looking.stop();
    await looking.done;
    consumer.stop();
    await Promise.all([admin, writer, other].map((each) => each.end()));
  }
  const commits = [...consumer.commits].map(([end, time]) => ({ end, time })).sort((a, b) => (a.end < b.end ? -1 : 1));
  process.exitCode = PACES.map((pace) => reportOf(pace, commits)).includes(false) ? 1 : 0;
}

async function incident({ writer, other, consumer }) {
  const insert = { name: 'insert', text: "insert into case_file (note) select repeat('x', 900) from generate_series(1, $1)" };
  const each = async (seconds, work, gap_ms) => {
    for (const end = now() + seconds; now() < end; ) {
      await work();
      await sleep(gap_ms);
    }
  };
  const steady = (seconds) => each(seconds, () => writer.query({ ...insert, values: [1] }), 25);
  const elsewhere = (seconds) => each(seconds, () => other.query("insert into basket (note) select repeat('z', 900) from generate_series(1, 20)"), 50);
  const phase = async (name, work) => {
    phases.push({ at: now(), name });
    await work();
  };
  await phase('steady', () => steady(20));
  consumer.stalled = true;
  await phase('stalled', () => steady(25));
  consumer.stalled = false;
  await phase('catching up', () => steady(15));
  consumer.disconnect();
  await phase('disconnected', () => steady(20));
  await consumer.connect();
  await phase('connected again', () => steady(12));
  consumer.block();
  await phase('socket blocked, 5 MB/s', () => each(20, () => writer.query("insert into case_file (note) select repeat(md5(random()::text), 30) from generate_series(1, 300)"), 60));
  consumer.unblock();
  await phase('free again', () => steady(12));
  await phase('one transaction of 60,000 rows', async () => {
    await writer.query({ ...insert, values: [60_000] });
    await steady(8);
  });
  await phase('idle', () => sleep(15_000));
  await phase('another database writes', () => elsewhere(15));
  consumer.acknowledges = 'own';
  await phase('steady, confirms own only', () => steady(6));
  await phase('phantom: idle', () => sleep(10_000));
  await phase('phantom: another database', () => elsewhere(25));
  await phase('same database, unpublished', () => each(15, () => writer.query("insert into draft (note) select repeat('z', 900) from generate_series(1, 20)"), 50));
  consumer.stalled = true;
  await phase('published after unpublished, stalled', () => steady(10));
}

/** The product's probes at their own order, replication twice a second. */
function look(url) {
  const stopping = new AbortController();
  const { signal } = stopping;
  const run = async () => {
    const session = await openLive('postgres', { name: STORE, url }, { environment: {}, homeDirectory: null });
    const target = { store: STORE, role: 'operational', engine: 'postgres', settings: defaultLive, catalog: null };
    const looks = ['replication', 'wal-directory', 'publications'].map((id) => ({ id, take: PROBES[id].create(target), next: 0 }));
    try {
      while (!signal.aborted) {
        for (const each of looks) {
          if (now() < each.next) continue;
          each.next = now() + (each.id === 'replication' ? LOOK_MS / 1000 : PROBES[each.id].pace_seconds) - 0.02;
          const from = now();
          const payload = await each.take({ session, sessionOf: () => Promise.reject(new Error('one store only')), signal, now });
          samples.push({ probe: each.id, store: STORE, at: now(), elapsed_ms: (now() - from) * 1000, received_bytes: 0, pace_seconds: PROBES[each.id].pace_seconds, slowed: null, payload, failure: null });
        }
        await sleep(50);
      }
    } finally {
      await session.close();
    }
  };
  return { done: run(), stop: () => stopping.abort() };
}

function reportOf(pace, commits) {
  const tracker = new CdcTracker(defaultLive, [{ name: STORE, role: 'operational' }]);
  const rows = new Map();
  let next = 0;
  for (const sample of samples) {
    if (sample.probe !== 'replication') {
      tracker.accept(sample);
      continue;
    }
    if (sample.payload.server_time < next) continue;
    next = sample.payload.server_time + pace - LOOK_MS / 2000;
    tracker.accept({ ...sample, pace_seconds: pace });
    const view = tracker.view(sample.at).find(({ name }) => name === SLOT);
    const { server_time, wal_senders, slots } = sample.payload;
    const confirmed = parseLsn(slots[0].confirmed_flush_lsn);
    const first = commits.find(({ end }) => end > confirmed);
    const truth = first === undefined || first.time > server_time ? 0 : server_time - first.time;
    const { name } = phases.findLast(({ at: from }) => from <= server_time) ?? phases[0];
    const replay_lag = wal_senders[0]?.replay_lag_seconds ?? null;
    const found = rows.get(name) ?? [];
    rows.set(name, found);
    found.push({ name, truth, lag: view.lag, diagnosis: view.diagnosis, replay_error: replay_lag === null ? null : Math.abs(replay_lag - truth) });
  }
  return print(pace, rows);
}

function print(pace, rows) {
  console.log(`\na look every ${pace} s\n${'phase'.padEnd(38)}   n  true max   error p50/p95/max   in bounds  bounds p50   replay_lag error p50/max, none   diagnoses`);
  for (const [name, found] of rows) console.log(line(name, found));
  const all = [...rows.values()].flat();
  const judged = all.filter(({ name }) => !UPPER_BOUND_ONLY.has(name));
  console.log(line('all but upper bounds', judged, false));
  const outside = all.filter((row) => !isInside(row));
  for (const { name, truth, lag } of outside) console.log(`  outside in ${name}: true ${truth.toFixed(3)} printed ${JSON.stringify(lag)}`);
  const worst = Math.max(...judged.map(errorOf));
  return outside.length === 0 && worst <= pace + FEEDBACK_SECONDS;
}

function line(name, found, withDiagnoses = true) {
  const errors = found.map(errorOf);
  const replay = found.flatMap(({ replay_error }) => (replay_error === null ? [] : [replay_error]));
  const widths = found.map(({ lag }) => lag.high - lag.low);
  const s = (value) => (Number.isNaN(value) ? '-' : value.toFixed(2));
  const inside = `${found.filter(isInside).length}/${found.length}`;
  const diagnoses = withDiagnoses ? [...new Set(found.map(({ diagnosis }) => diagnosis))].join(' ') : '';
  return [
    name.padEnd(36),
    String(found.length).padStart(5),
    s(Math.max(...found.map(({ truth }) => truth))).padStart(9),
    `${s(quantile(errors, 0.5))}/${s(quantile(errors, 0.95))}/${s(quantile(errors, 1))}`.padStart(20),
    inside.padStart(11),
    s(quantile(widths, 0.5)).padStart(11),
    `${s(quantile(replay, 0.5))}/${s(quantile(replay, 1))}, ${found.length - replay.length}`.padStart(32),
    `   ${diagnoses}`,
  ].join('');
}

const errorOf = ({ truth, lag }) => Math.abs(lag.value - truth);
const isInside = ({ truth, lag }) => truth >= lag.low - 1e-6 && (lag.at_least || truth <= lag.high + 1e-6);

function quantile(values, part) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? Number.NaN;
}

function at(url, database) {
  const address = new URL(url);
  address.pathname = `/${database}`;
  return address.href;
}

async function client(connectionString) {
  const connected = new pg.Client({ connectionString, application_name: 'bench' });
  await connected.connect();
  return connected;
}

await main();
