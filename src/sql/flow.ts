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
}

/** Adds flows to others: of two paths from one source the one that shows more counts. */
export function mergeFlows(into: Flows, from: Flows): Flows {
  for (const [source, flow] of from) {
    const known = into.get(source);
    if (!known) into.set(source, flow);
    else if (rank(flow.mask) < rank(known.mask)) into.set(source, { mask: flow.mask, identity: known.identity && flow.identity });
    else if (known.identity && !flow.identity) into.set(source, { mask: known.mask, identity: false });
  }
  return into;
}

/** The flows after an expression that leaves at most so much of its input. */
export function through(flows: Flows, level: MaskLevel): Flows {
  const result: Flows = new Map();
  for (const [source, flow] of flows) {
    result.set(source, { mask: rank(flow.mask) >= rank(level) ? flow.mask : level, identity: false });
  }
  return result;
}
