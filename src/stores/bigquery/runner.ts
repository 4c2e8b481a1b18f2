import { randomUUID } from 'node:crypto';
import type { z } from 'zod';
import type { DescribedColumn, ScanEstimate } from '../description.js';
import type { HttpClient, HttpRequest } from '../http/client.js';
import { Deadline } from '../http/deadline.js';
import { HttpFailure, NoAnswer, StatementFailed } from '../http/failure.js';
import type { Secrets } from '../http/secrets.js';
import type { StatementRunner } from '../http/session.js';
import type { BigQueryAddress } from './address.js';
import { printedType, queryResponse, rowsOf, type FieldSchema, type QueryResponse } from './answer.js';
import { errorOf, jobError } from './failure.js';

/** The label under which INFORMATION_SCHEMA.JOBS shows tidemark's jobs. */
export const LABEL = { name: 'tidemark', value: 'true' };
const ROWS_A_PAGE = 10_000;
/** The service waits up to 200 s; shorter looks notice an abort, and a proxy cuts none of them. */
const LOOK_MS = 20_000;
const CANCEL_MS = 3_000;
const ROWS_MAX = 5_000_000;

export interface BigQueryContext {
  store: string;
  address: BigQueryAddress;
  client: HttpClient;
  secrets: Secrets;
  signal: AbortSignal | undefined;
  /** Holds for each job at the service (`maximumBytesBilled`): one that would be billed more fails and costs nothing. */
  scan_bytes_max: number | undefined;
}

interface Job {
  id: string;
  location: string | null;
}

/**
 * Statements through BigQuery's REST API v2: jobs.query with an id of its own, so that a repeated request does not run it
 * twice; jobs.getQueryResults until it is complete, and page by page; jobs.cancel when nobody waits any more.
 */
export class BigQueryRunner implements StatementRunner {
  readonly limitsScan = true;

  constructor(private readonly context: BigQueryContext) {}

  async run(sql: string, deadline: Deadline): Promise<Record<string, unknown>[]> {
    const started: { job: Job | null } = { job: null };
    try {
      let page = await this.#complete(await this.#query(sql, deadline, {}), started, deadline);
      const fields = page.schema?.fields ?? [];
      const rows = rowsOf(fields, page.rows ?? []);
      while (page.pageToken != null && page.pageToken !== '') {
        if (rows.length > ROWS_MAX || started.job === null) throw new StatementFailed(this.context.store, 'the answer has more rows than tidemark reads', null);
        page = await this.#results(started.job, { pageToken: page.pageToken }, deadline);
        rows.push(...rowsOf(fields, page.rows ?? []));
      }
      return rows;
    } catch (error) {
      if (started.job !== null && (error instanceof NoAnswer || this.context.signal?.aborted === true)) await this.#cancel(started.job);
      throw this.#translated(error);
    }
  }

  /** A dry run costs nothing and reads nothing. Of clustered tables it tells an upper bound, of others what will be read. */
  async estimate(sql: string, deadline: Deadline): Promise<ScanEstimate> {
    const { totalBytesProcessed } = await this.#dryRun(sql, deadline);
    return { bytes: totalBytesProcessed == null ? null : Number(totalBytesProcessed), rows: null, isUpperBound: true };
  }

  async columns(sql: string, deadline: Deadline): Promise<DescribedColumn[]> {
    const { schema } = await this.#dryRun(sql, deadline);
    return columnsOf(schema?.fields ?? []);
  }

  /** A resource of the API that is no job, as a table's own description; null where there is none. */
  async resource<T>(form: z.ZodType<T>, path: string, query: Readonly<Record<string, string>>, deadline: Deadline): Promise<T | null> {
    try {
      const { body } = await this.context.client.request({ method: 'GET', path, query, repeatable: true }, deadline);
      return form.parse(body);
    } catch (error) {
      if (error instanceof HttpFailure && error.status === 404) return null;
      throw this.#translated(error);
    }
  }

