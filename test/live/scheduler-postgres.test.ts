import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defaultLive } from '../../src/config/live-defaults.js';
import type { Clock } from '../../src/live/clock.js';
import { Scheduler } from '../../src/live/scheduler.js';
import { PROBES, type Sample } from '../../src/probes/index.js';
import { openLive } from '../../src/stores/index.js';
import { bundledServer, startServer, type TestServer } from '../support/postgres.js';
import { noContext } from '../support/store-context.js';

const realClock: Clock = {
  now: () => Date.now() / 1000,
  monotonic_ms: () => performance.now(),
  after(delay_ms, act) {
    const timer = setTimeout(act, delay_ms);
    return () => clearTimeout(timer);
  },
};

/** The way to a server, which can be closed as a server that is restarted closes it. */
class Way {
  readonly #sockets = new Set<Socket>();
  #server: Server | null = null;
  port = 0;

  constructor(private readonly target: number) {}

  async open(): Promise<void> {
    const server = createServer((client) => {
      const upstream = connect(this.target, '127.0.0.1');
      for (const socket of [client, upstream]) {
        this.#sockets.add(socket);
        socket.on('error', () => socket.destroy());
      }
      client.pipe(upstream).pipe(client);
    });
    server.listen(this.port, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    this.port = address.port;
    this.#server = server;
  }

  async close(): Promise<void> {
    this.#server?.close();
    for (const socket of this.#sockets) socket.destroy();
    this.#sockets.clear();
    if (this.#server) await once(this.#server, 'close');
  }
}

describe('a watch of a real server', () => {
  let server: TestServer;
  let way: Way;
  beforeAll(async () => {
    server = await startServer(bundledServer());
    way = new Way(server.port);
    await way.open();
  });
  afterAll(async () => {
    await way.close();
    await server.stop();
  });

  it('says so while the server is away, and goes on by itself when it is back', async () => {
    const samples: Sample[] = [];
    const abort = new AbortController();
    const scheduler = new Scheduler({
      targets: [{ store: 'production', engine: 'postgres', role: 'operational', settings: defaultLive, catalog: null }],
      settings: defaultLive,
      probes: { activity: { ...PROBES.activity, pace_seconds: 0.2 }, throughput: { ...PROBES.throughput, pace_seconds: 0.5 } },
      clock: realClock,
      signal: abort.signal,
      open: (name, signal) => openLive('postgres', { name, url: server.url().replace(String(server.port), String(way.port)) }, { ...noContext, signal }),
      onSample: (sample) => samples.push(sample),
    });
    const seen = async (found: (sample: Sample) => boolean): Promise<Sample> => {
      const from = samples.length;
      for (;;) {
        const sample = samples.slice(from).find(found);
        if (sample) return sample;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    };
    scheduler.start();
    await seen(({ probe, failure }) => probe === 'activity' && failure === null);
    await seen(({ probe, failure }) => probe === 'throughput' && failure === null);

    await way.close();
    expect((await seen(({ failure }) => failure !== null)).failure).toMatchObject({ reason: 'lost' });
    const away = await seen(({ probe, failure }) => probe === 'throughput' && failure?.reason === 'connect');
    expect(away.failure?.message.replace(String(way.port), 'PORT')).toMatchInlineSnapshot(
      `"production: cannot open 127.0.0.1:PORT/postgres: nothing listens there (ECONNREFUSED)"`,
    );
    await way.open();
    await seen(({ probe, failure }) => probe === 'activity' && failure === null);
    await seen(({ probe, failure }) => probe === 'throughput' && failure === null);

    const sessions = samples.findLast((sample) => sample.probe === 'activity' && sample.failure === null);
    expect(sessions?.probe === 'activity' ? sessions.payload?.connections : null).toBe(1);
    const count = samples.length;
    await scheduler.stop();
    expect(samples).toHaveLength(count);
  });
});
