import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { TestServer } from '../../support/postgres.js';

/** Rows that random traffic leaves alone: 1 to 99. */
export const RESERVED = 99;

/** Orders that are placed, changed and deleted all the time, some in transactions that stay open for seconds. */
export class ShopTraffic {
  readonly #client: pg.Client;
  readonly #long: pg.Client;
  #newest: number;
  #stopped = false;
  #running: Promise<unknown> = Promise.resolve();
  operations = 0;

  constructor(
    server: TestServer,
    rows: number,
    private readonly pause_ms: number,
    private readonly long_seconds: number,
  ) {
    const client = () => new pg.Client({ connectionString: server.url('shop'), application_name: 'shop' });
    this.#client = client();
    this.#long = client();
    this.#newest = rows;
  }

  async start(): Promise<void> {
    await this.#client.connect();
    await this.#long.connect();
    this.#running = Promise.all([this.#short(), this.#open()]);
  }

  /** A change that a test speaks of. */
  async run(statement: string): Promise<void> {
    await this.#client.query(statement);
  }

  async #short(): Promise<void> {
    while (!this.#stopped) {
      const what = Math.random();
      const any = RESERVED + 1 + Math.floor(Math.random() * (this.#newest - RESERVED));
      if (what < 0.45) {
        const { rows } = await this.#client.query<{ id: string }>("insert into shop.orders (amount, weight, status) values (round((random() * 1000)::numeric, 2), round((random() * 10)::numeric, 3), 'placed') returning id");
        this.#newest = Number(rows[0]?.id ?? this.#newest);
      } else if (what < 0.97) await this.#client.query("update shop.orders set amount = amount + 1, status = 'changed', updated_at = now() where id = $1", [any]);
      else await this.#client.query('delete from shop.orders where id = $1', [any]);
      this.operations += 1;
      await sleep(this.pause_ms);
    }
  }

  /** Rows that keep the time at which their transaction began. */
  async #open(): Promise<void> {
    while (!this.#stopped) {
      await this.#long.query('begin');
      await this.#long.query("insert into shop.orders (amount, weight, status) select 7, 1.5, 'in bulk' from generate_series(1, 20)");
      await sleep(this.long_seconds * 1000);
      await this.#long.query('commit');
      await sleep(this.long_seconds * 500);
    }
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
    await this.#client.end();
    await this.#long.end();
  }
}

export const SEED_ROWS = 2_000;

/** The orders that both sides begin with: all placed and changed an hour ago, the last of the reserved ones ten days ago. */
export async function createShop(server: TestServer, rows: number): Promise<void> {
  await server.run('create database shop');
  await server.run(
    [
      'create schema shop',
      `create table shop.orders (id bigserial primary key, amount numeric(12,2) not null, weight numeric(12,3) not null, status text not null,
        placed_at timestamptz not null default now(), updated_at timestamptz not null default now())`,
      `insert into shop.orders (amount, weight, status, placed_at, updated_at)
        select g % 1000 + 0.25, 1.25, 's' || g % 5, date_trunc('second', now()) - interval '1 hour' - case g when ${RESERVED} then interval '10 days' else interval '0' end, date_trunc('second', now()) - interval '1 hour'
        from generate_series(1, ${rows}) as g`,
    ],
    'shop',
  );
}
