import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { Faults, type Fault } from './faults.js';

const PAUSE_MS = 120;
const CASE_TYPES = ['CMP-BILL', 'CMP-SERV', 'LIC-NEW', 'LIC-REN', 'INS-SPOT', 'ENF-FINE', 'APP-DEC'] as const;
const REGIONS = ['NORTH', 'EAST', 'SOUTH', 'WEST', 'CAPITAL'] as const;
const CHANNELS = ['WEB', 'WEB', 'PHONE', 'TRADE'] as const;
/** SQLSTATE of a column that does not exist. */
const UNDEFINED_COLUMN = '42703';

/** The heavy report: text of no card, so that it is new, and nobody's. */
const REPORT = `SELECT o.channel, date_trunc('month', o.placed_at) AS month, count(DISTINCT o.customer_id) AS customers, sum(l.quantity * l.unit_price_minor) AS revenue
FROM shop.orders o JOIN shop.order_line l ON l.order_id = o.order_id JOIN shop.payment p ON p.order_id = o.order_id
WHERE o.status <> 'CANCELLED' GROUP BY o.channel, date_trunc('month', o.placed_at) ORDER BY month, o.channel`;

interface Urls {
  case_app: string;
  shop_app: string;
  metabase_ro: string;
  superuser: string;
}

/** The applications of the estate at work, some transactions a second, and what people do to it. */
export class Traffic {
  readonly #cases: pg.Client;
  readonly #shop: pg.Client;
  readonly #metabase: pg.Client;
  readonly #superuser: pg.Client;
  #turn = 0;
  readonly #faults = new Faults();
  /** Types that cases may have from now on and that no warehouse knows, by number. */
  #newTypes = 0;
  #channelColumn: 'channel' | 'sales_channel' = 'channel';
  #stopped = false;
  #running: Promise<void>[] = [];

  constructor(urls: Urls) {
    const client = (connectionString: string, application_name: string): pg.Client => new pg.Client({ connectionString, application_name });
    this.#cases = client(urls.case_app, 'case-platform');
    this.#shop = client(urls.shop_app, 'shop-checkout');
    this.#metabase = client(urls.metabase_ro, 'Metabase v0.53.2');
    this.#superuser = client(urls.superuser, 'migration');
  }

  async start(onFailure: (error: unknown) => void): Promise<void> {
    for (const client of [this.#cases, this.#shop, this.#metabase, this.#superuser]) {
      client.on('error', onFailure);
      await client.connect();
    }
    const report = (work: Promise<void>): Promise<void> => work.catch((error: unknown) => (this.#stopped ? undefined : onFailure(error)));
    this.#running = [report(this.#work()), report(this.#reports())];
  }

  async inject(fault: Fault): Promise<void> {
    // What the warehouse has learned of the one before it is not unknown any more.
    if (fault === 'late-dimension' && !this.#faults.has(fault)) {
      this.#newTypes++;
      await this.#superuser.query("INSERT INTO app.case_type VALUES ($1, 'Mediation', 'Mediation') ON CONFLICT DO NOTHING", [this.#newType()]);
    }
    this.#faults.inject(fault);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#running);
    await Promise.allSettled([this.#cases, this.#shop, this.#metabase, this.#superuser].map((client) => client.end()));
  }

  async #work(): Promise<void> {
    while (!this.#stopped) {
      this.#turn++;
      await this.#migrate();
      if (this.#turn % 3 === 0) await this.#openCase();
      else if (this.#turn % 7 === 0) await this.#moveCase();
      else await this.#placeOrder();
      await pause(PAUSE_MS);
    }
  }

  /** Between two orders, so that none is written to a column that is gone. */
  async #migrate(): Promise<void> {
    const column = this.#faults.has('schema-change') ? 'sales_channel' : 'channel';
    if (column === this.#channelColumn) return;
    await this.#superuser.query(`ALTER TABLE shop.orders RENAME COLUMN ${this.#channelColumn} TO ${column}`);
    this.#channelColumn = column;
  }

  async #reports(): Promise<void> {
    while (!this.#stopped) {
      if (this.#faults.has('heavy-report')) await this.#report();
      await pause(this.#faults.has('heavy-report') ? 50 : 500);
    }
  }

  async #report(): Promise<void> {
    const text = this.#channelColumn === 'channel' ? REPORT : REPORT.replaceAll('o.channel', 'o.sales_channel');
    await this.#metabase.query(text).catch((error: unknown) => {
      // The migration came in between; the next one asks for the new name.
      if (!(error instanceof pg.DatabaseError) || error.code !== UNDEFINED_COLUMN) throw error;
    });
  }

  async #openCase(): Promise<void> {
    const type = this.#faults.has('late-dimension') && this.#turn % 2 === 0 ? this.#newType() : pick(CASE_TYPES, this.#turn);
    await this.#cases.query(
      `INSERT INTO app.case_file (case_number, tenant_id, case_type_code, region_code, queue_id, status, priority, source_channel, summary, opened_at, created_by_actor_id, created_at, updated_at)
       VALUES ($1, $2, $3, $4, $5, 'OPEN', 'NORMAL', 'WEB', 'Reported through the usual channel', now(), $6, now(), now())`,
      [`CF-L-${randomUUID()}`, 1 + (this.#turn % 12), type, pick(REGIONS, this.#turn), 1 + (this.#turn % 10), 1 + (this.#turn % 240)],
    );
  }

  #newType(): string {
    return `MED-${String(this.#newTypes).padStart(2, '0')}`;
  }

  async #moveCase(): Promise<void> {
    await this.#cases.query(
      `WITH moved AS (UPDATE app.case_file SET status = 'IN_REVIEW', version = version + 1, updated_at = now() WHERE case_id = $1 AND status = 'OPEN' RETURNING case_id)
       INSERT INTO app.case_transition (case_id, from_status, to_status, actor_id, transitioned_at, command_id) SELECT case_id, 'OPEN', 'IN_REVIEW', $2, now(), $3 FROM moved`,
      [1 + ((this.#turn * 7919) % 60_000), 1 + (this.#turn % 240), randomUUID()],
    );
  }

  async #placeOrder(): Promise<void> {
    await this.#shop.query(
      `INSERT INTO shop.orders (order_number, customer_id, status, ${this.#channelColumn}, currency_code, total_minor, placed_at, updated_at)
       VALUES ($1, $2, 'PLACED', $3, 'GBP', $4, now(), now())`,
      [`SO-L-${randomUUID()}`, 1 + (this.#turn % 20_000), pick(CHANNELS, this.#turn), 1_500 + ((this.#turn * 373) % 48_000)],
    );
  }
}

function pick<T>(values: readonly [T, ...T[]], turn: number): T {
  return values[turn % values.length] ?? values[0];
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
