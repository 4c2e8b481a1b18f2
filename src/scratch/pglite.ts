import { ScratchError, type ScratchEngine, type ScratchRows, type ScratchSpace } from '../model/scratch-engine.js';
import { copyLines, copyStatement } from './copy-text.js';
import type { Call } from './pglite-protocol.js';
import { PgliteThread } from './pglite-thread.js';
import { quoteLiteral, withoutNul } from './quote.js';

const PGLITE = 'PGlite 0.5.16';
/** Until a caller says otherwise. */
const CALL_MILLISECONDS_MAX = 20_000;

/** PostgreSQL in WebAssembly, in a thread that is started with the first space. */
export class PgliteEngine implements ScratchEngine {
  readonly kind = 'pglite';
  #thread: Promise<PgliteThread> | null = null;
  #version: string | null = null;
  #open: PgliteSpace | null = null;

  get label(): string {
    return this.#version === null ? `PostgreSQL (${PGLITE})` : `PostgreSQL ${this.#version} (${PGLITE})`;
  }

  async open(): Promise<ScratchSpace> {
    if (this.#open?.ended === false) throw new ScratchError('another space is open');
    const thread = await this.#living();
    this.#version = thread.version;
    await thread.call({ kind: 'open' }, CALL_MILLISECONDS_MAX);
    const space: PgliteSpace = new PgliteSpace(thread, () => {
      if (this.#open === space) this.#open = null;
    });
    this.#open = space;
    return space;
  }

  async close(): Promise<void> {
    const thread = this.#thread;
    this.#thread = null;
    this.#open = null;
    // One that did not start has said so to the caller of open().
    await (await thread?.catch(() => null))?.stop();
  }

  async #living(): Promise<PgliteThread> {
    const before = await this.#thread?.catch(() => null);
    if (before != null && before.failure === null) return before;
    // What the old one holds is given back first: two of them would take twice the memory.
    await before?.stop();
    this.#thread = PgliteThread.start();
    return await this.#thread;
  }
}

class PgliteSpace implements ScratchSpace {
  readonly kind = 'pglite';
  #closed = false;
  #milliseconds = CALL_MILLISECONDS_MAX;

  constructor(readonly thread: PgliteThread, readonly onClose: () => void) {}

  get ended(): boolean {
    return this.#closed || this.thread.failure !== null;
  }

  async run(sql: string): Promise<void> {
    await this.#call({ kind: 'run', sql: withoutNul(sql) });
  }

  async rows(sql: string): Promise<ScratchRows> {
    return (await this.#call({ kind: 'rows', sql: withoutNul(sql) })) ?? { columns: [], rows: [] };
  }

  async insert(table: { schema: string; name: string }, columns: readonly { name: string; type: string }[], rows: readonly (readonly (string | null)[])[]): Promise<void> {
    if (rows.length === 0) return;
    await this.#call({ kind: 'copy', sql: copyStatement(table, columns), lines: copyLines(rows) });
  }

  async undone<T>(work: () => Promise<T>): Promise<T> {
    await this.#call({ kind: 'mark' });
    try {
      return await work();
    } finally {
      // A thread that has ended has undone everything, and the error of the work says why.
      if (this.thread.failure === null) await this.#call({ kind: 'undo' });
    }
  }

  async timeZone(zone: string): Promise<void> {
    await this.run(`set time zone ${quoteLiteral(zone)}`);
  }

  limit(milliseconds: number): void {
    this.#milliseconds = milliseconds;
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    // Whoever closes while a call is running does not want to wait for it.
    if (this.thread.isBusy) await this.thread.stop();
    // A thread that has ended holds nothing any more, and one that cannot roll back has ended by that: the next space gets another.
    if (this.thread.failure === null) await this.thread.call({ kind: 'close' }, CALL_MILLISECONDS_MAX).catch(() => null);
    this.onClose();
  }

  async #call(call: Call): Promise<ScratchRows | null> {
    if (this.#closed) throw new ScratchError('the space is closed');
    return await this.thread.call(call, this.#milliseconds);
  }
}
