import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { DescribedColumn, ScanEstimate } from '../description.js';
import type { HttpAnswer } from '../http/answer.js';
import type { HttpClient } from '../http/client.js';
import { Deadline, pause } from '../http/deadline.js';
import { HttpFailure, NoAnswer, StatementFailed } from '../http/failure.js';
import type { Secrets } from '../http/secrets.js';
import type { StatementRunner } from '../http/session.js';
import type { SnowflakeAddress } from './address.js';
import { partition, printedType, queryStatus, resultSet, rowsOf, type ResultSet } from './answer.js';
import { statementError } from './failure.js';

/** The tag under which QUERY_HISTORY shows tidemark's statements. */
export const QUERY_TAG = 'tidemark';
const PATH = '/api/v2/statements';
/** Without `async` a statement answers only after up to 45 s, and until then nobody could cancel it. */
const SYNCHRONOUS_MS = 45_000;
const POLL_FIRST_MS = 50;
const POLL_MAX_MS = 2_000;
const CANCEL_MS = 3_000;
/** Uncompressed, over all partitions of a result: digests and catalogues are far below. */
const RESULT_BYTES_MAX = 256 * 1024 * 1024;
/** The service allows a week. */
const TIMEOUT_SECONDS_MAX = 604_800;

const explained = z.object({ GlobalStats: z.object({ partitionsTotal: z.number().nullish(), partitionsAssigned: z.number().nullish(), bytesAssigned: z.number().nullish() }) });

export interface SnowflakeContext {
  store: string;
  address: SnowflakeAddress;
  client: HttpClient;
  secrets: Secrets;
  signal: AbortSignal | undefined;
}

/**
 * Statements through Snowflake's SQL API v2 (SQL API reference, POST /api/v2/statements): submitted with an id of their own,
 * so that a repeated request does not run them twice; polled while they answer 202; read partition by partition; cancelled
 * when nobody waits any more.
 */
export class SnowflakeRunner implements StatementRunner {
  constructor(private readonly context: SnowflakeContext) {}

  async run(sql: string, deadline: Deadline): Promise<Record<string, unknown>[]> {
    const { result, more } = await this.#result(sql, deadline);
    const { rowType } = result.resultSetMetaData;
    const rows = rowsOf(rowType, result.data ?? []);
    // One by one: a partition has more rows than a call takes arguments.
    for (const data of more) for (const row of rowsOf(rowType, data)) rows.push(row);
    return rows;
  }

  /** EXPLAIN compiles and needs no warehouse (EXPLAIN, usage notes). What it assigns is what is left after pruning by partitions. */
  async estimate(sql: string, deadline: Deadline): Promise<ScanEstimate> {
    const [row] = await this.run(`explain using json ${sql}`, deadline);
    const plan = Object.values(row ?? {})[0];
    const parsed = explained.safeParse(typeof plan === 'string' ? parsedPlan(plan) : null);
    const bytes = parsed.data?.GlobalStats.bytesAssigned ?? null;
    return { bytes, rows: null, isUpperBound: bytes !== null };
  }

  /** The columns of a query's answer, by a statement of which no row is read. */
  async columns(sql: string, deadline: Deadline): Promise<DescribedColumn[]> {
    const { result } = await this.#result(`select * from (${sql}\n) limit 0`, deadline);
    return result.resultSetMetaData.rowType.map((column) => ({ name: column.name, type: printedType(column), nullable: column.nullable !== false }));
  }

  async #result(sql: string, deadline: Deadline): Promise<{ result: ResultSet; more: (string | null)[][][] }> {
    const started: { handle: string | null } = { handle: null };
    try {
      const answer = await this.#finished(await this.#submit(sql, deadline), started, deadline);
      const parsed = resultSet.safeParse(answer.body);
      if (!parsed.success) throw new StatementFailed(this.context.store, tooLarge(answer.body) ?? 'Snowflake answered in an unknown form', null);
      const result = parsed.data;
      started.handle ??= result.statementHandle ?? null;
      return { result, more: await this.#partitions(result, started.handle, deadline) };
    } catch (error) {
      if (started.handle !== null && (error instanceof NoAnswer || this.context.signal?.aborted === true)) await this.#cancel(started.handle);
      if (error instanceof HttpFailure && (error.status === 408 || error.status === 422)) throw statementError(this.context.store, this.context.secrets, error);
      throw error;
    }
  }

