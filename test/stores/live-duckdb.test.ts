import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync, truncateSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { openLive, openStore } from '../../src/stores/index.js';
import { DeadlineExceeded, type LiveSession } from '../../src/stores/live.js';
import { ConnectError, StoreLost, type OpenContext } from '../../src/stores/store.js';
import { noContext } from '../support/store-context.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'tidemark-test-live-duckdb-'));
const temporary = join(folder, 'temporary');
mkdirSync(temporary);
let files = 0;
const newFile = (): string => join(folder, `warehouse_${++files}.duckdb`);

/** A loader: a process of its own, as DuckDB's locks are held by processes. */
function loader(script: string, ...parameters: string[]): ChildProcess {
  const head = `import { DuckDBInstance } from '@duckdb/node-api';
    const open = async (path) => { const instance = await DuckDBInstance.create(path); return { instance, connection: await instance.connect() }; };
    const close = ({ instance, connection }) => { connection.closeSync(); instance.closeSync(); };
    const [file, ...parameters] = process.argv.slice(1);\n`;
  return spawn(process.execPath, ['--input-type=module', '-e', head + script, ...parameters], { cwd: root, stdio: ['pipe', 'pipe', 'inherit'] });
}

async function output(child: ChildProcess): Promise<string> {
  let text = '';
  child.stdout?.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`the loader ended with ${String(code)}`);
  return text;
}

const load = (file: string, ...statements: string[]): Promise<string> =>
  output(loader('const db = await open(file); for (const sql of parameters) await db.connection.run(sql); close(db);', file, ...statements));

const CREATE = ['create schema raw', 'create table raw.case_file (case_id bigint, closed boolean)'];
const count = z.object({ cases: z.number() });
const COUNT = 'select count(*)::double as cases from raw.case_file';

const sessions: LiveSession[] = [];
async function watch(file: string, context: OpenContext = noContext): Promise<LiveSession> {
  const session = await openLive('duckdb', { name: 'warehouse', url: file }, context);
  sessions.push(session);
  return session;
}
const reason = (work: Promise<unknown>): Promise<unknown> => work.then(() => null, (error: unknown) => error);
const message = (error: unknown, file: string): string => String(error).replaceAll(file, 'FILE').replaceAll(temporary, 'TMP');
const copies = (): string[] => readdirSync(temporary);
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
/** Copies follow each other by a second at least. */
const nextCopy = (): Promise<void> => pause(1_100);

beforeAll(() => void vi.stubEnv('TMPDIR', temporary));
afterEach(async () => {
  for (const session of sessions.splice(0)) await session.close();
  if (copies().length > 0) throw new Error(`copies are left: ${copies().join(', ')}`);
});
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

