import { ScratchError } from '../../model/scratch-engine.js';
import type { World } from '../definition.js';
import { admitRows } from './admit.js';
import { difference, firstSteady, type How, type Trial } from './apart.js';
import { isError, type Answer, type WorldStore } from './evaluate.js';
import type { WorldSource } from './generate.js';
import type { SearchOptions, SearchResult } from './index.js';
import { hasCircle, inOrder, keysHold, worldSize } from './keys.js';
import type { SearchModel } from './model.js';
import type { WorldQuery } from './query.js';
import { SmallWorlds } from './small-worlds.js';

/** Most differences show in the first few worlds. */
const BATCHES = [60, 240, 600] as const;
/** Worlds on which two definitions differ that are tried in other orders of rows, in one batch. */
const STEADY_TRIES = 4;
/** Batches in which the differences of a pair depended on the order of rows, until it is given up. */
const UNSTEADY_MAX = 5;

/** What making worlds smaller may take once the time is over. */
const SHRINKING_MILLISECONDS = 150;
/** A last batch of a few worlds costs as much as one of many. */
const ENOUGH = 0.85;

interface Pair {
  one: WorldQuery;
  other: WorldQuery;
  found: Found | null;
  unsteady: number;
  /** Batches since something was found. */
  rounds: number;
}

interface Found {
  trial: Trial;
  how: How;
}

/** Batches of worlds until every pair is told apart or the bounds are reached. */
export class Rounds {
  private readonly pairs: Pair[];
  private readonly answers: Map<number, Set<string>>;
  private readonly failed = new Map<number, string>();

  constructor(
    private readonly queries: readonly WorldQuery[],
    private readonly model: SearchModel,
    private readonly source: WorldSource,
    private readonly store: WorldStore,
    private readonly options: SearchOptions,
    private readonly until: number,
    private readonly result: SearchResult,
    private readonly instants: readonly string[],
  ) {
    this.pairs = pairsOf(queries, options.pairs);
    this.answers = new Map(queries.map(({ index }) => [index, new Set()]));
  }

  async run(): Promise<void> {
    if (this.queries.length > 1 && this.pairs.length === 0) return;
    const { hints = [] } = this.options;
    const own = hints.filter((hint) => keysHold(hint, this.model)).map((hint) => this.source.fresh(hint)).filter((hint) => hint !== null);
    await this.tryHints(own);
    if (this.isDone()) return await this.finish();
    await admitRows(this.source.rows, this.store);
    this.source.prepare(this.options.worlds);
    const empty = this.source.fresh({});
    for (let round = 0; !this.isDone() && this.result.worlds < this.options.worlds * ENOUGH && (round === 0 || performance.now() < this.until); round += 1) {
      const size = Math.min(BATCHES[round] ?? 1_200, this.options.worlds - this.result.worlds);
      const worlds = this.source.next(size - (round === 0 ? 1 : 0), round === 0 ? 0.75 : 0.45);
      if (round === 0 && empty !== null) worlds.unshift(empty);
      if (worlds.length === 0) break;
      const before = this.result.worlds;
      await this.batch(worlds);
      // Nearly everything that can be made was made.
      if (this.result.worlds - before < size / 8) break;
    }
    await this.finish();
  }

  /** Values of a hint may be such as its columns cannot read: that costs the hint. */
  private async tryHints(hints: readonly World[]): Promise<void> {
    if (hints.length === 0) return;
    try {
      await this.batch(hints);
    } catch (error) {
      if (!(error instanceof ScratchError) || error.timedOut) throw error;
      if (hints.length > 1) for (const hint of hints) await this.tryHints([hint]);
    }
  }

  private isDone(): boolean {
    return this.pairs.length > 0 && this.pairs.every((pair) => this.isSettled(pair));
  }

  private async batch(given: readonly World[]): Promise<void> {
    // A query that follows references round a circle never ends.
    const worlds = this.queries.some(({ follows }) => follows) ? given.filter((world) => !hasCircle(world, this.model)) : given;
    const first = await this.store.load(worlds);
    const refused = await this.store.refused(first, worlds.length);
    const instants = this.queries.some(({ usesClock }) => usesClock) ? [...this.instants.keys()] : [0];
    const until = this.result.worlds === 0 ? Number.POSITIVE_INFINITY : this.until;
    const answers: (Answer | null)[][][] = [];
    for (const instant of instants) answers.push(await this.store.evaluate(this.queries, first, worlds.length, instant, until));
    worlds.forEach((world, place) => {
      if (refused.has(place)) return;
      this.count(world);
      let isNew = false;
      this.queries.forEach((query, index) => {
        for (const instant of instants) isNew = this.note(query, answers[instant]?.[index]?.[place] ?? null) || isNew;
      });
      if (isNew) this.source.remember(world);
    });
    for (const pair of this.pairs) {
      if (this.isSettled(pair)) continue;
      const [one, other] = [this.queries.indexOf(pair.one), this.queries.indexOf(pair.other)];
      const clock = pair.one.usesClock || pair.other.usesClock ? instants : [0];
      const trials = worlds.flatMap((world, place) => (refused.has(place) ? [] : trialsOf(world, clock.map((instant) => difference(answers[instant]?.[one]?.[place] ?? null, answers[instant]?.[other]?.[place] ?? null, pair.one.aggregates && pair.other.aggregates)))));
      await this.settle(pair, trials);
      if (pair.found !== null) pair.rounds += 1;
    }
  }

