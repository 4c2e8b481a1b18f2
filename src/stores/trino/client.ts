import { z } from 'zod';
import type { DescribedColumn, ScanEstimate } from '../description.js';
import { HttpClient } from '../http/client.js';
import { Deadline, pause } from '../http/deadline.js';
import { NoAnswer, StatementFailed } from '../http/failure.js';
import { Secrets } from '../http/secrets.js';
import type { StatementRunner } from '../http/session.js';
import { DeadlineExceeded } from '../live.js';
import type { CostMeter } from '../shared/cost-meter.js';
import { PermissionGap } from '../store.js';
import type { TrinoAddress } from './address.js';
import { ioEstimate } from './estimate.js';
import { rowsOf } from './rows.js';

/** Digests are short; an answer beyond this is not one that tidemark asked for. */
const ROWS_MAX = 1_000_000;
/** The protocol asks for 50 to 100 ms between two looks (Client protocol, Overview of query processing). */
const POLL_FIRST_MS = 50;
const POLL_MAX_MS = 100;
const CANCEL_TIMEOUT_MS = 2_000;

const column = z.object({ name: z.string(), type: z.string() });
/** QueryResults of the client protocol. */
const answer = z.object({
  id: z.string(),
  nextUri: z.string().optional(),
  columns: z.array(column).nullish(),
  data: z.array(z.array(z.unknown())).nullish(),
  error: z.object({ message: z.string().optional(), errorName: z.string().optional(), errorType: z.string().optional() }).nullish(),
});
export type TrinoColumn = z.infer<typeof column>;

const info = z.object({ nodeVersion: z.object({ version: z.string() }), starting: z.boolean().optional() });
const plan = z.object({ 'Query Plan': z.string() });

/** Errors that speak of names and limits; the text of any other may quote values of rows. */
const SPEAKS_OF_NAMES = /^(?:SYNTAX_ERROR|PERMISSION_DENIED|\w+_NOT_FOUND|MISSING_\w+|TYPE_MISMATCH|AMBIGUOUS_NAME|EXCEEDED_\w+|QUERY_\w+|NOT_SUPPORTED|INVALID_(?:SESSION_PROPERTY|VIEW|TABLE_PROPERTY)|VIEW_IS_STALE|NO_NODES_AVAILABLE|TOO_MANY_\w+|SERVER_\w+|ADMINISTRATIVELY_\w+)$/;
const OUT_OF_TIME = /^(?:EXCEEDED_TIME_LIMIT|USER_CANCELED|ADMINISTRATIVELY_(?:KILLED|PREEMPTED)|ABANDONED_QUERY)$/;

export interface TrinoOptions {
  store: string;
  address: TrinoAddress;
  meter: CostMeter;
  signal: AbortSignal | undefined;
  scan_bytes_max: number | undefined;
}

/** Trino's client protocol: POST /v1/statement, then GET of each `nextUri`, which is the only way to go on (Client protocol). */
export class TrinoClient implements StatementRunner {
  readonly endsScan = true;
  readonly #http: HttpClient;
  readonly #secrets = new Secrets();

  constructor(private readonly options: TrinoOptions) {
    const { address, meter, signal } = options;
    this.#secrets.add(address.password, address.token);
    const proof = authorization(address);
    // Without a user it is the one that the token names.
    const headers = { 'x-trino-source': 'tidemark', ...(address.user === '' ? {} : { 'x-trino-user': address.user }) };
    this.#http = new HttpClient({ base: address.base, secrets: this.#secrets, meter, headers, signal, authorize: () => Promise.resolve(proof) });
  }

  /** The version of the coordinator, `476` or `476-e.2`. @throws StatementFailed while it starts */
  async version(deadline: Deadline): Promise<string> {
    const { body } = await this.#http.request({ method: 'GET', path: '/v1/info', repeatable: true }, deadline);
    const { nodeVersion, starting } = info.parse(body);
    if (starting === true) throw new StatementFailed(this.options.store, 'the coordinator is still starting', 'SERVER_STARTING_UP');
    return nodeVersion.version;
  }

  async run(sql: string, deadline: Deadline): Promise<Record<string, unknown>[]> {
    const { columns, data } = await this.#answer(sql, deadline);
    return rowsOf(this.options.store, columns, data);
  }

