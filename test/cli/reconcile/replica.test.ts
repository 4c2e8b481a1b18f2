import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import * as command from '../../../src/cli/commands/reconcile.js';
import { bundledServer, startServer, type TestServer } from '../../support/postgres.js';
import { PRIMARY, startStandby, type Standby } from '../../support/standby.js';
import { inProcess } from './in-process.js';

let primary: TestServer;
let standby: Standby;
let folder = '';

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'tidemark-replica-'));
  primary = await startServer(bundledServer(), PRIMARY);
  await primary.run(['create database shop', 'create database archive']);
  await primary.run(['create schema shop', 'create table shop.orders as select i as order_id, i * 3 as total_minor from generate_series(1, 500) g(i)', 'alter table shop.orders add primary key (order_id)', 'create schema raw', 'create table raw.orders as table shop.orders'], 'shop');
  standby = await startStandby(bundledServer(), primary, 'reports', 'reports');
  const store = (name: string, role: string, url: string): string => `  - { name: ${name}, role: ${role}, engine: postgres, url: "${url}" }`;
  const stores = [store('production', 'operational', primary.url('shop')), store('other', 'replica', standby.url('archive')), store('reports', 'replica', standby.url('shop')), store('warehouse', 'warehouse', primary.url('shop'))];
  const pair = '  - { name: orders, source: { store: production, relation: shop.orders }, target: { store: warehouse, relation: raw.orders } }';
  writeFileSync(path.join(folder, 'tidemark.yaml'), ['stores:', ...stores, 'reconcile:', pair, ''].join('\n'));
});

afterAll(async () => {
  await standby.stop();
  await primary.stop();
  rmSync(folder, { recursive: true, force: true });
});

const answer = z.object({ pairs: z.array(z.object({ state: z.string(), source: z.object({ store: z.string(), read_from: z.string().nullable() }), notes: z.array(z.string()) })) });

async function readFrom(...args: string[]): Promise<string | null | undefined> {
  const { stdout, stderr, code } = await inProcess('reconcile', command, ['orders', '--unpaced', '--wait', '0', '--no-state', '--format', 'json', ...args], { directory: folder, homeDirectory: folder });
  expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
  return answer.parse(JSON.parse(stdout)).pairs[0]?.source.read_from;
}

test('a standby of the same server and database is scanned in the place of its primary, unless told not to', async () => {
  expect(await readFrom()).toBe('reports');
  expect(await readFrom('--replica')).toBe('reports');
  expect(await readFrom('--primary')).toBeNull();
});
