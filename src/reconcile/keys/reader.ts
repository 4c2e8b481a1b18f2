import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { EpochSeconds } from '../../model/live.js';
import { DeadlineExceeded, ScanRefused, type LiveSession } from '../../stores/live.js';
import type { Pace } from '../pace/pace.js';
import { ChunkSize } from '../pace/size.js';
import { PairProblem, problemOf } from '../problem.js';
import { SideSql } from './statements.js';
import type { PairPlan, PlannedSide, Which } from './types.js';
import { floorDivide, NO_KEY, type GroupSum } from './units.js';

/** One statement over a whole relation of a warehouse; of PostgreSQL it is one that the planner found short. */
const WHOLE_MS = { postgres: 30_000, warehouse: 600_000 };
/** Of a store that need not be spared: large enough that the round trips are nothing beside the work. */
const FREE_TARGET_MS = 500;
const FREE_DEADLINE_MS = 60_000;
/** Pages of the first chunk: some hundred rows to some thousand. */
const PAGES_FIRST = 16;
/** Keys of the first range, and what the ends of all are multiples of. */
const WIDTH_FIRST = 1_024n;
/** Pages that may have come since the plan was made, where a scan cannot be open-ended. */
const PAGES_SLACK = 64;
/** A lock of somebody else's, or a standby that ended a statement of ours to go on replaying: both pass. */
const PASSING = new Set(['40001', '40P01', '55P03']);
const PASSING_MAX = 30;
const PASSING_MS = 1_000;
const PAUSED_MS = 1_000;
/** Groups or keys that one statement names. */
export const NAMED_MAX = 256;

/** Where reading goes on: the next page, the next key, or the only piece; null where all is read. */
export type Position = { page: number } | { key: string | null } | 'whole' | null;

const digits = z.coerce.string();
export const groupRow = z.object({ bucket: digits.nullable(), row_count: digits, row_digest: digits });
const nextRow = z.object({ low: digits.nullable() });
const clockRow = z.object({ now: z.coerce.number() });

export interface ReaderContext {
  session: LiveSession;
  /** Without it, statements follow each other at once. */
  pace: Pace | undefined;
  signal: AbortSignal;
  /** After each chunk; `share` of the rows of one pass over the side. */
  onChunk?: ((share: number | null) => void) | undefined;
  /** Every second in which a chunk is kept waiting by the load of its store. */
  onPause?: (() => void) | undefined;
}

/** Statements over one side of a plan, each as long as the store may be asked for. */
export class SideReader {
  readonly sql: SideSql;
  readonly side: PlannedSide;
  /** Statements over rows so far. */
  chunks = 0;
  readonly #pace: Pace;
  #passing = 0;

  constructor(
    readonly plan: PairPlan,
    which: Which,
    private readonly context: ReaderContext,
  ) {
    this.sql = new SideSql(plan, which);
    this.side = plan[which];
    this.#pace = context.pace ?? new FreePace(context.session);
  }

  start(): Position {
    const { scan } = this.side;
    return scan.by === 'pages' ? { page: 0 } : scan.by === 'keys' ? { key: null } : 'whole';
  }

  /** True where groups of keys are found by an index, or by what a warehouse does. */
  get finds(): boolean {
    return this.side.scan.by === 'whole' || (this.plan.order === 'range' && this.side.indexed);
  }

