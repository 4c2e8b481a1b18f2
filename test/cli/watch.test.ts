import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { bundledServer, startServer, type TestServer } from '../support/postgres.js';
import { Casework, createWatcher, pause, WatchProcess } from '../support/watch-process.js';
import { tidemark } from './tidemark.js';

let server: TestServer;
const systems: Casework[] = [];

beforeAll(async () => {
  server = await startServer(bundledServer(), { settings: { wal_level: 'logical', log_connections: "'on'" } });
  await createWatcher(server, 'watch_ro');
});

afterAll(async () => {
  for (const system of systems) system.remove();
  await server.stop();
});

async function system(database: string): Promise<Casework> {
  const casework = await Casework.create(server, database);
  systems.push(casework);
  return casework;
}

const stateRecord = z.object({
  type: z.literal('state'),
  counts: z.record(z.string(), z.number()),
  objectives: z.array(z.object({ id: z.string(), state: z.string(), sentence: z.string() })),
  streams: z.array(z.object({ name: z.string(), lag: z.object({ value: z.number() }).nullable() })),
  statements: z.array(z.object({ origin: z.string() })),
});

function lastState(stdout: string): z.output<typeof stateRecord> {
  const records = stdout.split('\n').filter((line) => line.startsWith('{')).map((line): unknown => JSON.parse(line));
  return stateRecord.parse(records.findLast((record) => z.object({ type: z.literal('state') }).safeParse(record).success));
}

/** Without the moments, which differ from run to run. */
function plain(stdout: string): string[] {
  return stdout.split('\n').filter((line) => line !== '').map((line) => line.replace(/^\S+Z /, ''));
}

