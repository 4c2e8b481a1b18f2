import type { DifferenceKind } from '../../model/metric-verdict.js';
import type { Expression } from '../../model/syntax-tree.js';
import type { World } from '../definition.js';
import { type Aligned, Aligner } from './align.js';
import { replaceAggregates } from './filters.js';
import { aliasesOf, type Block, flattened, innerItems, type Node, type Session } from './block.js';
import { asAggregate, column, conjunction, keyOf, number, operation, visit } from './expression.js';
import { hintOf } from './hints.js';
import { absenceOf, type Surroundings } from './obligation.js';
import { equalitiesOf, coveredKey, mentions, plainInner } from './keys.js';
import { kindsOfFilters, kindsOfMeasures, tablesOf } from './kinds.js';
import { regionWords } from './region.js';

/** How two definitions that are not proved equal relate, as far as it can be said. */
export interface Comparison {
  rows: 'equal' | 'stricter' | 'looser' | 'overlapping' | 'disjoint' | null;
  region: { onlyA: string | null; onlyB: string | null } | null;
  differs: DifferenceKind[];
  hints: World[];
  why: string | null;
}

const OPEN: Comparison = { rows: null, region: null, differs: [], hints: [], why: null };

export function compared(session: Session, [a, b]: [Node, Node]): Comparison {
  if (a.names.length !== b.names.length) return { ...OPEN, differs: ['shape'], why: 'they have different numbers of columns' };
  const [tables, others] = [tablesOf(a, session), tablesOf(b, session)];
  if (tables.size > 0 && others.size > 0 && ![...tables].some((table) => others.has(table))) return { ...OPEN, differs: ['source'], why: 'they read no table in common' };
  if (a.type === 'set' || b.type === 'set') return { ...OPEN, why: 'a set operation is compared branch by branch only' };
  const aligner = new Aligner(session, false);
  const straight = byRows(session, aligner, a, b);
  if (straight !== null) return straight;
  const [x, y] = [softened(a, b, session), softened(b, a, session)];
  const joins = joinKinds(a, b, session);
  const soft = x === a && y === b ? null : byRows(session, aligner, x, y);
  const measures = kindsOfMeasures(a, b, session);
  if (soft !== null) return { ...soft, differs: [...new Set([...joins, ...soft.differs])] };
  return { ...OPEN, differs: [...new Set([...joins, ...measures])], why: 'their joins cannot be put side by side' };
}

/** The comparison of the rows that two blocks over the same relations count; null where they cannot be aligned. */
function byRows(session: Session, aligner: Aligner, a: Block, b: Block): Comparison | null {
  const alignments = aligner.alignments(a, b);
  const [first] = alignments;
  if (first === undefined) return null;
  const same = alignments.find((aligned) => aligner.sameMeasure({ ...aligned, around: counted(aligned) }));
  if (same === undefined) {
    const bare = alignments.find((aligned) => aligner.sameMeasure({ ...aligned, first: withoutFilters(aligned.first), second: withoutFilters(aligned.second), around: counted(aligned) }));
    const measures = bare === undefined ? kindsOfMeasures(first.first, first.second, session) : [];
    const filters = keyOf(conjunction(first.first.where)) === keyOf(conjunction(first.second.where)) ? [] : kindsOfFilters(first.first.where, first.second.where, session);
    const differs: DifferenceKind[] = bare === undefined ? [...measures, ...filters] : ['population'];
    return { ...OPEN, differs, hints: hintsOf(aligner, first, session), why: 'they measure different things' };
  }
  const relation = aligner.obligations.relation(same.first.where, same.second.where, same.around);
  const hints = hintsOf(aligner, same, session);
  if (relation === null) return { ...OPEN, differs: kindsOfFilters(same.first.where, same.second.where, session), hints, why: 'there are too many combinations of values to look at' };
  const implied = new Set([...(a.implied ?? []), ...(b.implied ?? [])]);
  const inText = (block: Block, own: Block): string[] => block.where.filter((_, place) => !(own.implied ?? []).includes(keyOf(own.where[place] ?? column('')))).map(keyOf);
  const onlyImplied = implied.size > 0 && keyOf(conjunction(same.first.where)) !== keyOf(conjunction(same.second.where)) && inText(same.first, a).toSorted().join() === inText(same.second, b).toSorted().join();
  if (onlyImplied) return { ...OPEN, differs: ['null-handling'], hints, why: 'one of them leaves out rows in which what it counts is NULL' };
  const { possible, certain } = relation.relation;
  const rows = !possible.first && !possible.second ? 'equal' : !possible.both ? 'disjoint' : !possible.first ? 'stricter' : !possible.second ? 'looser' : certain.first !== null && certain.second !== null && certain.both !== null ? 'overlapping' : null;
  const words = { onlyA: regionWords(relation.worlds, 'first', aligner.obligations), onlyB: regionWords(relation.worlds, 'second', aligner.obligations) };
  const nullOnly = [words.onlyA, words.onlyB].every((text) => text === null || /^\S+ is null$/.test(text)) && (words.onlyA ?? words.onlyB) !== null;
  const kinds = kindsOfFilters(same.first.where, same.second.where, session);
  const lost = ([[same.first, a, same.second], [same.second, b, same.first]] as const).some(([mine, own, theirs]) => mine.where.some((condition, place) => (own.lost ?? []).includes(keyOf(own.where[place] ?? condition)) && !theirs.where.some((other) => keyOf(other) === keyOf(condition))));
  return { rows, region: words.onlyA === null && words.onlyB === null ? null : words, differs: lost ? ['rows-lost', ...kinds] : nullOnly ? ['null-handling', ...kinds] : kinds, hints, why: null };
}

