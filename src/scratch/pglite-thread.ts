import { Worker } from 'node:worker_threads';
import { ScratchError, type ScratchRows } from '../model/scratch-engine.js';
import { preparedData } from './pglite-data.js';
import type { Call, Reply, Request, ThreadStart } from './pglite-protocol.js';

/**
 * A thread is loaded by Node itself, which reads no TypeScript: where this module runs from its source, as under a test
 * runner, the thread runs from what was built.
 */
const WORKER_FILE = new URL(import.meta.url.endsWith('.ts') ? '../../dist/scratch/pglite-worker.js' : './pglite-worker.js', import.meta.url);
const HEAP_MEGABYTES_MAX = 512;
const STACK_MEGABYTES = 16;
/** Half a second with a prepared data directory, two without; a busy machine may take ten times as long. */
const START_MILLISECONDS_MAX = 60_000;

interface Pending {
  resolve: (rows: ScratchRows | null) => void;
  reject: (error: ScratchError) => void;
  timer: NodeJS.Timeout;
}

/** One PGlite in a thread of its own, so that whatever runs in it can be cut off. */
export class PgliteThread {
  /** Why it answers no more. */
  failure: ScratchError | null = null;
  version = '';
  #next = 0;
  readonly #pending = new Map<number, Pending>();
  readonly #worker: Worker;

  private constructor() {
    const data = preparedData();
    const workerData: ThreadStart = { data };
    this.#worker = new Worker(WORKER_FILE, {
      workerData, env: {}, argv: [], execArgv: ['--no-warnings'],
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MEGABYTES_MAX, stackSizeMb: STACK_MEGABYTES },
    });
  }

  /** @throws ScratchError */
  static async start(): Promise<PgliteThread> {
    const thread = new PgliteThread();
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => {
        thread.#end(new ScratchError(`PGlite did not start within ${START_MILLISECONDS_MAX / 1000} seconds`, { timedOut: true }));
        reject(thread.failure ?? new ScratchError('PGlite did not start'));
      }, START_MILLISECONDS_MAX);
      const failed = (reason: string, cause?: unknown): void => {
        clearTimeout(timer);
        thread.#end(new ScratchError(`PGlite ended: ${reason}`, { cause }));
        reject(thread.failure ?? new ScratchError('PGlite did not start'));
      };
      thread.#worker.on('error', (error: unknown) => failed(error instanceof Error ? error.message : String(error), error));
      thread.#worker.on('exit', (code) => failed(`its thread ended with code ${code}`));
      thread.#worker.on('message', (reply: Reply) => {
        if (reply.kind === 'failed') return failed(reply.reason);
        if (reply.kind !== 'started') return thread.#answer(reply);
        clearTimeout(timer);
        thread.version = reply.version;
        thread.#worker.unref();
        resolve();
      });
    });
    return thread;
  }

  get isBusy(): boolean {
    return this.#pending.size > 0;
  }

  /** @throws ScratchError */
  call(call: Call, milliseconds: number): Promise<ScratchRows | null> {
    if (this.failure !== null) return Promise.reject(this.failure);
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#end(new ScratchError(`no answer within ${milliseconds / 1000} seconds`, { timedOut: true }));
      }, milliseconds);
      // A thread that is waited for keeps the process alive.
      if (this.#pending.size === 0) this.#worker.ref();
      this.#pending.set(id, { resolve, reject, timer });
      const request: Request = { id, call };
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
      this.#worker.postMessage(request);
    });
  }

  async stop(): Promise<void> {
    this.#end(new ScratchError('the engine was closed'));
    await this.#worker.terminate();
  }

  #answer(reply: Exclude<Reply, { kind: 'started' | 'failed' }>): void {
    if (reply.kind === 'broken') return this.#end(new ScratchError(reply.message));
    const pending = this.#pending.get(reply.id);
    if (pending === undefined) return;
    this.#pending.delete(reply.id);
    clearTimeout(pending.timer);
    if (this.#pending.size === 0) this.#worker.unref();
    if (reply.kind === 'done') pending.resolve(reply.rows);
    else pending.reject(new ScratchError(reply.message, { code: reply.code }));
  }

  #end(failure: ScratchError): void {
    if (this.failure !== null) return;
    this.failure = failure;
    void this.#worker.terminate();
    for (const pending of this.#pending.values()) {
      clearTimeout(pending.timer);
      pending.reject(failure);
    }
    this.#pending.clear();
  }
}
