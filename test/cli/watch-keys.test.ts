import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundledServer, startServer, type TestServer } from '../support/postgres.js';
import { Casework, createWatcher, WatchProcess } from '../support/watch-process.js';
import { tidemark } from './tidemark.js';

let server: TestServer;
let casework: Casework;

beforeAll(async () => {
  server = await startServer(bundledServer());
  await createWatcher(server, 'watch_ro');
  casework = await Casework.create(server, 'casework');
});

afterAll(async () => {
  casework.remove();
  await server.stop();
});

/** All files below a folder, as one text. */
function textsBelow(folder: string): string {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.map((entry) => readFileSync(path.join(entry.parentPath, entry.name), 'utf8')).join('\n');
}

test('a watch compares keys by the schedule of a pair, tells of what is confirmed, and keeps it for a replay without keys', async () => {
  await server.run(["insert into app.case_file values (90417734, date_trunc('day', now()) - interval '90 minutes')"], 'casework');
  casework.configure({
    more: `  - name: every case
    source: { store: production, relation: app.case_file }
    target: { store: warehouse, relation: raw.case_opened }
    key: case_id
    watermark: opened_at
    every: 1h
`,
  });
  const recording = path.join(casework.folder, 'keys.ndjson');
  const watch = await WatchProcess.start(casework, ['watch', '--format', 'ndjson', '--no-audit', '--record', recording]);
  await watch.says(/"id":"reconciliation\/every case".*"sentence":"every case: warehouse raw\.case_opened differs from production app\.case_file in 1 key: 1 missing; confirmed[^"]*".*"to":"breach"/);
  const ended = await watch.stop();
  expect(ended.stderr).toBe('');

  const replayed = await tidemark(['watch', '--replay', recording, '--format', 'ndjson'], { cwd: casework.folder, env: { HOME: casework.home } });
  expect(replayed.stdout).toMatch(/"id":"reconciliation\/every case".*"to":"breach"/);
  for (const text of [ended.stdout, replayed.stdout, textsBelow(casework.home), readFileSync(recording, 'utf8')]) {
    expect(text.length).toBeGreaterThan(100);
    expect(text).not.toContain('90417734');
  }
}, 90_000);