/** Rows that at least one of the two counts. */
function counted({ first, second, around }: Aligned): Surroundings {
  return { ...around, premises: [...around.premises, operation('or', conjunction(first.where), conjunction(second.where))] };
}

function withoutFilters(block: Block): Block {
  return { ...block, outputs: block.outputs.map((output) => replaceAggregates(output, (aggregate) => ({ ...aggregate, filter: null }))) };
}

function hintsOf(aligner: Aligner, { first, second, around }: Aligned, session: Session): World[] {
  const pairs: [readonly Expression[], readonly Expression[]][] = [[first.where, second.where]];
  const filters = (block: Block): Expression[] => {
    const found: Expression[] = [];
    for (const output of block.outputs) visit(output, (inner) => void found.push(...[asAggregate(inner)?.filter].filter((filter) => filter != null)));
    return found;
  };
  if (keyOf(conjunction(first.where)) === keyOf(conjunction(second.where))) {
    const [mine, theirs] = [filters(first), filters(second)];
    for (const [place, filter] of mine.entries()) if (theirs[place] !== undefined) pairs.push([[...first.where, filter], [...second.where, theirs[place]]]);
  }
  const hints: World[] = [];
  for (const [mine, theirs] of pairs.slice(0, 4)) {
    const found = aligner.obligations.relation(mine, theirs, around);
    if (found === null) continue;
    const { likely } = found.relation;
    for (const row of [likely.first, likely.second, likely.both]) {
      const hint = row === null ? null : hintOf(found.worlds, row, first, session, aligner.obligations);
      if (hint !== null) hints.push(hint);
    }
  }
  return hints;
}

/** The kinds of joins that one has and the other has not. */
function joinKinds(a: Block, b: Block, session: Session): DifferenceKind[] {
  const kinds: DifferenceKind[] = [];
  for (const [mine, theirs] of [[a, b], [b, a]] as const) {
    for (const source of extraSources(mine, theirs)) {
      const conditions = [...mine.where, ...onOf(mine)];
      const key = coveredKey(source, new Set(equalitiesOf(conditions, source.alias, session).map((entry) => entry.column)), session);
      kinds.push(key === null ? 'fan-out' : 'rows-lost');
    }
  }
  return kinds;
}

function onOf(block: Block): Expression[] {
  const found: Expression[] = [];
  const walk = (tree: Block['tree']): void => {
    if (tree.type === 'inner') tree.items.forEach(walk);
    if (tree.type !== 'left' && tree.type !== 'full') return;
    found.push(...tree.on);
    walk(tree.left);
    walk(tree.right);
  };
  walk(block.tree);
  return found;
}

/** Sources of a block that another block has no counterpart of. */
function extraSources(block: Block, other: Block): Block['sources'] {
  const left = other.sources.map(({ table }) => table?.key ?? '');
  return block.sources.filter(({ table }) => {
    const place = left.indexOf(table?.key ?? '');
    if (place >= 0) left.splice(place, 1);
    return place < 0;
  });
}

/**
 * A block over the relations of another: what it joins by a unique key and only to filter is asked for by EXISTS, what the other
 * has on the nullable side of an outer join is there too, with the condition that it is not missing.
 */
function softened(block: Block, other: Block, session: Session): Block {
  let current = block;
  for (const source of extraSources(block, other)) {
    const inner = plainInner(current).some(({ alias }) => alias === source.alias);
    const key = coveredKey(source, new Set(equalitiesOf(current.where, source.alias, session).map((entry) => entry.column)), session);
    if (!inner || key === null || mentions(current, source.alias, session, new Set(current.where))) continue;
    const moved = current.where.filter((condition) => session.aliases(condition).has(source.alias));
    const exists = session.sub('exists', { type: 'block', sources: [source], tree: { type: 'source', alias: source.alias }, where: moved, group: null, having: [], outputs: [number(1)], names: ['1'], distinct: false, distinctOn: null, onKeys: [], limit: null }, null);
    const items = innerItems(current.tree).filter((item) => !aliasesOf(item).includes(source.alias));
    current = { ...current, sources: current.sources.filter(({ alias }) => alias !== source.alias), tree: flattened({ type: 'inner', items }), where: [...current.where.filter((condition) => !moved.includes(condition)), exists] };
  }
  const outer = new Set(innerItems(other.tree).flatMap((item) => (item.type === 'left' && item.right.type === 'source' ? [tableOf(other, item.right.alias)] : [])));
  for (const source of plainInner(current)) {
    if (source.table === null || !outer.has(source.table.key) || current.sources.length < 2) continue;
    const equalities = equalitiesOf(current.where, source.alias, session);
    const key = coveredKey(source, new Set(equalities.map((entry) => entry.column)), session);
    if (key === null) continue;
    const on = equalities.filter((entry) => key.columns.includes(entry.column)).map(({ condition }) => condition);
    const items = innerItems(current.tree).filter((item) => !aliasesOf(item).includes(source.alias));
    const present = operation('not', absenceOf(source.alias));
    current = { ...current, tree: { type: 'left', left: flattened({ type: 'inner', items }), right: { type: 'source', alias: source.alias }, on }, where: [...current.where.filter((condition) => !on.includes(condition)), present] };
  }
  return current;
}

const tableOf = (block: Block, alias: string): string => block.sources.find((source) => source.alias === alias)?.table?.key ?? '';
