import type { DifferenceKind, RestsOn } from '../../model/metric-verdict.js';
import type { Expression, SqlStatement } from '../../model/syntax-tree.js';
import type { Definition, MetricSchema, World } from '../definition.js';
import type { Parse } from '../rows/constraints.js';
import { Aligner } from './align.js';
import { type Node, Session } from './block.js';
import { Builder } from './build.js';
import { inPostgres } from './dialect.js';
import { Facts, type Known, knownOf } from './facts.js';
import { isAggregate, isNumber, Refused, some } from './expression.js';
import { withFrames } from './frame.js';
import { type Comparison, compared } from './relation.js';
import { dependsOnZone, failuresOf, refuseUnordered, refuseUnsettled } from './scan.js';

/** What can be said of two definitions without running them. */
export interface Proof {
  /** On every database that satisfies the constraints of `restsOn`. */
  equal: boolean;
  /** The fewest constraints that it takes. */
  restsOn: RestsOn[];
  /** Equal but for what they show where nothing matches. */
  butForEmpty: boolean;
  /** Where both measure the same over the same relations: which rows they count. `null` where that cannot be said. */
  rows: 'equal' | 'stricter' | 'looser' | 'overlapping' | 'disjoint' | null;
  /** Which rows each counts alone, in words. */
  region: { onlyA: string | null; onlyB: string | null } | null;
  /** What the normal forms differ in, surest first. */
  differs: DifferenceKind[];
  /** One-row (plus parents) databases that should tell them apart. */
  hints: World[];
  /** What the proof stopped at; null where there is nothing to say. */
  why: string | null;
}

/** More constraints than this are not dropped one by one: then more may be named than it takes. */
const DROPS_MAX = 24;

/** Characters; larger statements are lists of values that no proof looks at. */
const TEXT_MAX = 200_000;

const NOTHING: Proof = { equal: false, restsOn: [], butForEmpty: false, rows: null, region: null, differs: [], hints: [], why: null };

/**
 * Proves two definitions equal, or says how the rows that they count relate. Both are brought to a normal form by rules that
 * hold on every database (drop a join that a foreign key makes idle, IN as EXISTS, a CASE in an aggregate as FILTER …), aligned,
 * and what is left to show is shown over representative rows. `equal` holds for every database that satisfies the
 * constraints it rests on, at every instant, under the rules of the engine that its dialect is of; a query that fails where the other answers is not equal to it.
 */
export async function prove(a: Definition, b: Definition, schema: MetricSchema, parse: Parse): Promise<Proof> {
  const zones = [a, b].map(({ timeZone }) => timeZone ?? 'UTC');
  if ([a, b].some(({ text }) => text.length > TEXT_MAX)) return { ...NOTHING, why: 'the statement is too large to be compared' };
  try {
    const { statements, hasRows, ...translated } = inPostgres([a, b], schema, parse);
    const [first, second] = statements.map((statement, place) => withFrames(statement, [a, b][place]?.dialect === 'postgres' ? ([a, b][place]?.text ?? '') : ''));
    if (first === undefined || second === undefined) return NOTHING;
    [first, second].forEach(refuseUnsettled);
    const known = await knownOf(statements, translated.schema, translated.parse);
    const proof = proofOf({ first, second, known, utc: zones.every((zone) => zone === 'UTC'), zone: zones[0] === zones[1] ? (zones[0] ?? null) : null });
    return hasRows ? proof : { ...proof, hints: [] };
  } catch (error) {
    if (error instanceof Refused) return { ...NOTHING, why: error.message };
    if (error instanceof RangeError) return { ...NOTHING, why: 'the statement is nested too deeply' };
    throw error;
  }
}

interface Pair {
  first: SqlStatement;
  second: SqlStatement;
  known: Known;
  utc: boolean;
  /** The time zone of both sessions; null where they differ. */
  zone: string | null;
}

interface Attempt {
  equal: boolean;
  used: ReadonlySet<string>;
  why: string | null;
  /** The answers depend on more than the rows: nothing can be said of what they count. */
  unsettled: boolean;
  session: Session;
  nodes: [Node, Node];
}

function proofOf(pair: Pair): Proof {
  const strict = attempt(pair, new Set(), false);
  if (strict.equal) {
    return { ...NOTHING, equal: true, rows: 'equal', restsOn: fewest(pair, strict.used) };
  }
  const lenient = strict.why === null && strict.nodes.some(showsNothing) && attempt(pair, new Set(), true).equal;
  const found: Comparison = strict.unsettled ? NOTHING : compared(strict.session, strict.nodes);
  const differs = lenient && partWhenEmpty(strict.nodes) ? [...new Set<DifferenceKind>(['empty', ...found.differs])] : found.differs;
  return { ...NOTHING, ...found, differs, butForEmpty: lenient, why: strict.why ?? found.why };
}

