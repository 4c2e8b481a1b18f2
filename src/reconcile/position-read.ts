import { z } from 'zod';
import type { LiveConfiguration } from '../model/configuration.js';
import type { EpochSeconds } from '../model/live.js';
import type { ColumnForm } from '../stores/expressions/expression.js';
import { expressionsOf } from '../stores/expressions/index.js';
import { describe } from '../stores/index.js';
import type { LiveSession } from '../stores/live.js';
import { plainText } from '../text/plain-text.js';
import { Allowance } from './allowance.js';
import type { PairPlan, PlannedSide } from './keys/types.js';
import { lsnStatement, resolutionOf, timeStatement, versionStatement, type TargetColumn } from './position-sql.js';
import { NO_WATERMARK, parseLsn, type Position, type Watermark } from './position.js';
import { sampleTransactions, SettledTime } from './position-settled.js';
import { PairProblem } from './problem.js';
import { isTooCostly, plannedCost } from './read-side.js';
import { describeSide, sqlFor } from './side.js';
import { splitRelation } from './relation-name.js';
import { readNewestRow, readProductWatermark } from './watermark.js';

const STATEMENT_MS = 5_000;
/** A scan of one column of a warehouse. */
const MAXIMUM_MS = 60_000;
/** Clocks that are kept by one protocol differ by less. */
const AHEAD_SECONDS_MAX = 1;

/**
 * Columns of loaders that hold the position of a change in the source's log: Airbyte's CDC, and Debezium flattened with
 * `add.fields=lsn` or `source.lsn`.
 */
const LSN_COLUMNS = ['_ab_cdc_lsn', '__source_lsn', '__lsn'];

export interface PositionContext {
  open(store: string): Promise<LiveSession>;
  settings: LiveConfiguration;
  signal: AbortSignal;
  now(): EpochSeconds;
}

const clockRow = z.object({ now: z.coerce.number() });
const numberRow = z.object({ newest: z.coerce.number().nullable() });
const textRow = z.object({ newest: z.string().nullable() });
const positionRow = z.object({ at: z.number(), lsn: z.string() });

/** What `watermark` gives: how far the target is, and what the next look has to know of the reading. */
export interface WatermarkLook {
  watermark: Watermark;
  /** By this machine's clock, where it was read in another store than the target: an older copy of the target does not hold it. */
  readElsewhere_at: EpochSeconds | null;
}

/** Reads where the source stands and how far the target is, for one pair. */
export class Positions {
  readonly #settled: SettledTime;
  /** The source's log over the run, by its clock. */
  readonly #log: { at: EpochSeconds; lsn: bigint }[] = [];
  #column: TargetColumn | null | undefined;
  /** The product's watermark was seen ahead of the source's clock. */
  #otherClock = false;
  /** What could not be read, in words; one line each. */
  readonly notes = new Set<string>();

  constructor(
    private readonly plan: PairPlan,
    /** The source is the store itself, not a replica. */
    private readonly sessions: { source: LiveSession; target: LiveSession },
    private readonly context: PositionContext,
  ) {
    this.#settled = new SettledTime(context.settings.transaction_seconds_max);
  }

