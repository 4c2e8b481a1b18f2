import { formatQuantity } from '../../text/quantity.js';
import { AnswerTooLarge } from './failure.js';
import { parseJson } from './json.js';

export interface HttpAnswer {
  status: number;
  headers: Headers;
  /** Parsed JSON; undefined where there was no body. */
  body: unknown;
  /** After decompression. */
  received_bytes: number;
  /** Why the body could not be read as JSON; null where it could. */
  problem: string | null;
}

/** Of a refusal; what is longer says nothing more. */
const REFUSAL_BYTES_MAX = 256 * 1024;

/**
 * Reads a body as JSON and no further than allowed, however small it was while compressed.
 * @throws AnswerTooLarge unless it is a refusal, of which the status says enough.
 */
export async function readAnswer(response: Response, { bytes_max, isRefusal }: { bytes_max: number; isRefusal: boolean }): Promise<HttpAnswer> {
  const { text, received_bytes, isCut } = await readText(response, isRefusal ? REFUSAL_BYTES_MAX : bytes_max);
  if (isCut) {
    const problem = `its answer is larger than ${formatQuantity(bytes_max, 'bytes')}`;
    if (!isRefusal) throw new AnswerTooLarge(problem);
    return { status: response.status, headers: response.headers, received_bytes, body: undefined, problem };
  }
  const whole = { status: response.status, headers: response.headers, received_bytes };
  if (text === '') return { ...whole, body: undefined, problem: null };
  const type = response.headers.get('content-type') ?? '';
  if (!/\bjson\b/i.test(type)) {
    const kind = (type.split(';')[0] ?? '').trim();
    return { ...whole, body: undefined, problem: `it answered with ${kind === '' ? 'something' : kind} in place of JSON` };
  }
  try {
    return { ...whole, body: parseJson(text), problem: null };
  } catch {
    return { ...whole, body: undefined, problem: 'it answered with JSON that is damaged' };
  }
}

async function readText(response: Response, bytes_max: number): Promise<{ text: string; received_bytes: number; isCut: boolean }> {
  if (response.body === null) return { text: '', received_bytes: 0, isCut: false };
  const decoder = new TextDecoder();
  const parts: string[] = [];
  let received_bytes = 0;
  const reader = response.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    received_bytes += value.byteLength;
    if (received_bytes > bytes_max) {
      await reader.cancel().catch(() => undefined);
      return { text: '', received_bytes, isCut: true };
    }
    parts.push(decoder.decode(value, { stream: true }));
  }
  parts.push(decoder.decode());
  return { text: parts.join(''), received_bytes, isCut: false };
}

/** Seconds, or a date (RFC 9110, 10.2.3); null for neither. */
export function retryAfter(value: string | null): number | null {
  if (value === null) return null;
  if (/^\d{1,9}$/.test(value.trim())) return Number(value.trim());
  const moment = Date.parse(value);
  return Number.isNaN(moment) ? null : Math.max(0, (moment - Date.now()) / 1000);
}
