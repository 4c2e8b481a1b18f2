import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { PairFiles, stateProblemOf, type HeldPair } from '../../../src/cli/reconcile/memory.js';

let folder = '';
let files: PairFiles;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'tidemark-memory-'));
  files = new PairFiles(path.join(folder, 'reconcile'), 'tidemark 0.1.0');
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function held(pair: string): Promise<HeldPair> {
  const taken = await files.hold(pair);
  if ('heldBy' in taken) throw new Error(`held by ${taken.heldBy}`);
  return taken;
}

function names(): string[] {
  return readdirSync(path.join(folder, 'reconcile')).sort();
}

function fileOf(ending: string): string {
  return path.join(folder, 'reconcile', names().find((name) => name.endsWith(ending)) ?? '');
}

test('what one run leaves the next one finds, each pair by itself', async () => {
  const orders = await held('orders');
  expect(await orders.load()).toBeNull();
  await orders.save({ entries: [], clean_at: 5 });
  await orders.save({ entries: [], clean_at: 7 });
  await orders.release();
  const again = await held('orders');
  expect(await again.load()).toEqual({ entries: [], clean_at: 7 });
  expect(await (await held('ordErs')).load()).toBeNull();
  expect(statSync(fileOf('.json')).mode & 0o777).toBe(0o600);
});

test('names that no file may have are names of pairs all the same', async () => {
  for (const name of ['../../etc/passwd', 'a/b', '', '.', 'x'.repeat(5_000), 'naïve\u0000\n']) {
    const pair = await held(name);
    await pair.save({ of: name.length });
    expect(await pair.load()).toEqual({ of: name.length });
  }
  expect(readdirSync(folder)).toEqual(['reconcile']);
});

test('a file that is cut off, of another form or of another pair counts as none', async () => {
  const orders = await held('orders');
  await orders.save({ clean_at: 7 });
  const file = fileOf('.json');
  const whole = readFileSync(file, 'utf8');
  for (const text of [whole.slice(0, -9), '', '[]', whole.replace('"pair":"orders"', '"pair":"cases"'), whole.replace('"schemaVersion":1', '"schemaVersion":2')]) {
    writeFileSync(file, text);
    expect(await orders.load()).toBeNull();
  }
});

test('a second run is told who has a pair; one whose process has gone holds nothing', async () => {
  const orders = await held('orders');
  expect(await files.hold('orders')).toEqual({ heldBy: expect.stringMatching(new RegExp(`^process ${process.pid} on .+, since \\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d UTC$`)) });
  await orders.release();
  expect(names()).toEqual([]);
  const lock = async (text: string) => {
    await held('orders');
    writeFileSync(fileOf('.lock'), text);
    return files.hold('orders');
  };
  // Linux gives no process a number above 4,194,304.
  expect(await lock(JSON.stringify({ pid: 4_999_999, host: hostname(), since: '2026-11-22T10:00:00Z' }))).not.toHaveProperty('heldBy');
  rmSync(fileOf('.lock'));
  expect(await lock('torn')).not.toHaveProperty('heldBy');
  rmSync(fileOf('.lock'));
  expect(await lock(JSON.stringify({ pid: 4_999_999, host: 'warehouse-runner-2', since: '2026-11-22T10:00:00Z' }))).toEqual({ heldBy: 'process 4999999 on warehouse-runner-2, since 2026-11-22 10:00:00 UTC' });
});

test('the secret is made once, also by several at the same time, and is for this user only', async () => {
  const secrets = await Promise.all([files.secret(), files.secret(), files.secret()]);
  expect(new Set(secrets.map((secret) => Buffer.from(secret).toString('hex'))).size).toBe(1);
  expect(secrets[0]).toHaveLength(32);
  expect(names()).toEqual(['key-secret']);
  expect(statSync(fileOf('key-secret')).mode & 0o777).toBe(0o600);
});

test('a secret that is none is not written over, as digests would change in silence', async () => {
  await files.secret();
  chmodSync(fileOf('key-secret'), 0o600);
  writeFileSync(fileOf('key-secret'), 'short');
  const problem = await files.secret().then(() => null, (error: unknown) => stateProblemOf(folder, error));
  expect(problem?.message).toBe(`${path.join(folder, 'reconcile', 'key-secret')} is not a secret that tidemark wrote`);
  expect(problem?.nextStep).toBe('Remove it; digests of keys are then others than before.');
});

test('a folder that cannot be made is said with what to do', async () => {
  writeFileSync(path.join(folder, 'taken'), '');
  const there = new PairFiles(path.join(folder, 'taken', 'reconcile'), 'tidemark 0.1.0');
  const problem = await there.secret().then(() => null, (error: unknown) => stateProblemOf(path.join(folder, 'taken'), error));
  expect(problem?.message).toContain(`nothing is kept in ${path.join(folder, 'taken')}: `);
  expect(problem?.nextStep).toBe('XDG_STATE_HOME names another place; --no-state keeps nothing.');
});
