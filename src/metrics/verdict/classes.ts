import type { RestsOn } from '../../model/metric-verdict.js';
import type { Parse } from '../../sql/parse/front-end.js';
import type { Definition, MetricSchema } from '../definition.js';
import { prove, type Proof } from '../prove/index.js';
import type { Deadline } from './deadline.js';

/** Of more definitions than this each is held against the first of every class only. */
const ALL_PAIRS_MAX = 40;

/** The share of the time that proofs may take; the rest is for showing differences. */
const PROOF_SHARE = 0.5;

/** What was proved of a group of definitions. */
export interface Proofs {
  /** By definition: the first one of its class. */
  classOf: number[];
  /** By pair, the smaller place first; null where the prover failed. Pairs that were not tried are missing. */
  byPair: ReadonlyMap<string, Proof | null>;
  /** Why not all pairs were tried; null where they were. */
  partial: string | null;
}

export function pairKey(a: number, b: number): string {
  return a < b ? `${a},${b}` : `${b},${a}`;
}

/** Proves pairs equal and puts those that are into classes. */
export async function proveAll(definitions: readonly Definition[], schema: MetricSchema, parse: Parse, deadline: Deadline): Promise<Proofs> {
  const classes = new Classes(definitions.length);
  const byPair = new Map<string, Proof | null>();
  const firsts = firstOfText(definitions);
  const distinct = definitions.flatMap((_, place) => (firsts[place] === place ? [place] : []));
  const few = distinct.length <= ALL_PAIRS_MAX;
  const reserve = definitions.length > 2 ? deadline.milliseconds * (1 - PROOF_SHARE) : 0;
  // One text is held against its first copy alone, which stands for it everywhere else.
  const copies = firsts.flatMap((first, place): [number, number][] => (first === place ? [] : [[first, place]]));
  const pairs = distinct.flatMap((b, at) => distinct.slice(0, at).map((a): [number, number] => [a, b]));
  let partial = few ? null : `there are more than ${ALL_PAIRS_MAX} definitions: each was compared with the first of each class only`;
  for (const [a, b] of [...copies, ...pairs]) {
    if (classes.first(a) === classes.first(b) || (!few && classes.first(a) !== a)) continue;
    if (deadline.left <= reserve) {
      partial = 'the time was up before all pairs were compared';
      break;
    }
    const proof = await proveOne(definitions, [a, b], schema, parse);
    byPair.set(pairKey(a, b), proof);
    if (proof?.equal === true) classes.unite(a, b);
  }
  return { classOf: definitions.map((_, place) => classes.first(place)), byPair, partial };
}

/** By definition: the first that has the same text in the same time zone. */
function firstOfText(definitions: readonly Definition[]): number[] {
  const known = new Map<string, number>();
  return definitions.map(({ text, dialect, timeZone }, place) => {
    const key = JSON.stringify([text, dialect, timeZone]);
    const first = known.get(key) ?? place;
    known.set(key, first);
    return first;
  });
}

async function proveOne(definitions: readonly Definition[], [a, b]: readonly [number, number], schema: MetricSchema, parse: Parse): Promise<Proof | null> {
  const [first, second] = [definitions[a], definitions[b]];
  if (!first || !second) return null;
  try {
    return await prove(first, second, schema, parse);
  } catch (error) {
    // A statement nested too deeply to be followed is still run.
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** Constraints on which the equality of two definitions of one class rests, along the proofs that joined them. */
export function restsOnBetween(a: number, b: number, byPair: Proofs['byPair']): RestsOn[] {
  const cameFrom = new Map<number, { from: number; proof: Proof } | null>([[a, null]]);
  const queue = [a];
  for (let at = queue.shift(); at !== undefined && !cameFrom.has(b); at = queue.shift()) {
    for (const [key, proof] of byPair) {
      if (proof?.equal !== true) continue;
      const [left = -1, right = -1] = key.split(',').map(Number);
      const next = left === at ? right : right === at ? left : -1;
      if (next < 0 || cameFrom.has(next)) continue;
      cameFrom.set(next, { from: at, proof });
      queue.push(next);
    }
  }
  const found = new Map<string, RestsOn>();
  for (let at = b, step = cameFrom.get(b); step; at = step.from, step = cameFrom.get(at)) for (const one of step.proof.restsOn) found.set(one.text, one);
  return [...found.values()].sort((left, right) => (left.text < right.text ? -1 : 1));
}

/** Union-find; the smallest place stands for its class. */
class Classes {
  readonly #parents: number[];

  constructor(size: number) {
    this.#parents = Array.from({ length: size }, (_, place) => place);
  }

  first(place: number): number {
    let at = place;
    for (let parent = this.#parents[at] ?? at; parent !== at; parent = this.#parents[at] ?? at) at = parent;
    return at;
  }

  unite(a: number, b: number): void {
    const [left, right] = [this.first(a), this.first(b)];
    this.#parents[Math.max(left, right)] = Math.min(left, right);
  }
}

/** The proof of a pair seen from the other side. */
export function turned(proof: Proof): Proof {
  const rows = proof.rows === 'stricter' ? 'looser' : proof.rows === 'looser' ? 'stricter' : proof.rows;
  const region = proof.region && { onlyA: proof.region.onlyB, onlyB: proof.region.onlyA };
  return { ...proof, rows, region };
}
