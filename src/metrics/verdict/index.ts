import type { MetricComparison } from '../../model/metric-verdict.js';
import type { ScratchSpace } from '../../model/scratch-engine.js';
import type { Parse } from '../../sql/parse/front-end.js';
import type { Definition, MetricSchema } from '../definition.js';
import { Bench, type SpaceSupplier } from './bench.js';
import { proveAll } from './classes.js';
import { Comparison } from './comparison.js';
import { Deadline } from './deadline.js';

export type { SpaceSupplier, Workspace } from './bench.js';

export interface CompareOptions {
  /** By definition, for sentences; A, B, C … by default. */
  names?: readonly string[];
  /** For everything; 3,000 for two definitions and 4,000 and 200 more for each of several by default. */
  milliseconds?: number;
  /** Small databases that are searched at most; 6,000 by default. */
  worlds?: number;
  /**
   * `replay`: proofs are not searched against, and differences are those that the prover knows, run in the engine; only pairs of
   * which it knows none are searched, shortly. `full` by default.
   */
  depth?: 'full' | 'replay';
  /** False where nothing is searched at all: differences are those that the prover knows. Then no space is asked for in vain. */
  search?: boolean;
  /** Of the search; the same seed searches the same databases. */
  seed?: number;
  /** What the clock says, `2026-11-22 14:30:00+00`: where definitions ask it, rows that part them today are looked for first. */
  now?: string;
}

export interface Compared {
  /** By definition: definitions of one number were proved equal, with or without constraints. */
  classes: number[];
  /** By definition: why it cannot be evaluated at all; null where it can. */
  unsupported: (string | null)[];
  /** Why not all of it was compared; null where it was. */
  partial: string | null;
  /** The verdict on two definitions, by their places, seen from the first. */
  pair(a: number, b: number): MetricComparison;
}

/**
 * Compares definitions with each other on all databases that a schema admits: proves pairs equal and puts them into classes,
 * searches small databases on which the classes differ, runs every difference on real tables, and only then asserts. What is
 * proved is searched against as well.
 *
 * @param schema what proofs use; what stands in the space, where one is given
 * @param space of an engine that holds the schema, or what makes one when it is first needed, with the schema that then stands in
 * it; null where there is none, and then only proofs decide
 */
export async function compareDefinitions(
  definitions: readonly Definition[],
  schema: MetricSchema,
  space: ScratchSpace | SpaceSupplier | null,
  parse: Parse,
  options: CompareOptions = {},
): Promise<Compared> {
  const several = definitions.length > 2;
  const deadline = new Deadline(options.milliseconds ?? (several ? GROUP_MS + GROUP_MS_EACH * definitions.length : PAIR_MS));
  const proofs = await proveAll(definitions, schema, parse, deadline);
  const comparison = new Comparison({ definitions, schema, bench: new Bench(space, schema), parse, options, deadline, proofs });
  await comparison.search();
  if (options.depth !== 'replay' && options.search !== false) await comparison.checkProofs();
  await comparison.suppose();
  return comparison.result();
}

/** drift.md, 9: three seconds a pair; four seconds and a fifth for each definition of a group. */
const PAIR_MS = 3_000;
const GROUP_MS = 4_000;
const GROUP_MS_EACH = 200;
