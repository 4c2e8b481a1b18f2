import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Webhooks } from '../../src/cli/live/webhook.js';
import type { NotifyTarget } from '../../src/model/configuration.js';
import type { LiveView, ObjectiveView, State } from '../../src/model/live.js';
import { emptyView, NOW } from '../tui/view.js';

const SECRET = 'T024BE7LDnotASecretJustATest';

interface Received {
  body: string;
  path: string;
  headers: IncomingMessage['headers'];
}

/** A receiver of webhooks that answers as a test wants. */
class Receiver {
  readonly received: Received[] = [];
  answer: (response: ServerResponse) => void = (response) => response.end();
  #server: Server | null = null;
  port = 0;

  async start(port = 0): Promise<void> {
    const server = createServer((request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (piece: string) => (body += piece));
      request.on('end', () => {
        this.received.push({ body, path: request.url ?? '', headers: request.headers });
        this.answer(response);
      });
    });
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    this.port = typeof address === 'object' && address !== null ? address.port : 0;
    this.#server = server;
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    if (server === null) return;
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  }
}

/** The time of day is a test's; delays are as short as a test can bear. */
class FastClock {
  seconds = 0;
  readonly delays_ms: number[] = [];
  now(): number {
    return NOW + this.seconds;
  }
  monotonic_ms(): number {
    return this.seconds * 1000;
  }
  after(delay_ms: number, act: () => void): () => void {
    this.delays_ms.push(delay_ms);
    const timer = setTimeout(act, delay_ms === 3_000 ? delay_ms : 20);
    return () => clearTimeout(timer);
  }
}

let receiver: Receiver;
let clock: FastClock;
let folder: string;
let open: Webhooks[] = [];

beforeEach(async () => {
  receiver = new Receiver();
  await receiver.start();
  clock = new FastClock();
  folder = await mkdtemp(join(tmpdir(), 'tidemark-webhook-'));
});

afterEach(async () => {
  await Promise.all(open.map((webhooks) => webhooks.close()));
  open = [];
  await receiver.stop();
  await rm(folder, { recursive: true, force: true });
});

const url = (credentials = '') => `http://${credentials}127.0.0.1:${receiver.port}/services/${SECRET}`;

async function webhooks(change: Partial<NotifyTarget> = {}, file: string | null = null): Promise<Webhooks> {
  const made = await Webhooks.open({ targets: [{ url: url(), format: 'json', from: 'breach', objectives: [], ...change }], file, clock });
  open.push(made);
  return made;
}

function view(state: State, id = 'freshness/payments'): LiveView {
  const objective: ObjectiveView = {
    id, kind: 'freshness', name: 'payments freshness', target: '≤ 60 s', now: null, state, detail: '', since: clock.now(), history: null, limit: null, budget: null,
    sentence: 'payments is 118 s old where 60 s are promised', screen: 'freshness', subject: 'payments',
  };
  return { ...emptyView, at: clock.now(), target: 'warehouse', objectives: [objective] };
}

/** Long enough for the state to be told. */
function hold(to: Webhooks, state: State, id?: string): void {
  to.accept(view(state, id));
  clock.seconds += 31;
  to.accept(view(state, id));
}

const states = () => receiver.received.map(({ body }) => (JSON.parse(body) as { state: string }).state);
const eventually = (check: () => void) => vi.waitFor(check, { timeout: 20_000, interval: 10 });

test('a change and its recovery arrive in their order, as JSON', async () => {
  const told = await webhooks();
  hold(told, 'breach');
  hold(told, 'ok');
  await eventually(() => expect(states()).toEqual(['breach', 'ok']));
  expect(receiver.received[0]?.headers).toMatchObject({ 'content-type': 'application/json; charset=utf-8', 'user-agent': 'tidemark' });
  expect(receiver.received[0]?.path).toBe(`/services/${SECRET}`);
  await told.close();
  expect(told.status()).toEqual([{ name: `127.0.0.1:${receiver.port} (json)`, sent: 2, waiting: 0, lost: 0, problem: null }]);
});

test('credentials in the address are sent as a header', async () => {
  const told = await webhooks({ url: url('alerts:neap%20tide@') });
  hold(told, 'breach');
  await eventually(() => expect(receiver.received[0]?.headers.authorization).toBe(`Basic ${Buffer.from('alerts:neap tide').toString('base64')}`));
});

