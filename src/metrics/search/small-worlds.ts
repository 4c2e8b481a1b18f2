import { differ, reordered, sameAnswer, type How, type Trial } from './apart.js';
import type { Answer, WorldStore } from './evaluate.js';
import { worldSize } from './keys.js';
import type { SearchModel } from './model.js';
import type { WorldQuery } from './query.js';
import { shrink } from './shrink.js';

interface SmallWorld extends Trial {
  /** By query, then instant; null where it hangs on the order of rows. */
  answers: ReadonlyMap<WorldQuery, (Answer | null)[]>;
}

/** The smallest worlds that were found so far. One often tells several pairs apart, which saves making others small. */
export class SmallWorlds {
  private readonly known: SmallWorld[] = [];

  constructor(
    private readonly queries: readonly WorldQuery[],
    private readonly model: SearchModel,
    private readonly store: WorldStore,
    /** When to stop making worlds smaller, on the clock of `performance.now()`. */
    private readonly until: number,
  ) {}

  /** A world no larger than the one that was found, on which the two differ in the same way whatever the order of rows. */
  async of(found: { trial: Trial; how: How }, one: WorldQuery, other: WorldQuery): Promise<Trial> {
    const { trial, how } = found;
    const size = worldSize(trial.world);
    const tells = (small: SmallWorld): boolean => {
      const [ones, others] = [small.answers.get(one) ?? [], small.answers.get(other) ?? []];
      return small.instants.join() === trial.instants.join() && differ(ones.map((answer, at) => [answer, others[at] ?? null]), how, one.aggregates && other.aggregates);
    };
    const known = this.known.find((small) => worldSize(small.world) <= size && tells(small));
    if (known !== undefined) return known;
    if (performance.now() >= this.until) return trial;
    const world = await shrink(trial, how, [one, other], this.model, this.store, this.until);
    const small = await this.look({ world, instants: trial.instants });
    this.known.push(small);
    this.known.sort((left, right) => worldSize(left.world) - worldSize(right.world));
    return tells(small) ? small : trial;
  }

  private async look(trial: Trial): Promise<SmallWorld> {
    const worlds = [trial.world, ...reordered(trial.world)];
    const first = await this.store.load(worlds);
    const steady = new Map(this.queries.map((query): [WorldQuery, (Answer | null)[]] => [query, []]));
    for (const instant of trial.instants) {
      const answers = await this.store.evaluate(this.queries, first, worlds.length, instant);
      for (const [place, query] of this.queries.entries()) {
        const [original = null, ...others] = answers[place] ?? [];
        steady.get(query)?.push(others.every((answer) => sameAnswer(answer, original)) ? original : null);
      }
    }
    return { ...trial, answers: steady };
  }
}

