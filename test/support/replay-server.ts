import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';

/** One request as it arrived. */
export interface Exchange {
  method: string;
  /** Without the query. */
  path: string;
  query: URLSearchParams;
  headers: IncomingMessage['headers'];
  /** Parsed where it was JSON, else the text. */
  body: unknown;
}

/** One answer of the service. Without a body and a text it is empty. */
export interface ReplayAnswer {
  status?: number;
  headers?: Record<string, string>;
  /** Sent as JSON. */
  body?: unknown;
  /** Sent as it is. */
  text?: string;
  /** Compresses it, as the services do with large ones. */
  gzip?: boolean;
  /** Waits before it answers. */
  delay_ms?: number;
  /** `cut`: half of the body and then the connection ends. `hang up`: no answer at all. `silent`: never answers. */
  behaviour?: 'cut' | 'hang up' | 'silent';
}

/** Requests that it is for, and its answers one after another; the last one is given again and again. */
export interface ReplayRule {
  when: (exchange: Exchange) => boolean;
  answers: readonly (ReplayAnswer | ((exchange: Exchange) => ReplayAnswer))[];
}

export interface ReplayServer {
  url: string;
  port: number;
  /** Every request so far, in its order. */
  exchanges: Exchange[];
  /** Requests that no rule was for: they got 404. A test that cares asserts that there are none. */
  unexpected: Exchange[];
  /** Replaces the rules and forgets what was asked. */
  script(rules: readonly ReplayRule[]): void;
  stop(): Promise<void>;
}

/** A service that answers over HTTP as its documentation shows, from rules in their order: the first that matches answers. */
export async function startReplayServer(rules: readonly ReplayRule[] = []): Promise<ReplayServer> {
  let current = rules.map((rule) => ({ rule, given: 0 }));
  const exchanges: Exchange[] = [];
  const unexpected: Exchange[] = [];
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const exchange = await read(request);
    exchanges.push(exchange);
    const found = current.find(({ rule }) => rule.when(exchange));
    if (!found) {
      unexpected.push(exchange);
      return give(response, { status: 404, body: { message: 'no rule for it' } });
    }
    const next = found.rule.answers[Math.min(found.given, found.rule.answers.length - 1)];
    found.given++;
    return give(response, typeof next === 'function' ? next(exchange) : (next ?? { status: 404 }));
  };
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    port: address.port,
    exchanges,
    unexpected,
    script(next) {
      current = next.map((rule) => ({ rule, given: 0 }));
      exchanges.length = 0;
      unexpected.length = 0;
    },
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

async function read(request: IncomingMessage): Promise<Exchange> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString('utf8');
  const url = new URL(request.url ?? '/', 'http://service');
  const isJson = (request.headers['content-type'] ?? '').includes('json');
  const body: unknown = isJson && text !== '' ? JSON.parse(text) : text;
  return { method: request.method ?? '', path: url.pathname, query: url.searchParams, headers: request.headers, body };
}

async function give(response: ServerResponse, { status = 200, headers = {}, body, text, gzip, delay_ms, behaviour }: ReplayAnswer): Promise<void> {
  if (delay_ms !== undefined) await new Promise((resolve) => setTimeout(resolve, delay_ms));
  if (behaviour === 'silent') return;
  if (behaviour === 'hang up') return void response.socket?.destroy();
  const plain = Buffer.from(text ?? (body === undefined ? '' : JSON.stringify(body)));
  const sent = gzip === true ? gzipSync(plain) : plain;
  const type: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' };
  response.writeHead(status, { ...type, ...(gzip === true ? { 'content-encoding': 'gzip' } : {}), 'content-length': String(sent.length), ...headers });
  if (behaviour === 'cut') {
    response.write(sent.subarray(0, Math.max(1, Math.floor(sent.length / 2))));
    setTimeout(() => response.socket?.destroy(), 20);
    return;
  }
  response.end(sent);
}

/** A documented answer from a folder of them, as `test/stores/snowflake/answers/result.json`. */
export function recordedAnswer(folder: URL, name: string): unknown {
  const parsed: unknown = JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8'));
  return parsed;
}
