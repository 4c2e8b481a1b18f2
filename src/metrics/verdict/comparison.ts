import type { MetricComparison, RestsOn, SearchBound } from '../../model/metric-verdict.js';
import { ScratchError } from '../../model/scratch-engine.js';
import type { Parse } from '../../sql/parse/front-end.js';
import type { Definition, MetricSchema } from '../definition.js';
import { usesClock } from '../search/clock.js';
import { search, type SearchResult } from '../search/index.js';
import type { Bench } from './bench.js';
import { sameButForEmpty } from './answer.js';
import { asIfEnforced, equalUnderAsserted } from './asserted.js';
import { pairKey, restsOnBetween, turned, type Proofs } from './classes.js';
import { conclude } from './conclude.js';
import { readable, withoutImplied } from './constraint-words.js';
import type { Deadline } from './deadline.js';
import { type Evidence, isStable, show, type Shown } from './evidence.js';
import type { Compared, CompareOptions } from './index.js';
import { isRowless, ROWS_MS, shapeDifferences, worldWithRows } from './shape.js';

const WORLDS_MAX = 6_000;

/** More classes are not searched for differences. */
const LEADERS_MAX = 40;

/** What a proof is searched against with. */
const CHECK_MS = 150;
const CHECK_WORLDS = 150;
const CHECKS_MAX = 20;

/** What is searched where only what was found already is to be shown. */
const SHORT_MS = 300;
const SHORT_WORLDS = 600;

/** Kept back from the search, for showing what it finds. */
const SHOW_SHARE = 0.25;
/** What showing has in any case: a difference that was found and is not shown helps nobody. */
const SHOW_MS_MIN = 300;

interface Parts {
  definitions: readonly Definition[];
  schema: MetricSchema;
  bench: Bench;
  parse: Parse;
  options: CompareOptions;
  deadline: Deadline;
  proofs: Proofs;
}