  async #dryRun(sql: string, deadline: Deadline): Promise<QueryResponse> {
    try {
      return await this.#query(sql, deadline, { dryRun: true });
    } catch (error) {
      throw this.#translated(error);
    }
  }

  /** Fields as of REST, jobs.query, QueryRequest. */
  async #query(sql: string, deadline: Deadline, more: { dryRun?: true }): Promise<QueryResponse> {
    const { address, scan_bytes_max } = this.context;
    const request: HttpRequest = {
      method: 'POST',
      path: `/bigquery/v2/projects/${encodeURIComponent(address.project)}/queries`,
      repeatable: true,
      body: {
        query: sql,
        useLegacySql: false,
        timeoutMs: Math.ceil(Math.min(LOOK_MS, deadline.left())),
        jobTimeoutMs: String(Math.ceil(deadline.left()) + 1_000),
        maxResults: ROWS_A_PAGE,
        requestId: randomUUID(),
        labels: { [LABEL.name]: LABEL.value },
        formatOptions: { useInt64Timestamp: true },
        connectionProperties: [{ key: 'time_zone', value: 'UTC' }],
        ...(address.dataset === null ? {} : { defaultDataset: { projectId: address.dataProject, datasetId: address.dataset } }),
        ...(address.location === null ? {} : { location: address.location }),
        ...(scan_bytes_max === undefined ? {} : { maximumBytesBilled: String(Math.floor(scan_bytes_max)) }),
        ...more,
      },
    };
    const { body } = await this.context.client.request(request, deadline);
    return this.#parsed(body);
  }

  async #complete(first: QueryResponse, started: { job: Job | null }, deadline: Deadline): Promise<QueryResponse> {
    let answer = first;
    for (;;) {
      const { jobReference, jobComplete } = answer;
      if (jobReference?.jobId != null) started.job ??= { id: jobReference.jobId, location: jobReference.location ?? this.context.address.location };
      if (jobComplete !== false) return answer;
      if (started.job === null) throw new StatementFailed(this.context.store, 'BigQuery began a job without a name', null);
      if (deadline.isOver) throw new NoAnswer(`no answer within ${deadline.deadline_ms / 1000} s`);
      answer = await this.#results(started.job, {}, deadline);
    }
  }

  async #results(job: Job, more: Record<string, string>, deadline: Deadline): Promise<QueryResponse> {
    const { body } = await this.context.client.request({
      method: 'GET',
      path: `/bigquery/v2/projects/${encodeURIComponent(this.context.address.project)}/queries/${encodeURIComponent(job.id)}`,
      query: {
        maxResults: String(ROWS_A_PAGE), timeoutMs: String(Math.ceil(Math.min(LOOK_MS, deadline.left()))), 'formatOptions.useInt64Timestamp': 'true',
        ...(job.location === null ? {} : { location: job.location }), ...more,
      },
      repeatable: true,
    }, deadline);
    return this.#parsed(body);
  }

  #parsed(body: unknown): QueryResponse {
    const parsed = queryResponse.safeParse(body);
    if (!parsed.success) throw new StatementFailed(this.context.store, 'BigQuery answered in an unknown form', null);
    return parsed.data;
  }

  /** Without the signal, which would end this request too. */
  async #cancel({ id, location }: Job): Promise<void> {
    const path = `/bigquery/v2/projects/${encodeURIComponent(this.context.address.project)}/jobs/${encodeURIComponent(id)}/cancel`;
    const request: HttpRequest = { method: 'POST', path, query: location === null ? {} : { location }, repeatable: true };
    await this.context.client.withoutSignal().request(request, new Deadline(CANCEL_MS)).catch(() => undefined);
  }

  #translated(error: unknown): unknown {
    if (!(error instanceof HttpFailure) || error.status === 401) return error;
    const said = errorOf(error.body);
    return said === null ? error : jobError(this.context.store, this.context.secrets, said, { allowed_bytes: this.context.scan_bytes_max ?? null, cause: error });
  }
}

/** Whether a policy tag masks a column for this account is told nowhere: what has one counts as masked. */
export function columnsOf(fields: readonly FieldSchema[]): DescribedColumn[] {
  return fields.map((field) => ({
    name: field.name, type: printedType(field), nullable: field.mode?.toUpperCase() !== 'REQUIRED',
    ...((field.policyTags?.names ?? []).length > 0 || (field.dataPolicies ?? []).length > 0 ? { masked: true as const } : {}),
  }));
}
