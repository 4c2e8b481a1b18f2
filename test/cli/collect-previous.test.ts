import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { StoreSnapshot } from '../../src/model/snapshot.js';
import { readBundle, writeBundle } from '../../src/snapshot/bundle.js';
import { bundledServer, startServer, type TestServer } from '../support/postgres.js';
import { build, tidemark, type Ended } from './tidemark.js';

const PASSWORD = 's3cr3t-of-the-collector';
let server: TestServer;
let folder: string;

/** Writes monday.tidemark, which the tests start from. */
beforeAll(async () => {
  await build();
  server = await startServer(bundledServer());
  folder = mkdtempSync(path.join(tmpdir(), 'tidemark-previous-'));
  await server.run(['create database casework', `create role tidemark_ro login password '${PASSWORD}'`, 'grant pg_monitor to tidemark_ro']);
  await server.run(['create extension pg_stat_statements', 'create table case_file (case_id int primary key)', 'select count(*) from case_file'], 'casework');
  await server.run(['create database sales', 'create extension if not exists pg_stat_statements']);
  await server.run('create extension pg_stat_statements', 'sales');
  // Sent once before, as it is a statement too: what is new has all texts read again.
  await textReadings();
  const monday = await collect('monday');
  if (monday.code !== 0) throw new Error(monday.stderr);
}, 120_000);
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

function collect(name: string, options: string[] = [], database = 'casework'): Promise<Ended> {
  const url = server.url(database, 'tidemark_ro');
  writeFileSync(path.join(folder, 'tidemark.yaml'), `stores:\n  - { name: production, role: operational, engine: postgres, url: "${url}" }\n`);
  return tidemark(['collect', '-o', `${name}.tidemark`, ...options], { cwd: folder, env: { PGPASSWORD: PASSWORD } });
}

async function textsOf(name: string): Promise<(string | null)[]> {
  const { stores } = await readBundle(path.join(folder, `${name}.tidemark`));
  return (stores[0]?.statements ?? []).map(({ text }) => text);
}

/** How often the server had read its file of texts for us: calls of the statement that asks for them. */
async function textReadings(): Promise<number> {
  const client = new pg.Client({ connectionString: server.url('casework') });
  await client.connect();
  try {
    const { rows } = await client.query<{ calls: number }>("select coalesce(sum(calls), 0)::int as calls from pg_stat_statements where query like '%bytes_before%'");
    return rows[0]?.calls ?? 0;
  } finally {
    await client.end();
  }
}

test('texts that a bundle has are not read again, and are there all the same', async () => {
  const before = await textReadings();
  const { code, stderr } = await collect('tuesday', ['--previous', 'monday.tidemark']);
  expect(code).toBe(0);
  expect(stderr).not.toContain('not used');
  expect(await textsOf('tuesday')).toContain('select count(*) from case_file');
  expect(await textReadings()).toBe(before);
  // Without it they are: otherwise the line above could not fail.
  expect((await collect('alone')).code).toBe(0);
  expect(await textReadings()).toBe(before + 1);
}, 60_000);

test('a statement that is new is read, one that was pushed out is gone', async () => {
  await server.run(['select pg_stat_statements_reset()', 'select max(case_id) from case_file'], 'casework');
  expect((await collect('wednesday', ['--previous', 'monday.tidemark'])).code).toBe(0);
  const texts = await textsOf('wednesday');
  expect(texts).toContain('select max(case_id) from case_file');
  expect(texts).not.toContain('select count(*) from case_file');
}, 60_000);

test('texts of another database are not used, and it is said', async () => {
  const { code, stderr } = await collect('sales', ['--previous', 'monday.tidemark'], 'sales');
  expect(code).toBe(0);
  expect(stderr).toContain('monday.tidemark: its texts of production are not used: there it is the database casework, now sales');
  expect(await textsOf('sales')).not.toContain('select count(*) from case_file');
}, 60_000);

test.each<[string, (store: StoreSnapshot) => void, string]>([
  ['of another server', (store) => void (store.systemIdentifier = '7000000000000000001'), 'there it is a database of the same name on another server'],
  ['of another major version', (store) => void (store.version = '13.4'), 'there it is version 13, now 18'],
  ['that names neither the server nor its address', (store) => void (delete store.systemIdentifier, delete store.address), 'it cannot be told whether it is the same server'],
  ['that does not hold the store', (store) => void (store.name = 'archive'), 'it does not hold this store'],
])('a bundle %s', async (_, change, why) => {
  const other = await readBundle(path.join(folder, 'monday.tidemark'));
  other.stores.forEach(change);
  await writeBundle(path.join(folder, 'other.tidemark'), other);
  const { code, stderr } = await collect('next', ['--previous', 'other.tidemark']);
  expect(stderr).toContain(`other.tidemark: its texts of production are not used: ${why}`);
  expect(code).toBe(0);
}, 60_000);

test('a file that is no bundle is refused before anything is looked at', async () => {
  writeFileSync(path.join(folder, 'notes.tidemark'), 'no bundle');
  const before = await textReadings();
  const { code, stderr } = await collect('never', ['--previous', 'notes.tidemark']);
  expect(code).toBe(2);
  expect(stderr).toContain('notes.tidemark: it is not a tidemark bundle (not gzip). Give a file that tidemark collect wrote.');
  expect(await textReadings()).toBe(before);
}, 60_000);