  async columns(sql: string, deadline: Deadline): Promise<DescribedColumn[]> {
    const { columns } = await this.#answer(`select * from (${sql}\n) limit 0`, deadline);
    return columns.map(({ name, type }) => ({ name, type, nullable: true }));
  }

  async #answer(sql: string, deadline: Deadline): Promise<{ columns: TrinoColumn[]; data: unknown[][] }> {
    const columns: TrinoColumn[] = [];
    const data: unknown[][] = [];
    let next: string | undefined;
    try {
      let page = await this.#post(sql, deadline);
      for (let poll_ms = POLL_FIRST_MS; ; ) {
        next = page.nextUri;
        if (page.error) throw this.#failure(page.error);
        if (columns.length === 0 && page.columns) columns.push(...page.columns);
        for (const row of page.data ?? []) data.push(row);
        if (data.length > ROWS_MAX) throw new StatementFailed(this.options.store, `the answer has more than ${ROWS_MAX} rows`, null);
        if (next === undefined) return { columns, data };
        if ((page.data ?? []).length === 0) {
          if (deadline.left() <= poll_ms) throw new NoAnswer(`no answer within ${deadline.deadline_ms / 1000} s`);
          await pause(poll_ms, this.options.signal);
          poll_ms = Math.min(poll_ms * 1.5, POLL_MAX_MS);
        }
        const { body } = await this.#http.request({ method: 'GET', path: next, repeatable: true }, deadline);
        page = this.#page(body);
      }
    } catch (error) {
      if (next !== undefined) await this.#cancel(next);
      throw error;
    }
  }

  async estimate(sql: string, deadline: Deadline): Promise<ScanEstimate> {
    const [row] = await this.run(`explain (type io, format json) ${sql}`, deadline);
    return ioEstimate(plan.parse(row)['Query Plan']);
  }

  async #post(sql: string, deadline: Deadline): Promise<z.infer<typeof answer>> {
    const { address, scan_bytes_max } = this.options;
    const seconds = Math.max(1, Math.ceil(deadline.left() / 1000));
    const session = [`query_max_run_time=${seconds}s`, ...(scan_bytes_max === undefined ? [] : [`query_max_scan_physical_bytes=${Math.floor(scan_bytes_max)}B`])];
    const headers = {
      'content-type': 'text/plain; charset=utf-8',
      'x-trino-catalog': encodeURIComponent(address.catalog),
      ...(address.schema === null ? {} : { 'x-trino-schema': encodeURIComponent(address.schema) }),
      'x-trino-client-tags': 'tidemark',
      'x-trino-time-zone': 'UTC',
      // Without it times lose what is finer than a millisecond.
      'x-trino-client-capabilities': 'PARAMETRIC_DATETIME',
      'x-trino-session': session.join(','),
    };
    // It reads only, so that sending it twice costs no more than time.
    const { body } = await this.#http.request({ method: 'POST', path: '/v1/statement', body: sql, headers, repeatable: true }, deadline);
    return this.#page(body);
  }

  #page(body: unknown): z.infer<typeof answer> {
    const page = answer.safeParse(body);
    if (page.success) return page.data;
    throw new StatementFailed(this.options.store, 'it does not answer as Trino does', null);
  }

  #failure(error: { message?: string | undefined; errorName?: string | undefined; errorType?: string | undefined }): Error {
    const name = error.errorName ?? error.errorType ?? 'UNKNOWN';
    const said = SPEAKS_OF_NAMES.test(name) ? this.#secrets.hide(error.message ?? '') : 'the statement failed; its text is left out, since it may hold values';
    if (name === 'PERMISSION_DENIED') return new PermissionGap(this.options.store, said.replace(/^Access Denied: /, ''));
    if (OUT_OF_TIME.test(name)) return new DeadlineExceeded(this.options.store, said);
    return new StatementFailed(this.options.store, said, name);
  }

  /** Also after an abort, whose signal would end this request too. */
  async #cancel(next: string): Promise<void> {
    await this.#http.withoutSignal().request({ method: 'DELETE', path: next, repeatable: false, accept: [404, 410] }, new Deadline(CANCEL_TIMEOUT_MS)).catch(() => undefined);
  }
}

function authorization({ user, password, token }: TrinoAddress): Record<string, string> {
  if (token !== null) return { authorization: `Bearer ${token}` };
  if (password !== null) return { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` };
  return {};
}
