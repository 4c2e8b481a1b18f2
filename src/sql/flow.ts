import { MASK_LEVELS, type MaskLevel } from '../model/masking.js';
import type { Span } from '../model/syntax-tree.js';

export type { MaskLevel } from '../model/masking.js';

/** Order and verdicts: 76 expressions run on PostgreSQL 15 and 18. */
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
  /**
   * Where the text refers to the column on the way, the innermost place first: in a common table, and again where that is
   * read. Empty for what only a view or function within names.
   */
  spans: readonly Span[];
  /** Those of `spans` that stand in the query whose value it is. */
  here?: readonly Span[];
  /**
   * The same column by its place in FROM, `schema.table.column@n`, so that a table named twice is two; only while `identity`.
   * More than one after UNION.
   */
  at?: readonly string[];
}

/** Beyond so many places of one column no more are kept: a generated text may name it at every one. */
const SPANS_MAX = 200;

const STRENGTH: Record<Transformation, number> = { identity: 0, transformation: 1, aggregation: 2 };
const NOWHERE: readonly Span[] = [];

export function noFlows(): Flows {
  return new Map();
}

/** What remains of a column that is read as it is. */
export function identityFlow(at: readonly string[] | null = null): Flow {
  return at === null ? { mask: 'raw', identity: true, transformation: 'identity', spans: NOWHERE } : { mask: 'raw', identity: true, transformation: 'identity', spans: NOWHERE, at };
}

/** What no value of a column is left in. */
export function constantFlow(): Flow {
  return { mask: 'constant', identity: false, transformation: 'transformation', spans: NOWHERE };
}

/** Adds flows to others: of two paths from one source the one that shows more counts. */
export function mergeFlows(into: Flows, from: Flows): Flows {
  for (const [source, flow] of from) {
    const known = into.get(source);
    if (!known) into.set(source, flow);
    else if (known !== flow) into.set(source, mergeFlow(known, flow));
  }
  return into;
}

/** The union of flows; the first is returned as it is where the others are empty. */
export function unite(all: readonly Flows[]): Flows {
  const full = all.filter((flows) => flows.size > 0);
  const [only, another] = full;
  if (!another) return only ?? new Map();
  return full.reduce<Flows>((merged, flows) => mergeFlows(merged, flows), new Map());
}

function mergeFlow(one: Flow, other: Flow): Flow {
  const mask = rank(other.mask) < rank(one.mask) ? other.mask : one.mask;
  const transformation = STRENGTH[other.transformation] > STRENGTH[one.transformation] ? other.transformation : one.transformation;
  const spans = join(one.spans, other.spans);
  const here = join(one.here ?? NOWHERE, other.here ?? NOWHERE);
  if (!one.identity || !other.identity) return { mask, identity: false, transformation, spans, here };
  return { mask, identity: true, transformation, spans, here, at: [...new Set([...(one.at ?? []), ...(other.at ?? [])])] };
}

function join(one: readonly Span[], other: readonly Span[]): readonly Span[] {
  if (one === other || other.length === 0) return one;
  if (one.length === 0) return other;
  const more = other.filter((span) => !one.some(({ start, end }) => start === span.start && end === span.end));
  return more.length === 0 || one.length >= SPANS_MAX ? one : [...one, ...more].slice(0, SPANS_MAX);
}

/** The flows of a value where the text names it. Parsers that give no position leave the way as it is. */
export function referred(flows: Flows, span: Span): Flows {
  if (flows.size === 0) return flows;
  const here = span.end === 0 ? NOWHERE : [span];
  const result: Flows = new Map();
  for (const [source, flow] of flows) {
    const spans = flow.spans.length === 0 ? here : join(flow.spans, here);
    const { mask, identity, transformation, at } = flow;
    result.set(source, at === undefined ? { mask, identity, transformation, spans, here } : { mask, identity, transformation, spans, here, at });
  }
  return result;
}

/** The flows of a field, at the places where the text names the row. */
export function placedAs(flows: Flows, row: Flows): Flows {
  const result: Flows = new Map();
  for (const [source, flow] of flows) {
    const { spans = flow.spans, here = flow.here } = row.get(source) ?? {};
    result.set(source, here === undefined ? { ...flow, spans } : { ...flow, spans, here });
  }
  return result;
}

/** Where the columns stand that these flows are, unchanged. */
export function placesOf(flows: Flows): string[] {
  const places: string[] = [];
  for (const flow of flows.values()) if (flow.identity && flow.at) places.push(...flow.at);
  return places;
}

/** The flows after an expression that leaves at most so much of its input. */
export function through(flows: Flows, level: MaskLevel, transformation: Transformation = 'transformation'): Flows {
  if (flows.size === 0) return flows;
  const result: Flows = new Map();
  for (const [source, flow] of flows) result.set(source, weakened(flow, level, transformation));
  return result;
}

function weakened({ mask, transformation, spans, here }: Flow, level: MaskLevel, happened: Transformation): Flow {
  const flow: Flow = {
    mask: rank(mask) >= rank(level) ? mask : level,
    identity: false,
    transformation: STRENGTH[happened] > STRENGTH[transformation] ? happened : transformation,
    spans,
  };
  if (here !== undefined) flow.here = here;
  return flow;
}

/** What is left of a value that went first one way and then another. */
export function afterwards(first: Flow, then: Flow): Flow {
  if (then.identity) return first;
  return weakened(first, then.mask, then.transformation);
}
