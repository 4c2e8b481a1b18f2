import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readBundle } from '../../src/snapshot/bundle.js';
import { loadCasework } from '../support/casework-catalog.js';
import { type TestServer, bundledServer, startServer } from '../support/postgres.js';
import { build, program, tidemark } from './tidemark.js';

const folder = mkdtempSync(join(tmpdir(), 'tidemark-test-sample-'));
let server: TestServer;

beforeAll(async () => {
  await build();
  server = await startServer(bundledServer());
  await loadCasework(server);
}, 120_000);
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

test('collect samples for as long as it is told, and says what that cost', { timeout: 60_000 }, async () => {
  const { stderr, code } = await tidemark(['collect', '-o', 'short.tidemark', '--sample', '2s', '--postgres', server.url('casework')], { cwd: folder });
  expect(code).toBe(0);
  expect(stderr).toMatch(/^short\.tidemark: 1 store, .*\nsampled casework \d+ times? in 2(\.\d)? s, [\d.]+ (ms|µs) of database time: \d+ statements? seen running\n/);
});

test('Ctrl-C ends the sampling, and the run goes on with what was seen', { timeout: 60_000 }, async () => {
  const child = spawn(process.execPath, [program, 'collect', '-o', 'cut.tidemark', '--sample', '10min', '--postgres', server.url('casework')], { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  setTimeout(() => child.kill('SIGINT'), 3000);
  const [code] = await once(child, 'close');
  expect(stderr).toContain('sampling stopped; going on with what was seen\n');
  expect(stderr).toContain('sampled casework ');
  expect(code).toBe(0);
  const { stores } = await readBundle(join(folder, 'cut.tidemark'));
  expect(stores[0]?.sampling?.samples).toBeGreaterThan(2);
  expect(stores[0]?.catalog.relations.length).toBeGreaterThan(2);
});

test.each(['60', '0s', '2d', 'soon'])('--sample %s is refused', async (duration) => {
  const { stderr, code } = await tidemark(['collect', '-o', 'x.tidemark', '--sample', duration, '--postgres', server.url('casework')], { cwd: folder });
  expect(code).toBe(2);
  expect(stderr).toBe(`tidemark: --sample takes a duration from 1s to 1d, not '${duration}'\n  as in --sample 60s or --sample 10min\n`);
});
