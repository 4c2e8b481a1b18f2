import { ConnectError, PermissionGap, StoreLost, type ConnectReason } from '../store.js';

/** The service answered, and not with what was asked for. */
export class HttpFailure extends Error {
  override readonly name = 'HttpFailure';
  readonly status: number;
  /** Not among its own properties: a log of errors shows those, and a service may say anything. */
  readonly #body: unknown;
  /** Seconds that the service asks to wait; null where it does not say. */
  readonly retry_after_seconds: number | null;

  /** @param detail one line without secrets. */
  constructor(detail: string, answer: { status: number; body: unknown; retry_after_seconds?: number | null }, options?: ErrorOptions) {
    super(detail, options);
    this.status = answer.status;
    this.#body = answer.body;
    this.retry_after_seconds = answer.retry_after_seconds ?? null;
  }

  /** Parsed JSON; null where it was none. */
  get body(): unknown {
    return this.#body;
  }
}

/** An answer longer than is read, which costs its statement and not the store. */
export class AnswerTooLarge extends Error {
  override readonly name = 'AnswerTooLarge';
}

/** There was no whole answer: no connection, a cut one, or one that is not what it should be. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable';
  /** A code of the system or of TLS, as `ECONNREFUSED`; null for others. */
  readonly code: string | null;

  constructor(detail: string, code: string | null, options?: ErrorOptions) {
    super(detail, options);
    this.code = code;
  }
}

/** No answer came within the bound of the call. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
}

/** A statement that the service refused or that failed there, in its words. */
export class StatementFailed extends Error {
  override readonly name = 'StatementFailed';
  /** The service's own code, as `002003` or `invalidQuery`; null where it has none. */
  readonly code: string | null;

  constructor(store: string, detail: string, code: string | null, options?: ErrorOptions) {
    super(`${store}: ${detail}${code === null || detail.includes(code) ? '' : ` (${code})`}`, options);
    this.code = code;
  }
}

/** fetch takes no notice of HTTPS_PROXY by itself (Node.js, command-line API, NODE_USE_ENV_PROXY=1; release notes of 22.21.0). */
const LOOK = 'Look at VPN and firewall; behind a proxy set NODE_USE_ENV_PROXY=1 besides HTTPS_PROXY, with Node.js 22.21 or 24 and later.';

interface Diagnosis {
  reason: ConnectReason;
  detail: string;
  nextStep: string;
}

/**
 * What an opening ended with as the one error that callers know.
 * @param service as `Snowflake`.
 * @param own what the engine itself knows of the failure; null leaves it to what HTTP tells.
 */
export function httpConnectError(place: { store: string; place: string; service: string }, error: unknown, own: Diagnosis | null = null): ConnectError {
  if (error instanceof ConnectError) return error;
  return new ConnectError({ store: place.store, place: place.place, ...(own ?? diagnose(place.service, error)) }, { cause: error });
}

function diagnose(service: string, error: unknown): Diagnosis {
  const said = error instanceof Error ? error.message : String(error);
  if (error instanceof NoAnswer) return { reason: 'timeout', detail: said, nextStep: 'Look at VPN, proxy and firewall, or whether the service hangs.' };
  if (error instanceof Unreachable) return diagnoseNetwork(service, error);
  if (error instanceof PermissionGap) return { reason: 'permission', detail: error.detail, nextStep: 'Let this user in, or name another.' };
  if (error instanceof StoreLost) return { reason: 'lost', detail: error.detail, nextStep: `Is it ${service}, and does something between cut connections?` };
  if (error instanceof HttpFailure) return diagnoseStatus(service, error);
  return { reason: 'unavailable', detail: said, nextStep: `Ask ${service} the same with its own client.` };
}

function diagnoseNetwork(service: string, error: Unreachable): Diagnosis {
  const detail = error.message;
  switch (error.code) {
    case 'ECONNREFUSED':
      return { reason: 'refused', detail: 'nothing listens there (ECONNREFUSED)', nextStep: 'Correct host and port.' };
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return { reason: 'not-found', detail: `the host name does not resolve (${error.code})`, nextStep: `Correct the name in the URL, or look at DNS. ${LOOK}` };
    case 'ETIMEDOUT':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'UND_ERR_CONNECT_TIMEOUT':
      return { reason: 'timeout', detail: `the host cannot be reached (${error.code})`, nextStep: LOOK };
  }
  if (error.code !== null && /CERT|SSL|TLS|SELF_SIGNED|UNABLE_TO/.test(error.code)) {
    return { reason: 'tls', detail, nextStep: 'Name the certificate of the issuer in NODE_EXTRA_CA_CERTS.' };
  }
  return { reason: 'lost', detail, nextStep: `Is it ${service}, and does something between cut connections?` };
}

function diagnoseStatus(service: string, error: HttpFailure): Diagnosis {
  const detail = error.message;
  if (error.status === 401) return { reason: 'authentication', detail, nextStep: 'Correct the credentials of the store.' };
  if (error.status === 403) return { reason: 'permission', detail, nextStep: `Let this user in, or look at the network policy of ${service}.` };
  if (error.status === 404) return { reason: 'not-found', detail, nextStep: 'Correct the URL of the store.' };
  if (error.status === 429) return { reason: 'too-many-connections', detail, nextStep: 'Try again when the service is less busy.' };
  if (error.status >= 300 && error.status < 400) return { reason: 'configuration', detail, nextStep: 'Name the address that it leads to; tidemark sends no credentials on.' };
  return { reason: 'unavailable', detail, nextStep: `Ask ${service} the same with its own client.` };
}
