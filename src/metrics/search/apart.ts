import type { World } from '../definition.js';
import { isError, type Answer, type WorldStore } from './evaluate.js';
import type { WorldQuery } from './query.js';

export type How = 'real' | 'cosmetic' | 'error';

/** How two answers to one world differ; null where they do not, or where that says nothing. */
export function difference(one: Answer | null, other: Answer | null, aggregates: boolean): How | null {
  if (one === null || other === null) return null;
  if (isError(one) || isError(other)) return isError(one) && isError(other) ? null : 'error';
  if (one.strict === other.strict) return null;
  return aggregates && one.lenient === other.lenient ? 'cosmetic' : 'real';
}

/** A world with the instants at which it is looked at. */
export interface Trial {
  world: World;
  /** By place; the first is the one to be shown. */
  instants: readonly number[];
}

/** What two queries answer in one world, by instant. */
export type Answers = [Answer | null, Answer | null][];

/** The answers of two queries to worlds; null for worlds that constraints refuse. */
export async function answersTo(worlds: readonly World[], instants: readonly number[], pair: readonly [WorldQuery, WorldQuery], store: WorldStore): Promise<(Answers | null)[]> {
  const first = await store.load(worlds);
  const refused = await store.refused(first, worlds.length);
  const answers = worlds.map((): Answers => []);
  for (const instant of instants) {
    const [ones = [], others = []] = await store.evaluate(pair, first, worlds.length, instant);
    answers.forEach((own, place) => own.push([ones[place] ?? null, others[place] ?? null]));
  }
  return answers.map((own, place) => (refused.has(place) ? null : own));
}

/** Whether two queries differ in one way at all instants. */
export function differ(answers: Answers | null | undefined, how: How, aggregates: boolean): boolean {
  return answers !== null && answers !== undefined && answers.length > 0 && answers.every(([one, other]) => difference(one, other, aggregates) === how);
}

/** Orders of the rows of each table; empty where no table has two rows, since nothing then has an order. */
export function reordered(world: World): World[] {
  if (Object.values(world).every((rows) => rows.length < 2)) return [];
  const orders: ((rows: World[string]) => World[string])[] = [
    (rows) => rows.toReversed(),
    (rows) => [...rows.slice(1), ...rows.slice(0, 1)],
    (rows) => [...rows.filter((_, index) => index % 2 === 1), ...rows.filter((_, index) => index % 2 === 0).toReversed()],
  ];
  return orders.map((order) => Object.fromEntries(Object.entries(world).map(([table, rows]) => [table, order(rows)])));
}

export function sameAnswer(one: Answer | null, other: Answer | null): boolean {
  if (one === null || other === null || isError(one) || isError(other)) return (one === null) === (other === null) && (one === null || other === null || isError(one) === isError(other));
  return one.strict === other.strict;
}

/** Of some trials on which two queries differ, the first that does so whatever the order of rows. */
export async function firstSteady(trials: readonly Trial[], pair: readonly [WorldQuery, WorldQuery], store: WorldStore): Promise<Trial | null> {
  for (const trial of trials) {
    const orders = reordered(trial.world);
    if (orders.length === 0) return trial;
    const [original, ...others] = await answersTo([trial.world, ...orders], trial.instants, pair, store);
    if (!original) continue;
    const isSteady = original.every(([one, other], at) => others.every((answers) => sameAnswer(answers?.[at]?.[0] ?? null, one) && sameAnswer(answers?.[at]?.[1] ?? null, other)));
    if (isSteady) return trial;
  }
  return null;
}
