import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readJournal } from '../../../src/live/journal/reader.js';
import { JournalWriter, type JournalOptions } from '../../../src/live/journal/writer.js';
import type { Sample } from '../../../src/probes/index.js';
import { collected, failure, HandClock, HEADER, NOON_SHIFT, replication, statements, throughput } from './samples.js';

const HOUR = 3_600;
const DAY = 86_400;

let folder: string;
let clock: HandClock;
const open: JournalWriter[] = [];

beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'tidemark-journal-')), 'journal');
  clock = new HandClock();
});

afterEach(async () => {
  await Promise.all(open.splice(0).map((writer) => writer.close()));
  await rm(join(folder, '..'), { recursive: true, force: true });
});

function writer(overrides: Partial<JournalOptions> = {}): JournalWriter {
  const made = new JournalWriter({ folder, name: '4711-k3x9', header: HEADER, bytes_max: 256 * 2 ** 20, seconds_max: 14 * DAY, clock, ...overrides });
  open.push(made);
  return made;
}

async function readBack(range = {}): Promise<Sample[]> {
  const journal = await readJournal(folder, range);
  const samples = await collected(journal);
  expect(journal.report.problems).toEqual([]);
  return samples;
}

/** Appends at each moment and lets the writer do what is due. */
async function feed(to: JournalWriter, seconds: number, pace: number, sampleAt: (at: number) => Sample): Promise<void> {
  for (let passed = 0; passed < seconds; passed += pace) {
    clock.advance(pace);
    to.append(sampleAt(clock.now()));
    if (passed % 600 < pace) await to.flush();
  }
  await to.flush();
}

describe('a journal', () => {
  test('gives back what was written, in files that only their owner may read', async () => {
    const journal = writer();
    const samples = [throughput(NOON_SHIFT + 1), failure(NOON_SHIFT + 16), replication(NOON_SHIFT + 17), statements(NOON_SHIFT + 18, 3)];
    for (const sample of samples) journal.append(sample);
    await journal.flush();
    expect(await readdir(folder)).toEqual(['20261121T140001Z.4711-k3x9.0001.ndjson']);
    expect(await readBack()).toEqual(samples);
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    expect((await stat(join(folder, '20261121T140001Z.4711-k3x9.0001.ndjson'))).mode & 0o777).toBe(0o600);

    await journal.close();
    expect(await readdir(folder)).toEqual(['20261121T140001Z.4711-k3x9.0001.ndjson.gz']);
    expect((await stat(join(folder, '20261121T140001Z.4711-k3x9.0001.ndjson.gz'))).mode & 0o777).toBe(0o600);
    expect(await readBack()).toEqual(samples);
  });

  test('begins a file with its first sample only', async () => {
    await writer().close();
    expect(await readdir(join(folder, '..'))).toEqual([]);
  });

  test('writes the fields of a sample and nothing else that an object may carry', async () => {
    const journal = writer();
    const sample = throughput(NOON_SHIFT);
    const careless = { ...sample, rows: [['Ada Lindqvist', 'ada@example.org']], payload: { ...sample.payload, first_row: 'Ada Lindqvist' } };
    journal.append(careless as typeof sample);
    await journal.close();
    expect(await readBack()).toEqual([sample]);
    const [file = ''] = await readdir(folder);
    expect(file).toMatch(/\.gz$/);
  });

  test('refuses what has not the form of its probe, and counts it', async () => {
    const journal = writer();
    const sample = throughput(NOON_SHIFT);
    const broken = { ...sample, payload: { ...sample.payload, commits: 'many' } };
    journal.append(broken as never);
    journal.append(sample);
    await journal.flush();
    expect(journal.status()).toMatchObject({ on: true, problem: null, samples: 1, refused: 1, dropped: 0 });
    expect(await readBack()).toEqual([sample]);
  });

  test('goes on in a new file every hour, and when the clock was set', async () => {
    const journal = writer();
    for (const at of [0, HOUR - 1, HOUR, HOUR + 5, HOUR + 5 - 2 * HOUR]) journal.append(throughput(NOON_SHIFT + at));
    await journal.flush();
    expect((await readdir(folder)).sort()).toEqual([
      '20261121T130005Z.4711-k3x9.0003.ndjson',
      '20261121T140000Z.4711-k3x9.0001.ndjson.gz',
      '20261121T150000Z.4711-k3x9.0002.ndjson.gz',
    ]);
    expect((await readBack()).map(({ at }) => at - NOON_SHIFT)).toEqual([-HOUR + 5, 0, HOUR - 1, HOUR, HOUR + 5]);
  });

  test('goes on in a new file at 8 MB', async () => {
    const journal = writer();
    for (let index = 0; index < 400; index += 1) journal.append(statements(NOON_SHIFT + index));
    await journal.flush();
    const files = (await readdir(folder)).sort();
    expect(files.length).toBe(2);
    expect(journal.status().written_bytes).toBeGreaterThan(8 * 2 ** 20);
    expect(await readBack()).toHaveLength(400);
  });

  test('of several writers is read as one, in order of time, and none waits for another', async () => {
    const watch = writer({ name: 'watch-1' });
    const serve = writer({ name: 'serve-2' });
    for (let second = 0; second < 600; second += 1) (second % 3 === 0 ? watch : serve).append(throughput(NOON_SHIFT + second));
    await Promise.all([watch.flush(), serve.close()]);
    expect((await readBack()).map(({ at }) => at - NOON_SHIFT)).toEqual(Array.from({ length: 600 }, (_, second) => second));
  });

  test('refuses a name that could lead to another folder', () => {
    expect(() => writer({ name: '../elsewhere' })).toThrow('letters, digits');
  });
});