/** Whether on an empty database one surely shows 0 where the other shows NULL. */
function partWhenEmpty([a, b]: readonly [Node, Node]): boolean {
  if (a.type !== 'block' || b.type !== 'block' || [a, b].some(({ group, having, limit }) => group?.length !== 0 || having.length > 0 || limit !== null)) return false;
  return a.outputs.some((output, place) => {
    const shown = [output, b.outputs[place]].map(shownOfNothing);
    return shown.includes('0') && shown.includes('null');
  });
}

function shownOfNothing(output: Expression | undefined): '0' | 'null' | null {
  if (output?.type === 'operation' && output.operator === 'coalesce' && output.operands.length === 2) return shownOfNothing(output.operands[0]) === 'null' && isNumber(output.operands[1], 0) ? '0' : null;
  if (output?.type !== 'call' || output.over !== null || output.name.length !== 1) return null;
  const [name = ''] = output.name;
  return name === 'count' ? '0' : ['sum', 'avg', 'min', 'max'].includes(name) ? 'null' : null;
}

/** Whether what a query shows where nothing matches is not plain: NULL of an aggregate, or what replaces it. */
function showsNothing(node: Node): boolean {
  return node.type === 'block' && node.group !== null && node.outputs.some((output) => some(output, (inner) => inner.type === 'call' && isAggregate(inner) && inner.name[0] !== 'count'));
}

function nodesOf({ first, second }: Pair, session: Session): [Node, Node] {
  const read = (statement: SqlStatement): Node => {
    if (statement.type !== 'query_statement') throw new Refused('only queries are compared');
    return new Builder(session).node(statement.query, null, new Map());
  };
  return [read(first), read(second)];
}

function attempt(pair: Pair, dropped: ReadonlySet<string>, lenient: boolean): Attempt {
  const session = new Session(new Facts(pair.known, dropped), pair.utc, pair.zone);
  const nodes = nodesOf(pair, session);
  const unsettled = unsettledBy(pair, nodes, session);
  const why = unsettled ?? obstacle(nodes, session);
  const equal = why === null && nodes[0].names.length === nodes[1].names.length && new Aligner(session, lenient).same(nodes[0], nodes[1], { nullable: new Set(), premises: [] });
  return { equal, used: session.facts.used, why, unsettled: unsettled !== null, session, nodes };
}

/** Why the answers are not decided by the rows alone: their order, the time zones of the sessions. */
function unsettledBy(pair: Pair, [a, b]: [Node, Node], session: Session): string | null {
  if (pair.zone === null && (dependsOnZone(a, session) || dependsOnZone(b, session))) return 'their sessions are in different time zones, and the answer depends on it';
  try {
    refuseUnordered(a, session);
    refuseUnordered(b, session);
  } catch (error) {
    if (error instanceof Refused) return error.message;
    throw error;
  }
  return null;
}

/** Why the two cannot be equal by proof, whatever they look like. */
function obstacle([a, b]: [Node, Node], session: Session): string | null {
  const [fails, others] = [failuresOf(a, session), failuresOf(b, session)];
  const differ = [...fails].some((failure) => !others.has(failure)) || [...others].some((failure) => !fails.has(failure));
  return differ ? 'one of them may fail on rows for which the other answers' : null;
}

/** The fewest constraints that a proof needs: each is dropped in turn, and stays dropped where the proof holds without it. */
function fewest(pair: Pair, used: ReadonlySet<string>): RestsOn[] {
  const dropped = new Set<string>();
  let needed = new Set(used);
  for (const id of [...used].slice(0, DROPS_MAX)) {
    if (!needed.has(id)) continue;
    const without = attemptOrNull(pair, new Set([...dropped, id]));
    if (without?.equal !== true) continue;
    dropped.add(id);
    needed = new Set(without.used);
  }
  return [...needed].flatMap((id) => pair.known.axioms.get(id) ?? []).toSorted((a, b) => (a.text < b.text ? -1 : 1));
}

function attemptOrNull(pair: Pair, dropped: ReadonlySet<string>): Attempt | null {
  try {
    return attempt(pair, dropped, false);
  } catch (error) {
    if (error instanceof Refused) return null;
    throw error;
  }
}
