import type { World } from '../definition.js';
import { answersTo, differ, type How, type Trial } from './apart.js';
import type { WorldStore } from './evaluate.js';
import { columnKey } from './facts.js';
import { keysHold, worldKey, worldSize } from './keys.js';
import type { SearchModel } from './model.js';
import type { WorldQuery } from './query.js';

const ROUNDS_MAX = 14;
const CANDIDATES_MAX = 240;
/** Values of a column that a cell may be made to hold instead. */
const VALUES_TRIED = 7;

/**
 * Makes a world on which two queries differ as small as it gets: fewer rows, then cells that hold NULL, or a value that comes
 * earlier among those of its column. Rows that others refer to stay.
 *
 * @param until when to stop, on the clock of `performance.now()`
 */
export async function shrink(trial: Trial, how: How, pair: readonly [WorldQuery, WorldQuery], model: SearchModel, store: WorldStore, until: number): Promise<World> {
  const aggregates = pair.every((query) => query.aggregates);
  const tried = new Set<string>([worldKey(trial.world)]);
  let best = trial.world;
  for (let round = 0; round < ROUNDS_MAX && performance.now() < until; round += 1) {
    const price = cost(best, model);
    const candidates = [...fewerRows(best, model), ...simplerCells(best, model)]
      .filter((world) => keysHold(world, model) && cost(world, model) < price - 0.01)
      .filter((world) => {
        const key = worldKey(world);
        return !tried.has(key) && tried.add(key);
      })
      .slice(0, CANDIDATES_MAX);
    if (candidates.length === 0) break;
    const answers = await answersTo(candidates, trial.instants, pair, store);
    const kept = candidates.filter((_, place) => differ(answers[place], how, aggregates));
    if (kept.length === 0) break;
    best = kept.reduce((least, world) => (cost(world, model) < cost(least, model) ? world : least));
    const together = allTogether(best, kept, model);
    if (together !== null && !tried.has(worldKey(together))) {
      tried.add(worldKey(together));
      const [both] = await answersTo([together], trial.instants, pair, store);
      if (differ(both, how, aggregates)) best = together;
    }
  }
  return best;
}

/** The cells that single candidates made simpler, all in one world. */
function allTogether(best: World, kept: readonly World[], model: SearchModel): World | null {
  const alike = kept.filter((world) => Object.entries(best).every(([table, rows]) => (world[table] ?? []).length === rows.length));
  if (alike.length < 2) return null;
  const result: World = Object.fromEntries(Object.entries(best).map(([table, rows]) => [table, rows.map((row) => ({ ...row }))]));
  for (const [table, rows] of Object.entries(result)) {
    rows.forEach((row, index) => {
      for (const column of Object.keys(row)) {
        const choices = alike.map((world) => world[table]?.[index]?.[column] ?? null);
        for (const value of choices) if (cellCost(value, table, column, model) < cellCost(row[column] ?? null, table, column, model)) row[column] = value;
      }
    });
  }
  return keysHold(result, model) ? result : null;
}

function fewerRows(world: World, model: SearchModel): World[] {
  const candidates: World[] = [];
  for (const { key } of model.tables) {
    const rows = world[key] ?? [];
    if (rows.length > 1) candidates.push({ ...world, [key]: [] });
    if (rows.length > 4) candidates.push({ ...world, [key]: rows.slice(0, rows.length >> 1) }, { ...world, [key]: rows.slice(rows.length >> 1) });
    rows.forEach((_, index) => candidates.push({ ...world, [key]: rows.filter((__, other) => other !== index) }));
  }
  return candidates.map((candidate) => withoutOrphans(candidate, model)).toSorted((left, right) => worldSize(left) - worldSize(right));
}

/** Takes away rows that refer to rows that are gone. */
function withoutOrphans(world: World, { tables }: SearchModel): World {
  const result = { ...world };
  for (let removed = true; removed; ) {
    removed = false;
    for (const { key, foreignKeys } of tables) {
      for (const { columns, parent, referenced } of foreignKeys) {
        const rows = result[key] ?? [];
        const kept = rows.filter((row) => columns.some((column) => (row[column] ?? null) === null) || (result[parent] ?? []).some((other) => columns.every((column, index) => other[referenced[index] ?? ''] === row[column])));
        if (kept.length === rows.length) continue;
        result[key] = kept;
        removed = true;
      }
    }
  }
  return result;
}

function simplerCells(world: World, model: SearchModel): World[] {
  const candidates: World[] = [];
  for (const { key, columns } of model.tables) {
    (world[key] ?? []).forEach((row, index) => {
      for (const { name } of columns) {
        const pool = model.pools.get(columnKey(key, name));
        if (pool === undefined) continue;
        const present = row[name] ?? null;
        const values = pool.used ? [...(pool.nullable ? [null] : []), ...pool.values.slice(0, VALUES_TRIED)] : [pool.base];
        for (const value of values) {
          if (value === present || cellCost(value, key, name, model) >= cellCost(present, key, name, model)) continue;
          candidates.push({ ...world, [key]: (world[key] ?? []).map((other, place) => (place === index ? { ...other, [name]: value } : other)) });
        }
      }
    });
  }
  return candidates;
}

function cellCost(value: string | null, table: string, column: string, model: SearchModel): number {
  const pool = model.pools.get(columnKey(table, column));
  if (pool === undefined || value === pool.base) return 0;
  if (value === null) return pool.nullable ? -0.2 : 3;
  const place = pool.values.indexOf(value);
  return place < 0 ? 4 : Math.min(place, 12) * 0.3 + 0.1;
}

/** Rows weigh more than all their cells. */
function cost(world: World, model: SearchModel): number {
  let sum = worldSize(world) * 1_000;
  for (const { key, columns } of model.tables) for (const row of world[key] ?? []) for (const { name } of columns) sum += cellCost(row[name] ?? null, key, name, model);
  return sum;
}
