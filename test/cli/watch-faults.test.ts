import { existsSync, readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { Watching } from '../../src/cli/live/watching.js';
import { loadConfiguration } from '../../src/config/load.js';
import type { Clock } from '../../src/live/clock.js';
import { bundledServer, startServer, type TestServer } from '../support/postgres.js';
import { Casework, createWatcher, pause, startLink, WatchProcess } from '../support/watch-process.js';

/** The one that is killed, and the one that everybody shares. */
let mortal: TestServer;
let server: TestServer;
const systems: Casework[] = [];

beforeAll(async () => {
  [mortal, server] = await Promise.all([startServer(bundledServer()), startServer(bundledServer())]);
  await Promise.all([createWatcher(mortal, 'watch_ro'), createWatcher(server, 'watch_ro')]);
});

afterAll(async () => {
  for (const system of systems) system.remove();
  await Promise.all([mortal.stop(), server.stop()]);
});

async function system(database: string, on = server): Promise<Casework> {
  const casework = await Casework.create(on, database);
  systems.push(casework);
  return casework;
}

const HEALTHY = /ok(?:, was unknown)?: production: no transaction is open/;

describe.concurrent('production', () => {
  test('killed and started again: unknown with the cause, and back by itself', async () => {
    const casework = await system('casework', mortal);
    const watch = await WatchProcess.start(casework, ['watch', '--plain', '--no-journal']);
    await watch.says(HEALTHY);
    await watch.says(/ok: cases/);
    let at = watch.stdout.length;
    mortal.kill();
    await watch.says(/cannot look \(.*\): production: .*(connection was lost|nothing listens there)/, at);
    at = await watch.says(/unknown, was ok: how long transactions on production are open cannot be told: production: /, at);
    await mortal.restart();
    await watch.says(/looking again: production answers/, at);
    await watch.says(/ok, was unknown: production: no transaction is open/, at);
    expect((await watch.stop()).code).toBe(143);
  });

  test('behind a network that swallows everything is noticed, and back by itself', async () => {
    const casework = await system('casework_network');
    const link = await startLink(server.port);
    try {
      const watch = await WatchProcess.start(casework, ['watch', '--plain', '--no-journal', '--no-audit'], { port: link.port });
      await watch.says(HEALTHY);
      let at = watch.stdout.length;
      const cut = performance.now();
      link.cut();
      await watch.says(/cannot look \(.*\): production: the connection was lost: no answer within 4 s\. tidemark connects again by itself/, at);
      at = await watch.says(/unknown, was ok: how long transactions/, at);
      expect(performance.now() - cut).toBeLessThan(25_000);
      link.mend();
      await watch.says(HEALTHY, at);
      expect((await watch.stop()).code).toBe(143);
    } finally {
      await link.stop();
    }
  });

  test('whose password was changed says so, and is back when it is right again', async () => {
    const casework = await system('casework_changed');
    await createWatcher(server, 'changed_ro');
    const watch = await WatchProcess.start(casework, ['watch', '--plain', '--no-journal', '--no-audit'], { role: 'changed_ro' });
    await watch.says(HEALTHY);
    let at = watch.stdout.length;
    await server.run(["alter role changed_ro password 'another'", "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'changed_ro'"]);
    at = await watch.says(/password authentication failed for user "changed_ro" \(28P01\)\. Correct the password of changed_ro/, at);
    await server.run("alter role changed_ro password 'tide-and-ebb'");
    await watch.says(HEALTHY, at);
    expect((await watch.stop()).code).toBe(143);
  });

  test('with a view that hangs costs the reconciliation only', async () => {
    const casework = await system('casework_slow');
    await server.run(
      [
        'create view app.slow_case as select case_id, opened_at from app.case_file where pg_sleep(3) is not null',
        'grant select on app.slow_case to public',
      ],
      'casework_slow',
    );
    casework.configure({ relation: 'app.slow_case' });
    const watch = await WatchProcess.start(casework, ['watch', '--plain', '--no-journal', '--no-audit']);
    await watch.says(HEALTHY);
    await watch.says(/ok: case_opened/);
    await watch.says(/unknown: cases: /);
    expect(watch.lines.filter((line) => line.includes('cannot look') && !line.includes('(reconciliation)'))).toEqual([]);
    expect((await watch.stop()).code).toBe(143);
  });

  test('with a table that somebody locks costs the reconciliation only, for so long', async () => {
    const casework = await system('casework_locked');
    const client = new pg.Client({ connectionString: server.url('casework_locked') });
    await client.connect();
    await client.query('begin');
    await client.query('lock table app.case_file in access exclusive mode');
    const watch = await WatchProcess.start(casework, ['watch', '--plain', '--no-journal', '--no-audit']);
    await watch.says(HEALTHY);
    await watch.says(/unknown: cases: .*lock/);
    await client.query('commit');
    await client.end();
    expect((await watch.stop()).code).toBe(143);
  });
});

describe.concurrent('the warehouse', () => {
  test('is read while a writer holds it, and never keeps a loader from opening it', async () => {
    const casework = await system('casework_loader');
    const watch = await WatchProcess.start(casework, ['watch', '--plain', '--no-journal']);
    const refused: unknown[] = [];
    for (let run = 0; run < 60; run++) {
      await casework.load('update analytics_control.data_product_watermark set source_high_watermark = now(), last_successful_load_at = now()').catch((error: unknown) => refused.push(error));
      await pause(200);
    }
    expect(refused).toEqual([]);
    await watch.says(/ok: case_opened/);
    const at = watch.stdout.length;
    const instance = await DuckDBInstance.create(casework.warehouse);
    const connection = await instance.connect();
    await connection.run("update analytics_control.data_product_watermark set source_high_watermark = now() - interval 3 hours, last_successful_load_at = now() - interval 3 hours");
    await watch.says(/was ok: case_opened/, at);
    connection.closeSync();
    instance.closeSync();
    expect(watch.stdout).not.toContain('cannot look');
    expect((await watch.stop()).code).toBe(143);
  });

  test('replaced by another file is read anew', async () => {
    const casework = await system('casework_replaced');
    const other = await system('casework_other');
    await other.load("update analytics_control.data_product_watermark set source_high_watermark = now() - interval 3 hours, last_successful_load_at = now() - interval 3 hours");
    const watch = await WatchProcess.start(casework, ['watch', '--plain', '--no-journal', '--no-audit']);
    const at = await watch.says(/ok: case_opened/);
    renameSync(other.warehouse, casework.warehouse);
    await watch.says(/was ok: case_opened/, at);
    expect((await watch.stop()).code).toBe(143);
  });
});

describe.concurrent('the end', () => {
  test.each([['SIGTERM', 143], ['SIGINT', 130]] as const)('by %s while it audits leaves nothing behind', async (signal, code) => {
    const database = `casework_${signal.toLowerCase()}`;
    const casework = await system(database);
    const watch = await WatchProcess.start(casework, ['watch', '--plain']);
    await watch.until('the audit', () => watch.descendants().length > 0);
    const children = watch.descendants();
    const ended = await watch.stop(signal);
    expect(ended.code).toBe(code);
    await vi.waitFor(() => expect(alive(children)).toEqual([]), { timeout: 10_000 });
    expect(readdirSync(watch.temporary)).toEqual([]);
    expect(await sessionsOf(database)).toBe(0);
  });

  test('of a watch that is killed is the end of its audit', async () => {
    const casework = await system('casework_killed');
    const watch = await WatchProcess.start(casework, ['watch', '--plain']);
    await watch.until('the audit', () => watch.descendants().length > 0);
    const children = watch.descendants();
    await watch.stop('SIGKILL');
    await vi.waitFor(() => expect(alive(children)).toEqual([]), { timeout: 10_000 });
  });

  test('comes when nobody reads any more', async () => {
    const casework = await system('casework_head');
    const watch = await WatchProcess.start(casework, ['watch', '--plain', '--no-journal']);
    await watch.says(/watching/);
    watch.closeStdout();
    const { code, stderr } = await watch.ended();
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });
});

describe('a clock that jumps', () => {
  test.each([['forward', 7_200], ['back', -7_200]])('%s an hour or two leaves nothing unknown for long', async (_, seconds) => {
    const casework = await system(`casework_jump_${seconds > 0 ? 'forward' : 'back'}`);
    const environment = { PRODUCTION_URL: `postgres://watch_ro@127.0.0.1:${server.port}/${casework.database}`, PGPASSWORD: 'tide-and-ebb' };
    const { configuration } = await loadConfiguration(join(casework.folder, 'tidemark.yaml'), { displayName: 'tidemark.yaml', environment, connects: true });
    let jumped = 0;
    const clock: Clock = {
      now: () => Date.now() / 1000 + jumped,
      monotonic_ms: () => performance.now(),
      after: (delay_ms, act) => {
        const timer = setTimeout(act, delay_ms);
        return () => clearTimeout(timer);
      },
    };
    const controller = new AbortController();
    const watching = new Watching({
      configuration,
      directory: casework.folder, version: '0.0.0', environment, homeDirectory: casework.home,
      clock, signal: controller.signal, audits: false, onSample: () => undefined, redact: (value) => value,
    });
    const settled = (): Record<string, string> => Object.fromEntries(watching.view().objectives.map(({ id, state }) => [id, state]));
    const healthy = { 'transaction/production': 'ok', 'reconciliation/cases': 'ok' };
    watching.start();
    try {
      await expect.poll(settled, { timeout: 20_000, interval: 200 }).toMatchObject(healthy);
      jumped = seconds;
      await pause(1_500);
      await expect.poll(settled, { timeout: 15_000, interval: 200 }).toMatchObject({ 'transaction/production': 'ok' });
      // What is looked at now is what is shown: a statement that began after the jump is seen.
      const client = new pg.Client({ connectionString: server.url(casework.database) });
      await client.connect();
      await client.query('begin; create temp table case_note (note int)');
      await expect.poll(() => watching.view().workload.long_transactions.length, { timeout: 15_000, interval: 200 }).toBeGreaterThan(0);
      await client.end();
      const stale = watching.view().probes.filter(({ id, state }) => state === 'unknown' && ['replication', 'activity', 'watermarks'].includes(id));
      expect(stale).toEqual([]);
    } finally {
      await watching.stop();
    }
  });
});

function alive(pids: readonly number[]): number[] {
  return pids.filter((pid) => existsSync(`/proc/${pid}`));
}

async function sessionsOf(database: string): Promise<number> {
  const client = new pg.Client({ connectionString: server.url() });
  await client.connect();
  const { rows } = await client.query("select count(*)::int as n from pg_stat_activity where datname = $1 and application_name = 'tidemark'", [database]);
  await client.end();
  return z.array(z.object({ n: z.number() })).parse(rows)[0]?.n ?? -1;
}