/** What becomes known of definitions, step by step. */
export class Comparison {
  readonly #parts: Parts;
  readonly #bounds = new Map<string, SearchBound>();
  readonly #shown = new Map<string, Shown>();
  readonly #underAsserted = new Map<string, RestsOn[]>();
  readonly #doubts: string[] = [];
  readonly #unsupported: (string | null)[];
  #partial: string | null;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#unsupported = parts.definitions.map(() => null);
    this.#partial = parts.proofs.partial;
  }

  /** Looks for databases on which the classes differ, and shows what was found. */
  async search(): Promise<void> {
    const leaders = this.#leaders();
    if (leaders.length < 2) return;
    await this.#showShapes(leaders);
    await this.#showHints(leaders);
    const open = leaders.flatMap((_, b) => leaders.slice(0, b).flatMap((__, a): [number, number][] => (this.#isShown(leaders[a] ?? 0, leaders[b] ?? 0) ? [] : [[a, b]])));
    if (open.length === 0) return;
    const { deadline, options, proofs } = this.#parts;
    if (options.search === false) {
      this.#doubts.push('Rows that part them were not searched for here: tidemark metrics does');
      return;
    }
    // Of two that were proved equal but where nothing matches, the empty database tells everything.
    const isEmptiness = leaders.length === 2 && proofs.byPair.get(pairKey(leaders[0] ?? 0, leaders[1] ?? 0))?.butForEmpty === true;
    const left = deadline.left * (1 - SHOW_SHARE);
    const [milliseconds, worlds] = isEmptiness ? [CHECK_MS, CHECK_WORLDS] : options.depth === 'replay' ? [SHORT_MS, SHORT_WORLDS] : [left, options.worlds ?? WORLDS_MAX];
    const found = isEmptiness && options.depth === 'replay' ? null : await this.#searched(leaders, open, Math.min(left, milliseconds), worlds);
    if (found !== null) await this.#showAll(leaders, found.differences);
    if (isEmptiness) await this.#showAll(leaders, [{ a: 0, b: 1, world: {}, how: 'cosmetic', instant: null }]);
  }

  #isShown(a: number, b: number): boolean {
    const shown = this.#shown.get(pairKey(a, b));
    return shown !== undefined && 'evidence' in shown;
  }

  /** The first of each class, those of the largest classes where there are too many. */
  #leaders(): number[] {
    const { classOf } = this.#parts.proofs;
    const sizes = new Map<number, number>();
    for (const first of classOf) sizes.set(first, (sizes.get(first) ?? 0) + 1);
    if (sizes.size <= LEADERS_MAX) return [...sizes.keys()];
    this.#partial ??= `there are more than ${LEADERS_MAX} classes: the others were not searched`;
    return [...sizes].sort(([, left], [, right]) => right - left).slice(0, LEADERS_MAX).map(([first]) => first).sort((left, right) => left - right);
  }

  /** Queries of different numbers of columns differ on every database. */
  async #showShapes(leaders: readonly number[]): Promise<void> {
    const { definitions, parse, deadline } = this.#parts;
    const differences = shapeDifferences(leaders.flatMap((place) => definitions[place] ?? []));
    if (differences.length === 0) return;
    await this.#showAll(leaders, differences);
    for (const { a, b } of differences) {
      const key = pairKey(leaders[a] ?? 0, leaders[b] ?? 0);
      const shown = this.#shown.get(key);
      if (shown === undefined || !('evidence' in shown) || !isRowless(shown.evidence) || this.#parts.options.search === false) continue;
      // Nothing against nothing shows little: rows on which the first answers something show more.
      const definition = definitions[leaders[a] ?? 0];
      const workspace = await this.#parts.bench.workspace();
      const world = definition === undefined || workspace === null || deadline.left < ROWS_MS ? null : await worldWithRows(definition, workspace.schema, workspace.space, parse);
      if (world === null) continue;
      this.#shown.delete(key);
      await this.#showAll(leaders, [{ a, b, world, how: 'real', instant: null }]);
      if (!this.#shown.has(key)) this.#shown.set(key, shown);
    }
  }

  /** Rows of the prover that tell two definitions apart need no search. */
  async #showHints(leaders: readonly number[]): Promise<void> {
    const { definitions, proofs, deadline, bench } = this.#parts;
    for (const [key, proof] of proofs.byPair) {
      const [a = 0, b = 0] = key.split(',').map(Number);
      const [first, second] = [definitions[a], definitions[b]];
      if (!first || !second || !leaders.includes(a) || !leaders.includes(b) || this.#shown.has(key)) continue;
      if (proof === null || proof.butForEmpty || usesClock(first) || usesClock(second)) continue;
      for (const world of proof.hints.slice(0, HINTS_SHOWN_MAX)) {
        const workspace = await bench.workspace();
        if (deadline.isOver || workspace === null) return;
        const shown = await show({ a: first, b: second }, { world, how: 'real', instant: null }, workspace, deadline);
        if (!('evidence' in shown) || sameButForEmpty(shown.evidence.a, shown.evidence.b)) continue;
        if (!(await isStable({ a: first, b: second }, shown.evidence, workspace, deadline))) continue;
        this.#shown.set(key, shown);
        break;
      }
    }
  }

  /** Searches for databases on which definitions differ that were proved equal. */
  async checkProofs(): Promise<void> {
    const { proofs, deadline } = this.#parts;
    const members = proofs.classOf.flatMap((first, place) => (first === place && !proofs.classOf.some((other, at) => other === first && at !== place) ? [] : [place]));
    if (members.length < 2) return;
    const pairs = members.flatMap((place, at): [number, number][] => {
      const first = proofs.classOf[place] ?? place;
      return first === place ? [] : [[members.indexOf(first), at]];
    });
    const found = await this.#searched(members, pairs, Math.min(deadline.left, CHECK_MS * Math.min(pairs.length, CHECKS_MAX)), CHECK_WORLDS);
    if (found !== null) await this.#showAll(members, found.differences);
  }

  /** Which classes would be one if asserted constraints held. */
  async suppose(): Promise<void> {
    const { proofs, schema, parse, definitions, deadline } = this.#parts;
    const supposed = asIfEnforced(schema);
    if (supposed === null) return;
    const leaders = [...new Set(proofs.classOf)];
    for (const [at, b] of leaders.entries()) {
      for (const a of leaders.slice(0, at)) {
        const [first, second] = [definitions[a], definitions[b]];
        if (!first || !second || deadline.isOver) continue;
        this.#underAsserted.set(pairKey(a, b), await equalUnderAsserted(first, second, schema, supposed, parse));
      }
    }
  }

  result(): Compared {
    const { proofs } = this.#parts;
    const numbers = [...new Set(proofs.classOf)];
    return {
      classes: proofs.classOf.map((first) => numbers.indexOf(first)),
      unsupported: this.#unsupported,
      partial: this.#partial,
      pair: (a, b) => this.#pair(a, b),
    };
  }

  /** Searches among some of the definitions; null where nothing could be searched. Places in the result are those in `places`. */
  async #searched(places: readonly number[], pairs: readonly [number, number][] | null, milliseconds: number, worlds: number): Promise<SearchResult | null> {
    const { bench, definitions, deadline, proofs, options } = this.#parts;
    const workspace = await bench.workspace();
    if (workspace === null || milliseconds < 1) {
      this.#doubts.push(workspace === null ? 'No engine was there to search with' : 'The time was up before a search');
      return null;
    }
    const chosen = places.flatMap((place) => definitions[place] ?? []);
    const hints = [...proofs.byPair.values()].flatMap((proof) => proof?.hints ?? []).slice(0, HINTS_MAX);
    const { space, schema } = workspace;
    try {
      deadline.bind(space);
      const found = await search(chosen, schema, space, { milliseconds, worlds, hints, ...(pairs && { pairs }), ...(options.seed !== undefined && { seed: options.seed }), ...(options.now !== undefined && { now: options.now }) });
      this.#note(places, found);
      return found;
    } catch (error) {
      if (!(error instanceof ScratchError)) throw error;
      this.#doubts.push(error.timedOut ? `The search was cut off after ${Math.round(deadline.milliseconds / 100) / 10} s` : `The search failed: ${error.message}`);
      return null;
    }
  }

  #note(places: readonly number[], found: SearchResult): void {
    const named = (text: string): string => text.replace(/\bdefinition (\d+)/g, (_, at: string) => nameAt(places[Number(at)] ?? 0, this.#parts.options.names));
    this.#doubts.push(...found.doubts.map(named));
    for (const [at, place] of places.entries()) {
      this.#unsupported[place] ??= found.unsupported[at] ?? null;
      for (const [other, second] of places.entries()) {
        if (other <= at) continue;
        this.#bounds.set(pairKey(place, second), { worlds: found.worlds, rows_per_table_max: found.rows_per_table_max, answers: [found.answers[at] ?? 0, found.answers[other] ?? 0] });
      }
    }
  }

  async #showAll(places: readonly number[], differences: SearchResult['differences']): Promise<void> {
    const { definitions, bench, deadline } = this.#parts;
    if (differences.length === 0) return;
    const workspace = await bench.workspace();
    deadline.grant(SHOW_MS_MIN);
    for (const found of differences) {
      const [first, second] = [places[found.a] ?? 0, places[found.b] ?? 0];
      const [a, b] = [definitions[Math.min(first, second)], definitions[Math.max(first, second)]];
      if (!a || !b || workspace === null || this.#isShown(first, second)) continue;
      if (deadline.isOver) {
        this.#partial ??= 'the time was up before all differences were shown on real tables';
        this.#shown.set(pairKey(first, second), { refused: 'a difference was found, and the time was up before it was shown on real tables' });
        continue;
      }
      this.#shown.set(pairKey(first, second), await show({ a, b }, found, workspace, deadline));
    }
  }

  #pair(a: number, b: number): MetricComparison {
    const { definitions, schema, bench, proofs, options } = this.#parts;
    const [first, second] = [definitions[a], definitions[b]];
    if (!first || !second) throw new RangeError(`there is no definition ${first ? b : a}`);
    const [classA, classB] = [proofs.classOf[a] ?? a, proofs.classOf[b] ?? b];
    const same = classA === classB;
    const key = same ? pairKey(a, b) : pairKey(classA, classB);
    const [left, right] = same ? [a, b] : [classA, classB];
    const proof = proofs.byPair.get(key) ?? null;
    const shown = this.#shown.get(key);
    const bound = this.#bounds.get(key) ?? null;
    return conclude({
      pair: { a: first, b: second },
      names: [nameAt(a, options.names), nameAt(b, options.names)],
      schema: bench.used?.schema ?? schema,
      engine: bench.used?.space.kind ?? 'pglite',
      proof: proof && left > right ? turned(proof) : proof,
      restsOn: same ? withoutImplied(restsOnBetween(a, b, proofs.byPair), schema.catalog).map((rest) => readable(rest, schema.catalog)) : null,
      evidence: shown && 'evidence' in shown ? oriented(shown.evidence, left > right) : null,
      underAsserted: (this.#underAsserted.get(key) ?? []).map((rest) => readable(rest, schema.catalog)),
      bound: bound && left > right ? { ...bound, answers: [bound.answers[1], bound.answers[0]] } : bound,
      isUnshown: shown !== undefined && 'refused' in shown,
      doubts: this.#doubtsOf(a, b, same, shown),
    });
  }

  /** What speaks against a verdict on a pair. */
  #doubtsOf(a: number, b: number, same: boolean, shown: Shown | undefined): string[] {
    const { options } = this.#parts;
    const broken = [a, b].flatMap((place) => {
      const message = this.#unsupported[place];
      return message == null ? [] : [`${nameAt(place, options.names)} cannot be run: ${message}`];
    });
    if (!same) return [...broken, ...(shown && 'refused' in shown ? [`${shown.refused.charAt(0).toUpperCase()}${shown.refused.slice(1)}`] : []), ...this.#doubts];
    const contradicted = shown !== undefined && 'evidence' in shown;
    return [...broken, ...(contradicted ? ['They were proved equal, and yet a database was found on which they differ: the proof is wrong, please report it'] : [])];
  }
}

/** So many rows of provers are searched first; of a pair so many are run at once. */
const HINTS_MAX = 400;
const HINTS_SHOWN_MAX = 3;

function nameAt(place: number, names: readonly string[] | undefined): string {
  return names?.[place] ?? (place < 26 ? String.fromCodePoint(65 + place) : `#${place + 1}`);
}

function oriented(evidence: Evidence, isTurned: boolean): Evidence {
  return isTurned ? { ...evidence, a: evidence.b, b: evidence.a } : evidence;
}
