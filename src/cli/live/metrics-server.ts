import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { isIP } from 'node:net';
import { CONTENT_TYPE } from '../../live/openmetrics.js';
import type { Readiness } from '../../live/readiness.js';
import { UsageError } from '../usage-error.js';

export const DEFAULT_HOST = '127.0.0.1';
export const DEFAULT_PORT = 9177;

const CONNECTIONS_MAX = 64;
const REQUEST_MS_MAX = 5_000;
const HEADER_BYTES_MAX = 8_192;

export interface MetricsServerOptions {
  /** An address or name to listen on. Anything but loopback shows names of stores, relations and roles to the network. */
  host: string;
  /** 0 takes any that is free. */
  port: number;
  /** The body of `/metrics`. */
  metrics(): string;
  readiness(): Readiness;
  /** Told of what `metrics` or `readiness` threw, which the client does not see. */
  onFault(error: unknown): void;
}

export interface MetricsServer {
  /** `http://127.0.0.1:9177`. */
  readonly url: string;
  /** Ends all connections. Never rejects. */
  close(): Promise<void>;
}

interface Answer {
  status: number;
  type: string;
  body: string;
}

const TEXT = 'text/plain; charset=utf-8';

/**
 * Serves `GET /metrics`, `/ready` and `/health`, and nothing else.
 * @throws UsageError when the port cannot be listened on
 */
export async function startMetricsServer(options: MetricsServerOptions): Promise<MetricsServer> {
  const limits = { maxHeaderSize: HEADER_BYTES_MAX, requestTimeout: REQUEST_MS_MAX, headersTimeout: REQUEST_MS_MAX, keepAliveTimeout: REQUEST_MS_MAX };
  const server = createServer({ ...limits, connectionsCheckingInterval: 1_000 }, (request, response) => send(request, response, answerTo(request, options)));
  server.maxConnections = CONNECTIONS_MAX;
  const { host, port } = options;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(listenError(error, host, port)));
    server.listen(port, host, resolve);
  });
  const address = server.address();
  const bound = typeof address === 'object' && address !== null ? address.port : port;
  return {
    url: `http://${isIP(host) === 6 ? `[${host}]` : host}:${bound}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function answerTo(request: IncomingMessage, options: MetricsServerOptions): Answer {
  const path = (request.url ?? '').split('?', 1)[0];
  if (isLoopback(options.host) && !isLoopback(hostnameOf(request.headers.host))) {
    // A page in a browser of this machine could otherwise give its own name our address and read what is here.
    return { status: 421, type: TEXT, body: 'this address is for this machine only: ask for localhost\n' };
  }
  if (path !== '/metrics' && path !== '/ready' && path !== '/health') return { status: 404, type: TEXT, body: 'there are /metrics, /ready and /health\n' };
  if (request.method !== 'GET' && request.method !== 'HEAD') return { status: 405, type: TEXT, body: 'only GET and HEAD\n' };
  try {
    if (path === '/health') return { status: 200, type: TEXT, body: 'alive\n' };
    if (path === '/metrics') return { status: 200, type: CONTENT_TYPE, body: options.metrics() };
    const { lines, ready } = options.readiness();
    return { status: ready ? 200 : 503, type: TEXT, body: `${lines.join('\n')}\n` };
  } catch (error) {
    options.onFault(error);
    // What went wrong may name things that are not for everybody who can ask.
    return { status: 500, type: TEXT, body: 'a fault of tidemark\n' };
  }
}

function send({ method }: IncomingMessage, response: ServerResponse, { body, status, type }: Answer): void {
  const content = Buffer.from(body);
  response.writeHead(status, {
    'content-type': type,
    'content-length': content.length,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...(status === 405 ? { allow: 'GET, HEAD' } : {}),
    // What was sent along with the question is not read.
    ...(method === 'GET' || method === 'HEAD' ? {} : { connection: 'close' }),
  });
  response.end(method === 'HEAD' ? undefined : content);
}

function hostnameOf(header: string | undefined): string {
  const url = `http://${header ?? ''}`;
  return URL.canParse(url) ? new URL(url).hostname.replace(/^\[|\]$/g, '') : '';
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

function listenError(error: Error, host: string, port: number): Error {
  const code = 'code' in error ? error.code : null;
  const cause =
    code === 'EADDRINUSE' ? 'something else listens there already' : code === 'EACCES' ? 'this user may not' : code === 'EADDRNOTAVAIL' ? 'this machine has no such address' : error.message;
  return new UsageError(`cannot listen on ${host} port ${port}: ${cause}`, 'Choose another address with --listen HOST:PORT.');
}