  /** Takes the smallest of the surest differences that does not hang on the order of rows. */
  private async settle(pair: Pair, trials: readonly Found[]): Promise<void> {
    for (const rank of [...new Set(trials.map(rankOf))].toSorted((left, right) => left - right)) {
      if (pair.found !== null && rankOf(pair.found) <= rank) return;
      const own = trials.filter((trial) => rankOf(trial) === rank).toSorted((left, right) => worldSize(left.trial.world) - worldSize(right.trial.world)).slice(0, STEADY_TRIES);
      const trial = await firstSteady(own.map((found) => found.trial), [pair.one, pair.other], this.store);
      const found = own.find((candidate) => candidate.trial === trial);
      if (found !== undefined) {
        pair.found = found;
        return;
      }
      pair.unsteady += 1;
    }
  }

  /** A difference that shows only at some other time is looked for a little longer. */
  private isSettled({ found, unsteady, rounds }: Pair): boolean {
    return unsteady > UNSTEADY_MAX || (found?.how === 'real' && (found.trial.instants.length > 1 || found.trial.instants[0] === 0 || rounds > 1));
  }

  private count(world: World): void {
    this.result.worlds += 1;
    for (const rows of Object.values(world)) this.result.rows_per_table_max = Math.max(this.result.rows_per_table_max, rows.length);
  }

  private note({ index }: WorldQuery, answer: Answer | null): boolean {
    if (answer === null) return false;
    if (isError(answer)) {
      this.failed.set(index, answer.error);
      return false;
    }
    const known = this.answers.get(index) ?? new Set();
    const isNew = !known.has(answer.strict);
    known.add(answer.strict);
    return isNew;
  }

  /** Shrinks what was found, smallest first, and says what was left in doubt. */
  private async finish(): Promise<void> {
    for (const [index, known] of this.answers) this.result.answers[index] = known.size;
    const smalls = new SmallWorlds(this.queries, this.model, this.store, Math.max(this.until, performance.now()) + SHRINKING_MILLISECONDS);
    for (const { one, other, found, unsteady } of this.pairs) {
      if (unsteady > 0 && found === null) this.result.doubts.push('the answers differ only where the order of rows decides');
      if (found === null) continue;
      const { world, instants } = await smalls.of(found, one, other);
      const present = one.usesClock || other.usesClock ? (this.instants[instants[0] ?? 0] ?? null) : null;
      this.result.differences.push({ a: one.index, b: other.index, world: inOrder(world, this.model), how: found.how, instant: present });
    }
    for (const message of new Set(this.failed.values())) this.result.doubts.push(`one of the definitions fails on some rows: ${message}`);
    if (this.store.hasUnsound) this.result.doubts.push('a CHECK could not be evaluated on the invented rows');
    if (this.result.worlds === 0) this.result.doubts.push('no rows were found that the constraints admit');
    this.result.doubts = [...new Set(this.result.doubts)];
  }
}

const HOWS: readonly How[] = ['real', 'cosmetic', 'error'];

/** What is surer, and what shows whenever somebody looks, comes first. */
function rankOf({ how, trial: { instants } }: Found): number {
  return HOWS.indexOf(how) * 3 + (instants.length > 1 ? 0 : instants[0] === 0 ? 1 : 2);
}

/** What a world shows of two queries: one trial for each way in which they differ, at the first two instants together where both show it. */
function trialsOf(world: World, byInstant: readonly (How | null)[]): Found[] {
  return HOWS.flatMap((how): Found[] => {
    const instants = [...byInstant.keys()].filter((instant) => byInstant[instant] === how);
    const [first, second] = instants;
    if (first === undefined) return [];
    return [{ trial: { world, instants: first === 0 && second === 1 ? [0, 1] : [first] }, how }];
  });
}

/** The pairs that are asked for, of queries that can be evaluated and show as many columns. */
function pairsOf(queries: readonly WorldQuery[], wanted: SearchOptions['pairs']): Pair[] {
  const pairs: Pair[] = [];
  for (const one of queries) {
    for (const other of queries) {
      const isWanted = wanted === undefined ? one.index < other.index : wanted.some(([a, b]) => a === one.index && b === other.index);
      if (isWanted && one.columns === other.columns) pairs.push({ one, other, found: null, unsteady: 0, rounds: 0 });
    }
  }
  return pairs;
}
