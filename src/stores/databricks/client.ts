import { z } from 'zod';
import type { DescribedColumn, ScanEstimate } from '../description.js';
import { HttpClient } from '../http/client.js';
import { Deadline, pause } from '../http/deadline.js';
import { NoAnswer, StatementFailed } from '../http/failure.js';
import { Secrets } from '../http/secrets.js';
import type { StatementRunner } from '../http/session.js';
import { DeadlineExceeded } from '../live.js';
import type { CostMeter } from '../shared/cost-meter.js';
import type { DatabricksAddress } from './address.js';
import { planEstimate } from './estimate.js';
import { detailOf, requestError, statementError } from './failure.js';
import { rowsOf } from './rows.js';
import { databricksAuthorization } from './token.js';

/** Stands before each statement: the query history has it, so that our own can be left out. */
export const MARKER = '/* tidemark */';
const PATH = '/api/2.0/sql/statements';
/** The service waits 5 to 50 s, or not at all; a shorter wait than ours, or the id of the statement would be lost. */
const WAITS = [{ above_ms: 12_000, wait: '10s' }, { above_ms: 7_000, wait: '5s' }] as const;
const POLL_FIRST_MS = 250;
const POLL_MAX_MS = 5_000;
const CANCEL_TIMEOUT_MS = 3_000;
/** The service ends what is larger than 25 MiB inline. */
const ROWS_MAX = 1_000_000;

const column = z.object({ name: z.string(), type_name: z.string(), type_text: z.string().optional() });
const result = z.object({ data_array: z.array(z.array(z.string().nullable())).nullish(), next_chunk_internal_link: z.string().nullish() });
const statement = z.object({
  statement_id: z.string(),
  status: z.object({ state: z.enum(['PENDING', 'RUNNING', 'SUCCEEDED', 'FAILED', 'CANCELED', 'CLOSED']), error: z.object({ error_code: z.string().nullish(), message: z.string().nullish() }).nullish(), sql_state: z.string().nullish() }),
  manifest: z.object({ schema: z.object({ columns: z.array(column).nullish() }).nullish(), truncated: z.boolean().nullish() }).nullish(),
  result: result.nullish(),
});
type Statement = z.infer<typeof statement>;
const warehouse = z.object({ name: z.string().optional(), state: z.string(), auto_stop_mins: z.number().optional() });
export type Warehouse = z.infer<typeof warehouse>;

export interface DatabricksOptions {
  store: string;
  address: DatabricksAddress;
  meter: CostMeter;
  signal: AbortSignal | undefined;
}

/** Databricks' Statement Execution API 2.0 on one SQL warehouse, answers inline as JSON. */
export class DatabricksClient implements StatementRunner {
  readonly #http: HttpClient;
  readonly #secrets = new Secrets();

