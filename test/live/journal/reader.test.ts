import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readJournal, type JournalRange } from '../../../src/live/journal/reader.js';
import { RecordingWriter } from '../../../src/live/journal/recording.js';
import { Thinner } from '../../../src/live/journal/thinning.js';
import { JournalWriter } from '../../../src/live/journal/writer.js';
import { collected, failure, HandClock, HEADER, NOON_SHIFT, replication, statements, throughput } from './samples.js';

const HEADER_LINE = JSON.stringify({ schemaVersion: 1, ...HEADER, started_at: NOON_SHIFT, thinned_seconds: 0 });

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidemark-reader-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

const lines = (...samples: unknown[]) => `${[HEADER_LINE, ...samples.map((sample) => JSON.stringify(sample))].join('\n')}\n`;

async function read(path = folder, range: JournalRange = {}) {
  const journal = await readJournal(path, range);
  const samples = await collected(journal);
  return { samples, report: { ...journal.report, problems: journal.report.problems.map((line) => line.replaceAll(folder, 'FOLDER')) } };
}

/** One segment of this content beside a good one: what the bad one costs, and that the good one is read. */
async function readBeside(content: string | Buffer, ending = '.ndjson'): Promise<{ problems: string[]; read: number }> {
  await writeFile(join(folder, `20261121T140000Z.hostile-1.0001${ending}`), content);
  await writeFile(join(folder, '20261121T140000Z.good-1.0001.ndjson'), lines(throughput(NOON_SHIFT + 1)));
  const { samples, report } = await read();
  expect(samples).toContainEqual(throughput(NOON_SHIFT + 1));
  return { problems: report.problems, read: samples.length - 1 };
}

