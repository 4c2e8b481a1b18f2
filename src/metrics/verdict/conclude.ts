import type { DifferenceKind, MetricComparison, RestsOn, SearchBound } from '../../model/metric-verdict.js';
import type { ScratchSpace } from '../../model/scratch-engine.js';
import { reproductionSql } from '../schema/replay.js';
import type { Definition, MetricSchema } from '../definition.js';
import type { Proof } from '../prove/index.js';
import { isEmptyAnswer, shownAnswer } from './answer.js';
import type { Evidence, Pair } from './evidence.js';
import { featuresOf } from './features.js';
import { type Difference, joinKind, kindFromTexts, rowsKind } from './kind.js';
import { parentsFirst, witnessRows } from './rows.js';
import { differentWords, equalWords, rowsWords, undecidedWords } from './why.js';
import { witnessWords } from './words.js';

/** What is known of two definitions, seen from the first. */
export interface Known {
  pair: Pair;
  names: readonly [string, string];
  schema: MetricSchema;
  engine: ScratchSpace['kind'];
  proof: Proof | null;
  /** Where they are of one class: what their equality rests on. */
  restsOn: RestsOn[] | null;
  evidence: Evidence | null;
  underAsserted: RestsOn[];
  bound: SearchBound | null;
  /** A difference was found that could not be shown. */
  isUnshown: boolean;
  /** What speaks against a verdict, in sentences without a full stop. */
  doubts: string[];
}

/** The verdict that what is known allows. */
export function conclude(known: Known): MetricComparison {
  const { restsOn, evidence, bound, names, proof, doubts } = known;
  if (restsOn !== null && doubts.length === 0) {
    const verdict = restsOn.length === 0 ? 'equal' : 'equal-under';
    return { ...blank(known), verdict, restsOn, by: 'proof', why: equalWords(restsOn, bound, names) };
  }
  if (restsOn === null && evidence !== null) return fromEvidence(known, evidence);
  // Without an engine a proof that only an empty answer parts them is enough: one shows 0 there and the other NULL.
  if (restsOn === null && bound === null && proof?.butForEmpty === true && proof.differs[0] === 'empty' && !doubts.some((doubt) => doubt.includes(' cannot be run: '))) {
    return { ...blank(known), verdict: 'different', kind: 'empty', cosmetic: true, by: 'proof', why: differentWords('empty', false) };
  }
  return { ...blank(known), by: bound === null ? 'none' : 'search', why: undecidedWords({ names, proof: restsOn === null ? proof : null, bound, doubts, found: known.isUnshown }) };
}

function blank({ bound, underAsserted }: Known): MetricComparison {
  return { verdict: 'undecided', kind: null, cosmetic: false, restsOn: [], underAsserted, witness: null, region: null, bound, by: 'none', why: '' };
}

function fromEvidence(known: Known, evidence: Evidence): MetricComparison {
  const { proof, names } = known;
  const { kind, cosmetic } = kindOf(known, evidence);
  // Two answers without rows do not show that they would have had other columns.
  const isTelling = kind !== 'shape' || [evidence.a, evidence.b].some((answer) => !('error' in answer) && answer.rows.length > 0);
  const counted = cosmetic || ALWAYS_DIFFERENT.includes(kind) ? null : (proof?.rows ?? null);
  const subset = counted === 'stricter' || counted === 'looser' || counted === 'overlapping' ? counted : null;
  const region = subset === null && counted !== 'disjoint' ? null : (proof?.region ?? null);
  return {
    ...blank(known),
    verdict: subset ?? 'different',
    kind,
    cosmetic,
    witness: isTelling ? witnessOf(known, evidence, kind) : null,
    region,
    by: isTelling ? 'replay' : 'proof',
    why: subset === null ? differentWords(kind, joinKind(differenceOf(known, evidence)) === 'rows-lost') : rowsWords(subset, region, names),
  };
}

/** Differences that are more than other rows, even where these could be compared: two clocks are two metrics. */
const ALWAYS_DIFFERENT: readonly DifferenceKind[] = ['error', 'shape', 'time-column', 'ingestion-time', 'time-zone'];

/** Kinds that the rows that count can differ by. */
const ROW_KINDS: readonly DifferenceKind[] = ['population', 'boundary', 'rows-lost', 'time-column', 'ingestion-time', 'null-handling', 'time-zone'];

function kindOf(known: Known, evidence: Evidence): { kind: DifferenceKind; cosmetic: boolean } {
  const { a, b, how } = evidence;
  const { proof } = known;
  if ('error' in a || 'error' in b) return { kind: 'error', cosmetic: ['error' in a ? b : a].some(isEmptyAnswer) };
  if (a.columns.length !== b.columns.length) return { kind: 'shape', cosmetic: false };
  if (how === 'cosmetic') return { kind: 'empty', cosmetic: true };
  const difference = differenceOf(known, evidence);
  if (evidence.agreesInOneZone) return { kind: 'time-zone', cosmetic: false };
  const [surest] = proof?.differs ?? [];
  const seen = kindFromTexts(difference);
  if (seen === 'time-column' || seen === 'ingestion-time') return { kind: seen, cosmetic: false };
  if (proof?.rows && proof.rows !== 'equal') {
    const kind = surest !== undefined && ROW_KINDS.includes(surest) ? surest : rowsKind(difference.a, difference.b);
    return { kind, cosmetic: false };
  }
  if (surest === undefined || surest === 'empty' || (surest === 'source' && seen !== 'source')) return { kind: seen, cosmetic: false };
  // Without a join nothing multiplies rows, and where both join alike it is not the join.
  const joins = Math.max(difference.a.relations.length, difference.b.relations.length) > 1;
  const isJoinKind = surest === 'fan-out' || surest === 'rows-lost';
  const isOverridden = (isJoinKind && (!joins || seen === 'distinctness' || seen === 'measure')) || (surest === 'measure' && (seen === 'distinctness' || seen === 'null-handling'));
  return { kind: isOverridden ? seen : surest, cosmetic: false };
}

function differenceOf({ pair, schema }: Known, { world, agreesInOneZone }: Evidence): Difference {
  return {
    a: featuresOf(pair.a.statement, pair.a.dialect),
    b: featuresOf(pair.b.statement, pair.b.dialect),
    world,
    agreesInOneZone,
    typeOf: (column) => schema.catalog.relations.flatMap(({ columns }) => columns).find(({ name }) => name === column)?.type ?? null,
  };
}

function witnessOf(known: Known, evidence: Evidence, kind: DifferenceKind): MetricComparison['witness'] {
  const { pair, names, schema, engine, proof } = known;
  const { catalog } = schema;
  const { world } = evidence;
  const definitions: [Definition, Definition] = [pair.a, pair.b];
  const words = witnessWords({
    names,
    catalog,
    world,
    order: parentsFirst(world, catalog),
    features: [featuresOf(pair.a.statement, pair.a.dialect), featuresOf(pair.b.statement, pair.b.dialect)],
    answers: [evidence.a, evidence.b],
    kind,
    texts: [pair.a.text, pair.b.text],
    countsOtherRows: proof !== null && proof.rows !== null && proof.rows !== 'equal',
    instant: evidence.instant,
  });
  return {
    rows: witnessRows(world, catalog, engine === 'duckdb' ? 'main' : 'public'),
    a: shownAnswer(evidence.a),
    b: shownAnswer(evidence.b),
    words,
    sql: reproductionSql(schema, world, definitions, names, { instant: evidence.instant, afterLate: evidence.afterLate }),
  };
}