  /**
   * How far the target is: by the pair's product where it names one, which also moves while nothing changes, else by its column,
   * by the column of a loader, or by the newest business time. Read it before the target.
   * @throws PairProblem where the pair names what tells it, and that cannot be read.
   */
  async watermark(): Promise<WatermarkLook> {
    const now = await this.#clock();
    await this.#sample();
    const named = await this.#product();
    if (named !== null) return { ...named, watermark: await this.#bySourceClock(named.watermark, now) };
    if (this.#column === undefined) this.#column = await this.#findColumn();
    if (this.#column !== null) return { watermark: await this.#maximum(this.#column, now), readElsewhere_at: null };
    return { watermark: await this.#newestRow(now), readElsewhere_at: null };
  }

  /** Where the source stands. Read it after the source. */
  async fence(): Promise<Position> {
    await this.#sample();
    const version = this.#column?.kind === 'version' ? await this.#sourceVersion() : null;
    if (this.#column?.kind !== 'lsn') return { at: await this.#clock(), lsn: null, version };
    const { source } = this.sessions;
    const [row] = source.engine === 'postgres' ? await source.query(positionRow, sqlFor(source, 'log_position'), { deadline_ms: STATEMENT_MS }) : [];
    const lsn = row === undefined ? null : parseLsn(row.lsn);
    if (row === undefined || lsn === null) return { at: await this.#clock(), lsn: null, version };
    this.#log.push({ at: row.at, lsn });
    return { at: row.at, lsn, version };
  }

  /** Rows that were changed before are in the target of this watermark; null where nobody knows. */
  settled_at({ kind, from, at }: Watermark): EpochSeconds | null {
    return kind === 'time' && at !== null && (from === 'product' || from === 'column') ? this.#settled.before(at) : null;
  }

  /** The target's column of positions in the source's log; null where it has none, or before the first watermark. */
  get logColumn(): { column: string; form: ColumnForm } | null {
    return this.#column?.kind === 'lsn' ? this.#column : null;
  }

  /** Every text that is run for watermark and fence, after a look at definitions. */
  async statements(): Promise<{ store: string; purpose: string; sql: string }[]> {
    const { source, target } = this.sessions;
    const { pair } = this.plan;
    const texts = [{ store: pair.source.store, purpose: 'the clock of the source', sql: `select ${expressionsOf(source.engine).now()} as now` }];
    if (this.plan.changed !== null && source.engine === 'postgres') texts.push({ store: pair.source.store, purpose: 'open transactions', sql: sqlFor(source, 'transactions') });
    const column = pair.product === null ? await this.#findColumn() : null;
    if (column === null) return texts;
    if (column.kind === 'lsn' && source.engine === 'postgres') texts.push({ store: pair.source.store, purpose: 'the end of the log', sql: sqlFor(source, 'log_position') });
    const sql = column.kind === 'lsn' ? lsnStatement(target, this.plan.target, column) : column.kind === 'version' ? versionStatement(target, this.plan.target, column.column) : timeStatement(target, this.plan.target, column, this.context.now());
    return [...texts, { store: pair.target.store, purpose: 'how far the target is', sql }];
  }

  async #clock(): Promise<EpochSeconds> {
    const { source } = this.sessions;
    const copied = source.asOf();
    if (copied !== null) return copied;
    const [row] = await source.query(clockRow, `select ${expressionsOf(source.engine).now()} as now`, { deadline_ms: STATEMENT_MS });
    if (row === undefined) throw new Error('the clock answered with no row');
    return row.now;
  }

  /** Not to see transactions costs confirming early, never the comparison. */
  async #sample(): Promise<void> {
    if (this.plan.changed === null) return;
    const sample = await sampleTransactions(this.sessions.source).catch((error: unknown) => {
      this.context.signal.throwIfAborted();
      if (error instanceof Error && error.name === 'StoreLost') throw error;
      return null;
    });
    if (sample === null) return;
    this.#settled.add(sample);
    if (sample.hidden > 0) this.notes.add(`transactions of other roles of ${plainText(this.plan.source.store, 60)} are hidden, so differences wait longer before they are confirmed: GRANT pg_read_all_stats mends it`);
  }

  async #product(): Promise<WatermarkLook | null> {
    const { pair } = this.plan;
    const product = this.context.settings.dataProducts.find(({ name }) => name === pair.product);
    // What dbt says of a product stands in its own files, not in the store.
    if (pair.product === null || (product?.watermark && 'dbt' in product.watermark)) return null;
    const store = product?.store ?? pair.target.store;
    const session = store === pair.target.store ? this.sessions.target : store === pair.source.store ? this.sessions.source : await this.context.open(store);
    const read_at = this.context.now();
    const { at } = await readProductWatermark(session, pair, this.context.settings, this.#allowance());
    const watermark: Watermark = { ...NO_WATERMARK, from: 'product', at };
    return { watermark, readElsewhere_at: store === pair.target.store ? null : read_at };
  }

  /**
   * A watermark of the future was set by another clock. By how much that is off is not known, and taken for the present it would
   * confirm what is on its way.
   */
  async #bySourceClock(watermark: Watermark, before: EpochSeconds): Promise<Watermark> {
    const { at } = watermark;
    if (this.#otherClock) return NO_WATERMARK;
    if (at === null || at <= before) return watermark;
    const now = await this.#clock();
    const ahead_seconds = at - now;
    // The copy of a file has the time at which it was made, and the target goes on.
    if (ahead_seconds <= AHEAD_SECONDS_MAX || this.sessions.source.asOf() !== null) return { ...watermark, at: Math.min(at, now) };
    this.#otherClock = true;
    const source = plainText(this.plan.source.store, 60);
    this.notes.add(`the watermark of ${plainText(this.plan.pair.product ?? '', 63)} is ${Math.round(ahead_seconds)} s ahead of the clock of ${source}, so another clock set it, and nothing is confirmed by it`);
    return NO_WATERMARK;
  }

  #allowance(): Allowance {
    return new Allowance(() => this.context.now(), this.context.signal, MAXIMUM_MS);
  }

  async #findColumn(): Promise<TargetColumn | null> {
    const { pair, target } = this.plan;
    const { target: session } = this.sessions;
    const source = pair.target.query === null ? splitRelation(pair.target.relation) : { query: pair.target.query };
    const columns = (await describe(session, source, { deadline_ms: STATEMENT_MS }))?.columns ?? [];
    const configured = pair.watermark;
    const isLog = this.sessions.source.engine === 'postgres';
    const name = configured?.target ?? (isLog ? LSN_COLUMNS.find((lsn) => columns.some((column) => column.name.toLowerCase() === lsn)) : undefined);
    if (name === undefined) return null;
    const column = columns.find((candidate) => candidate.name === name) ?? columns.find((candidate) => candidate.name.toLowerCase() === name.toLowerCase());
    if (column === undefined) throw new PairProblem(`${target.place} has no column ${plainText(name, 63)} for the watermark`, "Correct the pair's watermark in tidemark.yaml, letters by case.");
    const form = expressionsOf(session.engine).formOf(column.type);
    const kind = configured?.kind ?? 'lsn';
    if (form !== null && FORMS[kind].includes(form.kind)) return { kind, column: column.name, form };
    if (configured === null) return null;
    throw new PairProblem(`${target.place}: the watermark ${plainText(name, 63)} is of type ${plainText(column.type, 63)}, which is not ${WANTED[kind]}`, "Name another column for the pair's watermark in tidemark.yaml, or another kind.");
  }

  async #maximum(column: TargetColumn, now: EpochSeconds): Promise<Watermark> {
    const { target: session, source } = this.sessions;
    const { target } = this.plan;
    const none: Watermark = { ...NO_WATERMARK, kind: column.kind };
    if (column.kind === 'lsn') {
      const lsn = parseLsn((await newestText(session, lsnStatement(session, target, column))) ?? '');
      const at = lsn === null ? null : (this.#log.findLast((sample) => sample.lsn <= lsn)?.at ?? null);
      return lsn === null ? none : { ...none, from: 'column', at, lsn };
    }
    if (column.kind === 'version') {
      const newest = await newestText(session, versionStatement(session, target, column.column));
      const version = newest === null || newest === '' ? null : BigInt(newest);
      const ahead = version === null ? null : await this.#sourceVersion();
      return version === null ? none : { ...none, from: 'column', version, standsAtSource: ahead !== null && ahead <= version };
    }
    const at = await newestTime(session, target, column, now);
    if (at === null) return none;
    const changed = this.plan.changed;
    const ahead = changed === null ? null : await this.#sourceTime({ column: changed.source, form: changed.sourceForm }, now, source);
    return { ...none, from: 'column', at, standsAtSource: ahead !== null && ahead - at < resolutionOf(column.form) };
  }

  /** The largest value at the source, where an index gives it at once; null else. */
  async #sourceTime(column: { column: string; form: ColumnForm }, now: EpochSeconds, session: LiveSession): Promise<EpochSeconds | null> {
    const statement = timeStatement(session, this.plan.source, column, now);
    if (session.engine === 'postgres' && !(await isCheap(session, statement))) return null;
    return (await session.query(numberRow, statement, { deadline_ms: STATEMENT_MS }))[0]?.newest ?? null;
  }

  async #sourceVersion(): Promise<bigint | null> {
    const { source: session } = this.sessions;
    const column = this.plan.watermark?.source ?? null;
    if (column === null) return null;
    const statement = versionStatement(session, this.plan.source, column);
    if (session.engine === 'postgres' && (await isTooCostly(session, statement, STATEMENT_MS))) {
      this.notes.add(`the largest ${plainText(column, 63)} of ${this.plan.source.place} is not read, as there is no index on it: nothing is confirmed by version`);
      return null;
    }
    const newest = await newestText(session, statement);
    return newest === null || newest === '' ? null : BigInt(newest);
  }

