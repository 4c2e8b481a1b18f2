import type { FromItem, Join, OpaqueTable } from '../model/syntax-tree.js';
import { type Block, child, emptyBlock } from './block.js';
import { type Flows, mergeFlows, placesOf, referred, through, unite } from './flow.js';
import type { Lineage } from './lineage.js';
import { type FromResult, Scope, type Slot, type VisibleRelation, openColumn, relationOfSlots, starOf, uniteSlots } from './scope.js';
import { functionTable } from './table-functions.js';

/** Makes an item of FROM visible. `scope` already holds the items to its left, which only LATERAL items may see. */
export function resolveFrom(item: FromItem, scope: Scope, lineage: Lineage, block: Block): FromResult {
  switch (item.type) {
    case 'table':
      return single(lineage.table(item, scope, block));
    case 'derived': {
      const outer = item.lateral ? scope : withoutRelations(scope);
      return single(relationOfSlots(item.alias ?? '', lineage.query(item.query, outer, child(block)), item.columnAliases));
    }
    case 'function':
      return single(functionTable(item, scope, lineage, block));
    case 'opaque_table':
      return opaqueTable(item, scope, lineage, block);
    case 'join':
      return resolveJoin(item, scope, lineage, block);
  }
}

function single(visible: VisibleRelation): FromResult {
  return { relations: [visible], star: starOf(visible), merged: [] };
}

/** A derived table sees the common tables around it and the queries outside, not its neighbours. */
function withoutRelations(scope: Scope): Scope {
  const outer = new Scope(scope.parent, scope.commonTables);
  if (scope.namedFirst !== 'none') {
    for (const [name, value] of scope.named) outer.named.set(name, value);
    outer.namedFirst = scope.namedFirst;
  }
  return outer;
}

/** Tables made of expressions whose columns and inputs are all lowered. */
const UNDERSTOOD = new Set(['JsonTable', 'OpenJsonTable', 'RangeTableFunc']);

/**
 * A table whose construction is not understood. The columns that it is known to have may hold anything of its inputs; those of
 * `source` that no input takes pass through, and any other name may be anything of the inputs.
 */
function opaqueTable({ what, source, inputs, columns, alias }: OpaqueTable, scope: Scope, lineage: Lineage, block: Block): FromResult {
  if (!UNDERSTOOD.has(what)) lineage.result.opaque.add(what);
  const inner = new Scope(scope);
  const made = source ? resolveFrom(source, scope, lineage, block) : null;
  if (made) inner.add(made);
  else inner.relations.push(...scope.relations);
  const taken = unite(inputs.map((input) => through(lineage.flows(input, inner, block), 'raw')));
  const held = inputs.length > 0 || !made ? taken : through(uniteSlots(made.star), 'raw');
  const own = columns.map((name): Slot => ({ name, flows: held }));
  if (!made) return single(relationOfSlots(alias ?? '', own, []));
  const passed = made.star.filter((slot) => slot.name === '*' || (!columns.includes(slot.name) && ![...slot.flows.keys()].some((column) => taken.has(column))));
  const visible = relationOfSlots(alias ?? made.relations[0]?.alias ?? '', [...passed, ...own], []);
  // With all columns of the source known, a name that is none of them was made of the inputs.
  return single(visible.open.length > 0 ? visible : { ...visible, rest: held });
}

function resolveJoin(join: Join, scope: Scope, lineage: Lineage, block: Block): FromResult {
  // What an outer join compares narrows only the side that may be missing: the other one is read all the same.
  const optional = join.kind === 'left' || join.kind === 'right' || join.kind === 'anti' ? child(block, 'optional') : null;
  const left = resolveFrom(join.left, scope, lineage, join.kind === 'right' && optional ? optional : block);
  // The right side may be LATERAL and then sees the left one.
  const between = withoutRelations(scope);
  for (const result of [scope, left]) between.relations.push(...result.relations);
  between.merged.push(...scope.merged, ...left.merged);
  const right = resolveFrom(join.right, between, lineage, join.kind !== 'right' && optional ? optional : block);
  const compared = join.kind === 'full' ? emptyBlock() : (optional ?? block);
  const names = join.natural ? commonNames(left, right, lineage) : join.using;
  const merged = names.map((name, index) => mergeColumn(name, index, join, left, right, lineage, compared));
  between.relations.push(...right.relations);
  between.merged.push(...right.merged);
  lineage.condition(join.on, 'join', between, compared);
  // Sub-queries in the condition of a full join are read, though it narrows nothing.
  if (join.kind === 'full') block.children.push(...compared.children);
  // A semi or anti join only tests for a partner.
  if (join.kind === 'semi' || join.kind === 'anti') return left;
  const star = [
    ...merged,
    ...left.star.filter((slot) => !names.includes(slot.name)),
    ...right.star.filter((slot) => !names.includes(slot.name)),
  ];
  if (join.alias !== null) return single(relationOfSlots(join.alias, star, join.columnAliases));
  return { relations: [...left.relations, ...right.relations], star, merged: [...left.merged, ...right.merged, ...merged] };
}

/** The columns that NATURAL compares. */
function commonNames(left: FromResult, right: FromResult, lineage: Lineage): string[] {
  if ([...left.star, ...right.star].some((slot) => slot.name === '*')) {
    lineage.diagnose('which columns NATURAL JOIN compares is not known, since not all columns of its sides are', null);
  }
  const names = left.star.map((slot) => slot.name).filter((name) => name !== '*' && right.star.some((slot) => slot.name === name));
  return [...new Set(names)];
}

/** A column of USING or NATURAL: shown from the side that is always there, from both in a full join. */
function mergeColumn(name: string, index: number, join: Join, left: FromResult, right: FromResult, lineage: Lineage, block: Block): Slot {
  const [a, b] = [columnOfSide(left, name), columnOfSide(right, name)];
  for (const side of [left, right]) {
    for (const visible of side.relations) if (visible.open.length > 0 || visible.columns.some((slot) => slot.name === name)) lineage.refer(visible, [name], new Map());
  }
  const place = lineage.context.usingPlaces.get(join)?.[index];
  for (const { flows } of [a, b]) lineage.use(place ? referred(flows, place) : flows, 'condition', 'join', place !== undefined);
  for (const column of placesOfSide(left, name, a.flows)) for (const other of placesOfSide(right, name, b.flows)) block.equalities.push([column, other]);
  const spelling = a.spelling ?? b.spelling;
  const own = { name, ...(spelling === undefined ? {} : { spelling }) };
  if (join.kind === 'full') return { ...own, flows: mergeFlows(new Map(a.flows), b.flows) };
  return { ...own, flows: join.kind === 'right' ? b.flows : a.flows };
}

/** Of several tables whose columns nobody knows it may be that of each. */
function placesOfSide({ relations }: FromResult, name: string, flows: Flows): string[] {
  const places = placesOf(flows);
  return places.length > 0 ? places : relations.flatMap(({ open }) => open).flatMap((only) => placesOf(openColumn(only, name)));
}

function columnOfSide({ merged, star, relations }: FromResult, name: string): { flows: Flows; spelling?: string | undefined } {
  const slot = merged.findLast((candidate) => candidate.name === name) ?? star.find((candidate) => candidate.name === name);
  if (slot) return slot;
  const [only, another] = relations.flatMap(({ open }) => open);
  return { flows: only && !another ? openColumn(only, name) : new Map() };
}

