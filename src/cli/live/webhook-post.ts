import { percentDecoded } from '../../config/credentials.js';
import { codeOf } from '../../live/journal/problem.js';

const TIMEOUT_MS = 10_000;
const RETRY_AFTER_SECONDS_MAX = 300;
/** Statuses that may pass: timeout, too early, too many requests, and every fault of the server. */
const PASSING = new Set([408, 425, 429]);

/** What one attempt came to. `problem` follows the name of the webhook; it holds nothing of the address but its host. */
export type PostResult =
  | { kind: 'sent' }
  /** Trying again is of no use. */
  | { kind: 'refused'; problem: string }
  | { kind: 'failed'; problem: string; retry_after_ms: number };

/** An address as it is used: credentials in it become a header, because `fetch` refuses them and quotes them in its message. */
export interface WebhookAddress {
  url: string;
  headers: Record<string, string>;
  /** `hooks.example.com`: all of it that may be shown. */
  host: string;
}

/** Null where it is no address of a webhook. */
export function webhookAddress(text: string): WebhookAddress | null {
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return null;
  const credentials = url.username === '' && url.password === '' ? null : `${percentDecoded(url.username)}:${percentDecoded(url.password)}`;
  url.username = '';
  url.password = '';
  url.hash = '';
  const headers = credentials === null ? {} : { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` };
  return { url: url.href, headers, host: url.host };
}

/** One attempt, bounded in time. Redirects are not followed: they may lead the message, and its secrets, elsewhere. Never rejects. */
export async function postWebhook({ headers, url }: WebhookAddress, body: string, closing: AbortSignal): Promise<PostResult> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json; charset=utf-8', 'user-agent': 'tidemark' },
      body,
      redirect: 'manual',
      signal: AbortSignal.any([AbortSignal.timeout(TIMEOUT_MS), closing]),
    });
    // What it says is not read, however long it is.
    await response.body?.cancel().catch(() => undefined);
    return resultOf(response);
  } catch (error) {
    return { kind: 'failed', problem: failureText(error), retry_after_ms: 0 };
  }
}

function resultOf({ headers, status }: Response): PostResult {
  if (status >= 200 && status < 300) return { kind: 'sent' };
  if (status >= 300 && status < 400) return { kind: 'refused', problem: `answers with a redirect (HTTP ${status}), which is not followed: give its final address` };
  if (status >= 500 || PASSING.has(status)) {
    const after = Number(headers.get('retry-after') ?? 0);
    const retry_after_ms = Number.isFinite(after) ? Math.min(Math.max(after, 0), RETRY_AFTER_SECONDS_MAX) * 1000 : 0;
    return { kind: 'failed', problem: `answers HTTP ${status}`, retry_after_ms };
  }
  return { kind: 'refused', problem: `refuses the message (HTTP ${status}): check its address under notify` };
}

/** The message of the error itself may quote the address. */
function failureText(error: unknown): string {
  if (error instanceof Error && error.name === 'TimeoutError') return `did not answer within ${TIMEOUT_MS / 1000} s`;
  const code = codeOf(error) ?? (error instanceof Error ? codeOf(error.cause) : null);
  switch (code) {
    case 'ECONNREFUSED':
      return 'refuses connections';
    case 'ECONNRESET':
    case 'UND_ERR_SOCKET':
      return 'closed the connection without an answer';
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'has a name that cannot be resolved';
    case 'ETIMEDOUT':
    case 'UND_ERR_CONNECT_TIMEOUT':
      return 'cannot be reached in time';
    case null:
      return 'cannot be reached';
    default:
      return `cannot be reached (${code})`;
  }
}
