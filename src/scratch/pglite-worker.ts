import { parentPort, workerData } from 'node:worker_threads';
import { Session } from './pglite-session.js';
import type { Reply, Request, ThreadStart } from './pglite-protocol.js';

const port = parentPort;
if (port === null) throw new Error('this file is the program of a thread');

/**
 * Of WebAssembly's 64 kB. What a query of a few thousand rows takes is a tenth of it; PGlite itself would take two gigabytes.
 */
const MEMORY_PAGES_MAX = 8_192;

interface Programs {
  Memory: new (size: { initial: number; maximum: number }) => object;
}

const programs: Programs = Reflect.get(globalThis, 'WebAssembly');
programs.Memory = class extends programs.Memory {
  constructor(size: { initial: number; maximum: number }) {
    super({ ...size, maximum: Math.min(size.maximum, MEMORY_PAGES_MAX) });
  }
};

const start: ThreadStart = workerData;
const send = (reply: Reply): void => port.postMessage(reply);

async function main(): Promise<void> {
  let session: Session;
  try {
    session = await Session.start(start);
  } catch (error) {
    return send({ kind: 'failed', reason: error instanceof Error ? error.message : String(error) });
  }
  send({ kind: 'started', version: session.version });
  let queue = Promise.resolve();
  port?.on('message', ({ id, call }: Request) => {
    queue = queue.then(async () => {
      const outcome = await session.call(call);
      send({ ...outcome, id });
    });
  });
}

void main();