describe.concurrent('a healthy system', () => {
  test('holds every objective and ends with 0', async () => {
    const casework = await system('casework_healthy');
    const watch = await WatchProcess.start(casework, ['watch', '--plain', '--for', '30s']);
    const { code, stdout, stderr } = await watch.ended();
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    // Slots of other databases of the server fill its disk too, so they are seen; here they are those of other tests.
    const lines = plain(stdout).filter((line) => !line.includes('_cdc'));
    expect(lines[0]).toBe('watching: production and warehouse.');
    expect(lines.slice(1).map((line) => line.replace(/[\d.]+ (ms|s)\b/, '… s').replace(/\d days/, '… days').replace(/\d\d:\d\d UTC/, '…')).sort()).toEqual([
      'ok: case_opened is … s old, within 2 h.',
      'ok: cases: … days agree, up to ….',
      'ok: production: no analytical statement that was not there before.',
      'ok: production: no transaction is open for longer than … s.',
    ]);
    expect(existsSync(path.join(casework.home, '.local/state/tidemark'))).toBe(true);
    expect(readdirSync(watch.temporary)).toEqual([]);
  });

  test('is told to machines line by line, and whole each minute', async () => {
    const casework = await system('casework_machines');
    const watch = await WatchProcess.start(casework, ['watch', '--format', 'ndjson', '--no-journal']);
    await watch.says(/"id":"freshness\/case_opened".*"to":"ok"/);
    await watch.until('the whole of it', () => watch.stdout.includes('"type":"state"'));
    const { stdout, stderr } = await watch.stop();
    expect(stderr).toBe('');
    expect(lastState(stdout).objectives.map(({ id }) => id)).toContain('freshness/case_opened');
    expect(existsSync(path.join(casework.home, '.local'))).toBe(false);
  });

  test('without its audit says nothing of what is analytical, and holds all the same', async () => {
    const casework = await system('casework_unaudited');
    const watch = await WatchProcess.start(casework, ['watch', '--plain', '--for', '20s', '--no-journal', '--no-audit']);
    const { code, stdout } = await watch.ended();
    expect(code).toBe(0);
    expect(stdout).not.toContain('analytical');
  });

  test('ends with 1 when data is older than promised', async () => {
    const casework = await system('casework_late');
    await casework.load("update analytics_control.data_product_watermark set source_high_watermark = now() - interval 3 hours, last_successful_load_at = now() - interval 3 hours");
    casework.configure({ freshness: 'target: 1h, within: 2h, degraded: 150min' });
    const watch = await WatchProcess.start(casework, ['watch', '--plain', '--for', '6s', '--no-journal', '--no-audit']);
    const { code, stdout } = await watch.ended();
    expect(code).toBe(1);
    expect(plain(stdout).find((line) => line.startsWith('breach'))).toMatch(/^breach: case_opened /);
  });

  test('that two look at disturbs neither, and the next one remembers', async () => {
    const casework = await system('casework_twice');
    await server.run("select pg_create_logical_replication_slot('casework_twice_cdc', 'pgoutput')", 'casework_twice');
    const args = ['watch', '--format', 'ndjson', '--for', '9s', '--no-audit'];
    const first = await Promise.all([WatchProcess.start(casework, args), WatchProcess.start(casework, args)]);
    for (const { stdout, stderr } of await Promise.all(first.map((watch) => watch.ended()))) {
      expect(stderr).toBe('');
      expect(stdout).not.toContain('cannot');
    }
    await server.run('insert into app.case_file values (9000, now())', 'casework_twice');
    const next = await WatchProcess.start(casework, ['watch', '--format', 'ndjson', '--for', '5s', '--no-audit']);
    const { stdout } = await next.ended();
    const [stream] = lastState(stdout).streams.filter(({ name }) => name === 'casework_twice_cdc');
    // Older than this run is itself.
    expect(stream?.lag?.value).toBeGreaterThan(8);
  });

  test('sends hostile names to nobody', async () => {
    const casework = await system('casework_hostile');
    const hostile = 'evil\u001b[31m\u001b]0;owned\u0007';
    await casework.load(`insert into analytics_control.data_product_watermark values ('${hostile}', now() - interval 9 hours, now(), 'HEALTHY${hostile}')`);
    await server.run([`create role "${hostile}"`, `grant all on app.case_file to "${hostile}"`], 'casework_hostile');
    casework.configure({ more: 'live: { transaction: 1s }' });
    const blocker = server.run(`begin; set local role "${hostile}"; select count(*) /* ${hostile} */ from app.case_file; select pg_sleep(12); commit`, 'casework_hostile');
    const watch = await WatchProcess.start(casework, ['watch', '--plain', '--for', '12s', '--no-journal']);
    const { stdout, stderr } = await watch.ended();
    await blocker;
    expect(stdout).toContain('has had a transaction open');
    // oxlint-disable-next-line no-control-regex
    expect(stdout + stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
  });
});

describe.concurrent('a role', () => {
  test('without pg_monitor sees less, says so, and is told what is missing', async () => {
    const casework = await system('casework_unprivileged');
    await server.run("create role plain_ro login password 'tide-and-ebb'");
    const watch = await WatchProcess.start(casework, ['watch', '--plain', '--for', '32s', '--no-journal'], { role: 'plain_ro' });
    const { code, stdout } = await watch.ended();
    expect(code).toBe(3);
    const lines = plain(stdout);
    expect(lines).toContain('unknown: production: transactions of other roles are hidden; GRANT pg_read_all_stats shows them.');
    expect(lines.find((line) => line.includes('wal-directory'))).toMatch(/wal-directory may not look: plain_ro may not list the WAL directory\. GRANT pg_monitor TO plain_ro;$/);
    expect(lines).toContainEqual(expect.stringMatching(/^ok: cases: \d days agree, up to \d\d:00 UTC\.$/));
  });

  test('with two connections is never refused by its limit', async () => {
    const casework = await system('casework_limited');
    await createWatcher(server, 'limited_ro', 'connection limit 2');
    const watch = await WatchProcess.start(casework, ['watch', '--format', 'ndjson', '--for', '25s'], { role: 'limited_ro' });
    const counts = new Set<number>();
    const { default: pg } = await import('pg');
    const client = new pg.Client({ connectionString: server.url() });
    await client.connect();
    while (watch.isRunning) {
      const { rows } = await client.query("select count(*)::int as n from pg_stat_activity where usename = 'limited_ro'");
      counts.add(z.array(z.object({ n: z.number() })).parse(rows)[0]?.n ?? 0);
      await pause(5);
    }
    await client.end();
    const { stdout } = await watch.ended();
    expect(Math.max(...counts)).toBe(2);
    expect(stdout).not.toMatch(/too many connections|53300/);
    expect(lastState(stdout).objectives.filter(({ sentence }) => /cannot|lost|refused/.test(sentence))).toEqual([]);
  });

  test('with a wrong password is told so, and not once more each second', async () => {
    const casework = await system('casework_password');
    const watch = await WatchProcess.start(casework, ['watch', '--plain', '--for', '6s', '--no-journal'], { password: 'wrong-secret' });
    const { code, stdout, stderr } = await watch.ended();
    expect(code).toBe(3);
    expect(stdout + stderr).not.toContain('wrong-secret');
    expect(plain(stdout).filter((line) => line.startsWith('cannot look')).map((line) => line.replace(/\(.*?\)/, '(…)').replace(/127\.0\.0\.1:\d+/, 'HOST'))).toEqual([
      'cannot look (…): production: cannot open HOST/casework_password: password authentication failed for user "watch_ro" (28P01). Correct the password of watch_ro in PGPASSWORD, ~/.pgpass or the URL.',
    ]);
  });
});

describe.concurrent('what is out of reach', () => {
  test('costs only itself: a server that is down', async () => {
    const casework = await system('casework_down');
    const watch = await WatchProcess.start(casework, ['watch', '--plain', '--for', '6s', '--no-journal'], { port: 1 });
    const { code, stdout } = await watch.ended();
    expect(code).toBe(3);
    const lines = plain(stdout);
    expect(lines[1]).toMatch(/^cannot look \(.*replication.*\): production: cannot open 127\.0\.0\.1:1\/casework_down: nothing listens there \(ECONNREFUSED\)\. Start the server, or correct host and port\.$/);
    expect(lines.find((line) => line.includes('case_opened'))).toMatch(/^ok: case_opened is /);
  });

  test('costs only itself: a file that is not there, and appears', async () => {
    const casework = await system('casework_missing');
    casework.configure();
    const { renameSync } = await import('node:fs');
    renameSync(casework.warehouse, `${casework.warehouse}.away`);
    const watch = await WatchProcess.start(casework, ['watch', '--plain', '--no-journal', '--no-audit']);
    await watch.says(/cannot look \(watermarks\): warehouse: cannot open \S+warehouse\.duckdb: there is no such file\. Correct the path/);
    await watch.says(/ok: production: no transaction/);
    const before = watch.stdout.length;
    renameSync(`${casework.warehouse}.away`, casework.warehouse);
    await watch.says(/looking again: warehouse answers/, before);
    await watch.says(/ok(?:, was unknown)?: case_opened (?:is|has) /, before);
    expect((await watch.stop()).code).toBe(143);
  }, 120_000);
});

describe('wrong usage', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'tidemark-test-usage-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test.each([
    [['--format', 'json'], "watch has no format 'json'\n  --format ndjson prints changes of state for machines; without it there is a screen, or lines with --plain"],
    [['-o', 'watch.txt'], 'watch writes to the terminal only\n  --record FILE keeps every sample'],
    [['--speed', '0'], "option '--speed <factor>' argument '0' is invalid. It must be a number above 0, such as 10.\n  tidemark watch --help lists its flags"],
    [['--for', 'soon'], "option '--for <duration>' argument 'soon' is invalid. It must be a duration such as 30s or 5min.\n  tidemark watch --help lists its flags"],
    [['--record', 'a', '--replay', 'b'], '--record and --replay: a recording is there already'],
    [['--record', '/nowhere/recording'], '/nowhere/recording cannot be written: there is no such file or folder. Record to another file.'],
  ])('%j ends with 2 and says what is right', async (args, message) => {
    writeFileSync(path.join(folder, 'tidemark.yaml'), 'stores: [{ name: warehouse, role: warehouse, engine: duckdb, url: warehouse.duckdb }]\n');
    expect(await tidemark(['watch', ...args], { cwd: folder, env: { HOME: folder } })).toEqual({ code: 2, stdout: '', stderr: `tidemark: ${message}\n` });
  });

  test('without a store ends with 2', async () => {
    writeFileSync(path.join(folder, 'tidemark.yaml'), 'sources: [{ path: reports }]\n');
    const { code, stderr } = await tidemark(['watch'], { cwd: folder, env: { HOME: folder } });
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: 'tidemark: there is no store to watch\n  name one, as in tidemark watch --postgres postgresql://watch_ro@db.example/casework\n',
    });
  });
});