describe('a DuckDB file that is looked at again and again', () => {
  it('never keeps its loader from opening it, and shows what it has loaded', async () => {
    const file = newFile();
    await load(file, ...CREATE);
    const session = await watch(file);
    const work = loader(
      `let opened = 0; const failures = [];
       const end = Date.now() + 10000;
       while (Date.now() < end) {
         try {
           const db = await open(file);
           await db.connection.run('insert into raw.case_file values (' + opened + ', false)');
           close(db);
           opened++;
         } catch (error) { failures.push(error.message); }
         await new Promise((resolve) => setTimeout(resolve, 200));
       }
       console.log(JSON.stringify({ opened, failures }));`,
      file,
    );
    const finished = output(work);
    const state = { done: false };
    void finished.then(() => (state.done = true));
    const seen: number[] = [];
    while (!state.done) {
      const [row] = await session.query(count, COUNT);
      seen.push(row?.cases ?? -1);
      await pause(20);
    }
    const { opened, failures } = z.object({ opened: z.number(), failures: z.array(z.string()) }).parse(JSON.parse(await finished));
    expect(failures).toEqual([]);
    expect(opened).toBeGreaterThan(20);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(new Set(seen).size).toBeGreaterThan(5);
    await nextCopy();
    expect(await session.query(count, COUNT)).toEqual([{ cases: opened }]);
  });

  it('is read while its loader keeps it open, with what stands in the log only, and says of when the answer is', async () => {
    const file = newFile();
    await load(file, ...CREATE);
    const writer = loader(
      `const db = await open(file);
       await db.connection.run("set wal_autocheckpoint = '1GB'");
       console.log('open');
       for await (const line of process.stdin) { await db.connection.run(String(line)); console.log('done'); }
       close(db);`,
      file,
    );
    const said = async (): Promise<void> => void (await once(writer.stdout ?? writer, 'data'));
    await said();
    const session = await watch(file);
    expect(await session.query(count, COUNT)).toEqual([{ cases: 0 }]);
    writer.stdin?.write('insert into raw.case_file select range, false from range(7)');
    await said();
    const loadedAt = Date.now() / 1000;
    await nextCopy();
    expect(await session.query(count, COUNT)).toEqual([{ cases: 7 }]);
    expect(session.asOf()).toBeGreaterThan(loadedAt);
    // Nothing has changed: the copy speaks for the moment of the look.
    const looked = Date.now() / 1000;
    await session.query(count, COUNT);
    expect(session.asOf()).toBeGreaterThanOrEqual(looked);
    // A change that cannot be copied yet: the answer is of before it.
    writer.stdin?.write('insert into raw.case_file select range, false from range(3)');
    await said();
    await nextCopy();
    await session.query(count, COUNT);
    writer.stdin?.write('insert into raw.case_file select range, false from range(5)');
    await said();
    const changedAt = Date.now() / 1000;
    expect(await session.query(count, COUNT)).toEqual([{ cases: 10 }]);
    expect(session.asOf()).toBeLessThan(changedAt);
    const ended = once(writer, 'exit');
    writer.stdin?.end();
    await ended;
  });

  it('is copied into a folder that only its owner may enter, one copy at a time', async () => {
    const file = newFile();
    await load(file, ...CREATE);
    const session = await watch(file);
    for (let turn = 0; turn < 2; turn++) {
      await load(file, 'insert into raw.case_file values (1, true)');
      await nextCopy();
      await session.query(count, COUNT);
      const [own = ''] = copies();
      expect(statSync(join(temporary, own)).mode & 0o777).toBe(0o700);
      expect(readdirSync(join(temporary, own))).toHaveLength(1);
    }
  });

  it('may be replaced by another one', async () => {
    const file = newFile();
    await load(file, ...CREATE, 'insert into raw.case_file values (1, true)');
    const next = newFile();
    await load(next, ...CREATE, 'insert into raw.case_file select range, true from range(40)');
    const session = await watch(file);
    expect(await session.query(count, COUNT)).toEqual([{ cases: 1 }]);
    renameSync(next, file);
    await nextCopy();
    expect(await session.query(count, COUNT)).toEqual([{ cases: 40 }]);
  });

  it('that has gone is lost, also to every later look', async () => {
    const file = newFile();
    await load(file, ...CREATE);
    const session = await watch(file);
    unlinkSync(file);
    const error = await reason(session.query(count, COUNT));
    expect(error).toBeInstanceOf(StoreLost);
    expect(message(error, file)).toMatchInlineSnapshot(`"StoreLost: warehouse: the connection was lost: FILE: there is no such file"`);
    expect(await reason(session.query(count, COUNT))).toBe(error);
    const again = await reason(watch(file));
    expect(again).toBeInstanceOf(ConnectError);
    expect(message(again, file)).toMatchInlineSnapshot(`"ConnectError: warehouse: cannot open FILE: there is no such file. Correct the path; it counts from the working folder."`);
  });

  it('that is damaged is answered for from the last whole copy, with its moment, and after half a minute no longer', async () => {
    const file = newFile();
    await load(file, ...CREATE);
    const session = await watch(file);
    truncateSync(file, 5_000);
    await nextCopy();
    expect(await session.query(count, COUNT)).toEqual([{ cases: 0 }]);
    expect(session.asOf()).toBeLessThan(Date.now() / 1000 - 1);
    const later = Date.now() + 60_000;
    vi.spyOn(Date, 'now').mockReturnValue(later);
    await nextCopy();
    expect(await reason(session.query(count, COUNT))).toBeInstanceOf(StoreLost);
    const error = await reason(watch(file));
    expect(error).toBeInstanceOf(ConnectError);
    expect(message(error, file)).toContain('warehouse: cannot open FILE: ');
  });

  it.each([
    ['case_id,closed\n1,true\n', 'ConnectError: warehouse: cannot open FILE: it is not a DuckDB database file. Correct the path.'],
    ['', 'ConnectError: warehouse: cannot open FILE: it is not a DuckDB database file. Correct the path.'],
  ])('is a database: %j is refused', async (content, expected) => {
    const file = newFile();
    writeFileSync(file, content);
    expect(message(await reason(watch(file)), file)).toBe(expected);
  });

  it('that is too large to copy is refused, with what to do', async () => {
    const file = newFile();
    await load(file, ...CREATE);
    // A hole takes no room.
    truncateSync(file, 5 * 1024 ** 3);
    expect(message(await reason(watch(file)), file)).toMatchInlineSnapshot(`"ConnectError: warehouse: cannot open FILE: it has 5.0 GiB, and a watch reads a copy of at most 4.0 GiB. Let its loader write the control tables to a smaller file too, and name that one."`);
  });

  it('says when there is no folder for the copy', async () => {
    const file = newFile();
    await load(file, ...CREATE);
    vi.stubEnv('TMPDIR', join(folder, 'nowhere'));
    try {
      expect(message(await reason(watch(file)), file).replaceAll(folder, 'FOLDER')).toMatchInlineSnapshot(`"ConnectError: warehouse: cannot open FILE: a watch reads a copy, and the temporary folder FOLDER/nowhere takes none. Set TMPDIR to a folder that can be written to."`);
    } finally {
      vi.stubEnv('TMPDIR', temporary);
    }
  });

  it('ends a statement at its deadline, and lives on', async () => {
    const file = newFile();
    await load(file, ...CREATE);
    const session = await watch(file);
    const error = await reason(session.query(count, 'select count(*)::double as cases from range(10000000000) a, range(100) b where a.range % 7 = b.range', { deadline_ms: 300 }));
    expect(error).toBeInstanceOf(DeadlineExceeded);
    expect(message(error, file)).toMatchInlineSnapshot(`"DeadlineExceeded: warehouse: it did not answer within 0.3 s"`);
    expect(await session.query(count, COUNT)).toEqual([{ cases: 0 }]);
  });

  it('is not written to, and nothing beside it is read', async () => {
    const file = newFile();
    await load(file, ...CREATE);
    const before = statSync(file, { bigint: true });
    const session = await watch(file);
    for (const sql of [
      'insert into raw.case_file values (1, true)',
      "copy raw.case_file to 'cases.csv'",
      "select count(*)::double as cases from read_csv('/etc/passwd')",
      "attach '/etc/hosts' as hosts",
      "set enable_external_access = true",
    ]) {
      expect(await reason(session.query(count, sql)), sql).toBeInstanceOf(Error);
    }
    const after = statSync(file, { bigint: true });
    expect([after.mtimeNs, after.size]).toEqual([before.mtimeNs, before.size]);
    expect(session.identity()).toMatchObject({ database: `warehouse_${files}`, role: null });
    expect(session.version_num).toBeGreaterThanOrEqual(10_500);
  });

  it('leaves no copy behind when the watch is told to stop in the middle', async () => {
    const file = newFile();
    await load(file, ...CREATE);
    const controller = new AbortController();
    const session = await watch(file, { ...noContext, signal: controller.signal });
    const work = reason(session.query(count, 'select count(*)::double as cases from range(10000000000) a, range(100) b where a.range % 7 = b.range', { deadline_ms: 60_000 }));
    await pause(200);
    controller.abort(new Error('interrupted'));
    expect(String(await work)).toBe('Error: interrupted');
    expect(String(await reason(session.query(count, COUNT)))).toBe('Error: interrupted');
    while (copies().length > 0) await pause(10);
  });

  it('may be unreadable for a while', async () => {
    const file = newFile();
    await load(file, ...CREATE);
    const session = await watch(file);
    const hidden = `${file}.moved`;
    renameSync(file, hidden);
    const work = session.query(count, COUNT);
    await pause(80);
    copyFileSync(hidden, file);
    expect(await work).toEqual([{ cases: 0 }]);
    chmodSync(file, 0o600);
  });
});

