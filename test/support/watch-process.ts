import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { build, program } from '../cli/tidemark.js';
import type { TestServer } from './postgres.js';

const PASSWORD = 'tide-and-ebb';
const WAIT_MS = 50_000;

/** A small system: cases in PostgreSQL, the same cases and a control table in a DuckDB file, and a configuration that names both. */
export class Casework {
  readonly folder = mkdtempSync(join(tmpdir(), 'tidemark-test-casework-'));
  readonly warehouse = join(this.folder, 'warehouse.duckdb');
  /** Where the journal of its watches goes. */
  readonly home = join(this.folder, 'home');

  private constructor(
    readonly server: TestServer,
    readonly database: string,
  ) {
    mkdirSync(this.home);
  }

  static async create(server: TestServer, database: string): Promise<Casework> {
    const casework = new Casework(server, database);
    await server.run(`create database ${database}`);
    await server.run(
      [
        'create extension pg_stat_statements',
        'create schema app',
        'create table app.case_file (case_id int primary key, opened_at timestamptz not null)',
        "insert into app.case_file select n, date_trunc('day', now()) - interval '1 hour' * (n % 48) from generate_series(1, 480) n",
        'grant usage on schema app to public',
        'grant select on all tables in schema app to public',
      ],
      database,
    );
    await casework.load(
      'create schema raw',
      'create schema analytics_control',
      'create table raw.case_opened (case_id int, opened_at timestamptz)',
      "insert into raw.case_opened select n, date_trunc('day', now() at time zone 'UTC') at time zone 'UTC' - interval 1 hour * (n % 48) from generate_series(1, 480) t(n)",
      'create table analytics_control.data_product_watermark (data_product_name varchar, source_high_watermark timestamptz, last_successful_load_at timestamptz, status varchar)',
      "insert into analytics_control.data_product_watermark values ('case_opened', now(), now(), 'HEALTHY')",
    );
    casework.configure();
    return casework;
  }

  /** Writes to the warehouse as a loader does: open, write, close. */
  async load(...statements: string[]): Promise<void> {
    const instance = await DuckDBInstance.create(this.warehouse);
    try {
      const connection = await instance.connect();
      try {
        await connection.run("set timezone = 'UTC'");
        for (const statement of statements) await connection.run(statement);
      } finally {
        connection.closeSync();
      }
    } finally {
      instance.closeSync();
    }
  }

