import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import type { Change, Consumer, Transaction } from './consumer.js';
import { Damage } from './damage.js';
import { Faults, type Fault } from './faults.js';
import { insert } from './insert.js';

const LOAD_PACE_MS = 1_500;
/** Facts are built less often than rows land. */
const TRANSFORM_EVERY = 4;

/** A change of the source that the loader cannot write, as after a migration that nobody told it of. */
class SchemaChanged extends Error {
  override readonly name = 'SchemaChanged';
}

interface Counts {
  read: number;
  inserted: number;
  unknown: number;
}

interface Batch {
  orders: Counts;
  cases: Counts;
}

type Write = (connection: DuckDBConnection) => Promise<void>;

/** Writes what the consumer gives to the warehouse in small batches; the file is open only while a batch is written. */
export class Loader {
  readonly #faults = new Faults();
  readonly #damage = new Damage();
  /** What a fault or its end does to rows that are there already; with the next batch. */
  #onset: Write[] = [];
  #batch = 0;
  #stopped = false;
  #running: Promise<void> = Promise.resolve();

  constructor(
    private readonly consumer: Consumer,
    private readonly path: string,
  ) {}

  /** Loads until it is stopped. Resolves when the first rows can be read. */
  async start(): Promise<void> {
    do await sleep(LOAD_PACE_MS);
    while (!this.#stopped && !(await this.#load()));
    this.#running = this.#work();
  }

  inject(fault: Fault): void {
    const repeated = this.#faults.has(fault);
    this.#faults.inject(fault);
    if (fault === 'drop-rows' && !repeated) this.#onset.push((connection) => this.#damage.loseOrders(connection));
    if (fault === 'duplicate' && !repeated) this.#onset.push((connection) => this.#damage.repeatOrders(connection));
    if (fault === 'none') this.#onset.push((connection) => this.#damage.repair(connection));
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
  }

  async #work(): Promise<void> {
    while (!this.#stopped) {
      await sleep(LOAD_PACE_MS);
      // A file that somebody else holds open is tried again with the next batch, as loaders do; the delay is on the screen.
      if (!this.#faults.has('stall-cdc')) await this.#load().catch(() => undefined);
    }
  }

  /** False where nothing has come yet: the first load is one with rows. */
  async #load(): Promise<boolean> {
    const transactions = this.consumer.take();
    const onset = this.#onset.splice(0);
    const last = transactions.at(-1);
    const startedAt = new Date();
    if (last === undefined && this.#batch === 0) return false;
    try {
      await this.#write(async (connection) => {
        const batch = await this.#land(connection, transactions);
        for (const write of onset) await write(connection);
        if (last) await this.#checkpoint(connection, last);
        if (this.#batch % TRANSFORM_EVERY === 0) await this.#transform(connection, batch, startedAt);
      });
    } catch (error) {
      this.consumer.putBack(transactions);
      this.#onset.unshift(...onset);
      if (!(error instanceof SchemaChanged)) throw error;
      await this.#write((connection) => this.#fail(connection, error, startedAt));
      return true;
    }
    this.#batch++;
    if (last) this.consumer.confirm(last.end_lsn);
    return true;
  }