  /**
   * Reads everything in pieces from a position on.
   * @param take gets what each piece answered, and where the next begins.
   * @throws PairProblem, StoreLost, an abort's reason, what `take` throws.
   */
  async each<T>(row: z.ZodType<T>, from: Position, text: (conditions: string[]) => string, take: (rows: T[], next: Position) => Promise<void> | void): Promise<void> {
    const size = new ChunkSize(this.#pace.target_ms, this.side.scan.by === 'keys' ? Number(WIDTH_FIRST) : PAGES_FIRST);
    for (let at = from; at !== null; ) {
      const piece = await this.#piece(at, size.size);
      if (piece === null) return;
      const rows = await this.#run(row, text(piece.conditions), size);
      if (rows === null) continue;
      at = piece.next;
      await take(rows, at);
      this.context.onChunk?.(this.#share(at));
    }
  }

  /** Rows of groups or keys that are named in statements, at most so many at once. */
  async named<T, N>(row: z.ZodType<T>, names: readonly N[], text: (names: readonly N[]) => string, first = NAMED_MAX, most = NAMED_MAX): Promise<T[]> {
    const found: T[] = [];
    const size = new ChunkSize(this.#pace.target_ms, this.side.scan.by === 'whole' ? most : first, 1, most);
    for (let at = 0; at < names.length; ) {
      const part = names.slice(at, at + size.size);
      const rows = await this.#run(row, text(part), size);
      if (rows === null) continue;
      for (const each of rows) found.push(each);
      at += part.length;
      this.context.onChunk?.(null);
    }
    return found;
  }

  /** One statement that reads no rows, or few. */
  async small<T>(row: z.ZodType<T>, sql: string): Promise<T[]> {
    try {
      return await this.context.session.query(row, sql, { deadline_ms: this.side.engine === 'postgres' ? 5_000 : WHOLE_MS.warehouse });
    } catch (error) {
      throw this.#problem(error);
    }
  }

  async clock(): Promise<EpochSeconds> {
    const asOf = this.context.session.asOf();
    if (asOf !== null) return asOf;
    const [row] = await this.small(clockRow, this.sql.clock());
    if (row === undefined) throw new Error('a clock answered with no row');
    return row.now;
  }

  async #piece(at: Exclude<Position, null>, size: number): Promise<{ conditions: string[]; next: Position } | null> {
    if (at === 'whole') return { conditions: [], next: null };
    if ('page' in at) {
      const { scan } = this.side;
      const pages = scan.by === 'pages' ? scan.pages : 0;
      const to = at.page + size;
      if (to < pages) return { conditions: [this.sql.pages(at.page, to)], next: { page: to } };
      const open = scan.by === 'pages' && !scan.array;
      return { conditions: [this.sql.pages(at.page, open ? null : Math.max(pages, at.page + 1) + PAGES_SLACK)], next: null };
    }
    // From the next key that there is, so that gaps cost one look each.
    const [row] = await this.small(nextRow, this.sql.nextKey(at.key === null ? null : BigInt(at.key)));
    if (row === undefined || row.low === null) return null;
    const from = BigInt(row.low);
    // Up to a round number: where reading goes on is kept in a file, which holds no key of a row.
    const to = (floorDivide(from + BigInt(size), WIDTH_FIRST) + 1n) * WIDTH_FIRST - 1n;
    return { conditions: [this.sql.keyRange(from, to)], next: { key: (to + 1n).toString() } };
  }

  /** Null where it took too long and is to be tried with a smaller piece. */
  async #run<T>(row: z.ZodType<T>, sql: string, size: ChunkSize): Promise<T[] | null> {
    this.context.signal.throwIfAborted();
    const paused = setInterval(() => {
      if (this.#pace.paused_because !== null) this.context.onPause?.();
    }, PAUSED_MS).unref();
    try {
      const { value, took_ms } = await this.#pace.chunk((deadline_ms) => this.context.session.query(row, sql, { deadline_ms: this.#deadline(deadline_ms) * size.deadlineFactor }));
      size.took(took_ms);
      this.chunks++;
      return value;
    } catch (error) {
      if (error instanceof DeadlineExceeded && size.wasTooLong()) return null;
      if (this.#passes(error)) {
        await sleep(PASSING_MS, undefined, { signal: this.context.signal });
        return null;
      }
      throw this.#problem(error);
    } finally {
      clearInterval(paused);
    }
  }

  #passes(error: unknown): boolean {
    const code = typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string' ? error.code : '';
    return this.side.engine === 'postgres' && PASSING.has(code) && ++this.#passing <= PASSING_MAX;
  }

  #deadline(deadline_ms: number): number {
    if (this.side.engine !== 'postgres') return WHOLE_MS.warehouse;
    return this.side.scan.by === 'whole' ? Math.max(deadline_ms, WHOLE_MS.postgres) : deadline_ms;
  }

  #share(next: Position): number | null {
    const { scan } = this.side;
    if (next === null) return 1;
    return scan.by === 'pages' && next !== 'whole' && 'page' in next ? Math.min(1, next.page / Math.max(1, scan.pages)) : null;
  }

  #problem(error: unknown): Error {
    this.context.signal.throwIfAborted();
    const { place } = this.side;
    if (error instanceof ScanRefused) {
      return new PairProblem(`${place} is not read: ${error.message.slice(error.message.indexOf(': ') + 2)}`, 'Raise scan_max of the store in tidemark.yaml, or compare fewer columns.', { cause: error });
    }
    return problemOf(place, this.context.session.identity().role, error);
  }
}

/** The sums of a row of `groups`. */
export function groupOf({ bucket, row_count, row_digest }: z.infer<typeof groupRow>): [string, GroupSum] {
  return [bucket ?? NO_KEY, { rows: Number(row_count), digest: BigInt(row_digest) }];
}

/** A store that is there for such statements. */
class FreePace implements Pace {
  readonly target_ms = FREE_TARGET_MS;
  readonly paused_because = null;

  constructor(private readonly session: LiveSession) {}

  async chunk<T>(run: (deadline_ms: number) => Promise<T>): Promise<{ value: T; took_ms: number }> {
    const before = this.session.cost().elapsed_ms;
    const value = await run(FREE_DEADLINE_MS);
    return { value, took_ms: this.session.cost().elapsed_ms - before };
  }
}