  /** Writes `tidemark.yaml`; `more` is added at its end. */
  configure({ freshness = 'target: 1h, within: 2h', relation = 'app.case_file', more = '' }: { freshness?: string; relation?: string; more?: string } = {}): void {
    writeFileSync(
      join(this.folder, 'tidemark.yaml'),
      `stores:
  - name: production
    role: operational
    engine: postgres
    url: \${env:PRODUCTION_URL}
  - name: warehouse
    role: warehouse
    engine: duckdb
    url: warehouse.duckdb
data_products:
  - name: case_opened
    relation: raw.case_opened
    freshness: { ${freshness} }
reconcile:
  - name: cases
    source: { store: production, relation: ${relation}, time_column: opened_at }
    target: { store: warehouse, relation: raw.case_opened, time_column: opened_at }
    periods: 3
    product: case_opened
${more}`,
    );
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A role that may look, with a password; `more` as in `connection limit 2`. */
export async function createWatcher(server: TestServer, name: string, more = ''): Promise<void> {
  await server.run([`create role ${name} login password '${PASSWORD}' ${more}`, `grant pg_monitor to ${name}`]);
}

export interface WatchOptions {
  role?: string;
  password?: string;
  /** Stands in front of the server. */
  port?: number;
  env?: Record<string, string>;
}

/** `tidemark watch` or `serve` on a system, while it runs. */
export class WatchProcess {
  stdout = '';
  stderr = '';
  /** Its own, so that what it leaves there is seen. */
  readonly temporary: string;
  readonly #child: ChildProcess;
  readonly #ended: Promise<{ code: number | null; stdout: string; stderr: string }>;

  private constructor(child: ChildProcess, temporary: string) {
    this.#child = child;
    this.temporary = temporary;
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.stdout += text));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.stderr += text));
    this.#ended = once(child, 'close').then(() => ({ code: child.exitCode, stdout: this.stdout, stderr: this.stderr }));
  }

  static async start(casework: Casework, args: readonly string[], { role = 'watch_ro', password = PASSWORD, port, env = {} }: WatchOptions = {}): Promise<WatchProcess> {
    await build();
    const temporary = mkdtempSync(join(casework.folder, 'tmp-'));
    const { PATH = '' } = process.env;
    const url = `postgres://${role}@127.0.0.1:${port ?? casework.server.port}/${casework.database}`;
    const child = spawn(process.execPath, [program, ...args], {
      cwd: casework.folder,
      env: { PATH, HOME: casework.home, TMPDIR: temporary, PRODUCTION_URL: url, PGPASSWORD: password, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return new WatchProcess(child, temporary);
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  get lines(): string[] {
    return this.stdout.split('\n').filter((line) => line !== '');
  }

  /** Waits for a line of standard output behind `from`, and returns how much there is then. */
  async says(pattern: RegExp, from = 0): Promise<number> {
    await this.until(`a line like ${String(pattern)}`, () => pattern.test(this.stdout.slice(from)));
    return this.stdout.length;
  }

  async until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
    for (const deadline = Date.now() + WAIT_MS; !(await holds()); ) {
      if (Date.now() > deadline || this.#child.exitCode !== null) {
        throw new Error(`${what} did not come (exit code ${String(this.#child.exitCode)}):\n${this.stdout}\n${this.stderr}`);
      }
      await pause(50);
    }
  }

  /** Its child processes and theirs. */
  descendants(): number[] {
    const parents = new Map<number, number>();
    for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
      const parent = parentOf(name);
      if (parent !== null) parents.set(Number(name), parent);
    }
    const found: number[] = [];
    for (const [pid] of parents) for (let at = parents.get(pid); at !== undefined && at > 1; at = parents.get(at)) if (at === this.pid) found.push(pid);
    return found;
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** What nobody reads any more, as behind `head`. */
  closeStdout(): void {
    this.#child.stdout?.destroy();
  }

  ended(): Promise<{ code: number | null; stdout: string; stderr: string }> {
    return this.#ended;
  }

  async stop(name: NodeJS.Signals = 'SIGTERM'): Promise<{ code: number | null; stdout: string; stderr: string }> {
    this.signal(name);
    return this.#ended;
  }
}

/** Null when the process has gone meanwhile. */
function parentOf(pid: string): number | null {
  try {
    return Number(/^\d+ \(.*\) \S (\d+)/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1]);
  } catch {
    return null;
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

export interface Link {
  port: number;
  /** From now on every byte is swallowed and nothing is closed, as by a firewall; new connections too get no answer. */
  cut(): void;
  /** Lets new connections through again. Those of before stay dead. */
  mend(): void;
  stop(): Promise<void>;
}

/** A network between a watch and its server. */
export async function startLink(serverPort: number): Promise<Link> {
  let isCut = false;
  const sockets = new Set<Socket>();
  const dead = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(serverPort, '127.0.0.1');
    for (const [from, to] of [[client, upstream], [upstream, client]] as const) {
      sockets.add(from);
      if (isCut) dead.add(from);
      from.on('error', () => undefined);
      from.on('data', (chunk: Buffer) => {
        if (!dead.has(from)) to.write(chunk);
      });
      from.on('close', () => {
        sockets.delete(from);
        if (!dead.has(from)) to.destroy();
      });
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    port: address.port,
    cut() {
      isCut = true;
      for (const socket of sockets) dead.add(socket);
    },
    mend() {
      isCut = false;
    },
    async stop() {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, 'close');
    },
  };
}
