import type { ScratchRows } from '../model/scratch-engine.js';

/** What a thread of PGlite is started with. */
export interface ThreadStart {
  /** The prepared data directory, a gzipped tar; null: it is made anew, which takes seconds. */
  data: Uint8Array | null;
}

export type Call =
  | { kind: 'open' }
  | { kind: 'run'; sql: string }
  | { kind: 'rows'; sql: string }
  | { kind: 'copy'; sql: string; lines: string }
  /** What is done between the two is undone. They may be nested. */
  | { kind: 'mark' }
  | { kind: 'undo' }
  | { kind: 'close' };

export interface Request {
  id: number;
  call: Call;
}

export type Reply =
  | { kind: 'started'; version: string }
  | { kind: 'failed'; reason: string }
  | { kind: 'done'; id: number; rows: ScratchRows | null }
  | { kind: 'refused'; id: number; message: string; code: string | null }
  /** The session is in no state that can be used on: the thread is to be replaced. */
  | { kind: 'broken'; id: number; message: string };
