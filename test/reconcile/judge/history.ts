import type { TransactionSample } from '../../../src/reconcile/position-settled.js';
import { NO_WATERMARK, type Watermark } from '../../../src/reconcile/position.js';
import { state } from './made-up.js';
import type { SideState } from '../../../src/reconcile/judge/state.js';

/** A transaction of the source on one row; `begins_at` is what the row keeps as its time of change. */
export interface Transaction {
  row: number;
  begins_at: number;
  commits_at: number;
  /** Null deletes the row. */
  value: number | null;
  /** The target never gets it. */
  isLost: boolean;
}

/** How a pair tells what changed: by a time on each row, or not at all. */
export type Marks = 'time' | 'none';
export type Tells = 'product' | 'column';

/** A source with its history, and a target that applies it in the order of commits, behind by some seconds. */
export class History {
  readonly #transactions: Transaction[];

  constructor(
    transactions: readonly Transaction[],
    private readonly marks: Marks,
    private readonly tells: Tells,
    /** What of the source the target has applied at a moment: everything that was committed up to the answer. */
    private readonly appliedAt: (now: number) => number,
  ) {
    this.#transactions = [...transactions].sort((a, b) => a.commits_at - b.commits_at);
  }

  source(row: number, now: number): SideState | null {
    return this.#state(row, now, false);
  }

  target(row: number, now: number): SideState | null {
    return this.#state(row, this.appliedAt(now), true);
  }

  watermark(now: number): Watermark {
    const applied = this.appliedAt(now);
    if (this.tells === 'product') return { ...NO_WATERMARK, from: 'product', at: applied };
    const rows = new Set(this.#transactions.map(({ row }) => row));
    const times = [...rows].flatMap((row) => this.#last(row, applied, true) ?? []).filter(({ value }) => value !== null);
    const at = times.length === 0 ? null : Math.max(...times.map(({ begins_at }) => begins_at));
    return { ...NO_WATERMARK, from: at === null ? 'none' : 'column', at };
  }

  open(now: number): TransactionSample {
    const begun = this.#transactions.filter(({ begins_at, commits_at }) => begins_at <= now && commits_at > now).map(({ begins_at }) => begins_at);
    return { at: now, oldest: begun.length === 0 ? null : Math.min(...begun), prepared: null, hidden: 0 };
  }

  #state(row: number, until: number, isTarget: boolean): SideState | null {
    const last = this.#last(row, until, isTarget);
    if (last === undefined || last.value === null) return null;
    return state(`${last.value} paid`, this.marks === 'time' ? { changed_at: last.begins_at, marked: true } : { marked: false });
  }

  #last(row: number, until: number, isTarget: boolean): Transaction | undefined {
    return this.#transactions.findLast((transaction) => transaction.row === row && transaction.commits_at <= until && !(isTarget && transaction.isLost));
  }
}