describe('with age', () => {
  test('keeps one good sample in ten seconds after an hour, one a minute after a day, every failure, and texts', async () => {
    const journal = writer();
    await feed(journal, HOUR, 2, (at) => (at === NOON_SHIFT + 1_000 || at === NOON_SHIFT + 1_002 ? failure(at) : { ...throughput(at), pace_seconds: 2 }));
    clock.advance(1);
    journal.append(statements(clock.now(), 1));
    journal.append(statements(clock.now() + 1, 1));
    await journal.flush();
    const perMinute = (samples: Sample[]) => samples.filter(({ probe, at, failure }) => probe === 'throughput' && failure === null && at >= NOON_SHIFT + 60 && at < NOON_SHIFT + 120).length;
    expect(perMinute(await readBack())).toBe(30);

    await feed(journal, 2 * HOUR, 600, (at) => replication(at));
    const hourOld = await readBack();
    expect(perMinute(hourOld)).toBe(6);
    expect(hourOld.filter((sample) => sample.failure !== null)).toEqual([failure(NOON_SHIFT + 1_000), failure(NOON_SHIFT + 1_002)]);
    expect(hourOld.some(({ at, probe }) => at === NOON_SHIFT + 1_004 && probe === 'throughput')).toBe(true);

    await feed(journal, DAY, 600, (at) => replication(at));
    const dayOld = await readBack();
    expect(perMinute(dayOld)).toBe(1);
    expect(dayOld.filter((sample) => sample.failure !== null)).toHaveLength(2);
    expect(dayOld.filter(({ probe }) => probe === 'statements')).toHaveLength(2);
  });

  test('is deleted by age', async () => {
    const journal = writer({ seconds_max: DAY });
    await feed(journal, 3 * DAY, 600, throughput);
    const oldest = Math.min(...(await readBack()).map(({ at }) => at));
    expect(clock.now() - oldest).toBeLessThan(DAY + 3 * HOUR);
    expect(clock.now() - oldest).toBeGreaterThan(DAY - HOUR);
  });

  test('is deleted by size, oldest first', async () => {
    const journal = writer({ bytes_max: 100_000 });
    await feed(journal, DAY, 60, (at) => statements(at));
    const { kept_bytes } = journal.status();
    expect(kept_bytes ?? Number.NaN).toBeLessThanOrEqual(100_000 + 8 * 2 ** 20);
    const compressed = (await readdir(folder)).filter((file) => file.endsWith('.gz'));
    const bytes = await Promise.all(compressed.map(async (file) => (await stat(join(folder, file))).size));
    expect(bytes.reduce((sum, size) => sum + size, 0)).toBeLessThan(100_000);
    expect(Math.max(...(await readBack()).map(({ at }) => at))).toBe(clock.now());
  });

  test('survives a clock that jumps ahead by a year', async () => {
    const journal = writer({ seconds_max: DAY });
    await feed(journal, 2 * HOUR, 600, throughput);
    const before = (await readBack()).length;
    clock.jump(365 * DAY);
    await feed(journal, 2 * HOUR, 600, throughput);
    expect((await readBack()).length).toBe(before + 12);
  });
});

