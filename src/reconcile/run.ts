import type { ReconcilePair } from '../model/configuration.js';
import type { EpochSeconds } from '../model/live.js';
import type { PairReport, PeriodSummary, SideReport } from '../model/reconciliation.js';
import type { LiveSession } from '../stores/live.js';
import { StoreLost } from '../stores/store.js';
import type { ReconcileContext } from './context.js';
import { KeyedDigest } from './digest.js';
import { planFingerprint } from './judge/fingerprint.js';
import { differences, NO_ANSWERS, type Answers } from './judge/kinds.js';
import { recall, remember, type Entry } from './judge/ledger.js';
import { clock, type Judged } from './judge/notes.js';
import { countReport, keyReport, undeterminedReport, type Frame } from './judge/report.js';
import { keyDigest } from './judge/state.js';
import { comparePass } from './keys/pass.js';
import { planPair, statementsOf } from './keys/plan.js';
import type { PairPlan, PassResult, Which } from './keys/types.js';
import { unchangedSince, writeMark } from './keys/unchanged.js';
import { createPace, type Pace } from './pace/index.js';
import { NO_WATERMARK, type Watermark } from './position.js';
import { Positions } from './position-read.js';
import { PairProblem, placeOf, problemOf } from './problem.js';
import { Confirmation } from './run-confirm.js';
import { costOf, type Metered } from './run-cost.js';
import { KeptMemory } from './run-memory.js';
import { periodStatements, readPeriods } from './run-periods.js';
import { ask } from './run-questions.js';

/** Differing keys that are looked at one by one; of more, their number is told. */
const KEYS_MAX = 10_000;

/**
 * Compares one pair to the key and judges what differs: plan, watermark, counts by period, the pass over all keys, then single
 * keys until the watermark has passed what was seen or the time is over.
 *
 * What one pair cannot do is told in its report (`undetermined`, with a note that names the cause). @throws only the reason of
 * an abort.
 */
export async function reconcilePair(pair: ReconcilePair, context: ReconcileContext): Promise<PairReport> {
  const run = new PairRun(pair, context);
  try {
    return await run.report();
  } catch (error) {
    context.signal.throwIfAborted();
    return run.undetermined(error);
  }
}

/**
 * Every SQL text that comparing the pair would run, after a look at definitions.
 * @throws PairProblem where the pair cannot be compared.
 */
export async function explainPair(pair: ReconcilePair, context: ReconcileContext): Promise<{ store: string; purpose: string; sql: string }[]> {
  const run = new PairRun(pair, context);
  const { plan, positions, sessions } = await run.prepare();
  return [...(await positions.statements()), ...(await periodStatements(pair, sessions, context)), ...statementsOf(plan)];
}

interface Prepared {
  plan: PairPlan;
  sessions: Record<Which, LiveSession>;
  positions: Positions;
}

class PairRun {
  readonly #began_at: number;
  readonly #digest: KeyedDigest;
  readonly #sessions = new Map<string, Metered>();
  #plan: PairPlan | null = null;
  #watermark: Watermark = NO_WATERMARK;
  #periods: PeriodSummary[] = [];
  #rows: Record<Which, number | null> = { source: null, target: null };
  #readFrom: string | null = null;
  #resumed = false;
  readonly #notes: string[] = [];

  constructor(
    private readonly pair: ReconcilePair,
    private readonly context: ReconcileContext,
  ) {
    this.#began_at = context.now();
    this.#digest = new KeyedDigest(context.secret);
  }

