import { ScratchError, type ScratchSpace } from '../../model/scratch-engine.js';
import type { ParseOutcome } from '../../model/syntax-tree.js';
import type { Definition, MetricSchema, World } from '../definition.js';
import { instantsOf } from './clock.js';
import { addConstants } from './constants.js';
import { Endless, WorldStore } from './evaluate.js';
import { WorldSource } from './generate.js';
import { dropMisfits } from './misfits.js';
import { buildModel, collectFacts } from './model.js';
import { worldQuery, type WorldQuery } from './query.js';
import { Random } from './random.js';
import { Relations } from './references.js';
import { Rounds } from './rounds.js';
import { readTables } from './tables.js';
import { parserFor } from './parser.js';

export interface SearchOptions {
  milliseconds: number;
  /** How many databases are tried at most. */
  worlds: number;
  /** Databases that should tell definitions apart, to be tried first. */
  hints?: readonly World[];
  /** Which definitions to tell apart, by their places; all when absent. */
  pairs?: readonly [number, number][];
  /** The same seed gives the same databases. */
  seed?: number;
  /**
   * The present that whoever runs the rows afterwards will see, with its offset: `2026-11-22 14:30:00+00`. Differences that show
   * then, and a day later, are looked for before those of other times.
   */
  now?: string;
  /** What one call of the engine may take at most before the space is given up; the time of the search and some more when absent. */
  limit_milliseconds?: number;
}

export interface SearchDifference {
  a: number;
  b: number;
  /** The smallest rows that were found. */
  world: World;
  how: 'real' | 'cosmetic' | 'error';
  /** What both see as the present, where one of them asks. */
  instant: string | null;
}

export interface SearchResult {
  /** By definition: the engine's message where it cannot be evaluated at all (bind error, volatile function). */
  unsupported: (string | null)[];
  worlds: number;
  rows_per_table_max: number;
  /** By definition: distinct answers reached. */
  answers: number[];
  /** Pairs told apart by a deterministic, shrunk world. Not yet replayed on real tables. */
  differences: SearchDifference[];
  /** Answers that depend on row order or failed, in words. */
  doubts: string[];
}

const SEED = 7;
/** A call that takes longer than the whole search may, and this, is cut off. */
const GRACE_MILLISECONDS = 1_500;

/**
 * Looks for small databases on which definitions differ, by evaluating all of them over many invented databases in one
 * statement. The tables of the schema stay as they are; what the search makes is in a schema of its own.
 *
 * @throws ScratchError when the engine itself fails
 */
export async function search(definitions: readonly Definition[], schema: MetricSchema, space: ScratchSpace, options: SearchOptions): Promise<SearchResult> {
  const until = performance.now() + options.milliseconds;
  const unsupported = definitions.map((): string | null => null);
  const result: SearchResult = { unsupported, worlds: 0, rows_per_table_max: 0, answers: definitions.map(() => 0), differences: [], doubts: [] };
  space.limit(options.limit_milliseconds ?? options.milliseconds + GRACE_MILLISECONDS);
  try {
    await searched(definitions, schema, space, options, until, result);
  } catch (error) {
    if (error instanceof Endless) unsupported[error.index] = error.message;
    else if (error instanceof ScratchError && error.timedOut) result.doubts.push('the engine was stopped because it did not answer in time');
    else throw error;
  }
  return result;
}

async function searched(definitions: readonly Definition[], schema: MetricSchema, space: ScratchSpace, options: SearchOptions, until: number, result: SearchResult): Promise<void> {
  const parse: (text: string) => ParseOutcome = await parserFor(space.kind, schema);
  const relations = new Relations(schema, space.kind === 'duckdb');
  const instants = instantsOf(options.now ?? null);
  const facts = collectFacts(definitions, relations, parse, instants[0]);
  const tables = await readTables([...facts.used.keys()], schema, space);
  const store = new WorldStore(space, [...tables.values()]);
  await store.create();
  const queries: WorldQuery[] = [];
  for (const [index, definition] of definitions.entries()) {
    const query = await worldQuery(definition, index, { schema, space, relations, tables, parse, instants });
    if (typeof query === 'string') result.unsupported[index] = query;
    else queries.push(query);
  }
  // One that has no other to differ from tells nothing.
  if (queries.length === 0 || (queries.length === 1 && definitions.length > 1)) return;
  await addConstants(facts, space);
  const zones = [...new Set(['UTC', ...definitions.flatMap(({ timeZone }) => timeZone ?? [])])];
  const model = buildModel(tables, facts, schema, relations, parse, zones);
  await dropMisfits(model, space);
  const source = new WorldSource(model, new Random(options.seed ?? SEED));
  await new Rounds(queries, model, source, store, options, until, result, instants).run();
}
