import { createHash } from 'node:crypto';
import type { FrontEndId, ParseOutcome } from '../../model/syntax-tree.js';
import type { DialectId } from '../dialect.js';
import { failure, oneLine, withoutValues } from './outcome.js';
import { type Pending, PoolWorker } from './pool-worker.js';
import { WORKER_FILE } from './worker-file.js';

export interface PoolOptions {
  /** The program of the workers. */
  workerFile?: URL;
  /** After so many texts a worker is replaced. Default 100,000. */
  textsPerWorker?: number;
}

const WORKERS_MAX = 2;
/** Texts that lie in a worker's own queue, so that it never waits for the main thread. */
const WINDOW = 16;
/** A second worker costs as much to start as these texts cost to read. */
const ANSWERED_BEFORE_SECOND = 200;
const TICK_MILLISECONDS = 100;
/** A stream without end may hold any number of texts that end a worker. */
const QUARANTINE_MAX = 10_000;

/**
 * Reads texts with front ends that may hang, trap or run out of memory: in threads that are ended and replaced when they do.
 * A text that has ended a thread is answered with a diagnostic, then and whenever it comes again; all others are read.
 * Workers start with the first text, and keep no process alive that waits for nothing.
 */
export class ParserPool {
  readonly #file: URL;
  readonly #textsPerWorker: number;
  readonly #workers = new Set<PoolWorker>();
  readonly #waiting: Pending[] = [];
  /** What became of texts that have ended a worker, by the hash of front end and text. */
  readonly #quarantine = new Map<string, ParseOutcome>();
  #timer: NodeJS.Timeout | null = null;
  #nextId = 1;
  #closed = false;

  constructor({ workerFile = WORKER_FILE, textsPerWorker = 100_000 }: PoolOptions = {}) {
    this.#file = workerFile;
    this.#textsPerWorker = textsPerWorker;
  }

  /**
   * Reads one text with one front end. Never rejects: what stops the reading is a diagnostic.
   *
   * @param text as `scrub` leaves it
   */
  read(frontEnd: FrontEndId, dialect: DialectId, text: string): Promise<ParseOutcome> {
    if (this.#closed) return Promise.resolve(failure('the parsers were stopped before the text was read', 0));
    const known = this.#quarantine.size === 0 ? undefined : this.#quarantine.get(keyOf(frontEnd, text));
    if (known !== undefined) return Promise.resolve(known);
    return new Promise((settle) => {
      this.#waiting.push({ job: { id: this.#nextId++, frontEnd, dialect, text }, settle });
      this.#feed();
    });
  }

  /** Ends all workers. What was not read is answered with a diagnostic. */
  async close(): Promise<void> {
    this.#closed = true;
    const workers = [...this.#workers];
    this.#workers.clear();
    const open = (await Promise.all(workers.map((worker) => worker.stop()))).flat();
    for (const { settle } of [...open, ...this.#waiting.splice(0)]) settle(failure('the parsers were stopped before the text was read', 0));
    this.#watch();
  }

  #feed(): void {
    while (this.#waiting.length > 0) {
      const worker = this.#free();
      const pending = worker ? this.#waiting.shift() : undefined;
      if (!worker || !pending) break;
      worker.give(pending);
    }
    this.#watch();
  }

  /** The worker that has least to do and takes more, or a new one. */
  #free(): PoolWorker | null {
    const [least] = [...this.#workers].filter((worker) => !worker.isWorn(this.#textsPerWorker)).sort((a, b) => a.open - b.open);
    const wanted = this.#workers.size === 0 || (least === undefined ? this.#workers.size < WORKERS_MAX : least.open >= WINDOW && this.#isWorthSecond());
    if (wanted) return this.#start();
    return least !== undefined && least.open < WINDOW ? least : null;
  }

  #isWorthSecond(): boolean {
    return this.#workers.size < WORKERS_MAX && [...this.#workers].every(({ answered }) => answered >= ANSWERED_BEFORE_SECOND);
  }

  #start(): PoolWorker {
    const worker = new PoolWorker(this.#file, {
      answered: (from) => this.#answered(from),
      ended: (from, reason, guilty, others) => this.#ended(from, reason, guilty, others),
    });
    this.#workers.add(worker);
    return worker;
  }

  #answered(worker: PoolWorker): void {
    if (worker.open === 0 && worker.isWorn(this.#textsPerWorker)) {
      this.#workers.delete(worker);
      void worker.stop();
    }
    this.#feed();
  }

  #ended(worker: PoolWorker, reason: string, guilty: Pending | null, others: Pending[]): void {
    this.#workers.delete(worker);
    if (guilty) {
      const { frontEnd, text } = guilty.job;
      const outcome = failure(`${frontEnd} gave up: ${withoutValues(reason)}`, 0);
      this.#remember(keyOf(frontEnd, text), outcome);
      guilty.settle(outcome);
    } else if (worker.answered === 0) {
      // It has not even begun, and the next one would not either.
      for (const { settle } of others.splice(0)) settle(failure(`the thread of the parsers could not be started: ${oneLine(reason)}`, 0));
    }
    this.#waiting.unshift(...others);
    this.#feed();
  }

  #remember(key: string, outcome: ParseOutcome): void {
    const [oldest] = this.#quarantine.keys();
    if (this.#quarantine.size >= QUARANTINE_MAX && oldest !== undefined) this.#quarantine.delete(oldest);
    this.#quarantine.set(key, outcome);
  }

  /** Looks after busy workers in a steady rhythm of its own: a machine that slept has not used up a text's time. */
  #watch(): void {
    const busy = [...this.#workers].some(({ open }) => open > 0);
    if (busy && this.#timer === null) {
      this.#timer = setInterval(() => {
        for (const worker of this.#workers) worker.tick(TICK_MILLISECONDS);
      }, TICK_MILLISECONDS);
    } else if (!busy && this.#timer !== null) {
      clearInterval(this.#timer);
      this.#timer = null;
    }
  }
}

function keyOf(frontEnd: FrontEndId, text: string): string {
  return `${frontEnd} ${createHash('sha256').update(text).digest('base64')}`;
}