describe('a file in the journal costs itself only', () => {
  const good = throughput(NOON_SHIFT + 2);

  test('with a line of ten megabytes', async () => {
    const content = `${HEADER_LINE}\n${JSON.stringify(good)}\n${'x'.repeat(10 * 2 ** 20)}\n${JSON.stringify(good)}\n`;
    expect(await readBeside(content)).toMatchInlineSnapshot(`
      {
        "problems": [
          "FOLDER/20261121T140000Z.hostile-1.0001.ndjson has a line of more than 8 MiB, which tidemark never writes: the rest was not read",
        ],
        "read": 1,
      }
    `);
  });

  test('with ninety megabytes behind a few kilobytes', async () => {
    const bomb = gzipSync(Buffer.concat([Buffer.from(`${HEADER_LINE}\n`), Buffer.alloc(90 * 2 ** 20, `${JSON.stringify({ not: 'a sample' })}\n`)]));
    expect(await readBeside(bomb, '.ndjson.gz')).toMatchInlineSnapshot(`
      {
        "problems": [
          "FOLDER/20261121T140000Z.hostile-1.0001.ndjson.gz holds more than 1,000 lines of another form: the rest was not read",
        ],
        "read": 0,
      }
    `);
  });

  test('with bytes that are no UTF-8', async () => {
    const content = Buffer.concat([Buffer.from(`${HEADER_LINE}\n`), Buffer.from([0x7b, 0xff, 0xfe, 0x0a]), Buffer.from(`${JSON.stringify(good)}\n`)]);
    expect(await readBeside(content)).toMatchInlineSnapshot(`
      {
        "problems": [
          "FOLDER/20261121T140000Z.hostile-1.0001.ndjson was read without 1 line in another encoding than UTF-8",
        ],
        "read": 1,
      }
    `);
  });

  test('that is named gzip and is none', async () => {
    expect(await readBeside(lines(good), '.ndjson.gz')).toMatchInlineSnapshot(`
      {
        "problems": [
          "FOLDER/20261121T140000Z.hostile-1.0001.ndjson.gz is not gzip, as its name says",
        ],
        "read": 0,
      }
    `);
  });

  test('that is gzip cut off in the middle', async () => {
    const whole = gzipSync(lines(...Array.from({ length: 400 }, (_, second) => statements(NOON_SHIFT + second))));
    const { problems, read: samples } = await readBeside(whole.subarray(0, whole.length >> 1), '.ndjson.gz');
    expect(problems).toMatchInlineSnapshot(`
      [
        "FOLDER/20261121T140000Z.hostile-1.0001.ndjson.gz is cut off: what stands before the cut was read",
      ]
    `);
    expect(samples).toBeGreaterThan(100);
    expect(samples).toBeLessThan(300);
  });

  test('that is gzip with damage in the middle', async () => {
    const whole = gzipSync(lines(...Array.from({ length: 400 }, (_, second) => statements(NOON_SHIFT + second))));
    whole.fill(0xff, whole.length >> 1, (whole.length >> 1) + 64);
    const { problems } = await readBeside(whole, '.ndjson.gz');
    expect(problems).toEqual([expect.stringMatching(/^FOLDER\/20261121T140000Z\.hostile-1\.0001\.ndjson\.gz is damaged: what stands before the damage was read/)]);
  });

  test('that is empty, or has no header, or is of a newer tidemark', async () => {
    expect((await readBeside('')).problems).toMatchInlineSnapshot(`
      [
        "FOLDER/20261121T140000Z.hostile-1.0001.ndjson is empty",
      ]
    `);
    expect((await readBeside(`${JSON.stringify(good)}\n`)).problems).toMatchInlineSnapshot(`
      [
        "FOLDER/20261121T140000Z.hostile-1.0001.ndjson is no journal of tidemark: its first line is not the header of one",
      ]
    `);
    expect((await readBeside(`${JSON.stringify({ schemaVersion: 2, tool: 'tidemark 3', started_at: 0 })}\n${JSON.stringify(good)}\n`)).problems).toMatchInlineSnapshot(`
      [
        "FOLDER/20261121T140000Z.hostile-1.0001.ndjson was written by a newer tidemark (schemaVersion 2): update this one to read it",
      ]
    `);
  });

  test('whose last line is torn', async () => {
    expect(await readBeside(`${lines(good)}{"probe":"throughput","store":"prod`)).toMatchInlineSnapshot(`
      {
        "problems": [
          "FOLDER/20261121T140000Z.hostile-1.0001.ndjson was read without its torn last line",
        ],
        "read": 1,
      }
    `);
  });

  test('that is a symbolic link or a folder', async () => {
    await writeFile(join(folder, 'secrets.ndjson'), lines(good));
    await symlink(join(folder, 'secrets.ndjson'), join(folder, '20261121T140000Z.link-1.0001.ndjson'));
    await mkdir(join(folder, '20261121T140000Z.folder-1.0001.ndjson'));
    const { samples, report } = await read();
    expect(samples).toEqual([]);
    expect(report.problems).toMatchInlineSnapshot(`
      [
        "FOLDER/20261121T140000Z.folder-1.0001.ndjson is a folder",
        "FOLDER/20261121T140000Z.link-1.0001.ndjson is a symbolic link",
      ]
    `);
  });

  test('with probes of a later version, and samples of another form', async () => {
    const strange = { ...good, probe: 'weather' };
    const broken = { ...good, payload: { commits: 3 } };
    await writeFile(join(folder, '20261121T140000Z.later-1.0001.ndjson'), lines(strange, broken, 17, null, { ...good, at: 'now' }, good));
    const { samples, report } = await read();
    expect(samples).toEqual([good]);
    expect(report).toMatchObject({ unknown_probes: 1, invalid_lines: 4, samples: 1 });
    expect(report.problems).toMatchInlineSnapshot(`
      [
        "FOLDER/20261121T140000Z.later-1.0001.ndjson was read without 4 lines of another form",
      ]
    `);
  });
});

test('a place that cannot be read is told with its next step', async () => {
  await expect(readJournal('/nowhere/incident.ndjson')).rejects.toThrowErrorMatchingInlineSnapshot(`[JournalError: /nowhere/incident.ndjson cannot be read: there is no such file or folder. Correct the path, or write it with tidemark watch --record FILE.]`);
});

