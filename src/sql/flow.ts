/**
 * How much of a source value is left in an output, from everything to nothing. The level of an output is the lowest over
 * the paths that reach it. Order and verdicts: 76 expressions run on PostgreSQL 15 and 18.
 */
export const MASK_LEVELS = [
  'raw',
  'reversible',
  'pseudonymous-weak',
  'pseudonymous-keyed',
  'partial',
  'aggregate',
  'predicate',
  'constant',
] as const;

export type MaskLevel = (typeof MASK_LEVELS)[number];

const RANK = new Map<MaskLevel, number>(MASK_LEVELS.map((level, rank) => [level, rank]));

export function rank(level: MaskLevel): number {
  return RANK.get(level) ?? 0;
}

/** Source column (`schema.table.column`) → what is left of it. `identity` while nothing but naming happened to it. */
export type Flows = Map<string, Flow>;

export interface Flow {
  mask: MaskLevel;
  identity: boolean;
  /**
   * The same column by its place in FROM, `schema.table.column@n`, so that a table named twice is two; only while `identity`.
   * More than one after UNION.
   */
  at?: readonly string[];
}

/** Adds flows to others: of two paths from one source the one that shows more counts. */
export function mergeFlows(into: Flows, from: Flows): Flows {
  for (const [source, flow] of from) {
    const known = into.get(source);
    if (!known) into.set(source, flow);
    else into.set(source, mergeFlow(known, flow));
  }
  return into;
}

function mergeFlow(one: Flow, other: Flow): Flow {
  const mask = rank(other.mask) < rank(one.mask) ? other.mask : one.mask;
  if (!one.identity || !other.identity) return { mask, identity: false };
  return { mask, identity: true, at: [...new Set([...(one.at ?? []), ...(other.at ?? [])])] };
}

/** Where the columns stand that these flows are, unchanged. */
export function placesOf(flows: Flows): string[] {
  return [...flows.values()].flatMap((flow) => (flow.identity ? (flow.at ?? []) : []));
}

/** The flows after an expression that leaves at most so much of its input. */
export function through(flows: Flows, level: MaskLevel): Flows {
  const result: Flows = new Map();
  for (const [source, flow] of flows) {
    result.set(source, { mask: rank(flow.mask) >= rank(level) ? flow.mask : level, identity: false });
  }
  return result;
}