describe('documents', () => {
  it('of 64 kB are read, though two thousand at once need more memory than is asked for', async () => {
    const file = newFile();
    await load(file, 'create schema raw', "create table raw.letter as select g as letter_id, repeat(md5(g::varchar), 2048) as body from range(1500) as r (g)");
    const session = await watch(file);
    const digests = z.object({ letters: z.number() });
    expect(await session.query(digests, "select count(distinct md5('1' || body || '2'))::double as letters from raw.letter", { deadline_ms: 30_000 })).toEqual([{ letters: 1500 }]);
  });
});

describe('a catalogue for a watch', () => {
  it('is read from a copy too', async () => {
    const file = newFile();
    await load(file, ...CREATE);
    const work = loader(
      `let failures = 0; let opened = 0; const end = Date.now() + 2500;
       console.log('begins');
       while (Date.now() < end) { try { close(await open(file)); opened++; } catch { failures++; } }
       console.log(JSON.stringify({ failures, busy: opened > 20 }));`,
      file,
    );
    const finished = output(work);
    await once(work.stdout ?? work, 'data');
    const state = { done: false };
    void finished.then(() => (state.done = true));
    while (!state.done) {
      const store = await openStore('duckdb', { name: 'warehouse', url: file }, { ...noContext, lockFree: true });
      expect((await store.catalog()).value.relations.map(({ name }) => name)).toEqual(['case_file']);
    }
    expect(await finished).toContain('{"failures":0,"busy":true}');
  });
});
