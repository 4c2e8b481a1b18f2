import { ClickHouseLogLevel, createClient, type ClickHouseClient } from '@clickhouse/client';
import { errorOf, readBytes, rowsOf } from './answer.js';
import type { Address } from './address.js';
import { ServerFailure, StrangeAnswer } from './failure.js';
import { Secrets } from '../http/secrets.js';

/** Sockets that idle longer are given up: servers before 23 end theirs after 3 s, and a request would meet its end. */
const IDLE_SOCKET_MS = 2_000;
/** The driver's own limit; every request has a closer one. */
const REQUEST_MS_MAX = 2_000_000_000;
const PING_MS = 2_000;

export interface HttpAnswer {
  rows: Record<string, unknown>[];
  received_bytes: number;
}

/** One connection to the HTTP interface of a server, with one request at a time. */
export class HttpConnection {
  readonly #client: ClickHouseClient;
  readonly #secrets = new Secrets();

  constructor(address: Address) {
    this.#secrets.add(address.password, address.token, Buffer.from(`${address.user}:${address.password}`).toString('base64'));
    this.#client = createClient({
      url: address.origin,
      ...(address.token === null ? { username: address.user, password: address.password } : { access_token: address.token }),
      ...(address.database === null ? {} : { database: address.database }),
      ...(address.authority === null || !address.isTls ? {} : { tls: { ca_cert: address.authority } }),
      application: 'tidemark',
      request_timeout: REQUEST_MS_MAX,
      max_open_connections: 1,
      keep_alive: { enabled: true, idle_socket_ttl: IDLE_SOCKET_MS },
      compression: { request: false, response: false },
      log: { level: ClickHouseLogLevel.OFF },
    });
  }

  /**
   * Runs one statement and reads its answer.
   * @param signal ends the request; the server then ends the statement where the session is read-only
   * @throws ServerFailure, StrangeAnswer, AnswerTooLarge; the driver's error where the network fails; the signal's reason
   */
  async run(sql: string, settings: Record<string, string>, isQuoted: boolean, signal: AbortSignal): Promise<HttpAnswer> {
    try {
      return await this.#run(sql, settings, isQuoted, signal);
    } catch (error) {
      throw this.#withoutSecrets(error);
    }
  }

  /** What answers need not be ClickHouse, and may repeat what it was sent. */
  #withoutSecrets(error: unknown): unknown {
    if (!(error instanceof Error) || !this.#secrets.isIn(error.message)) return error;
    const said = this.#secrets.hide(error.message);
    if (error instanceof ServerFailure) return new ServerFailure(error.code, said);
    return error instanceof StrangeAnswer ? new StrangeAnswer(error.status, said.replace(/^HTTP status \d+: /, '')) : new Error(said);
  }

  async #run(sql: string, settings: Record<string, string>, isQuoted: boolean, signal: AbortSignal): Promise<HttpAnswer> {
    signal.throwIfAborted();
    const { stream, http_status_code: status = 200, response_headers } = await this.#client.exec({
      query: `${sql}\nFORMAT JSONCompact`,
      clickhouse_settings: settings,
      abort_signal: signal,
      ignore_error_response: true,
    });
    const end = (): void => void stream.destroy(signal.reason instanceof Error ? signal.reason : new Error('ended'));
    signal.addEventListener('abort', end, { once: true });
    try {
      const isError = status >= 300 || response_headers?.['x-clickhouse-exception-code'] !== undefined;
      const body = await readBytes(stream, isError);
      if (isError) throw errorOf(status, body);
      return { rows: rowsOf(body, isQuoted), received_bytes: body.length };
    } finally {
      signal.removeEventListener('abort', end);
      stream.destroy();
    }
  }

  /** Whether the server answers at all. */
  async answers(): Promise<boolean> {
    const controller = new AbortController();
    const timer = setTimeout(() => controller.abort(), PING_MS);
    try {
      return (await this.#client.ping({ select: false, abort_signal: controller.signal })).success;
    } finally {
      clearTimeout(timer);
    }
  }

  close(): Promise<void> {
    return this.#client.close();
  }
}
