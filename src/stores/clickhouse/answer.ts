import { z } from 'zod';
import { serverFailure, StrangeAnswer, type ServerFailure } from './failure.js';

/** A larger answer is refused: statements of tidemark give digests, counts, keys and definitions. */
export const ANSWER_BYTES_MAX = 256 * 1024 * 1024;
/** Of an error's text; the rest says nothing more. */
const ERROR_BYTES_MAX = 64 * 1024;
/** Where the server puts the error of a statement that failed after the first rows were sent. */
const ERROR_AT_END = 32 * 1024;

const document = z.object({
  meta: z.array(z.object({ name: z.string(), type: z.string() })),
  data: z.array(z.array(z.unknown())),
  exception: z.string().optional(),
});

/** The answer was longer than is read. */
export class AnswerTooLarge extends Error {
  override readonly name = 'AnswerTooLarge';
}

/** Reads a stream to its end. @throws AnswerTooLarge */
export async function readBytes(stream: AsyncIterable<unknown>, isError: boolean): Promise<Buffer> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of stream) {
    if (!Buffer.isBuffer(part)) throw new Error('the driver gave something else than bytes');
    bytes += part.length;
    parts.push(part);
    if (isError && bytes > ERROR_BYTES_MAX) break;
    if (bytes > ANSWER_BYTES_MAX) throw new AnswerTooLarge('the answer is larger than 256 MiB, and tidemark reads no more');
  }
  return Buffer.concat(parts);
}

/** The error of an answer whose status says that it is one. */
export function errorOf(status: number, body: Buffer): ServerFailure | StrangeAnswer {
  const text = body.toString();
  return serverFailure(text) ?? new StrangeAnswer(status, text);
}

/**
 * The rows of an answer in the format JSONCompact, as objects. 64-bit integers and decimals are texts, smaller integers and
 * floats numbers, whatever the settings of the user say.
 * @param isQuoted the server was told to put 64-bit integers and decimals in quotes
 * @throws ServerFailure where the statement failed after it had begun to answer; StrangeAnswer where the answer is none or ends in the middle
 */
export function rowsOf(body: Buffer, isQuoted: boolean): Record<string, unknown>[] {
  const text = body.toString();
  const parsed = document.safeParse(parse(isQuoted ? text : withQuotedNumbers(text)));
  if (!parsed.success) throw errorAtEnd(text) ?? new StrangeAnswer(200, 'the answer ends in the middle or is not JSON');
  const { meta, data, exception } = parsed.data;
  if (exception !== undefined) throw serverFailure(exception) ?? new StrangeAnswer(200, 'the answer ends with an error that cannot be read');
  const convert = meta.map(({ type }) => (isQuoted ? asItIs : converter(type)));
  return data.map((values) => Object.fromEntries(meta.map(({ name }, index) => [name, (convert[index] ?? asItIs)(values[index])])));
}

/** The last error, for what stands before it may be rows that speak of one. */
function errorAtEnd(text: string): ServerFailure | null {
  const end = text.slice(-ERROR_AT_END);
  const at = end.lastIndexOf('Code: ');
  return at < 0 ? null : serverFailure(end.slice(at));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function withQuotedNumbers(text: string): string {
  return text.replace(/"[^"\\]*(?:\\.[^"\\]*)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g, (token) => (token.startsWith('"') ? token : `"${token}"`));
}

type Convert = (value: unknown) => unknown;
const asItIs: Convert = (value) => value;

function converter(type: string): Convert {
  const inner = /^(?:Nullable|LowCardinality)\(([\s\S]*)\)$/.exec(type)?.[1];
  if (inner !== undefined) return converter(inner);
  const element = /^Array\(([\s\S]*)\)$/.exec(type)?.[1];
  if (element !== undefined) {
    const one = converter(element);
    return (value) => (Array.isArray(value) ? value.map((part: unknown) => one(part)) : value);
  }
  return /^(?:U?Int(?:8|16|32)|B?Float\d+)$/.test(type) ? (value) => (typeof value === 'string' ? Number(value) : value) : asItIs;
}
