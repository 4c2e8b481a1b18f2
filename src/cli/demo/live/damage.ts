import type { DuckDBConnection } from '@duckdb/node-api';
import { insert } from './insert.js';

const ORDERS = 'raw.order_placed';
/** Whole periods of business, so that the damage does not wait for the present one to end. */
const LATELY = "placed_at > now() - INTERVAL 2 HOUR";
const LOST_EVERY = 3;
/** Another number than that of the lost ones: losses and repetitions of the same number would look like equal counts. */
const REPEATED_EVERY = 5;

/** What went wrong with rows of the warehouse, and its repair. */
export class Damage {
  /** Orders that were not loaded, without the time of loading. */
  #lost: (readonly unknown[])[] = [];

  static losesOrder(order_id: number): boolean {
    return order_id % LOST_EVERY === 0;
  }

  static repeatsOrder(order_id: number): boolean {
    return order_id % REPEATED_EVERY === 0;
  }

  /** An order that the loader did not write. */
  note(values: readonly unknown[]): void {
    this.#lost.push(values);
  }

  /** As a reload from an incomplete extract does. */
  async loseOrders(connection: DuckDBConnection): Promise<void> {
    const which = `${LATELY} AND order_id % ${LOST_EVERY} = 0`;
    const reader = await connection.runAndReadAll(`SELECT * EXCLUDE (loaded_at) FROM ${ORDERS} WHERE ${which}`);
    this.#lost.push(...reader.getRowsJson());
    await connection.run(`DELETE FROM ${ORDERS} WHERE ${which}`);
  }

  /** As a replay without a merge key does. */
  async repeatOrders(connection: DuckDBConnection): Promise<void> {
    await connection.run(`INSERT INTO ${ORDERS} SELECT * REPLACE (now() AS loaded_at) FROM ${ORDERS} WHERE ${LATELY} AND order_id % ${REPEATED_EVERY} = 0`);
  }

  /** Loads again what was lost, removes what is there twice, and gives the cases their types. */
  async repair(connection: DuckDBConnection): Promise<void> {
    for (const values of this.#lost) await insert(connection, ORDERS, values);
    await connection.run(REPAIR);
    this.#lost = [];
  }
}

const REPAIR = `
DELETE FROM ${ORDERS} WHERE rowid IN (
  SELECT rowid FROM ${ORDERS} QUALIFY row_number() OVER (PARTITION BY order_id ORDER BY rowid) > 1
);
INSERT INTO analytics.dim_case_type
SELECT (SELECT max(case_type_key) FROM analytics.dim_case_type) + row_number() OVER (ORDER BY case_type_code), case_type_code, case_type_code, 'Mediation'
FROM (SELECT DISTINCT case_type_code FROM raw.case_opened ANTI JOIN analytics.dim_case_type USING (case_type_code));
UPDATE analytics.fact_case_opened AS f SET case_type_key = t.case_type_key
FROM raw.case_opened AS c JOIN analytics.dim_case_type AS t USING (case_type_code)
WHERE f.case_type_key = 0 AND c.case_id = f.case_id;`;
