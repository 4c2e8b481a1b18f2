import { connect } from 'node:net';
import { request } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import { startMetricsServer, type MetricsServer, type MetricsServerOptions } from '../../src/cli/live/metrics-server.js';
import { openMetrics } from '../../src/live/openmetrics.js';
import { readinessOf } from '../../src/live/readiness.js';
import { blindView, caseworkView } from '../tui/view.js';

let server: MetricsServer | null = null;

afterEach(async () => {
  await server?.close();
  server = null;
});

async function start(change: Partial<MetricsServerOptions> = {}): Promise<MetricsServer> {
  server = await startMetricsServer({
    host: '127.0.0.1', port: 0, metrics: () => openMetrics(caseworkView, { version: '0.1.0', journal: null }), readiness: () => readinessOf(caseworkView), onFault: () => undefined, ...change,
  });
  return server;
}

const portOf = (url: string) => Number(new URL(url).port);

/** The status of a request with this Host header, which `fetch` does not let a caller set. */
function statusFor(url: string, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    request(`${url}/metrics`, { headers: { host } }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    }).on('error', reject).end();
  });
}

/** What comes back for bytes as they are, until the server closes. */
function raw(url: string, bytes: string): Promise<string> {
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect(portOf(url), '127.0.0.1', () => socket.write(bytes));
    socket.setEncoding('utf8').on('data', (piece: string) => (answer += piece));
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(answer));
  });
}

test('metrics come with the content type of OpenMetrics, whole', async () => {
  const { url } = await start();
  const response = await fetch(`${url}/metrics?name[]=x`);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8');
  expect(response.headers.get('cache-control')).toBe('no-store');
  expect(await response.text()).toMatch(/# EOF\n$/);
  const head = await fetch(`${url}/metrics`, { method: 'HEAD' });
  expect([head.status, await head.text()]).toEqual([200, '']);
});

test('readiness tells of each store, and fails when one is not looked at', async () => {
  const { url } = await start();
  const ready = await fetch(`${url}/ready`);
  expect([ready.status, await ready.text()]).toEqual([200, 'production: looked at 1.2 s ago\nwarehouse: looked at 7 s ago\n']);
  await server?.close();
  const blind = await start({ readiness: () => readinessOf(blindView) });
  const response = await fetch(`${blind.url}/ready`);
  expect(response.status).toBe(503);
  expect((await response.text()).split('\n')).toHaveLength(3);
  expect((await fetch(`${blind.url}/health`)).status).toBe(200);
});

test('there is nothing else to ask for, and no other way to ask', async () => {
  const { url } = await start();
  for (const path of ['/', '/metrics/', '/../etc/passwd', '/debug', '/metrics%00']) expect((await fetch(`${url}${path}`)).status).toBe(404);
  const post = await fetch(`${url}/metrics`, { method: 'POST', body: 'x'.repeat(1_000_000) }).then(({ status }) => status, () => 'closed');
  expect([405, 'closed']).toContain(post);
});

describe('a page in a browser of this machine', () => {
  test('cannot read the metrics under a name of its own', async () => {
    const { url } = await start();
    expect(await statusFor(url, 'evil.example')).toBe(421);
    expect(await statusFor(url, '127.0.0.1.evil.example')).toBe(421);
    expect(await raw(url, 'GET /metrics HTTP/1.0\r\n\r\n')).toMatch(/^HTTP\/1\.1 421 /);
    expect(await statusFor(url, 'localhost:9090')).toBe(200);
    expect(await statusFor(url, '[::1]:9177')).toBe(200);
  });

  test('may where the address is for the network, as Prometheus does', async () => {
    const { url } = await start({ host: '0.0.0.0' });
    expect(await statusFor(url.replace('0.0.0.0', '127.0.0.1'), 'tidemark.monitoring.svc:9177')).toBe(200);
  });
});

describe('a client', () => {
  test('that sends no request to its end is let go', async () => {
    const { url } = await start();
    expect(await raw(url, 'GET /metrics HTTP/1.1\r\nHost: localhost\r\n')).toMatch(/^HTTP\/1\.1 408 /);
  });

  test('that sends endless headers is let go', async () => {
    const { url } = await start();
    expect(await raw(url, `GET /metrics HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(20_000)}`)).toMatch(/^HTTP\/1\.1 431 /);
  });

  test('of many finds no more than some connections', async () => {
    const { url } = await start();
    const sockets = Array.from({ length: 120 }, () => connect(portOf(url), '127.0.0.1').on('error', () => undefined));
    await expect.poll(() => sockets.filter((socket) => socket.closed || socket.readableEnded).length, { timeout: 10_000 }).toBeGreaterThanOrEqual(56);
    for (const socket of sockets) socket.destroy();
  });

  test('does not see what went wrong inside', async () => {
    const faults: unknown[] = [];
    const { url } = await start({
      metrics: () => {
        throw new Error('postgres://tidemark:neap@db.casework.example');
      },
      onFault: (error) => faults.push(error),
    });
    const response = await fetch(`${url}/metrics`);
    expect([response.status, await response.text()]).toEqual([500, 'a fault of tidemark\n']);
    expect(faults).toHaveLength(1);
  });
});

test('a port that is taken is told with the next step', async () => {
  const { url } = await start();
  const failed = startMetricsServer({ host: '127.0.0.1', port: portOf(url), metrics: () => '', readiness: () => ({ ready: true, lines: [] }), onFault: () => undefined });
  await expect(failed).rejects.toMatchObject({
    name: 'UsageError', message: `cannot listen on 127.0.0.1 port ${portOf(url)}: something else listens there already`, hint: 'Choose another address with --listen HOST:PORT.',
  });
});