  #submit(sql: string, deadline: Deadline): Promise<HttpAnswer> {
    const { database, schema, warehouse, role } = this.context.address;
    const isLong = deadline.left() > SYNCHRONOUS_MS;
    const requestId = randomUUID();
    const query = { requestId, ...(isLong ? { async: 'true' } : {}) };
    return this.context.client.request({
      method: 'POST',
      path: PATH,
      query,
      // SQL API, Submitting a request: the same id and retry=true do not run a statement twice.
      again: () => ({ query: { ...query, retry: 'true' } }),
      repeatable: true,
      body: {
        statement: sql,
        // The service's own end of it, a little behind ours.
        timeout: Math.min(TIMEOUT_SECONDS_MAX, Math.ceil(deadline.left() / 1000) + 1),
        ...Object.fromEntries(Object.entries({ database, schema, warehouse, role }).filter(([, value]) => value !== null)),
        parameters: { query_tag: QUERY_TAG, timezone: 'UTC', multi_statement_count: '1', binary_output_format: 'HEX' },
      },
    }, deadline);
  }

  /** Polls until it is there, with growing pauses. */
  async #finished(first: HttpAnswer, started: { handle: string | null }, deadline: Deadline): Promise<HttpAnswer> {
    let answer = first;
    for (let wait_ms = POLL_FIRST_MS; answer.status === 202; wait_ms = Math.min(POLL_MAX_MS, wait_ms * 1.5)) {
      started.handle ??= queryStatus.safeParse(answer.body).data?.statementHandle ?? null;
      if (started.handle === null) throw new StatementFailed(this.context.store, 'Snowflake accepted a statement without a handle', null);
      if (wait_ms >= deadline.left()) throw new NoAnswer(`no answer within ${deadline.deadline_ms / 1000} s`);
      await pause(wait_ms, this.context.signal);
      answer = await this.context.client.request({ method: 'GET', path: `${PATH}/${encodeURIComponent(started.handle)}`, repeatable: true }, deadline);
    }
    return answer;
  }

  /** The first partition comes with the result, each other one by its own request, compressed. */
  async #partitions(result: ResultSet, handle: string | null, deadline: Deadline): Promise<(string | null)[][][]> {
    const parts = result.resultSetMetaData.partitionInfo ?? [];
    const size = parts.reduce((sum, { uncompressedSize }) => sum + (uncompressedSize ?? 0), 0);
    if (size > RESULT_BYTES_MAX) throw new StatementFailed(this.context.store, 'the answer is larger than tidemark reads', null);
    const more: (string | null)[][][] = [];
    if (handle === null) return more;
    for (let index = 1; index < parts.length; index++) {
      const path = `${PATH}/${encodeURIComponent(handle)}`;
      const answer = await this.context.client.request({ method: 'GET', path, query: { partition: String(index) }, repeatable: true, bytes_max: RESULT_BYTES_MAX }, deadline);
      more.push(partition.parse(answer.body).data);
    }
    return more;
  }

  /** Also after an abort, whose signal would end this request too: so it has a client without it. */
  async #cancel(handle: string): Promise<void> {
    const { client } = this.context;
    await client.withoutSignal().request({ method: 'POST', path: `${PATH}/${encodeURIComponent(handle)}/cancel`, repeatable: true }, new Deadline(CANCEL_MS)).catch(() => undefined);
  }
}

function parsedPlan(text: string): unknown {
  try {
    const plan: unknown = JSON.parse(text);
    return plan;
  } catch {
    return null;
  }
}

/** Code 391908: the result is too large to be given (SQL API reference, 200). */
function tooLarge(body: unknown): string | null {
  return queryStatus.safeParse(body).data?.code === '391908' ? 'the answer is too large for the SQL API' : null;
}