describe('a receiver', () => {
  test('that is down is tried again, later each time, until it is up', async () => {
    const { port } = receiver;
    const told = await webhooks();
    await receiver.stop();
    hold(told, 'breach');
    await eventually(() => expect(clock.delays_ms.length).toBeGreaterThan(3));
    expect(told.status()[0]).toMatchObject({ sent: 0, waiting: 1, lost: 0, problem: `127.0.0.1:${port} (json) refuses connections: 1 waiting` });
    expect(clock.delays_ms.slice(0, 4)).toEqual([1_000, 2_000, 4_000, 8_000]);
    await receiver.start(port);
    await eventually(() => expect(states()).toEqual(['breach']));
    await eventually(() => expect(told.status()[0]).toMatchObject({ sent: 1, waiting: 0, problem: null }));
  });

  test('that answers 500 or 429 is tried again, not sooner than it says', async () => {
    const answers = [500, 429, 503];
    receiver.answer = (response) => response.writeHead(answers.shift() ?? 200, { 'retry-after': '40' }).end('busy');
    const told = await webhooks();
    hold(told, 'breach');
    await eventually(() => expect(told.status()[0]).toMatchObject({ sent: 1, waiting: 0, lost: 0, problem: null }));
    expect(states()).toEqual(['breach', 'breach', 'breach', 'breach']);
    expect(clock.delays_ms.slice(0, 3)).toEqual([40_000, 40_000, 40_000]);
  });

  test('that refuses a message is not asked again with it', async () => {
    receiver.answer = (response) => response.writeHead(404).end('no_service');
    const told = await webhooks();
    hold(told, 'breach');
    await eventually(() => expect(told.status()[0]).toMatchObject({ sent: 0, waiting: 0, lost: 1, problem: `127.0.0.1:${receiver.port} (json) refuses the message (HTTP 404): check its address under notify` }));
    expect(receiver.received).toHaveLength(1);
  });

  test('that sends elsewhere is not followed', async () => {
    const elsewhere = new Receiver();
    await elsewhere.start();
    receiver.answer = (response) => response.writeHead(307, { location: `http://127.0.0.1:${elsewhere.port}/` }).end();
    const told = await webhooks();
    hold(told, 'breach');
    await eventually(() => expect(told.status()[0]?.problem).toBe(`127.0.0.1:${receiver.port} (json) answers with a redirect (HTTP 307), which is not followed: give its final address`));
    expect(elsewhere.received).toEqual([]);
    await elsewhere.stop();
  });

  test('that answers without end is not listened to', async () => {
    let written = 0;
    receiver.answer = (response) => {
      const pour = () => {
        if (response.destroyed) return;
        written += 65_536;
        response.write(Buffer.alloc(65_536), () => setImmediate(pour));
      };
      response.writeHead(200);
      pour();
    };
    const told = await webhooks();
    hold(told, 'breach');
    await eventually(() => expect(told.status()[0]).toMatchObject({ sent: 1, problem: null }));
    await told.close();
    expect(written).toBeLessThan(50 * 2 ** 20);
  });

  test('that does not answer keeps nobody waiting: the end gives it three seconds', async () => {
    receiver.answer = () => undefined;
    const told = await webhooks();
    hold(told, 'breach');
    await eventually(() => expect(receiver.received).toHaveLength(1));
    await told.close();
    expect(told.status()[0]).toMatchObject({ sent: 0, waiting: 1 });
  });

  test('that stays away for long has bounded messages waiting, and the rest told anew', async () => {
    const { port } = receiver;
    const told = await webhooks();
    await receiver.stop();
    for (let index = 0; index < 130; index += 1) hold(told, 'breach', `freshness/p${index}`);
    expect(told.status()[0]?.waiting).toBeLessThanOrEqual(100);
    expect(told.status()[0]?.lost).toBeGreaterThan(0);
    await receiver.start(port);
    await eventually(() => expect(told.status()[0]?.waiting).toBe(0));
  });
});

test('an address that is none is told, and nothing is sent', async () => {
  const told = await webhooks({ url: `file:///etc/${SECRET}` });
  hold(told, 'breach');
  expect(told.status()).toEqual([{ name: 'webhook (json)', sent: 0, waiting: 0, lost: 0, problem: 'webhook (json) has no http or https address: correct url under notify' }]);
});

test('no address and no secret stands in a status, whatever goes wrong', async () => {
  const answers: (number | null)[] = [404, 307, 500, null];
  const seen: string[] = [];
  for (const answer of answers) {
    receiver.answer = (response) => (answer === null ? response.destroy() : response.writeHead(answer, { location: url() }).end(url()));
    // One after another: each has an answer of its own.
    const told = await webhooks({ url: url(`user:${SECRET}@`) });
    hold(told, 'breach');
    await eventually(() => expect(told.status()[0]?.problem).toEqual(expect.any(String)));
    seen.push(JSON.stringify(told.status()));
    await told.close();
  }
  expect(seen.join('\n')).not.toContain(SECRET);
  expect(seen.join('\n')).not.toContain('/services/');
});

describe('after a restart', () => {
  test('what was told is not told again, and the recovery comes', async () => {
    const file = join(folder, 'told.json');
    const before = await webhooks({}, file);
    hold(before, 'breach');
    await eventually(() => expect(before.status()[0]?.sent).toBe(1));
    await before.close();
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readFile(file, 'utf8')).not.toContain(SECRET);

    const after = await webhooks({}, file);
    hold(after, 'breach');
    hold(after, 'ok');
    await eventually(() => expect(after.status()[0]?.sent).toBe(1));
    expect(states()).toEqual(['breach', 'ok']);
  });

  test('what could not be delivered is told', async () => {
    const file = join(folder, 'told.json');
    receiver.answer = (response) => response.writeHead(503).end();
    const before = await webhooks({}, file);
    hold(before, 'breach');
    await eventually(() => expect(receiver.received.length).toBeGreaterThan(0));
    await before.close();
    receiver.answer = (response) => response.end();
    const after = await webhooks({}, file);
    hold(after, 'breach');
    await eventually(() => expect(after.status()[0]?.sent).toBe(1));
  });

  test('a damaged file is told, and what is bad is told again', async () => {
    const file = join(folder, 'told.json');
    await writeFile(file, '{"told": [');
    const told = await webhooks({}, file);
    expect(told.status()[0]?.problem?.replace(folder, 'FOLDER')).toBe('FOLDER/told.json is damaged: what is bad now is told again');
    hold(told, 'breach');
    await eventually(() => expect(told.status()[0]).toMatchObject({ sent: 1, problem: null }));
  });
});
