import type { ScratchSpace } from '../../model/scratch-engine.js';
import { ScratchError } from '../../model/scratch-engine.js';
import type { Definition, MetricSchema, World } from '../definition.js';
import { replay, type Replayed, type ReplayedAnswer } from '../schema/replay.js';
import type { SearchResult } from '../search/index.js';
import { sameAnswer } from './answer.js';
import type { Workspace } from './bench.js';
import type { Deadline } from './deadline.js';

export type FoundDifference = SearchResult['differences'][number];

/** A difference that was shown on real tables. */
export interface Evidence {
  world: World;
  instant: string | null;
  how: FoundDifference['how'];
  a: ReplayedAnswer;
  b: ReplayedAnswer;
  /** Rows that only the schema after its late statements admits. */
  afterLate: World;
  /** They agree on these rows once both run in one time zone. */
  agreesInOneZone: boolean;
}

/** Evidence; or why a difference that was found could not be shown. */
export type Shown = { evidence: Evidence } | { refused: string };

export interface Pair {
  a: Definition;
  b: Definition;
}

/** Runs both on the rows of a difference, on real tables with the real constraints. */
export async function show({ a, b }: Pair, found: Omit<FoundDifference, 'a' | 'b'>, { space, schema }: Workspace, deadline: Deadline): Promise<Shown> {
  try {
    deadline.bind(space);
    const replayed = await run([a, b], found, schema, space);
    const [first, second] = replayed.answers;
    if (!first || !second) return { refused: 'the rows that tell them apart could not be run' };
    const failed = [first, second].find((answer) => 'error' in answer);
    if (failed !== undefined && 'error' in failed && found.how !== 'error') return { refused: `one of them failed on the rows that should tell them apart: ${failed.error}` };
    if (failed !== undefined && 'error' in failed && !(await canBePlanned(failed === first ? a : b, space))) return { refused: `one of them cannot be run: ${failed.error}` };
    if (sameAnswer(first, second)) return { refused: 'a difference that the search found did not show on real tables' };
    const oneZone = a.timeZone === b.timeZone || deadline.isOver ? [] : (await run([a, { ...b, timeZone: a.timeZone }], found, schema, space)).answers;
    const [one, other] = oneZone;
    const agreesInOneZone = one && other ? sameAnswer(one, other) : false;
    return { evidence: { world: found.world, instant: found.instant, how: failed === undefined && found.how === 'error' ? 'real' : found.how, a: first, b: second, afterLate: replayed.afterLate, agreesInOneZone } };
  } catch (error) {
    if (error instanceof ScratchError) return { refused: error.timedOut ? 'the time was up before the difference could be shown on real tables' : `the rows that tell them apart were refused: ${error.message}` };
    throw error;
  }
}

/** What cannot be planned fails because of its text, not because of rows. */
async function canBePlanned({ text }: Definition, space: ScratchSpace): Promise<boolean> {
  try {
    await space.rows(`explain ${text}`);
    return true;
  } catch (error) {
    if (error instanceof ScratchError && !error.timedOut) return false;
    throw error;
  }
}

/** Whether the answers stay the same when the rows stand the other way round. */
export async function isStable({ a, b }: Pair, evidence: Evidence, { space, schema }: Workspace, deadline: Deadline): Promise<boolean> {
  if (Object.values(evidence.world).every((rows) => rows.length < 2)) return true;
  const world = Object.fromEntries(Object.entries(evidence.world).map(([name, rows]) => [name, rows.toReversed()]));
  try {
    deadline.bind(space);
    const [first, second] = (await run([a, b], { world, instant: evidence.instant, how: evidence.how }, schema, space)).answers;
    return first !== undefined && second !== undefined && sameAnswer(first, evidence.a) && sameAnswer(second, evidence.b);
  } catch (error) {
    if (error instanceof ScratchError) return false;
    throw error;
  }
}

function run(definitions: readonly Definition[], { world, instant }: Omit<FoundDifference, 'a' | 'b'>, schema: MetricSchema, space: ScratchSpace): Promise<Replayed> {
  return replay(space, schema, world, definitions, instant);
}
