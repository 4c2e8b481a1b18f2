import { setTimeout as wait } from 'node:timers/promises';
import type { Gap } from '../../model/snapshot.js';

/** What a tool answered, under the path of its request with the ending of its form: `api/card/12.json`. */
export interface ApiAnswer {
  path: string;
  text: string;
}

/** The tool lets nobody in, or is not there: nothing of the source can be read. */
export class ApiRefused extends Error {
  override readonly name = 'ApiRefused';

  constructor(
    readonly detail: string,
    readonly nextStep: string,
    options?: ErrorOptions,
  ) {
    super(`${detail}; ${nextStep}`, options);
  }
}

/** A request that waits so long for its next byte is given up. */
const SILENCE_MS_MAX = 30_000;
const ANSWER_BYTES_MAX = 50_000_000;
const ATTEMPTS_MAX = 3;
/** A server that asks for more patience than this is taken for one that does not answer. */
const RETRY_AFTER_SECONDS_MAX = 60;
export const REQUESTS_AT_ONCE_MAX = 4;
const REQUESTS_MAX = 50_000;
const REDIRECTS_MAX = 5;
/** After so many requests in a row without an answer the rest is not asked for. */
const FAILURES_IN_A_ROW_MAX = 5;

export interface ApiClientOptions {
  /** The address of the tool, with the path it lies under, without credentials. */
  base: URL;
  report(gap: Gap): void;
  signal?: AbortSignal | undefined;
  fetch?: typeof fetch | undefined;
  /** Waits; tests pass their own. */
  sleep?: ((milliseconds: number, signal: AbortSignal | undefined) => Promise<unknown>) | undefined;
  silence_ms_max?: number | undefined;
}

export interface ApiRequest {
  method?: 'GET' | 'POST';
  query?: Record<string, string | number | boolean>;
  /** Sent as JSON; a URLSearchParams as a form. */
  body?: unknown;
  /** True where the tool may lack this part (older version, other edition, needs an administrator): its refusal is no gap. */
  optional?: boolean;
}

type Outcome = { kind: 'answer'; text: string } | { kind: 'again'; cause: string; after_ms: number } | { kind: 'failed'; cause: string; status: number | null };

/**
 * A careful reader of a tool's HTTP interface: at most four requests at once, each attempt bounded in silence and size, 429
 * and 5xx tried again as the server asks, no redirect to another origin, no request other than GET and sign-in or query
 * POSTs. What one request fails at is stated as a gap once and costs that answer only.
 */
export class ApiClient {
  /** Sent with every request; a source puts its sign-in here. Never printed. */
  readonly headers: Record<string, string> = { accept: 'application/json', 'user-agent': 'tidemark' };
  readonly #options: ApiClientOptions;
  #requests = 0;
  #failuresInARow = 0;

  constructor(options: ApiClientOptions) {
    this.#options = options;
  }

  /** The text of an answer as it came; null where there is none and a gap says why. */
  async text(path: string, request: ApiRequest = {}): Promise<string | null> {
    const url = this.#url(path, request);
    for (let attempt = 1; ; attempt++) {
      const outcome = await this.#attempt(url, request);
      if (outcome.kind === 'answer') {
        this.#failuresInARow = 0;
        return outcome.text;
      }
      if (outcome.kind === 'again' && attempt < ATTEMPTS_MAX) {
        await (this.#options.sleep ?? sleep)(outcome.after_ms, this.#options.signal);
        continue;
      }
      this.#failed(path, outcome.cause, outcome.kind === 'failed' ? outcome.status : null, request);
      return null;
    }
  }

  /** The parsed answer, undefined where there is none or it is no JSON, both of which a gap says. */
  async json(path: string, request: ApiRequest = {}): Promise<unknown> {
    const text = await this.text(path, request);
    if (text === null) return undefined;
    try {
      const value: unknown = JSON.parse(text);
      return value;
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      this.#gap(path, text.trimStart().startsWith('<') ? 'the answer is a web page, not JSON' : 'the answer is no JSON, or was cut short', 'check that the address is that of the tool itself');
      return undefined;
    }
  }

  /** An answer for the reader, under the path that it is kept by; null where there is none. */
  async answer(path: string, request: ApiRequest = {}): Promise<ApiAnswer | null> {
    const value = await this.json(path, request);
    return value === undefined ? null : { path: fileName(path), text: JSON.stringify(value) };
  }

  /** The answers of many paths, four at a time, in the order of the paths; those that failed are left out. */
  async *answers(paths: readonly string[], request: ApiRequest = {}): AsyncIterable<ApiAnswer> {
    for (let at = 0; at < paths.length; at += REQUESTS_AT_ONCE_MAX) {
      const batch = await Promise.all(paths.slice(at, at + REQUESTS_AT_ONCE_MAX).map((path) => this.answer(path, request)));
      for (const answer of batch) if (answer !== null) yield answer;
    }
  }

  /** States what a source itself finds missing in its answers. */
  #gap(path: string, cause: string, remedy: string): void {
    this.#options.report({ subject: `${this.#shown()}${path}`, missing: 'the queries of this answer', cause, remedy, severity: 'partial' });
  }

