import { once } from 'node:events';
import { createServer } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseOpenMetrics } from '../live/openmetrics-parser.js';
import { bundledServer, startServer, type TestServer } from '../support/postgres.js';
import { Casework, createWatcher, WatchProcess } from '../support/watch-process.js';

let server: TestServer;
let casework: Casework;
let watch: WatchProcess;
let url: string;
const told: string[] = [];
const hook = createServer((request, response) => {
  let body = '';
  request.setEncoding('utf8').on('data', (piece: string) => (body += piece));
  request.on('end', () => {
    told.push(body);
    response.end();
  });
});

beforeAll(async () => {
  server = await startServer(bundledServer());
  await createWatcher(server, 'watch_ro');
  casework = await Casework.create(server, 'casework');
  hook.listen(0, '127.0.0.1');
  await once(hook, 'listening');
  const address = hook.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  casework.configure({
    // So short that no budget has been looked at for long enough to burn, which would outlast the breach.
    freshness: 'target: 1min, within: 3min, degraded: 4min',
    more: `notify:\n  - { url: "http://127.0.0.1:${port}/hooks/not-to-be-shown", objectives: ["freshness/*"] }\n`,
  });
  // A state is told when it has held for half a minute, while the other tests go on.
  const late = 'now() - interval 5 minutes';
  await casework.load(`update analytics_control.data_product_watermark set source_high_watermark = ${late}, last_successful_load_at = ${late}`);
  watch = await WatchProcess.start(casework, ['serve', '--listen', '127.0.0.1:0']);
  await watch.until('its address', () => /serving (http:\S+)\/metrics/.test(watch.stderr));
  url = /serving (http:\S+)\/metrics/.exec(watch.stderr)?.[1] ?? '';
});

afterAll(async () => {
  await watch.stop();
  hook.closeAllConnections();
  hook.close();
  casework.remove();
  await server.stop();
});

async function ready(): Promise<{ status: number; body: string }> {
  const response = await fetch(`${url}/ready`);
  return { status: response.status, body: await response.text() };
}

describe('tidemark serve', () => {
  test('is ready when every store has been looked at, and gives OpenMetrics', async () => {
    await watch.until('ready', async () => (await ready()).status === 200);
    expect((await ready()).body).toMatch(/^production: looked at .* ago\nwarehouse: looked at .* ago\n$/);
    await watch.until('the product', async () => (await (await fetch(`${url}/metrics`)).text()).includes('case_opened'));
    const response = await fetch(`${url}/metrics`);
    expect(response.headers.get('content-type')).toMatch(/^application\/openmetrics-text; version=1\.0\.0/);
    const families = parseOpenMetrics(await response.text());
    expect([...families.keys()].every((name) => name.startsWith('tidemark'))).toBe(true);
  });

  test('cannot share its port, and says so', async () => {
    const second = await WatchProcess.start(casework, ['serve', '--listen', new URL(url).host, '--no-journal']);
    const { code, stderr } = await second.ended();
    expect(code).toBe(2);
    expect(stderr).toBe(`tidemark: cannot listen on 127.0.0.1 port ${new URL(url).port}: something else listens there already\n  Choose another address with --listen HOST:PORT.\n`);
  });

  test.each([['9177x'], ['nowhere:99999'], [':']])('--listen %s is refused', async (address) => {
    const wrong = await WatchProcess.start(casework, ['serve', '--listen', address, '--no-journal']);
    const { code, stderr } = await wrong.ended();
    expect(code).toBe(2);
    expect(stderr).toContain('It must be host:port or a port, such as 127.0.0.1:9177.');
  });

  test('tells a webhook once of a breach', async () => {
    await watch.until('the breach', () => told.length > 0);
    expect(told[0]).toMatch(/case_opened .*3 min are promised, yet its status says HEALTHY/);
    await casework.load('update analytics_control.data_product_watermark set source_high_watermark = now(), last_successful_load_at = now()');
  });

  test('is not ready while production is dead, and ready again by itself', async () => {
    server.kill();
    await watch.until('503', async () => (await ready()).status === 503);
    expect((await ready()).body).toMatch(/^not ready: production was last looked at .* ago: production: .*\nwarehouse: looked at/);
    expect((await fetch(`${url}/health`)).status).toBe(200);
    parseOpenMetrics(await (await fetch(`${url}/metrics`)).text());
    await server.restart();
    await watch.until('200', async () => (await ready()).status === 200);
  });

  test('tells it once of the recovery, and shows its address nowhere', async () => {
    await watch.until('the recovery', () => told.length > 1);
    expect(told[1]).toMatch(/"previous":"breach".*"state":"ok"/);
    expect(told).toHaveLength(2);
    expect(watch.stderr).not.toContain('not-to-be-shown');
  });

  test('ends by SIGTERM with 143', async () => {
    expect((await watch.stop()).code).toBe(143);
  });
});