  constructor(private readonly options: DatabricksOptions) {
    const { address, meter, signal } = options;
    const authorize = databricksAuthorization(address, this.#secrets, meter, signal);
    this.#http = new HttpClient({ base: address.base, secrets: this.#secrets, meter, signal, authorize, detailOf, headers: { 'user-agent': 'tidemark' } });
  }

  /** The SQL warehouse, without starting it (SQL Warehouses API); null where it may not be seen. */
  async warehouse(deadline: Deadline): Promise<Warehouse | null> {
    const { body, status } = await this.#http.request({ method: 'GET', path: `/api/2.0/sql/warehouses/${encodeURIComponent(this.options.address.warehouse)}`, repeatable: true, accept: [403] }, deadline);
    return status === 403 ? null : (warehouse.safeParse(body).data ?? null);
  }

  async run(sql: string, deadline: Deadline): Promise<Record<string, unknown>[]> {
    const { columns, data } = await this.#answer(sql, deadline);
    return rowsOf(columns, data);
  }

  async columns(sql: string, deadline: Deadline): Promise<DescribedColumn[]> {
    const { columns } = await this.#answer(`select * from (${sql}\n) limit 0`, deadline);
    return columns.map(({ name, type_text, type_name }) => ({ name, type: (type_text ?? type_name).toLowerCase(), nullable: true }));
  }

  async estimate(sql: string, deadline: Deadline): Promise<ScanEstimate> {
    const [row] = await this.run(`explain cost ${sql}`, deadline);
    const plan = Object.values(row ?? {})[0];
    return planEstimate(typeof plan === 'string' ? plan : '');
  }

  async #answer(sql: string, deadline: Deadline): Promise<{ columns: z.infer<typeof column>[]; data: (string | null)[][] }> {
    const { store } = this.options;
    const started: { id: string | null } = { id: null };
    try {
      const { manifest, result: first } = await this.#finished(await this.#submit(sql, deadline), started, deadline);
      if (manifest?.truncated === true) throw new StatementFailed(store, 'the answer was cut by the service', null);
      const data = [...(first?.data_array ?? [])];
      for (let next = first?.next_chunk_internal_link || null; next !== null; ) {
        const chunk = result.parse((await this.#http.request({ method: 'GET', path: next, repeatable: true }, deadline)).body);
        for (const row of chunk.data_array ?? []) data.push(row);
        if (data.length > ROWS_MAX) throw new StatementFailed(store, `the answer has more than ${ROWS_MAX} rows`, null);
        next = chunk.next_chunk_internal_link || null;
      }
      return { columns: manifest?.schema?.columns ?? [], data };
    } catch (error) {
      if (started.id !== null && (error instanceof NoAnswer || this.options.signal?.aborted === true)) await this.#cancel(started.id);
      throw requestError(store, error);
    }
  }

  async #submit(sql: string, deadline: Deadline): Promise<Statement> {
    const { warehouse: warehouse_id, catalog, schema } = this.options.address;
    const wait_timeout = WAITS.find(({ above_ms }) => deadline.left() > above_ms)?.wait ?? '0s';
    const body = { statement: `${MARKER} ${sql}`, warehouse_id, catalog, ...(schema === null ? {} : { schema }), wait_timeout, on_wait_timeout: 'CONTINUE', disposition: 'INLINE', format: 'JSON_ARRAY' };
    // It reads only, so that sending it twice costs no more than time.
    return this.#statement((await this.#http.request({ method: 'POST', path: PATH, body, repeatable: true }, deadline)).body);
  }

  /** Polls until it has ended, with growing pauses. */
  async #finished(first: Statement, started: { id: string | null }, deadline: Deadline): Promise<Statement> {
    const { store } = this.options;
    started.id = first.statement_id;
    let current = first;
    for (let wait_ms = POLL_FIRST_MS; current.status.state === 'PENDING' || current.status.state === 'RUNNING'; wait_ms = Math.min(POLL_MAX_MS, wait_ms * 1.5)) {
      if (wait_ms >= deadline.left()) throw new NoAnswer(`no answer within ${deadline.deadline_ms / 1000} s`);
      await pause(wait_ms, this.options.signal);
      current = this.#statement((await this.#http.request({ method: 'GET', path: `${PATH}/${encodeURIComponent(started.id)}`, repeatable: true }, deadline)).body);
    }
    const { state, error, sql_state } = current.status;
    if (state === 'FAILED') throw statementError(store, this.#secrets, error ?? {}, sql_state ?? null);
    if (state === 'CANCELED') throw new DeadlineExceeded(store, 'the statement was cancelled in the workspace');
    if (state === 'CLOSED') throw new StatementFailed(store, 'the answer is no longer there', null);
    return current;
  }

  #statement(body: unknown): Statement {
    const parsed = statement.safeParse(body);
    if (parsed.success) return parsed.data;
    throw new StatementFailed(this.options.store, 'it does not answer as Databricks does', null);
  }

  /** Also after an abort, whose signal would end this request too. */
  async #cancel(id: string): Promise<void> {
    await this.#http.withoutSignal().request({ method: 'POST', path: `${PATH}/${encodeURIComponent(id)}/cancel`, body: {}, repeatable: true }, new Deadline(CANCEL_TIMEOUT_MS)).catch(() => undefined);
  }
}