describe('the folder', () => {
  test('keeps what is none of ours, and what another writer has open', async () => {
    await mkdir(folder, { recursive: true });
    const theirs = '20261120T000000Z.other-1.0001.ndjson';
    const content = `${JSON.stringify({ schemaVersion: 1, tool: 'tidemark 0.1.0', started_at: NOON_SHIFT - 50_000, configuration: null })}\n`;
    await writeFile(join(folder, theirs), content);
    await writeFile(join(folder, 'notes.ndjson'), 'mine');
    await utimes(join(folder, theirs), NOON_SHIFT, NOON_SHIFT);
    const journal = writer({ bytes_max: 1, seconds_max: HOUR });
    journal.append(throughput(NOON_SHIFT));
    await journal.flush();
    expect((await readdir(folder)).sort()).toEqual([theirs, '20261121T140000Z.4711-k3x9.0001.ndjson', 'notes.ndjson']);
  });

  test('has what a killed writer left compressed, and its leftovers removed', async () => {
    await mkdir(folder, { recursive: true });
    const theirs = '20261121T100000Z.killed-1.0001.ndjson';
    const sample = throughput(NOON_SHIFT - 4 * HOUR);
    const header = JSON.stringify({ schemaVersion: 1, tool: 'tidemark 0.1.0', started_at: sample.at, configuration: null });
    await writeFile(join(folder, theirs), `${header}\n${JSON.stringify(sample)}\n{"probe":"throughp`);
    await writeFile(join(folder, `.${theirs}.killed-1.tmp`), 'half');
    await utimes(join(folder, theirs), NOON_SHIFT - 3 * HOUR, NOON_SHIFT - 3 * HOUR);
    await utimes(join(folder, `.${theirs}.killed-1.tmp`), NOON_SHIFT - 3 * HOUR, NOON_SHIFT - 3 * HOUR);
    const journal = writer();
    journal.append(throughput(NOON_SHIFT));
    await journal.flush();
    expect((await readdir(folder)).sort()).toEqual([`${theirs}.gz`, '20261121T140000Z.4711-k3x9.0001.ndjson']);
    expect(await readBack()).toEqual([sample, throughput(NOON_SHIFT)]);
  });

  test('that cannot be written turns the journal off visibly, and on again when it can', async () => {
    await writeFile(folder, 'a file stands where the folder should be');
    const journal = writer();
    journal.append(throughput(NOON_SHIFT));
    await journal.flush();
    expect(journal.status()).toMatchObject({ on: false, samples: 0, dropped: 1 });
    expect(journal.status().problem?.replace(folder, 'FOLDER')).toMatchInlineSnapshot(`"the journal in FOLDER cannot be written: a file is in the way"`);

    await rm(folder);
    clock.advance(10);
    journal.append(throughput(NOON_SHIFT + 10));
    await journal.flush();
    expect(journal.status()).toMatchObject({ on: false, dropped: 2 });

    clock.advance(25);
    journal.append(throughput(NOON_SHIFT + 35));
    await journal.flush();
    expect(journal.status()).toMatchObject({ on: true, problem: null, samples: 1, dropped: 2 });
    expect(await readBack()).toEqual([throughput(NOON_SHIFT + 35)]);
  });

  test('that vanishes under the writer costs what was written there', async () => {
    const journal = writer();
    journal.append(throughput(NOON_SHIFT));
    await journal.flush();
    await rm(folder, { recursive: true });
    journal.append(throughput(NOON_SHIFT + 2 * HOUR));
    await journal.flush();
    expect(await readBack()).toEqual([throughput(NOON_SHIFT + 2 * HOUR)]);
    expect((await readFile(join(folder, '20261121T160000Z.4711-k3x9.0002.ndjson'), 'utf8')).split('\n')).toHaveLength(3);
  });
});
