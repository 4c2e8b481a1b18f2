import type { Definition, MetricSchema, World } from '../../../src/metrics/definition.js';
import { schemaFromDdl } from '../../../src/metrics/schema/read.js';
import { INSTANTS, freezeClock } from '../../../src/metrics/search/clock.js';
import { search, type SearchOptions, type SearchResult } from '../../../src/metrics/search/index.js';
import { rowText } from '../../../src/metrics/search/row-text.js';
import { splice } from '../../../src/metrics/search/splice.js';
import { scratchEngine } from '../../../src/scratch/index.js';
import type { ScratchEngine, ScratchSpace } from '../../../src/model/scratch-engine.js';
import { parsePostgres } from '../../../src/sql/parse/postgres.js';

let engine: ScratchEngine | null = null;

/** One engine for a file of tests, since each takes seconds to start. */
export async function inSpace<T>(work: (space: ScratchSpace) => Promise<T>): Promise<T> {
  engine ??= scratchEngine('pglite');
  const space = await engine.open();
  try {
    return await work(space);
  } finally {
    await space.close();
  }
}

export async function closeEngine(): Promise<void> {
  await engine?.close();
  engine = null;
}

export async function definition(text: string, timeZone: string | null = null): Promise<Definition> {
  const { statements, diagnostics } = await parsePostgres(text);
  const [first] = statements;
  if (first === undefined) throw new Error(`${text}: ${JSON.stringify(diagnostics)}`);
  return { text, statement: first.statement, dialect: 'postgres', timeZone };
}

export async function schemaOf(space: ScratchSpace, ddl: string, late?: string): Promise<MetricSchema> {
  const schema = await schemaFromDdl(space, ddl, late);
  if (schema.failures.length > 0) throw new Error(JSON.stringify(schema.failures));
  return schema;
}

/** The rows that a text gives on the real tables, each as one text, sorted. */
export async function plainAnswer(space: ScratchSpace, { text, statement, timeZone }: Definition, instant: string | null = null): Promise<string[]> {
  const frozen = instant === null ? text : splice(text, freezeClock(text, statement, instant) ?? []);
  await space.timeZone(timeZone ?? 'UTC');
  const { columns } = await space.rows(`select * from (${frozen}\n) as q limit 0`);
  const names = columns.map((_, index) => `c${index}`);
  const { strict } = rowText(columns.map(({ type }, index) => ({ name: names[index] ?? '', type })), space.kind);
  const { rows } = await space.rows(`select ${strict} from (${frozen}\n) as q(${names.join(', ')}) order by 1`);
  await space.timeZone('UTC');
  return rows.map(([row]) => row ?? '');
}

/** Puts the rows of a world into the real tables, with their constraints, parents first as the world has them. */
export async function fill(space: ScratchSpace, schema: MetricSchema, world: World): Promise<void> {
  const keys = schema.catalog.relations.map((relation) => `${relation.schema}.${relation.name}`);
  const waiting = keys.filter((key) => (world[key] ?? []).length > 0);
  for (let attempts = waiting.length * waiting.length; waiting.length > 0; attempts -= 1) {
    const key = waiting.shift() ?? '';
    const inserts = (world[key] ?? []).map((row) => {
      const columns = Object.entries(row).filter(([, value]) => value !== null);
      const values = columns.map(([, value]) => `'${(value ?? '').replaceAll("'", "''")}'`);
      return columns.length === 0 ? `insert into ${key} default values` : `insert into ${key} (${columns.map(([name]) => `"${name}"`).join(', ')}) overriding system value values (${values.join(', ')})`;
    });
    try {
      await space.run(inserts.join('; '));
    } catch (error) {
      if (attempts <= 0) throw error;
      waiting.push(key);
    }
  }
}

export interface Compared {
  result: SearchResult;
  /** The surest difference with what the two texts answer on real tables that hold its rows. */
  found: { how: string; world: World; a: string[]; b: string[] } | null;
}

export interface CompareOptions extends Partial<SearchOptions> {
  late?: string;
  zones?: [string | null, string | null];
}

/** Searches for a difference of two texts and replays it on the real tables. */
export async function compare(ddl: string, one: string, other: string, { late, zones = [null, null], ...options }: CompareOptions = {}): Promise<Compared> {
  return await inSpace(async (space) => {
    const schema = await schemaOf(space, ddl, late);
    const definitions = [await definition(one, zones[0]), await definition(other, zones[1])];
    const result = await search(definitions, schema, space, { milliseconds: 20_000, worlds: 1_500, ...options });
    const [difference] = result.differences;
    if (difference === undefined) return { result, found: null };
    const { world, how, instant } = difference;
    if (late === undefined) await fill(space, schema, world);
    else await inLateOrder(space, schema, ddl, late, world);
    const answers: string[][] = [];
    for (const each of definitions) answers.push(await plainAnswer(space, each, instant).catch((error: unknown) => [`error: ${String(error)}`]));
    const [a = [], b = []] = answers;
    return { result, found: { how, world, a, b } };
  });
}

/** NOT VALID constraints bind new rows only: the rows come before them. */
async function inLateOrder(space: ScratchSpace, schema: MetricSchema, ddl: string, late: string, world: World): Promise<void> {
  const tables = schema.catalog.relations.map((relation) => `${relation.schema}.${relation.name}`);
  await space.run(`drop table ${tables.join(', ')} cascade`);
  await space.run(ddl);
  await fill(space, schema, world);
  await space.run(late);
}

export { INSTANTS };
