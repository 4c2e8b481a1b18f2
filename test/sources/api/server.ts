import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { onTestFinished } from 'vitest';

export interface Served {
  base: URL;
  /** Method and path with its query, in the order of arrival. */
  requests: string[];
  /** The most that were open at once. */
  atOnce: () => number;
}

/** Answers by itself and returns undefined, or returns what is sent as JSON. */
type Handler = (request: IncomingMessage, response: ServerResponse, body: string) => unknown;
type Route = Handler | Record<string, unknown> | unknown[];

/** A tool's interface that gives these answers by path (without the query); gone when the test ends. */
export async function serve(routes: Record<string, Route>): Promise<Served> {
  const requests: string[] = [];
  let open = 0;
  let most = 0;
  const server = createServer((request, response) => {
    open++;
    most = Math.max(most, open);
    response.on('close', () => open--);
    requests.push(`${request.method} ${request.url}`);
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString();
    });
    request.on('end', () => {
      const path = (request.url ?? '').split('?')[0] ?? '';
      if (!Object.hasOwn(routes, path)) return void response.writeHead(404).end('{"message":"not found"}');
      const route = routes[path];
      const answer: unknown = typeof route === 'function' ? route(request, response, body) : route;
      if (answer !== undefined) response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return { base: new URL(`http://127.0.0.1:${address.port}/`), requests, atOnce: () => most };
}
