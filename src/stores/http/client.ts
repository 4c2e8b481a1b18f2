import type { CostMeter } from '../shared/cost-meter.js';
import { readAnswer, retryAfter, type HttpAnswer } from './answer.js';
import { pause, type Deadline } from './deadline.js';
import { AnswerTooLarge, HttpFailure, NoAnswer, Unreachable } from './failure.js';
import type { Secrets } from './secrets.js';

/** What a service asks of its clients: 2 to 8 attempts with growing pauses (Google, Snowflake and Databricks say the same). */
const ATTEMPTS_MAX = 6;
const BACKOFF_FIRST_MS = 200;
const BACKOFF_MAX_MS = 8_000;
const ANSWER_BYTES_MAX = 64 * 1024 * 1024;
/** Of overload or of a gateway: the same request may succeed later. */
const AGAIN: ReadonlySet<number> = new Set([429, 500, 502, 503, 504]);

export interface HttpOptions {
  /** Scheme, host and port; its path is put before that of each request. Holds no credentials. */
  base: URL;
  secrets: Secrets;
  meter: CostMeter;
  signal?: AbortSignal | undefined;
  headers?: Readonly<Record<string, string>>;
  /**
   * Headers that prove who asks.
   * @param renew true after the service refused the last ones with 401: an expired token.
   */
  authorize?: (renew: boolean, deadline: Deadline) => Promise<Record<string, string>>;
  /** Of a refusal's body, what the service says; null where it says nothing. */
  detailOf?: (body: unknown) => string | null;
  /** Statuses to try again besides 429 and 5xx of gateways; a function looks at the body as well. */
  isTransient?: (failure: HttpFailure) => boolean;
}

export interface HttpRequest {
  method: 'GET' | 'POST' | 'DELETE';
  /** Below `base`, or a whole URL of the same origin. */
  path: string;
  query?: Readonly<Record<string, string>>;
  headers?: Readonly<Record<string, string>>;
  /** Sent as JSON; a text as it is, then with its own content-type in `headers`. */
  body?: unknown;
  /** False for a request that may not be sent twice: it is then never repeated after a cut connection, only after a refusal. */
  repeatable: boolean;
  /** What to change in a request that is sent again. */
  again?: (attempt: number) => Partial<Pick<HttpRequest, 'query' | 'headers' | 'body'>>;
  /** Statuses besides 2xx that are an answer. */
  accept?: readonly number[];
  bytes_max?: number;
}

/**
 * One service over HTTP. Every call is bounded in time and size, is tried again with growing pauses and jitter where the
 * service is overloaded or gone for a moment (`Retry-After` is kept), follows no redirect, and tells no secret.
 */
export class HttpClient {
  constructor(private readonly options: HttpOptions) {}

  /** The same service for what is to be said after an abort: that a statement be cancelled. */
  withoutSignal(): HttpClient {
    return new HttpClient({ ...this.options, signal: undefined });
  }

  /**
   * @throws HttpFailure, Unreachable, AnswerTooLarge; NoAnswer when the deadline is over; the reason of an abort.
   */
  async request(request: HttpRequest, deadline: Deadline): Promise<HttpAnswer> {
    let renew = false;
    let last: HttpFailure | Unreachable | null = null;
    for (let attempt = 0; ; attempt++) {
      const sent = attempt === 0 ? request : { ...request, ...request.again?.(attempt) };
      try {
        return await this.#once(sent, renew, deadline);
      } catch (error) {
        this.options.signal?.throwIfAborted();
        if (error instanceof ProofFailed) throw error.reason;
        if (error instanceof NoAnswer && last !== null) throw last;
        if (!(error instanceof HttpFailure) && !(error instanceof Unreachable)) throw error;
        if (error instanceof HttpFailure && error.status === 401 && !renew && this.options.authorize) {
          renew = true;
          continue;
        }
        if (attempt + 1 >= ATTEMPTS_MAX || !this.#mayRepeat(error, request)) throw error;
        renew = false;
        last = error;
        const wait_ms = pauseBefore(attempt, error);
        if (wait_ms >= deadline.left()) throw error;
        await pause(wait_ms, this.options.signal);
      }
    }
  }

  #mayRepeat(error: HttpFailure | Unreachable, request: HttpRequest): boolean {
    if (error instanceof Unreachable) return error.code === 'ECONNREFUSED' ? false : request.repeatable && isMomentary(error);
    if (this.options.isTransient?.(error) === true) return true;
    // A 500 may come from behind the work.
    return AGAIN.has(error.status) && (request.repeatable || error.status === 429 || error.status === 503);
  }

