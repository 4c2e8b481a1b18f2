import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { bundledServer, startServer, type TestServer } from '../support/postgres.js';
import { Casework, createWatcher, WatchProcess } from '../support/watch-process.js';
import { tidemark, type Ended } from './tidemark.js';

let server: TestServer;
let casework: Casework;
/** Of a watch in which the data became too old. */
let live: Ended;
let recording: string;

beforeAll(async () => {
  server = await startServer(bundledServer());
  await createWatcher(server, 'watch_ro');
  casework = await Casework.create(server, 'casework');
  recording = path.join(casework.folder, 'incident.ndjson');
  const watch = await WatchProcess.start(casework, ['watch', '--format', 'ndjson', '--record', recording]);
  await watch.says(/"id":"freshness\/case_opened".*"to":"ok"/);
  await watch.says(/"id":"reconciliation\/cases".*"to":"ok"/);
  await casework.load("update analytics_control.data_product_watermark set source_high_watermark = now() - interval 3 hours, last_successful_load_at = now() - interval 3 hours");
  await watch.says(/"from":"ok","id":"freshness\/case_opened"/);
  await watch.says(/"id":"workload\/new\/production"/);
  live = await watch.stop();
});

afterAll(async () => {
  casework.remove();
  await server.stop();
});

const change = z.object({ type: z.literal('change'), id: z.string(), from: z.string().nullable(), to: z.string().nullable() });

/** Which objective changed from what to what, in the order of each. */
function changes(stdout: string): string[] {
  const records = stdout.split('\n').filter((line) => line !== '').map((line): unknown => JSON.parse(line));
  const read = records.flatMap((record) => change.safeParse(record).data ?? []);
  return read.map(({ id, from, to }) => `${id}: ${String(from)} → ${String(to)}`).sort();
}

const replay = (args: string[]): Promise<Ended> => tidemark(['watch', '--replay', ...args], { cwd: tmpdir(), env: { HOME: casework.home } });

describe('a recording', () => {
  test('has the same changes when it is played again, and needs no store', async () => {
    server.kill();
    const again = await replay([recording, '--format', 'ndjson']);
    expect(again.stderr).toBe('');
    expect(changes(again.stdout)).toEqual(changes(live.stdout));
    await server.restart();
  });

  test('is told in lines too, and ends as the incident stood', async () => {
    const again = await replay([recording, '--plain']);
    expect(again.stdout).toMatch(/^\S+Z watching: production and warehouse\.\n/);
    expect(again.stdout).toMatch(/, was ok: case_opened /);
    expect(again).toMatchObject({ code: 1, stderr: '' });
  });

  test('is played in its own time where a speed is given', async () => {
    const again = await replay([recording, '--format', 'ndjson', '--speed', '20']);
    expect(changes(again.stdout)).toEqual(changes(live.stdout));
  });

  test('is as good from the journal', async () => {
    const folder = path.join(casework.home, '.local/state/tidemark');
    const [name = ''] = readdirSync(folder);
    const again = await replay([path.join(folder, name), '--format', 'ndjson']);
    expect(again.stderr).toBe('');
    expect(changes(again.stdout)).toEqual(changes(live.stdout));
  });

  test('is readable by its owner only, and holds neither password nor address', () => {
    expect(statSync(recording).mode & 0o077).toBe(0);
    const bytes = readFileSync(recording);
    const text = (bytes[0] === 0x1f ? gunzipSync(bytes) : bytes).toString();
    expect(text).toContain('"probe":"replication"');
    expect(text).not.toContain('tide-and-ebb');
  });

  test('that was cut off is shown as far as it goes, and says so', async () => {
    const torn = path.join(casework.folder, 'torn.ndjson');
    const bytes = readFileSync(recording);
    writeFileSync(torn, bytes.subarray(0, -20));
    const { stdout, stderr } = await replay([torn, '--plain']);
    expect(stdout).toContain('ok: case_opened is');
    expect(stderr).toBe(`${torn} was read without its torn last line\n`);
  });
});

describe('what is no recording', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'tidemark-test-replay-'));
    writeFileSync(path.join(folder, 'empty.ndjson'), '');
    writeFileSync(path.join(folder, 'foreign.json'), '{"dashboards": []}\n');
    writeFileSync(path.join(folder, 'binary.duckdb'), Buffer.from(Array.from({ length: 4096 }, (_, at) => (at * 7919) % 256)));
    mkdirSync(path.join(folder, 'nothing'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const STEP = 'Give a file of tidemark watch --record, or the folder of a journal.';
  test.each([
    ['missing.ndjson', 'cannot be read: there is no such file or folder. Correct the path, or write it with tidemark watch --record FILE.'],
    ['empty.ndjson', `is empty. ${STEP}`],
    ['foreign.json', `is no journal of tidemark: its first line is not the header of one. ${STEP}`],
    ['binary.duckdb', `is no journal of tidemark: it has no whole line. ${STEP}`],
    ['nothing', `holds no sample. ${STEP}`],
  ])('%s ends with 2 and one clear message', async (name, message) => {
    const file = path.join(folder, name);
    expect(await replay([file, '--plain'])).toEqual({ code: 2, stdout: '', stderr: `tidemark: ${file} ${message}\n` });
  });
});
