import type { Span } from '../model/syntax-tree.js';

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

/** What happened to a value on its way, in OpenLineage's words (column lineage facet 1-2-0, subtypes of DIRECT). */
export type Transformation = 'identity' | 'transformation' | 'aggregation';

export interface Flow {
  mask: MaskLevel;
  identity: boolean;
  /** The strongest of what happened on any path: an aggregation outweighs a transformation. */
  transformation: Transformation;
  /** Where the text refers to the column, in order; empty for what only a view or function within names. */
  spans: readonly Span[];
  /**
   * The same column by its place in FROM, `schema.table.column@n`, so that a table named twice is two; only while `identity`.
   * More than one after UNION.
   */
  at?: readonly string[];
}

const STRENGTH: Record<Transformation, number> = { identity: 0, transformation: 1, aggregation: 2 };

/** What remains of a column that is read as it is. */
export function identityFlow(at: readonly string[] | null = null): Flow {
  return { mask: 'raw', identity: true, transformation: 'identity', spans: [], ...(at === null ? {} : { at }) };
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
  const transformation = STRENGTH[other.transformation] > STRENGTH[one.transformation] ? other.transformation : one.transformation;
  const spans = [...one.spans, ...other.spans.filter((span) => !one.spans.some(({ start, end }) => start === span.start && end === span.end))];
  if (!one.identity || !other.identity) return { mask, identity: false, transformation, spans };
  return { mask, identity: true, transformation, spans, at: [...new Set([...(one.at ?? []), ...(other.at ?? [])])] };
}

/** Where the columns stand that these flows are, unchanged. */
export function placesOf(flows: Flows): string[] {
  return [...flows.values()].flatMap((flow) => (flow.identity ? (flow.at ?? []) : []));
}

/** The flows after an expression that leaves at most so much of its input. */
export function through(flows: Flows, level: MaskLevel, transformation: Transformation = 'transformation'): Flows {
  const result: Flows = new Map();
  for (const [source, flow] of flows) {
    const stronger = STRENGTH[transformation] > STRENGTH[flow.transformation] ? transformation : flow.transformation;
    result.set(source, { mask: rank(flow.mask) >= rank(level) ? flow.mask : level, identity: false, transformation: stronger, spans: flow.spans });
  }
  return result;
}