  async #once(request: HttpRequest, renew: boolean, deadline: Deadline): Promise<HttpAnswer> {
    const { signal } = this.options;
    signal?.throwIfAborted();
    const proof = await this.#proof(renew, deadline);
    const url = this.#url(request);
    const left = Math.ceil(deadline.left());
    if (left === 0) throw new NoAnswer(`no answer within ${deadline.deadline_ms / 1000} s`);
    const { end, isLate, clear } = ending(left, signal);
    const started = performance.now();
    let received_bytes = 0;
    try {
      const response = await fetch(url, {
        method: request.method,
        headers: { accept: 'application/json', ...bodyType(request.body), ...this.options.headers, ...request.headers, ...proof },
        ...(request.body === undefined ? {} : { body: typeof request.body === 'string' ? request.body : JSON.stringify(request.body) }),
        redirect: 'manual',
        signal: end,
      });
      const isAnswer = response.ok || request.accept?.includes(response.status) === true;
      const answer = await readAnswer(response, { bytes_max: request.bytes_max ?? ANSWER_BYTES_MAX, isRefusal: !isAnswer });
      received_bytes = answer.received_bytes;
      if (isAnswer) return this.#whole(answer);
      throw this.#refusal(response, answer);
    } catch (error) {
      signal?.throwIfAborted();
      if (isLate()) throw new NoAnswer(`no answer within ${deadline.deadline_ms / 1000} s`, { cause: error });
      if (error instanceof HttpFailure || error instanceof Unreachable || error instanceof AnswerTooLarge) throw error;
      throw this.#unreachable(error);
    } finally {
      clear();
      this.options.meter.add(performance.now() - started, received_bytes);
    }
  }

  /** @throws ProofFailed */
  async #proof(renew: boolean, deadline: Deadline): Promise<Record<string, string>> {
    const { authorize, secrets } = this.options;
    if (!authorize) return {};
    const proof = await authorize(renew, deadline).catch((error: unknown) => {
      throw new ProofFailed(error);
    });
    secrets.add(proof.authorization?.replace(/^\w+ /, '').trim());
    // Where a header takes it not, fetch would say so with the header itself.
    const isUnfit = Object.values(proof).some((value) => /[^\t\x20-\xff]/.test(value.trim()));
    if (isUnfit) throw new ProofFailed(new HttpFailure('the credentials hold a character that no header can have, as a line break', { status: 401, body: null }));
    return proof;
  }

  /** An answer that should be JSON and is not is some proxy's, or cut. */
  #whole(answer: HttpAnswer): HttpAnswer {
    if (answer.problem === null) return answer;
    throw new Unreachable(this.options.secrets.hide(answer.problem), null);
  }

  #refusal(response: Response, answer: HttpAnswer): HttpFailure {
    const { secrets, detailOf } = this.options;
    const said = answer.problem === null ? detailOf?.(answer.body) ?? null : null;
    const location = response.headers.get('location');
    const target = location !== null && URL.canParse(location) ? ` to ${new URL(location).host}` : '';
    const detail = said ?? (response.status >= 300 && response.status < 400 ? `it redirects${target}` : `it answered with HTTP status ${response.status}`);
    const body = answer.problem === null ? answer.body : null;
    return new HttpFailure(secrets.hide(detail), { status: response.status, body, retry_after_seconds: retryAfter(response.headers.get('retry-after')) });
  }

  /** Without the error itself as its cause: that may hold what was sent. */
  #unreachable(error: unknown): Unreachable {
    const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
    const code = codeOf(cause);
    const said = cause instanceof Error && cause.message !== '' ? cause.message : String(error);
    const detail = code === null || said.includes(code) ? said : `${said} (${code})`;
    return new Unreachable(this.options.secrets.hide(detail), code);
  }

  /** A service may name the next address itself: never one of another origin, which would get the credentials. */
  #url(request: HttpRequest): URL {
    const { base } = this.options;
    const isWhole = /^https?:\/\//i.test(request.path);
    const url = isWhole ? new URL(request.path) : new URL(`${base.pathname.replace(/\/$/, '')}${request.path}`, base.origin);
    if (url.origin !== base.origin) throw new Unreachable(`it names an address on another host, ${url.host}`, null);
    for (const [name, value] of Object.entries(request.query ?? {})) url.searchParams.set(name, value);
    return url;
  }
}

/** What proves who asks could not be had, which was tried again where that helps: the request that needs it is not. */
class ProofFailed extends Error {
  constructor(readonly reason: unknown) {
    super('no proof of who asks');
  }
}

/** A signal of one request. AbortSignal.any would leave something behind at the session's signal with each of them. */
function ending(left_ms: number, signal: AbortSignal | undefined): { end: AbortSignal; isLate: () => boolean; clear: () => void } {
  const controller = new AbortController();
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    controller.abort();
  }, left_ms);
  const onAbort = (): void => controller.abort();
  signal?.addEventListener('abort', onAbort, { once: true });
  return {
    end: controller.signal,
    isLate: () => late,
    clear: () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    },
  };
}

function bodyType(body: unknown): Record<string, string> {
  return body === undefined || typeof body === 'string' ? {} : { 'content-type': 'application/json' };
}

/** Full jitter: many clients that were refused together do not come back together. */
function pauseBefore(attempt: number, error: HttpFailure | Unreachable): number {
  if (error instanceof HttpFailure && error.retry_after_seconds !== null) return error.retry_after_seconds * 1000;
  return Math.random() * Math.min(BACKOFF_MAX_MS, BACKOFF_FIRST_MS * 2 ** attempt) + BACKOFF_FIRST_MS / 4;
}

/** A certificate or a name stays as it is. */
function isMomentary({ code }: Unreachable): boolean {
  return code === null ? false : !/CERT|SSL|TLS|SELF_SIGNED|UNABLE_TO|ENOTFOUND/.test(code);
}

function codeOf(error: unknown): string | null {
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0]);
  if (typeof error !== 'object' || error === null || !('code' in error)) return null;
  return typeof error.code === 'string' ? error.code : null;
}
