import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DuckDBInstance } from '@duckdb/node-api';
import pg from 'pg';
import { z } from 'zod';
import type { TestServer } from '../../support/postgres.js';

/** What a loader does wrong with the next change of a row. */
export type Fault = 'lost' | 'twice' | 'under another key' | 'cut instead of rounded';

const changeRow = z.object({ data: z.string(), now: z.coerce.number() });

/** A warehouse file and the loader that fills it from the log of the shop's database, some seconds behind, in batches. */
export class ShopLoader {
  readonly #folder = mkdtempSync(join(tmpdir(), 'tidemark-test-loader-'));
  readonly path = join(this.#folder, 'warehouse.duckdb');
  readonly #client: pg.Client;
  readonly #faults = new Map<string, Fault>();
  readonly #waiting: { committed_at: number; changes: string[] }[] = [];
  #turn: Promise<void> = Promise.resolve();
  #stopped = false;
  #running: Promise<void> = Promise.resolve();

  constructor(
    server: TestServer,
    private readonly lag_seconds: number,
    private readonly batch_seconds: number,
  ) {
    this.#client = new pg.Client({ connectionString: server.url('shop'), application_name: 'loader' });
  }

  /** @param seed a DuckDB query of the rows that the source has at first. */
  async start(seed: string): Promise<void> {
    await this.#client.connect();
    await this.#client.query("select pg_create_logical_replication_slot('loader', 'test_decoding')");
    await this.run(
      'create schema raw',
      'create schema analytics_control',
      'create table raw.orders (id bigint, amount decimal(12,2), weight decimal(12,2), status varchar, placed_at timestamptz, updated_at timestamptz)',
      `insert into raw.orders ${seed}`,
      'create table analytics_control.data_product_watermark (data_product_name varchar, source_high_watermark timestamptz)',
      "insert into analytics_control.data_product_watermark values ('orders', to_timestamp(0))",
    );
    this.#running = this.#work();
  }

  /** The next change of this row goes wrong. */
  inject(id: number, fault: Fault): void {
    this.#faults.set(String(id), fault);
  }

  /** One after another: two instances of one file would not know of each other. */
  run(...statements: string[]): Promise<void> {
    const result = this.#turn.then(() => this.#write(statements));
    this.#turn = result.catch(() => undefined);
    return result;
  }

  async #write(statements: string[]): Promise<void> {
    const instance = await DuckDBInstance.create(this.path);
    try {
      const connection = await instance.connect();
      try {
        for (const statement of statements) await connection.run(statement);
      } finally {
        connection.closeSync();
      }
    } finally {
      instance.closeSync();
    }
  }

  async #work(): Promise<void> {
    while (!this.#stopped) {
      const began = Date.now();
      await this.#load();
      await sleep(Math.max(10, this.batch_seconds * 1000 - (Date.now() - began)));
    }
  }

  async #load(): Promise<void> {
    const { rows: [clock] } = await this.#client.query("select extract(epoch from clock_timestamp())::float8 as now, '' as data");
    const { now } = changeRow.parse(clock);
    const { rows } = await this.#client.query("select data, 0 as now from pg_logical_slot_get_changes('loader', null, null, 'include-timestamp', '1')");
    let changes: string[] = [];
    for (const row of rows) {
      const { data } = changeRow.parse(row);
      const commit = /^COMMIT .*\(at (\S+) (\S+)\+00\)/.exec(data);
      if (commit) this.#waiting.push({ committed_at: Date.parse(`${commit[1]}T${commit[2]}Z`) / 1000, changes });
      else if (data.startsWith('BEGIN')) changes = [];
      else changes.push(data);
    }
    // What commits while the log is read stands behind everything that is due now.
    const until = now - this.lag_seconds;
    const due = this.#waiting.findIndex(({ committed_at }) => committed_at > until);
    const batch = this.#waiting.splice(0, due === -1 ? this.#waiting.length : due);
    const statements = batch.flatMap((transaction) => transaction.changes.flatMap((change) => this.#applied(change)));
    await this.run('begin', ...statements, `update analytics_control.data_product_watermark set source_high_watermark = to_timestamp(${until})`, 'commit');
  }

  #applied(change: string): string[] {
    const operation = /: (INSERT|UPDATE|DELETE):/.exec(change)?.[1];
    const value = (name: string): string => new RegExp(`${name}\\[[^\\]]+\\]:'?([^' ]+(?: [^' ]+)?)'?(?= |$)`).exec(change)?.[1] ?? '';
    const id = /id\[bigint\]:(\d+)/.exec(change)?.[1] ?? '';
    const fault = this.#faults.get(id);
    if (operation === undefined || fault === 'lost') return [];
    const remove = `delete from raw.orders where id = ${id}`;
    if (operation === 'DELETE') return [remove];
    const written = fault === 'under another key' ? `${id}000` : id;
    const weight = fault === 'cut instead of rounded' ? `floor(${number(change, 'weight')} * 100) / 100` : number(change, 'weight');
    const insert = `insert into raw.orders values (${written}, ${number(change, 'amount')}, ${weight}, '${value('status')}', '${value('placed_at')}', '${value('updated_at')}')`;
    return [...(operation === 'UPDATE' ? [remove] : []), insert, ...(fault === 'twice' ? [insert] : [])];
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
    await this.#client.end();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function number(change: string, name: string): string {
  return new RegExp(`${name}\\[numeric\\]:(\\S+)`).exec(change)?.[1] ?? 'null';
}
