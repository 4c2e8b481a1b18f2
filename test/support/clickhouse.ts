import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

const REPOSITORY = fileURLToPath(new URL('../../', import.meta.url));

export interface ClickHouseUser {
  password?: string;
  /** A JSON Web Token that it comes with instead. */
  token?: string;
  /** The setting of its profile. */
  readonly?: 1 | 2;
  /** Statements with one of these texts are refused, as for a missing grant: `system.query_log`. */
  denied?: string[];
}

export interface ClickHouseOptions {
  /** Besides `default`, which has no password. */
  users?: Record<string, ClickHouseUser>;
  /** Row policies that hold for everybody: `database.table` to a condition. */
  rowFilters?: Record<string, string>;
  /** False for a server without its log of queries. */
  queryLog?: boolean;
  /** True for a member of a cluster, whose other replica does not answer. */
  cluster?: boolean;
}

/** What goes wrong with the next statement, or with the next that contains `match`. */
export type ClickHouseFault = { match?: string } & (
  | { kind: 'error'; code: number; name: string; text: string }
  /** As above, but after so many bytes of a good answer. */
  | { kind: 'exception'; after: number; code: number; name: string; text: string }
  /** An answer of something else than ClickHouse. */
  | { kind: 'status'; status: number; text: string }
  /** The connection ends after so many bytes. */
  | { kind: 'cut'; after: number }
  | { kind: 'reset' }
  | { kind: 'hang' }
);

export interface SeenRequest {
  sql: string;
  agent: string;
  /** Those of the address. */
  settings: Record<string, string>;
}

export interface ClickHouseServer {
  port: number;
  version: string;
  url(database?: string, user?: string, password?: string): string;
  /** Runs statements as the user `default`, each by itself. @throws Error with the server's text. */
  run(...statements: string[]): Promise<void>;
  /** Runs one and gives its rows. */
  rows(sql: string): Promise<Record<string, unknown>[]>;
  /** Runs one as a client that is called `agent`, so that the log of queries has it. */
  runAs(agent: string, sql: string, settings?: Record<string, string>): Promise<void>;
  fail(fault: ClickHouseFault): Promise<void>;
  /** The requests since the last call, without those of the test itself. */
  requests(): Promise<SeenRequest[]>;
  kill(): void;
  stop(): Promise<void>;
}

const first = z.object({ port: z.number(), version: z.string() });
const seen = z.array(z.object({ sql: z.string(), agent: z.string(), settings: z.record(z.string(), z.string()) }));
const answer = z.object({ data: z.array(z.record(z.string(), z.unknown())) });

/**
 * Starts ClickHouse 26.7 on a free port: the engine as `chdb` has it, behind the server's HTTP interface. Call `stop` in the end.
 * @throws Error where `scripts/install-test-engines.sh` has not run.
 */
export async function startClickHouse(options: ClickHouseOptions = {}): Promise<ClickHouseServer> {
  const chdb = join(process.env['TIDEMARK_TEST_ENGINES'] ?? join(REPOSITORY, '.engines'), 'chdb/package.json');
  if (!existsSync(chdb)) throw new Error('ClickHouse is missing: run scripts/install-test-engines.sh');
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-test-clickhouse-'));
  const program = fileURLToPath(new URL('./clickhouse-server.mjs', import.meta.url));
  const child = spawn(process.execPath, [program, JSON.stringify({ ...options, chdb, folder })], { stdio: ['pipe', 'pipe', 'pipe'] });
  let log = '';
  child.stderr.on('data', (chunk: Buffer) => (log = (log + chunk.toString()).slice(-20_000)));
  const exited = once(child, 'exit');
  const line = await Promise.race([once(createInterface(child.stdout), 'line'), exited.then(() => null)]);
  if (line === null) {
    rmSync(folder, { recursive: true, force: true });
    throw new Error(`ClickHouse did not start: ${log}`);
  }
  const { port, version } = first.parse(JSON.parse(String(line[0])));
  const post = async (path: string, body: string, agent: string): Promise<string> => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { method: 'POST', body, headers: { 'user-agent': agent } });
    const text = await response.text();
    if (!response.ok) throw new Error(text);
    return text;
  };
  return {
    port,
    version,
    url: (database = 'default', user = 'default', password) =>
      `clickhouse://${user}${password === undefined ? '' : `:${encodeURIComponent(password)}`}@127.0.0.1:${port}/${database}`,
    async run(...statements) {
      for (const statement of statements) await post('/', statement, 'test');
    },
    rows: async (sql) => answer.parse(JSON.parse(await post('/?default_format=JSON', sql, 'test'))).data,
    async runAs(agent, sql, settings = {}) {
      await post(`/?${new URLSearchParams(settings).toString()}`, sql, agent);
    },
    fail: async (fault) => void (await post('/test', JSON.stringify(fault), 'test')),
    requests: async () => seen.parse(JSON.parse(await post('/test', '', 'test'))),
    kill: () => void child.kill('SIGKILL'),
    async stop() {
      // It would wait for statements under way.
      child.kill('SIGKILL');
      if (child.exitCode === null && child.signalCode === null) await exited;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
