import type { Expression, GroupItem, OrderItem, Projection, Select } from '../model/syntax-tree.js';
import type { Block } from './block.js';
import { perColumn } from './columns-expression.js';
import { type Flows, referred } from './flow.js';
import { resolveFrom } from './from.js';
import { callsAggregate } from './functions.js';
import type { Lineage } from './lineage.js';
import { isOwnColumn } from './names.js';
import { outputName } from './output-name.js';
import type { NamedValue, Scope, Slot } from './scope.js';

/** The outputs of one SELECT. `orderBy` is that of the query around it. */
export function resolveSelect(select: Select, orderBy: OrderItem[], scope: Scope, lineage: Lineage, block: Block): Slot[] {
  const { outputNames, id } = lineage.context.dialect;
  for (const item of select.from) scope.add(resolveFrom(item, scope, lineage, block));
  const values = select.projections.map((projection) => namedValue(projection, scope, lineage, block));
  if (outputNames !== 'none') scope.namedFirst = outputNames;
  const isPostgres = id === 'postgres';
  if (!isPostgres) select.projections.forEach(({ alias }, position) => nameValue(alias, values[position], scope));
  const columns = select.projections.map((projection, position) => outputsOf(projection, values[position], scope, lineage, block));
  const outputs = columns.flat();
  lineage.condition(select.where, 'filter', scope, block);
  // Behind WHERE most dialects but PostgreSQL know the outputs by name.
  if (!isPostgres && scope.namedFirst === 'none') scope.namedFirst = 'after_columns';
  for (const item of select.groupBy) group(item, { select, outputs, columns }, scope, lineage, block);
  lineage.condition(select.having, 'having', scope, block);
  lineage.condition(select.qualify, 'qualify', scope, block);
  for (const { window } of select.windows) lineage.expressions.window(window, scope, block);
  distinct(select, outputs, scope, lineage, block);
  for (const { expression } of orderBy) lineage.use(byOutput(expression, outputs, scope, lineage, block), 'condition', 'order');
  return outputs;
}

/** Makes `WITH expression AS name` known to a query. */
export function defineNames(definitions: readonly Projection[], scope: Scope, lineage: Lineage, block: Block): void {
  if (definitions.length === 0) return;
  scope.namedFirst = 'after_columns';
  for (const definition of definitions) nameValue(definition.alias, namedValue(definition, scope, lineage, block), scope);
}

function nameValue(name: string | null, value: NamedValue | undefined, scope: Scope): void {
  if (name !== null && value && !scope.named.has(name)) scope.named.set(name, value);
}

/** The value of a projection, worked out once. Within itself its name means a column. */
function namedValue({ expression, alias, spelling }: Projection, scope: Scope, lineage: Lineage, block: Block): NamedValue {
  let slot: Slot | null = null;
  let running = false;
  return () => {
    if (slot || running || expression.type === 'star') return slot;
    running = true;
    const flows = lineage.flows(expression, scope, block);
    const row = lineage.expressions.rowOf(expression, scope);
    slot = { name: alias ?? outputName(expression), flows, ...(row ? { row } : {}), ...(spelling === undefined ? {} : { spelling }) };
    running = false;
    return slot;
  };
}

/** The columns that one item of a select list gives. */
export function projected(projection: Projection, scope: Scope, lineage: Lineage, block: Block): Slot[] {
  return outputsOf(projection, namedValue(projection, scope, lineage, block), scope, lineage, block);
}

function outputsOf({ expression }: Projection, value: NamedValue | undefined, scope: Scope, lineage: Lineage, block: Block): Slot[] {
  if (expression.type === 'star') return lineage.expressions.star(expression, scope, block);
  if (expression.type === 'composite' && expression.kind === 'field' && expression.field === '*') {
    return lineage.expressions.unpacked(expression, scope, block);
  }
  const many = perColumn(expression, scope, lineage, block);
  if (many) return many;
  const slot = value?.();
  return slot ? [slot] : [];
}

interface Grouped {
  select: Select;
  outputs: Slot[];
  /** The outputs of each projection. */
  columns: Slot[][];
}

function group(item: GroupItem, grouped: Grouped, scope: Scope, lineage: Lineage, block: Block): void {
  const { select, outputs, columns } = grouped;
  if (item.type === 'all') {
    select.projections.forEach(({ expression }, position) => {
      if (callsAggregate(expression, lineage.context)) return;
      for (const slot of columns[position] ?? []) lineage.use(slot.flows, 'grouping', 'group');
    });
    return;
  }
  if (item.type === 'sets') {
    for (const inner of item.items) group(inner, grouped, scope, lineage, block);
    return;
  }
  const { expression } = item;
  if (expression.type === 'composite' && expression.kind === 'row') {
    for (const element of expression.elements) group({ type: 'expression', expression: element }, grouped, scope, lineage, block);
    return;
  }
  // GROUP BY prefers the input column to an output of the same name; ORDER BY the other way round (SELECT, "GROUP BY Clause").
  const isInput = expression.type === 'column' && scope.namedFirst !== 'before_columns' && (expression.parts.length > 1 || isOwnColumn(expression.parts[0] ?? '', scope));
  const flows = isInput ? lineage.flows(expression, scope, block) : byOutput(expression, outputs, scope, lineage, block);
  lineage.use(flows, 'grouping', 'group');
}

/** The flows of an expression that may be the number or the name of an output. */
export function byOutput(expression: Expression, outputs: Slot[], scope: Scope, lineage: Lineage, block: Block): Flows {
  if (expression.type === 'literal' && expression.kind === 'number') {
    const { start, end } = expression.span;
    const output = outputs[Number(expression.value) - 1];
    return output ? referred(output.flows, { start, end: end > start || end === 0 ? end : start + (expression.value?.length ?? 0) }) : new Map();
  }
  if (expression.type === 'column' && expression.parts.length === 1) {
    const output = outputs.find((slot) => slot.name === expression.parts[0]);
    if (output) return referred(output.flows, expression.span);
  }
  return lineage.flows(expression, scope, block);
}

function distinct(select: Select, outputs: Slot[], scope: Scope, lineage: Lineage, block: Block): void {
  if (select.distinct === 'all') for (const slot of outputs) lineage.use(slot.flows, 'grouping', 'distinct');
  if (!Array.isArray(select.distinct)) return;
  for (const expression of select.distinct) lineage.use(byOutput(expression, outputs, scope, lineage, block), 'grouping', 'distinct');
}