  async #write(work: Write): Promise<void> {
    const instance = await DuckDBInstance.create(this.path);
    try {
      const connection = await instance.connect();
      try {
        await connection.run("SET TimeZone = 'UTC'; BEGIN");
        await work(connection);
        await connection.run('COMMIT');
      } finally {
        connection.closeSync();
      }
    } finally {
      instance.closeSync();
    }
  }

  async #land(connection: DuckDBConnection, transactions: readonly Transaction[]): Promise<Batch> {
    const batch: Batch = { orders: { read: 0, inserted: 0, unknown: 0 }, cases: { read: 0, inserted: 0, unknown: 0 } };
    for (const change of transactions.flatMap(({ changes }) => changes)) {
      const counts = change.relation === 'shop.orders' ? batch.orders : batch.cases;
      counts.read++;
      if (change.kind !== 'insert') continue;
      counts.inserted++;
      await this.#landChange(connection, change);
    }
    return batch;
  }

  async #landChange(connection: DuckDBConnection, { relation, row }: Change): Promise<void> {
    if (relation === 'shop.orders') await this.#landOrder(connection, row);
    if (relation === 'app.case_file') {
      await insert(connection, 'raw.case_opened', [
        row['case_id'], row['case_number'], row['tenant_id'], row['case_type_code'], row['region_code'], row['opened_at'], 0, 'WEB', row['opened_at'], row['updated_at'],
      ]);
    }
    if (relation === 'app.case_transition') {
      await insert(connection, 'raw.case_transition', [
        row['case_transition_id'], row['case_id'], row['from_status'], row['to_status'], row['transitioned_at'], row['command_id'],
      ]);
    }
  }

  async #landOrder(connection: DuckDBConnection, row: Record<string, unknown>): Promise<void> {
    // Once it is told of the migration, the loader knows both names.
    const channel = row['channel'] ?? (this.#faults.has('schema-change') ? undefined : row['sales_channel']);
    if (channel === undefined) throw new SchemaChanged('column channel of shop.orders is missing from the stream');
    const order_id = Number(row['order_id']);
    const values = [
      row['order_id'], row['order_number'], row['customer_id'], channel, row['currency_code'], row['total_minor'], row['placed_at'], row['updated_at'],
    ];
    if (this.#faults.has('drop-rows') && Damage.losesOrder(order_id)) return this.#damage.note(values);
    await insert(connection, 'raw.order_placed', values);
    if (this.#faults.has('duplicate') && Damage.repeatsOrder(order_id)) await insert(connection, 'raw.order_placed', values);
  }

  async #checkpoint(connection: DuckDBConnection, { end_lsn, committed_at_ms }: Transaction): Promise<void> {
    const committed = new Date(committed_at_ms).toISOString();
    await connection.run(
      `INSERT OR REPLACE INTO raw.cdc_checkpoint VALUES ('warehouse_cdc', '${end_lsn}', '${committed}', now())`,
    );
  }

  /** Facts from what has landed, and the control tables that tell of it. */
  async #transform(connection: DuckDBConnection, { orders, cases }: Batch, startedAt: Date): Promise<void> {
    cases.unknown = await count(connection, UNKNOWN_TYPES);
    await connection.run(FACTS);
    await connection.run(`UPDATE analytics_control.data_product_watermark AS w
      SET source_high_watermark = c.source_committed_at, last_successful_load_at = now(), status = 'HEALTHY', error_message = NULL
      FROM raw.cdc_checkpoint AS c WHERE c.stream_name = 'warehouse_cdc'`);
    await record(connection, 'load_cases', cases, null, startedAt);
    await record(connection, 'load_orders', orders, null, startedAt);
  }

  async #fail(connection: DuckDBConnection, error: SchemaChanged, startedAt: Date): Promise<void> {
    await record(connection, 'load_orders', { read: 0, inserted: 0, unknown: 0 }, error.message, startedAt);
    await connection.run(`UPDATE analytics_control.data_product_watermark SET last_failed_load_at = now() WHERE data_product_name = 'order_revenue_daily'`);
  }
}

const NEW_CASES = 'raw.case_opened AS c ANTI JOIN analytics.fact_case_opened AS f ON f.case_id = c.case_id';

const UNKNOWN_TYPES = `SELECT count(*) FROM ${NEW_CASES} WHERE c.case_type_code NOT IN (SELECT case_type_code FROM analytics.dim_case_type)`;

const FACTS = `
INSERT INTO analytics.fact_case_opened
SELECT c.case_id, strftime(c.opened_at AT TIME ZONE 'UTC', '%Y%m%d')::INTEGER, coalesce(t.case_type_key, 0), r.region_key, 1, false, now()
FROM (SELECT c.* FROM ${NEW_CASES}) AS c
LEFT JOIN analytics.dim_case_type AS t USING (case_type_code)
JOIN analytics.dim_region AS r USING (region_code);
INSERT INTO analytics.fact_order
SELECT DISTINCT ON (order_id) order_id, strftime(placed_at AT TIME ZONE 'UTC', '%Y%m%d')::INTEGER, customer_id, channel, currency_code, total_minor
FROM raw.order_placed ANTI JOIN analytics.fact_order USING (order_id);`;

async function record(connection: DuckDBConnection, pipeline: string, { read, inserted, unknown }: Counts, error: string | null, startedAt: Date): Promise<void> {
  await connection.run(`INSERT INTO analytics_control.pipeline_run VALUES ('${randomUUID()}', '${pipeline}', '${startedAt.toISOString()}', now(), '${error === null ? 'SUCCEEDED' : 'FAILED'}',
    NULL, (SELECT max(source_lsn) FROM raw.cdc_checkpoint), ${read}, ${inserted}, ${read - inserted}, 0, '{"unknown_dimension_rows": ${unknown}}', ${error === null ? 'NULL' : `'${error}'`})`);
}

async function count(connection: DuckDBConnection, sql: string): Promise<number> {
  const [row] = (await connection.runAndReadAll(sql)).getRowsJson();
  return Number(row?.[0] ?? 0);
}
