import { ScratchError, type ScratchSpace } from '../../model/scratch-engine.js';
import type { Definition, MetricSchema, World } from '../definition.js';
import { freezeClock } from '../search/clock.js';
import { splice } from '../search/splice.js';
import { insertOrder } from './insert-order.js';
import { qualified } from './names.js';
import { rebuilt, refreshViews, setSearchPath } from './rebuild.js';
import { insertStatement, rowGroups, type RowGroup } from './world-rows.js';

export { reproductionSql } from './reproduction.js';

/** What a definition answers on the rows of a world, values in the engine's own spelling; or the message of its error. */
export type ReplayedAnswer = { columns: { name: string; type: string }[]; rows: (string | null)[][] } | { error: string };

export interface Replayed {
  /** By definition. */
  answers: ReplayedAnswer[];
  /** Rows that only the schema after its late statements admits. */
  afterLate: World;
}

/**
 * Puts rows into the real tables, under all of their constraints, and runs the definitions as they are written. Where the
 * schema has late statements it is made anew: rows that those would refuse as new ones go in before them. The space is
 * afterwards as it was.
 *
 * @param instant that stands for the present, e.g. `2024-03-31 10:30:00+00`; null leaves the clock alone
 * @throws ScratchError when the rows are not admitted (its message names the constraint), or the space can no longer be used
 */
export async function replay(space: ScratchSpace, schema: MetricSchema, world: World, definitions: readonly Definition[], instant: string | null): Promise<Replayed> {
  return await space.undone(async () => {
    const groups = rowGroups(world, schema.catalog);
    let afterLate: RowGroup[] = [];
    // DuckDB has no constraint that new rows alone obey.
    if (schema.late === '' || space.kind === 'duckdb') {
      await withCircles(space, schema, world, () => insertAll(space, groups));
    } else {
      await rebuilt(space, schema);
      afterLate = await withCircles(space, schema, world, () => insertBefore(space, groups));
      await space.run(schema.late);
      await withCircles(space, schema, world, () => insertAll(space, afterLate));
    }
    await refreshViews(space, schema);
    await setSearchPath(space, schema);
    const answers: ReplayedAnswer[] = [];
    for (const definition of definitions) answers.push(await answerOf(space, definition, instant));
    return { answers, afterLate: worldOf(afterLate) };
  });
}

async function insertAll(space: ScratchSpace, groups: readonly RowGroup[]): Promise<void> {
  for (const group of groups) {
    if (group.columns.length === 0) await space.run(insertStatement(group));
    else await space.insert(group.relation, group.columns, group.rows);
  }
}

/** Inserts what can be inserted. Returns the rest: rows that a constraint refuses that will be dropped, or that need columns that will be added. */
async function insertBefore(space: ScratchSpace, groups: readonly RowGroup[]): Promise<RowGroup[]> {
  const rest: RowGroup[] = [];
  for (const group of groups) {
    if (await admitted(space, group)) continue;
    const refused = [];
    for (const row of group.rows) if (!(await admitted(space, { ...group, rows: [row] }))) refused.push(row);
    if (refused.length > 0) rest.push({ ...group, rows: refused });
  }
  return rest;
}

async function admitted(space: ScratchSpace, group: RowGroup): Promise<boolean> {
  try {
    await insertAll(space, [group]);
    return true;
  } catch (error) {
    if (!(error instanceof ScratchError) || error.timedOut) throw error;
    const earlier = error.code === UNDEFINED_COLUMN ? withoutColumn(group, NAMED_COLUMN.exec(error.message)?.[1]) : null;
    return earlier === null ? false : await admitted(space, earlier);
  }
}

const UNDEFINED_COLUMN = '42703';
const NAMED_COLUMN = /^column "(.+)" of relation/;

/** Rows as they stood before a column was added: without it, if it is NULL in all of them. */
function withoutColumn(group: RowGroup, name: string | undefined): RowGroup | null {
  const at = group.columns.findIndex((column) => column.name === name);
  if (at < 0 || group.rows.some((row) => row[at] !== null)) return null;
  return { ...group, columns: group.columns.toSpliced(at, 1), rows: group.rows.map((row) => row.toSpliced(at, 1)) };
}

/** Foreign keys in a circle are checked once all rows are there. */
async function withCircles<T>(space: ScratchSpace, schema: MetricSchema, world: World, insert: () => Promise<T>): Promise<T> {
  const { circular } = insertOrder(Object.keys(world), schema.catalog.constraints);
  if (circular.length === 0 || space.kind === 'duckdb') return await insert();
  const alter = (how: string): Promise<void> =>
    space.run(circular.map(({ schema: of, relation, name }) => `alter table ${qualified(of, relation)} alter constraint ${qualified(name)} ${how}`).join('; '));
  await alter('deferrable initially deferred');
  const result = await insert();
  await space.run('set constraints all immediate');
  await alter('not deferrable');
  return result;
}

async function answerOf(space: ScratchSpace, { text, statement, timeZone }: Definition, instant: string | null): Promise<ReplayedAnswer> {
  const edits = instant === null ? [] : freezeClock(text, statement, instant);
  const frozen = edits === null ? null : splice(text, edits);
  if (frozen === null) throw new ScratchError('a definition cannot be run as of another moment');
  await space.timeZone(timeZone ?? 'UTC');
  try {
    return await space.rows(frozen);
  } catch (error) {
    if (error instanceof ScratchError && !error.timedOut) return { error: error.message };
    throw error;
  }
}

function worldOf(groups: readonly RowGroup[]): World {
  const world: World = {};
  for (const { relation, columns, rows } of groups) {
    const name = `${relation.schema}.${relation.name}`;
    world[name] = [...(world[name] ?? []), ...rows.map((row) => Object.fromEntries(columns.map(({ name: column }, index) => [column, row[index] ?? null])))];
  }
  return world;
}