describe('a range', () => {
  test('gives the samples from its beginning up to its end, of the probes asked for', async () => {
    await writeFile(join(folder, '20261121T140000Z.a-1.0001.ndjson'), lines(throughput(NOON_SHIFT), replication(NOON_SHIFT + 10), throughput(NOON_SHIFT + 10), throughput(NOON_SHIFT + 20)));
    await writeFile(join(folder, '20261121T160000Z.a-1.0002.ndjson'), lines(throughput(NOON_SHIFT + 7_200)));
    const { samples, report } = await read(folder, { from: NOON_SHIFT + 10, to: NOON_SHIFT + 20, probes: ['throughput'] });
    expect(samples).toEqual([throughput(NOON_SHIFT + 10)]);
    expect(report.files).toBe(1);
  });
});

test('samples of any writers come in order of time', async () => {
  const moments = fc.array(fc.integer({ min: 0, max: 3_599 }), { maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(moments, moments, fc.array(fc.integer({ min: -4, max: 4 }), { minLength: 1, maxLength: 20 }), async (one, two, shifts) => {
      const shifted = (all: number[]) => [...all].sort((a, b) => a - b).map((at, index) => NOON_SHIFT + at + (shifts[index % shifts.length] ?? 0));
      await writeFile(join(folder, '20261121T140000Z.one-1.0001.ndjson'), lines(...shifted(one).map((at) => throughput(at))));
      await writeFile(join(folder, '20261121T140000Z.two-1.0001.ndjson'), lines(...shifted(two).map((at) => throughput(at))));
      const { samples } = await read();
      expect(samples.map(({ at }) => at)).toEqual([...shifted(one), ...shifted(two)].sort((a, b) => a - b));
    }),
    { numRuns: 30 },
  );
});

describe('thinning', () => {
  const runs = fc.array(fc.record({ at: fc.integer({ min: 0, max: 600 }), failed: fc.boolean(), probe: fc.constantFrom('throughput', 'weather') }), { maxLength: 80 });
  const lineOf = ({ at, failed, probe }: { at: number; failed: boolean; probe: string }) => JSON.stringify({ ...(failed ? failure(at) : throughput(at)), pace_seconds: 2, probe });

  test('keeps every failure, at least one good sample where there was one, and nothing more when it is done again', () => {
    fc.assert(
      fc.property(runs, (unsorted) => {
        const all = [...unsorted].sort((a, b) => a.at - b.at);
        const first = new Thinner(10);
        const kept = all.filter((run) => first.keeps(lineOf(run)));
        expect(kept.filter(({ failed }) => failed)).toEqual(all.filter(({ failed }) => failed));
        const step = (run: { at: number; probe: string }) => `${run.probe} ${Math.floor(run.at / 10)}`;
        const steps = (some: typeof all) => new Set(some.filter(({ failed }) => !failed).map(step));
        expect(steps(kept)).toEqual(steps(all));
        const second = new Thinner(10);
        expect(kept.filter((run) => second.keeps(lineOf(run)))).toEqual(kept);
      }),
    );
  });

  test('leaves what is looked at rarely as it is', () => {
    const thinner = new Thinner(60);
    expect([0, 30, 59].map((at) => thinner.keeps(JSON.stringify({ ...throughput(at), pace_seconds: 60 })))).toEqual([true, true, true]);
  });
});

describe('a recording', () => {
  const samples = [throughput(NOON_SHIFT), replication(NOON_SHIFT + 2), failure(NOON_SHIFT + 15), statements(NOON_SHIFT + 16, 2)];

  test.each(['incident.ndjson', 'incident.ndjson.gz'])('in %s gives back what was recorded, and can be read while it goes on', async (name) => {
    const path = join(folder, name);
    const recording = await RecordingWriter.open(path, HEADER, new HandClock());
    for (const sample of samples.slice(0, 3)) recording.append(sample);
    await recording.flush();
    expect((await read(path)).samples).toEqual(samples.slice(0, 3));
    for (const sample of samples.slice(3)) recording.append(sample);
    await recording.close();
    const { samples: all, report } = await read(path);
    expect(all).toEqual(samples);
    expect(report.problems).toEqual([]);
  });

  test('does not overwrite a file', async () => {
    const path = join(folder, 'incident.ndjson');
    await writeFile(path, 'the only copy');
    const opened = RecordingWriter.open(path, HEADER, new HandClock()).catch((error: Error) => Promise.reject(new Error(error.message.replace(folder, 'FOLDER'))));
    await expect(opened).rejects.toThrowErrorMatchingInlineSnapshot(`[Error: FOLDER/incident.ndjson is there already. Give another name, or remove it first.]`);
  });

  test('to a full disk says so and goes on trying', async () => {
    const clock = new HandClock();
    const recording = await RecordingWriter.open('/dev/full', HEADER, clock);
    recording.append(throughput(NOON_SHIFT));
    await recording.flush();
    expect(recording.status()).toMatchInlineSnapshot(`
      {
        "dropped": 1,
        "kept_bytes": 0,
        "on": false,
        "problem": "the recording /dev/full cannot be written: the disk is full",
        "refused": 0,
        "samples": 0,
        "written_bytes": 0,
      }
    `);
    clock.advance(31);
    recording.append(throughput(NOON_SHIFT + 31));
    await recording.close();
    expect(recording.status()).toMatchObject({ on: false, dropped: 2 });
  });
});

test('DuckDB reads a journal, compressed or not, by the SQL of the documentation', async () => {
  const journal = new JournalWriter({ folder, name: 'duck-1', header: HEADER, bytes_max: 2 ** 30, seconds_max: 86_400, clock: new HandClock() });
  for (const sample of [throughput(NOON_SHIFT, 40), failure(NOON_SHIFT + 15), replication(NOON_SHIFT + 16), throughput(NOON_SHIFT + 3_600, 100)]) journal.append(sample);
  await journal.flush();
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    const readme = await readFile(new URL('../../../monitoring/README.md', import.meta.url), 'utf8');
    const [lags, failures] = (/```sql\n([\s\S]*?)```/.exec(readme)?.[1] ?? '').replaceAll('journal/', `${folder}/`).split(';');
    expect((await connection.runAndReadAll(lags ?? '')).getRowObjectsJson()).toMatchObject([{ slot: 'warehouse_cdc', safe_wal_bytes: '812646400' }, { slot: 'search_index' }, { slot: 'audit_trail' }]);
    expect((await connection.runAndReadAll(failures ?? '')).getRowObjectsJson()).toMatchObject([{ store: 'production', probe: 'throughput', times: '1' }]);
    const explicit = await connection.runAndReadAll(`
      select probe, store, epoch(to_timestamp("at")) as "at", failure->>'message' as failure, (payload->>'commits')::bigint as commits
      from read_ndjson('${folder}/*.ndjson*', columns = {probe: 'VARCHAR', store: 'VARCHAR', "at": 'DOUBLE', pace_seconds: 'DOUBLE',
        slowed: 'VARCHAR', elapsed_ms: 'DOUBLE', received_bytes: 'BIGINT', failure: 'JSON', payload: 'JSON'})
      where probe is not null order by "at"`);
    expect(explicit.getRowObjectsJson()).toEqual([
      { probe: 'throughput', store: 'production', at: NOON_SHIFT, failure: null, commits: '40' },
      { probe: 'throughput', store: 'production', at: NOON_SHIFT + 15, failure: 'production: the connection was lost: terminating connection due to administrator command', commits: null },
      { probe: 'replication', store: 'production', at: NOON_SHIFT + 16, failure: null, commits: null },
      { probe: 'throughput', store: 'production', at: NOON_SHIFT + 3_600, failure: null, commits: '100' },
    ]);
    const guessed = await connection.runAndReadAll(`select probe, count(*)::int as samples from read_ndjson_auto('${folder}/*.ndjson*', union_by_name = true) where probe is not null group by 1 order by 1`);
    expect(guessed.getRowObjectsJson()).toEqual([
      { probe: 'replication', samples: 1 },
      { probe: 'throughput', samples: 3 },
    ]);
  } finally {
    connection.closeSync();
    instance.closeSync();
    await journal.close();
  }
});