  /** The largest business time, which is weaker than the time of a change. */
  async #newestRow(now: EpochSeconds): Promise<Watermark> {
    const { pair } = this.plan;
    const { target: session } = this.sessions;
    const { time_column, query } = pair.target;
    if (time_column === null || query !== null) return NO_WATERMARK;
    const found = await describeSide(session, { ...pair.target, time_column }, [], STATEMENT_MS)
      .then((shape) => readNewestRow(session, shape, 0, now, this.#allowance()))
      .catch(asProblem);
    if (found instanceof PairProblem) this.notes.add(found.message);
    return found instanceof PairProblem || found.at === null ? NO_WATERMARK : { ...NO_WATERMARK, from: 'newest-row', at: found.at };
  }
}

const FORMS: Record<TargetColumn['kind'], readonly ColumnForm['kind'][]> = { time: ['timestamp'], lsn: ['text', 'integer', 'decimal'], version: ['integer', 'decimal'] };
const WANTED: Record<TargetColumn['kind'], string> = { time: 'a timestamp', lsn: 'a text or an integer', version: 'an integer' };

function asProblem(error: unknown): PairProblem {
  if (error instanceof PairProblem) return error;
  throw error;
}

async function newestTime(session: LiveSession, side: PlannedSide, column: { column: string; form: ColumnForm }, now: EpochSeconds): Promise<EpochSeconds | null> {
  const [row] = await session.query(numberRow, timeStatement(session, side, column, now), { deadline_ms: MAXIMUM_MS });
  return row?.newest ?? null;
}

async function newestText(session: LiveSession, statement: string): Promise<string | null> {
  const [row] = await session.query(textRow, statement, { deadline_ms: MAXIMUM_MS });
  return row?.newest ?? null;
}

/** An index serves the statement: read backwards from its end, it is done after one row. */
async function isCheap(session: LiveSession, statement: string): Promise<boolean> {
  return (await plannedCost(session, statement, STATEMENT_MS)) < 1_000;
}
