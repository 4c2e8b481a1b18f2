import { Consumer } from './consumer.js';
import type { Fault } from './faults.js';
import { Loader } from './loader.js';
import { type FromLife, toLife } from './messages.js';
import { Traffic } from './traffic.js';

// The applications, the consumer of changes and the loader of the living estate. In a process of their own they have the
// warehouse's file for themselves, as a real loader has, and the screen is not in their way.

interface Life {
  traffic: Traffic;
  consumer: Consumer;
  loader: Loader;
}

let life: Life | null = null;

process.on('message', (message) => {
  const read = toLife.parse(message);
  const work = read.kind === 'begin' ? begin(read) : inject(read.fault);
  work.catch(fail);
});
// The parent has gone, however it went.
process.on('disconnect', () => process.exit(0));
// A terminal sends its signals to all of its processes; the parent ends this one in order.
for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => undefined);
process.on('SIGTERM', () => void end().finally(() => process.exit(0)));

async function begin({ urls, warehousePath }: Extract<ReturnType<typeof toLife.parse>, { kind: 'begin' }>): Promise<void> {
  const consumer = new Consumer(urls.superuser);
  life = { consumer, traffic: new Traffic(urls), loader: new Loader(consumer, warehousePath) };
  consumer.start();
  await life.traffic.start(fail);
  await life.loader.start();
  tell({ kind: 'ready' });
}

async function inject(fault: Fault): Promise<void> {
  if (life === null) return;
  life.loader.inject(fault);
  await life.traffic.inject(fault);
  tell({ kind: 'broken', fault });
}

async function end(): Promise<void> {
  await life?.loader.stop();
  await life?.traffic.stop();
  await life?.consumer.stop();
}

function fail(error: unknown): void {
  tell({ kind: 'failed', message: error instanceof Error ? error.message : String(error) });
}

function tell(message: FromLife): void {
  process.send?.(message);
}
