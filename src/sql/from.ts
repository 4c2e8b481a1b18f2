import type { FromItem, FunctionTable, Join } from '../model/syntax-tree.js';
import { type Block, child, emptyBlock } from './block.js';
import { type Flows, identityFlow, mergeFlows, placesOf, through } from './flow.js';
import type { Lineage } from './lineage.js';
import { type FromResult, Scope, type Slot, type VisibleRelation, relationOfSlots, starOf } from './scope.js';

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
      return single(functionRelation(item, scope, lineage, block));
    case 'opaque_table': {
      if (!UNDERSTOOD.has(item.what)) lineage.result.opaque.add(item.what);
      const flows = all(item.inputs.map((input) => lineage.flows(input, scope, block)));
      return single(relationOfSlots(item.alias ?? '', item.columns.map((name) => ({ name, flows })), []));
    }
    case 'join':
      return resolveJoin(item, scope, lineage, block);
  }
}

/** Tables made of expressions whose columns and inputs are all lowered. */
const UNDERSTOOD = new Set(['JsonTable', 'RangeTableFunc']);

function single(relation: VisibleRelation): FromResult {
  return { relations: [relation], star: starOf(relation), merged: [] };
}

/** A derived table sees the common tables around it and the queries outside, not its neighbours. */
function withoutRelations(scope: Scope): Scope {
  return new Scope(scope.parent, scope.commonTables);
}

/** The columns of functions whose result is a row of fixed names (PostgreSQL 18, "JSON Functions", "Set Returning Functions"). */
const ROW_FUNCTIONS: Record<string, string[]> = {
  json_each: ['key', 'value'],
  jsonb_each: ['key', 'value'],
  json_each_text: ['key', 'value'],
  jsonb_each_text: ['key', 'value'],
  json_array_elements: ['value'],
  jsonb_array_elements: ['value'],
  json_array_elements_text: ['value'],
  jsonb_array_elements_text: ['value'],
  ts_stat: ['word', 'ndoc', 'nentry'],
  pg_stat_statements: ['userid', 'dbid', 'toplevel', 'queryid', 'query', 'calls'],
};

function functionRelation(item: FunctionTable, scope: Scope, lineage: Lineage, block: Block): VisibleRelation {
  const slots: Slot[] = item.functions.flatMap(({ call, name, columns }) => {
    const flows = through(lineage.flows(call, scope, block), 'raw');
    const names = columns.length > 0 ? columns : (ROW_FUNCTIONS[name] ?? [item.alias !== null && item.functions.length === 1 ? item.alias : name]);
    return names.map((column) => ({ name: column, flows }));
  });
  const inputs = all(slots.map((slot) => slot.flows));
  if (item.ordinality) slots.push({ name: 'ordinality', flows: new Map() });
  // A function of unknown row type may have more columns than its name tells; the alias list knows.
  while (slots.length < item.columnAliases.length) slots.push({ name: '?', flows: inputs });
  const alias = item.alias ?? item.functions[0]?.name ?? '';
  return { ...relationOfSlots(alias, slots, item.columnAliases), scalar: slots.length === 1 };
}

function all(flows: readonly Flows[]): Flows {
  return flows.reduce<Flows>((merged, one) => mergeFlows(merged, one), new Map());
}

function resolveJoin(join: Join, scope: Scope, lineage: Lineage, block: Block): FromResult {
  // What an outer join compares narrows only the side that may be missing: the other one is read all the same.
  const optional = join.kind === 'left' || join.kind === 'right' ? child(block, 'optional') : null;
  const left = resolveFrom(join.left, scope, lineage, join.kind === 'right' && optional ? optional : block);
  // The right side may be LATERAL and then sees the left one.
  const between = new Scope(scope);
  for (const result of [scope, left]) between.relations.push(...result.relations);
  between.merged.push(...left.merged);
  const right = resolveFrom(join.right, between, lineage, join.kind === 'left' && optional ? optional : block);
  const compared = join.kind === 'full' ? emptyBlock() : (optional ?? block);
  const names = join.natural ? left.star.map((slot) => slot.name).filter((name) => name !== '*' && right.star.some((slot) => slot.name === name)) : join.using;
  const merged = names.map((name) => mergeColumn(name, join, left, right, lineage, compared));
  between.relations.push(...right.relations);
  between.merged.push(...right.merged);
  lineage.condition(join.on, 'join', between, compared);
  // Sub-queries in the condition of a full join are read, though it narrows nothing.
  if (join.kind === 'full') block.children.push(...compared.children);
  const star = [
    ...merged,
    ...left.star.filter((slot) => !names.includes(slot.name)),
    ...right.star.filter((slot) => !names.includes(slot.name)),
  ];
  if (join.alias !== null) return single(relationOfSlots(join.alias, star, join.columnAliases));
  return { relations: [...left.relations, ...right.relations], star, merged: [...left.merged, ...right.merged, ...merged] };
}

/** A column of USING or NATURAL: shown from the side that is always there, from both in a full join. */
function mergeColumn(name: string, join: Join, left: FromResult, right: FromResult, lineage: Lineage, block: Block): Slot {
  const pick = (side: FromResult): Flows => {
    const slot = side.merged.findLast((candidate) => candidate.name === name) ?? side.star.find((candidate) => candidate.name === name);
    if (slot) return slot.flows;
    const open = side.relations.flatMap((relation) => relation.open);
    return open.length === 1 ? new Map([[`${open[0]}.${name}`, identityFlow()]]) : new Map();
  };
  const [a, b] = [pick(left), pick(right)];
  for (const side of [left, right]) {
    for (const relation of side.relations) if (relation.columns.some((slot) => slot.name === name)) lineage.refer(relation, [name], new Map());
  }
  for (const flows of [a, b]) lineage.use(flows, 'condition', 'join', null);
  for (const column of placesOf(a)) for (const other of placesOf(b)) block.equalities.push([column, other]);
  if (join.kind === 'full') return { name, flows: mergeFlows(new Map(a), b) };
  return { name, flows: join.kind === 'right' ? b : a };
}
