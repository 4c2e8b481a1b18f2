import { Worker } from 'node:worker_threads';
import type { ParseOutcome } from '../../model/syntax-tree.js';
import { type Answer, JOB, type Job, PHASE, Phase, PROGRESS_BYTES, type WorkerStart } from './worker-protocol.js';

export interface Pending {
  job: Job;
  settle: (outcome: ParseOutcome) => void;
}

export interface WorkerEnds {
  answered: (worker: PoolWorker) => void;
  /**
   * The thread has ended, or must be ended.
   *
   * @param guilty the text that it was reading; null where it was reading none
   * @param others what it was given and has not answered
   */
  ended: (worker: PoolWorker, reason: string, guilty: Pending | null, others: Pending[]) => void;
}

/** Parsers descend as deep as a text nests. */
const STACK_MEGABYTES = 16;
const HEAP_MEGABYTES_MAX = 512;
/** Loading the larger parser compiles 23 MB; a busy machine takes seconds for it. */
const LOAD_MILLISECONDS_MAX = 60_000;
/** Wall time, of which a busy machine gives little: a thousand times what a text takes. The pace of the parsers allows a hundred times more. */
const READ_MILLISECONDS_MAX = 3_000;
const CHARACTERS_PER_MILLISECOND_MIN = 100;

/** A text of a megabyte leaves 500 MB behind in the module, and takes longer to read than a worker to start. */
const HEAVY_CHARACTERS = 200_000;

/** One thread of parsers, with what it was given and has not answered. */
export class PoolWorker {
  answered = 0;
  #given = 0;
  #heavy = false;
  readonly #worker: Worker;
  readonly #progress: Int32Array;
  readonly #ends: WorkerEnds;
  readonly #open = new Map<number, Pending>();
  #over = false;
  #failure: string | null = null;
  #watched = { job: 0, phase: 0, waited_ms: 0 };

  constructor(file: URL, ends: WorkerEnds) {
    const progress = new SharedArrayBuffer(PROGRESS_BYTES);
    const workerData: WorkerStart = { progress };
    this.#progress = new Int32Array(progress);
    this.#ends = ends;
    this.#worker = new Worker(file, {
      workerData,
      // A parser needs nothing of the environment. Its output is not caught: the stream would keep the process alive.
      env: {}, argv: [], execArgv: ['--no-warnings'],
      resourceLimits: { stackSizeMb: STACK_MEGABYTES, maxOldGenerationSizeMb: HEAP_MEGABYTES_MAX },
    });
    this.#worker.unref();
    this.#worker.on('message', (answer: Answer) => this.#answer(answer));
    this.#worker.on('error', (error: unknown) => {
      this.#failure ??= error instanceof Error ? error.message : String(error);
    });
    this.#worker.on('exit', (code) => this.#end(this.#failure ?? `its thread ended with code ${code}`));
  }

  get open(): number {
    return this.#open.size;
  }

  /** Whether it should be replaced: the memory of a WebAssembly module never shrinks. */
  isWorn(texts_max: number): boolean {
    return this.#heavy || this.#given >= texts_max;
  }

  give(pending: Pending): void {
    // An idle thread lets the process end; one that is waited for does not.
    if (this.#open.size === 0) this.#worker.ref();
    this.#open.set(pending.job.id, pending);
    this.#given++;
    this.#heavy ||= pending.job.text.length > HEAVY_CHARACTERS;
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
    this.#worker.postMessage(pending.job);
  }

  /** Ends the thread if it has been busy with one text for too long. To be called in a steady rhythm. */
  tick(elapsed_ms: number): void {
    if (this.#over || this.#open.size === 0) return;
    const job = Atomics.load(this.#progress, JOB);
    const phase = Atomics.load(this.#progress, PHASE);
    const same = job === this.#watched.job && phase === this.#watched.phase;
    this.#watched = { job, phase, waited_ms: same ? this.#watched.waited_ms + elapsed_ms : 0 };
    const reading = phase === Phase.Reading ? this.#open.get(job) : undefined;
    const limit_ms = reading ? READ_MILLISECONDS_MAX + reading.job.text.length / CHARACTERS_PER_MILLISECOND_MIN : LOAD_MILLISECONDS_MAX;
    if (this.#watched.waited_ms >= limit_ms) this.#end(`no answer within ${(limit_ms / 1000).toFixed(1)} seconds`);
  }

  /** Ends the thread, and gives back what it has not answered. */
  async stop(): Promise<Pending[]> {
    this.#over = true;
    const open = [...this.#open.values()];
    this.#open.clear();
    await this.#worker.terminate();
    return open;
  }

  /** What it was reading or loading for. An idle thread has answered its last text, even if the answer is still on its way. */
  #current(): Pending | null {
    if (Atomics.load(this.#progress, PHASE) === Phase.Idle) return null;
    return this.#open.get(Atomics.load(this.#progress, JOB)) ?? null;
  }

  #answer(answer: Answer): void {
    const pending = this.#open.get(answer.id);
    if (this.#over || pending === undefined) return;
    if ('gaveUp' in answer) return this.#end(answer.gaveUp, pending);
    this.#open.delete(answer.id);
    if (this.#open.size === 0) this.#worker.unref();
    this.answered++;
    const outcome: ParseOutcome = JSON.parse(answer.outcome);
    pending.settle(outcome);
    this.#ends.answered(this);
  }

  #end(reason: string, gaveUp?: Pending): void {
    if (this.#over) return;
    this.#over = true;
    const guilty = gaveUp ?? this.#current();
    const others = [...this.#open.values()].filter((pending) => pending !== guilty);
    this.#open.clear();
    void this.#worker.terminate();
    this.#ends.ended(this, reason, guilty, others);
  }
}
