import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, chownSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import pg from 'pg';
import { z } from 'zod';
import { prepareBinaries } from '../../src/cli/demo/postgres-binaries.js';
import { serverUser } from '../../src/cli/demo/unprivileged-user.js';
import type { ServerBinaries, ServerOptions, TestServer } from './postgres.js';

/** What a server needs to have standbys. */
export const PRIMARY: ServerOptions = {
  settings: { wal_level: 'logical' },
  authentication: ['host replication postgres 127.0.0.1/32 trust'],
};

export interface Standby {
  port: number;
  url(database?: string, user?: string, password?: string): string;
  /** Runs statements as the superuser, each in its own transaction. */
  run(...statements: string[]): Promise<void>;
  /** Ends its connection to the primary, and makes no other. */
  cutLink(): Promise<void>;
  stop(): Promise<void>;
}

const label = z.tuple([z.object({ labelfile: z.string() })]);

/** A physical standby of a server that was started with `PRIMARY`, by streaming through a slot. Stop it before its primary. */
export async function startStandby(binaries: ServerBinaries, primary: TestServer, slot: string, name: string): Promise<Standby> {
  const folder = dirname(primary.dataFolder);
  const dataFolder = join(folder, `standby-${slot}`);
  await primary.run(`select pg_create_physical_replication_slot('${slot}', true)`);
  await copyData(primary, dataFolder);
  const port = await freePort();
  const settings = [
    `port = ${port}`,
    `primary_conninfo = 'host=127.0.0.1 port=${primary.port} user=postgres dbname=postgres application_name=${name}'`,
    `primary_slot_name = '${slot}'`,
    'wal_receiver_status_interval = 1s',
    'hot_standby_feedback = on',
  ];
  appendFileSync(join(dataFolder, 'postgresql.conf'), `${settings.join('\n')}\n`);

  const { user, postgres } = await programOf(binaries, folder);
  const postmaster = spawn(postgres, ['-D', dataFolder], { ...user, cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
  let log = '';
  postmaster.stderr.on('data', (chunk: Buffer) => (log = (log + chunk.toString()).slice(-20_000)));
  const exited = once(postmaster, 'exit');
  const standby: Standby = {
    port,
    url: (...who) => primary.url(...who).replace(`:${primary.port}/`, `:${port}/`),
    async run(...statements) {
      const client = new pg.Client({ connectionString: standby.url(), application_name: 'test' });
      await client.connect();
      try {
        for (const statement of statements) await client.query(statement);
      } finally {
        await client.end();
      }
    },
    cutLink: () => standby.run("alter system set primary_conninfo = ''", 'select pg_reload_conf()'),
    async stop() {
      if (postmaster.exitCode === null) postmaster.kill('SIGINT');
      await exited;
      rmSync(dataFolder, { recursive: true, force: true });
    },
  };
  const deadline = Date.now() + 60_000;
  for (;;) {
    try {
      await standby.run('select 1');
      return standby;
    } catch (error) {
      if (postmaster.exitCode !== null || Date.now() > deadline) {
        await standby.stop();
        throw new Error(`the standby did not start: ${log}`, { cause: error });
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

/** Online backup as in PostgreSQL 18, 25.3.4; the functions have other names since 15. */
async function copyData(primary: TestServer, dataFolder: string): Promise<void> {
  const [start, stop] =
    primary.major >= 15 ? ["pg_backup_start('standby', true)", 'pg_backup_stop(false)'] : ["pg_start_backup('standby', true, false)", 'pg_stop_backup(false)'];
  const client = new pg.Client({ connectionString: primary.url() });
  await client.connect();
  try {
    await client.query(`select ${start}`);
    const copied = spawnSync('cp', ['-a', primary.dataFolder, dataFolder]);
    if (copied.status !== 0) throw new Error(`cp failed: ${copied.stderr.toString()}`);
    const answer = await client.query<Record<string, unknown>>(`select labelfile from ${stop}`);
    const [{ labelfile }] = label.parse(answer.rows);
    const slots = readdirSync(join(dataFolder, 'pg_replslot')).map((slot) => join('pg_replslot', slot));
    for (const file of ['postmaster.pid', 'postmaster.opts', ...slots]) rmSync(join(dataFolder, file), { recursive: true });
    const { uid, gid } = statSync(dataFolder);
    for (const [name, text] of Object.entries({ backup_label: labelfile, 'standby.signal': '' })) {
      const file = join(dataFolder, name);
      writeFileSync(file, text);
      chownSync(file, uid, gid);
    }
  } finally {
    await client.end();
  }
}

async function programOf(binaries: ServerBinaries, folder: string): Promise<{ user: { uid?: number; gid?: number }; postgres: string }> {
  const system = serverUser();
  const user = system === null ? {} : { uid: system.uid, gid: system.gid };
  if (binaries.label !== 'npm') return { user, postgres: join(binaries.folder, 'postgres') };
  const { postgres } = await prepareBinaries(dirname(dirname(binaries.folder)), system, join(folder, 'programs'));
  return { user, postgres };
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