  async report(): Promise<PairReport> {
    const { pair, context } = this;
    const { plan, sessions, positions } = await this.prepare();
    this.#progress('watermark');
    this.#watermark = (await this.#explained('target', () => positions.watermark())).watermark;
    const level = await readPeriods(pair, sessions, context, this.#digest);
    this.#periods = level.periods;
    if (level.note !== null) this.#notes.push(level.note);
    if (context.level === 'counts') return countReport(plan, { periods: level.periods, notes: [...this.#notes, ...positions.notes] }, this.#watermark, this.#frame());
    return this.#compareKeys({ plan, sessions, positions });
  }

  /** Opens both stores and looks at definitions. @throws PairProblem */
  async prepare(): Promise<Prepared> {
    this.#progress('plan');
    const sessions = {
      source: await this.#explained('source', () => this.#open(this.pair.source.store)),
      target: await this.#explained('target', () => this.#open(this.pair.target.store)),
    };
    const plan = await this.#explained('source', () => planPair(this.pair, sessions));
    this.#plan = plan;
    return { plan, sessions, positions: new Positions(plan, sessions, this.context) };
  }

  async #compareKeys(prepared: Prepared): Promise<PairReport> {
    const { pair, context } = this;
    const { sessions, positions } = prepared;
    const memory = await KeptMemory.load(pair, planFingerprint(prepared.plan), context);
    const marks = context.memory === null ? { source: null, target: null } : await this.#marks(sessions);
    const { clean_at, clean_marks, source_rows, target_rows } = memory.file;
    if (clean_at !== null && clean_marks !== null && unchangedSince(clean_marks, marks)) {
      this.#rows = { source: source_rows, target: target_rows };
      return this.#unread(prepared.plan, clean_at);
    }
    const { plan, pass } = await this.#passAsDefined(prepared, memory);
    this.#rows = pass.rows;
    this.#resumed = pass.resumed;
    const moved = memory.file.target_rows !== null && memory.file.target_rows !== pass.rows.target;
    const target_moved_at = moved ? pass.source_read_at : memory.file.target_moved_at;
    const remembered = recall(memory.file);
    const names = new Set(pass.differing.map(({ key }) => keyDigest(pair.name, key, this.#digest)));
    const paces = { source: this.#pace(sessions.source, pair.source.store), target: this.#targetPace(sessions.target) };
    const confirmation = new Confirmation(
      { plan, sessions, paces, positions, digest: this.#digest, context, target_moved_at },
      new Map([...remembered].filter(([id]) => names.has(id))),
      { watermark: this.#watermark, source_read_at: pass.source_read_at },
    );
    const failures = unreadable(pass);
    let answers: Answers = NO_ANSWERS;
    const reading = { pace: paces.source, ...(paces.target === null ? {} : { target_pace: paces.target }), signal: context.signal };
    try {
      await confirmation.run(pass.differing.map(({ key }) => key));
      answers = await ask(confirmation.open(), plan, { sessions, reading, logColumn: positions.logColumn });
    } catch (error) {
      context.signal.throwIfAborted();
      const { message } = this.#problem('source', error);
      failures.push(`the differing keys could not be looked at again: ${message}`);
    }
    this.#watermark = confirmation.watermark;
    const beyond = pass.more > 0 || pass.more_about > 0 ? [...remembered].filter(([id]) => !names.has(id)) : [];
    const known = new Map<string, Entry>([...beyond, ...confirmation.entries]);
    const clean = known.size === 0 && failures.length === 0;
    await memory.change({ entries: remember(known), target_rows: pass.rows.target, target_moved_at, source_rows: pass.rows.source, checkpoint: null, ...(clean ? { clean_at: pass.source_read_at, clean_marks: marks } : { clean_marks: null }) });
    const judged = {
      plan,
      watermark: this.#watermark,
      differences: differences(confirmation.open(), plan, this.#watermark, this.#provisional_seconds(), answers),
      more: { at_least: pass.more, about: pass.more_about },
      columns_everywhere: pass.columns_everywhere,
      source_read_at: confirmation.source_read_at,
    };
    const unseen = failures.length > 0 && confirmation.open().length === 0 ? [`the pass found ${pass.differing.length + pass.more} keys that differ; whether they are on their way is not known`] : [];
    const notes = [...unseen, ...this.#notes, ...positions.notes, ...(memory.note === null ? [] : [memory.note])];
    return keyReport({ judged, periods: this.#periods, buckets: pass.buckets, failures, notes }, this.#frame(), context.list_max);
  }

  /** What is the same as long as nobody writes; null where a store does not tell it. */
  async #marks(sessions: Prepared['sessions']): Promise<Record<Which, string | null>> {
    const mark = (which: Which): Promise<string | null> =>
      writeMark(this.pair[which], sessions[which]).catch((error: unknown) => {
        this.context.signal.throwIfAborted();
        if (error instanceof StoreLost) throw error;
        return null;
      });
    return { source: await mark('source'), target: await mark('target') };
  }

  /** Nothing was written since both sides were found equal. */
  #unread(plan: PairPlan, clean_at: EpochSeconds): PairReport {
    const judged: Judged = { plan, watermark: this.#watermark, differences: [], more: { at_least: 0, about: 0 }, columns_everywhere: [], source_read_at: clean_at };
    const notes = [`neither side was written to since ${clock(clean_at)}, when they were equal, so rows were not read again`, ...this.#notes];
    return keyReport({ judged, periods: this.#periods, buckets: null, failures: [], notes }, this.#frame(), this.context.list_max);
  }

  /** The pass over all keys; planned once more where a definition was changed in between. */
  async #passAsDefined(prepared: Prepared, memory: KeptMemory): Promise<{ plan: PairPlan; pass: PassResult }> {
    const { context, pair } = this;
    const scanned = await this.#scanned(prepared.sessions.source);
    const target_pace = this.#targetPace(prepared.sessions.target);
    const pass = (plan: PairPlan): Promise<PassResult> =>
      comparePass(plan, {
        sessions: { source: scanned.session, target: prepared.sessions.target },
        pace: this.#pace(scanned.session, scanned.store),
        ...(target_pace === null ? {} : { target_pace }),
        signal: context.signal,
        now: () => context.now(),
        checkpoint: memory.checkpoint(),
        keys_max: KEYS_MAX,
        progress: context.progress,
      });
    try {
      return { plan: prepared.plan, pass: await pass(prepared.plan) };
    } catch (error) {
      context.signal.throwIfAborted();
      const problem = this.#problem('source', error);
      if (error instanceof StoreLost) throw problem;
      const plan = await this.#explained('source', () => planPair(pair, prepared.sessions));
      if (planFingerprint(plan) === planFingerprint(prepared.plan)) throw problem;
      this.#plan = plan;
      this.#notes.push('a definition was changed while it was compared, so it was begun anew');
      return { plan, pass: await this.#explained('source', () => pass(plan)) };
    }
  }

  /** The session that all rows are read from: of a replica where there is one that can be opened. */
  async #scanned(primary: LiveSession): Promise<{ store: string; session: LiveSession }> {
    const own = { store: this.pair.source.store, session: primary };
    const replica = this.context.replicaOf(own.store);
    if (replica === null) return own;
    try {
      const session = await this.#open(replica);
      this.#readFrom = replica;
      return { store: replica, session };
    } catch (error) {
      this.context.signal.throwIfAborted();
      this.#notes.push(`${problemOf(replica, null, error).message}, so ${own.store} was read itself`);
      return own;
    }
  }

  async #open(store: string): Promise<LiveSession> {
    const session = await this.context.open(store);
    if (!this.#sessions.has(store)) this.#sessions.set(store, { session, before: session.cost() });
    return session;
  }

  /** One pace a session, for all pairs of a run: it knows when the store was read last and how it was. */
  #pace(session: LiveSession, store: string): Pace {
    const known = paces.get(session);
    if (known !== undefined) return known;
    const { chunk_ms, duty, signal, now, wait } = this.context;
    const pace = createPace(session, { target_ms: chunk_ms, duty: this.context.roleOf(store) === 'warehouse' ? 1 : duty, signal, now, wait });
    paces.set(session, pace);
    return pace;
  }

  #targetPace(session: LiveSession): Pace | null {
    const { store } = this.pair.target;
    return this.context.roleOf(store) === 'warehouse' ? null : this.#pace(session, store);
  }

  #provisional_seconds(): number | null {
    const product = this.context.settings.dataProducts.find(({ name }) => name === this.pair.product);
    return this.pair.provisional_seconds ?? product?.provisional_seconds ?? null;
  }

  async #explained<T>(which: Which, act: () => Promise<T>): Promise<T> {
    try {
      return await act();
    } catch (error) {
      this.context.signal.throwIfAborted();
      throw this.#problem(which, error);
    }
  }

  /** Names the side that something failed on. */
  #problem(which: Which, error: unknown): PairProblem {
    if (error instanceof StoreLost) return new PairProblem(error.message, 'Run it again: it goes on where it was.', { cause: error });
    const side = this.pair[which];
    const role = this.#sessions.get(side.store)?.session.identity().role ?? null;
    return problemOf(placeOf(side.store, side.relation), role, error);
  }

  #progress(step: 'plan' | 'watermark'): void {
    this.context.progress?.({ pair: this.pair.name, step, share: null, rows: 0, rows_expected: null, left_seconds: null, paused_because: null });
  }

  /** A pair that could not be compared, with what is known of it. */
  undetermined(error: unknown): PairReport {
    const problem = this.#problem('source', error);
    return undeterminedReport(this.pair, this.#plan, { problem, notes: this.#notes, periods: this.#periods, watermark: this.#watermark }, this.#frame());
  }

  #frame(): Frame {
    const took_ms = Math.max(0, Math.round((this.context.now() - this.#began_at) * 1000));
    return { source: this.#side('source'), target: this.#side('target'), began_at: this.#began_at, took_ms, resumed: this.#resumed };
  }

  #side(which: Which): SideReport {
    const { store, relation } = this.pair[which];
    const read_from = which === 'source' ? this.#readFrom : null;
    const cost = costOf([store, ...(read_from === null ? [] : [read_from])].flatMap((name) => this.#sessions.get(name) ?? []));
    return { store, engine: this.context.engineOf(store), role: this.context.roleOf(store), relation, read_from, rows: this.#rows[which], cost, scanned_bytes: null };
  }
}

const paces = new WeakMap<LiveSession, Pace>();

function unreadable({ unreadable: keys }: PassResult): string[] {
  if (keys === 0) return [];
  return [keys === 1 ? 'one key that differs is no UTF-8, so what it is could not be looked at' : `${keys} keys that differ are no UTF-8, so what they are could not be looked at`];
}