  #shown(): string {
    const { base } = this.#options;
    return `${base.origin}${base.pathname.replace(/\/*$/, '/')}`;
  }

  #url(path: string, { query }: ApiRequest): URL {
    const url = new URL(path.replace(/^\/+/, ''), this.#shown());
    for (const [name, value] of Object.entries(query ?? {})) url.searchParams.set(name, String(value));
    return url;
  }

  #failed(path: string, cause: string, status: number | null, { optional }: ApiRequest): void {
    if (status === 401) throw new ApiRefused('the tool refuses the credentials (401)', 'check the token, or the user name and password');
    const lacking = status === 403 || status === 404 || status === 400 || status === 405;
    if (lacking && optional === true) return;
    this.#failuresInARow = lacking ? 0 : this.#failuresInARow + 1;
    if (this.#failuresInARow >= FAILURES_IN_A_ROW_MAX) {
      throw new ApiRefused(`${FAILURES_IN_A_ROW_MAX} requests in a row had no answer, the last one because ${cause}`, 'run it again when the tool answers');
    }
    this.#gap(path, cause, status === 403 ? 'give the account the right to read it' : 'run it again when the tool answers');
  }

  async #attempt(url: URL, request: ApiRequest): Promise<Outcome> {
    this.#options.signal?.throwIfAborted();
    if (++this.#requests > REQUESTS_MAX) throw new ApiRefused(`more than ${REQUESTS_MAX} requests would be needed`, 'give an account that sees less');
    const silence_ms = this.#options.silence_ms_max ?? SILENCE_MS_MAX;
    const silence = new Silence(silence_ms, this.#options.signal);
    try {
      const response = await this.#send(url, request, silence.signal);
      silence.heard();
      if (response === null) return { kind: 'failed', cause: 'it redirects to another address', status: null };
      if (!response.ok) return await refusal(response);
      return await bodyOf(response, silence);
    } catch (error) {
      this.#options.signal?.throwIfAborted();
      if (silence.isOver) return { kind: 'again', cause: `nothing came for ${silence_ms / 1000} seconds`, after_ms: 1_000 };
      return { kind: 'again', cause: `the connection failed (${causeOf(error)})`, after_ms: 1_000 };
    } finally {
      silence.end();
    }
  }

  /** Follows redirects of the same origin only: headers hold credentials. Null for one that leads away. */
  async #send(url: URL, request: ApiRequest, signal: AbortSignal): Promise<Response | null> {
    let target = url;
    const { body } = request;
    const form = body instanceof URLSearchParams;
    for (let redirects = 0; redirects <= REDIRECTS_MAX; redirects++) {
      const response = await (this.#options.fetch ?? fetch)(target.href, {
        method: request.method ?? 'GET',
        headers: { ...this.headers, ...(body === undefined || form ? {} : { 'content-type': 'application/json' }) },
        ...(body === undefined ? {} : { body: form ? body : JSON.stringify(body) }),
        redirect: 'manual',
        signal,
      });
      const location = response.headers.get('location');
      if (response.status < 300 || response.status > 399 || location === null) return response;
      await response.body?.cancel();
      const next = URL.canParse(location, target.href) ? new URL(location, target.href) : null;
      if (next === null || next.origin !== target.origin) return null;
      target = next;
    }
    return null;
  }
}

/** Aborts when nothing was heard for a while, or when the run is. */
class Silence {
  readonly #controller = new AbortController();
  readonly #onAbort = (): void => this.#controller.abort();
  #timer: NodeJS.Timeout | undefined;
  isOver = false;

  constructor(
    readonly milliseconds: number,
    readonly outer: AbortSignal | undefined,
  ) {
    outer?.addEventListener('abort', this.#onAbort);
    this.heard();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  heard(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.isOver = true;
      this.#controller.abort();
    }, this.milliseconds);
  }

  end(): void {
    clearTimeout(this.#timer);
    this.outer?.removeEventListener('abort', this.#onAbort);
  }
}

async function refusal(response: Response): Promise<Outcome> {
  const { status } = response;
  const asked = Number(response.headers.get('retry-after') ?? Number.NaN);
  await response.body?.cancel();
  const cause = `the tool answers ${status}`;
  if (status !== 429 && status < 500) return { kind: 'failed', cause, status };
  const seconds = Number.isFinite(asked) ? asked : 1;
  if (seconds > RETRY_AFTER_SECONDS_MAX) return { kind: 'failed', cause: `${cause} and asks to wait ${seconds} seconds`, status };
  return { kind: 'again', cause, after_ms: Math.max(0, seconds) * 1_000 };
}

async function bodyOf(response: Response, silence: Silence): Promise<Outcome> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  const reader = response.body?.getReader();
  for (;;) {
    const { done, value } = (await reader?.read()) ?? { done: true, value: undefined };
    if (done) break;
    silence.heard();
    bytes += value.length;
    if (bytes > ANSWER_BYTES_MAX) {
      await reader?.cancel();
      return { kind: 'failed', cause: `the answer has more than ${ANSWER_BYTES_MAX} bytes`, status: null };
    }
    parts.push(value);
  }
  return { kind: 'answer', text: new TextDecoder().decode(Buffer.concat(parts)) };
}

function causeOf(error: unknown): string {
  const inner = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (inner instanceof Error && 'code' in inner && typeof inner.code === 'string') return inner.code;
  return inner instanceof Error ? inner.message.slice(0, 100) : 'unknown';
}

/** The file that keeps the answer to a path: safe on every file system, the same for the same request. */
export function fileName(path: string): string {
  const plain = path.replace(/^\/+/, '').replace(/[^A-Za-z0-9._/-]+/g, '_').replace(/(^|\/)\.+(?=\/|$)/g, '$1_');
  return plain.endsWith('.json') ? plain : `${plain}.json`;
}

function sleep(milliseconds: number, signal: AbortSignal | undefined): Promise<unknown> {
  return wait(milliseconds, undefined, signal === undefined ? {} : { signal });
}
