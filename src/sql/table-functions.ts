import type { Call, Expression, FunctionTable } from '../model/syntax-tree.js';
import type { Block } from './block.js';
import { argumentsOf, callFlows, isEngineFunction, qualifiedCall, storedFunctions } from './calls.js';
import { offsetOf } from './expression-flows.js';
import { type Flows, through } from './flow.js';
import type { Lineage } from './lineage.js';
import { declaredMask } from './mask.js';
import { FUNCTION_COLUMNS, WAREHOUSE_FUNCTION_COLUMNS } from './postgres-functions/columns.js';
import { type Scope, type Slot, type VisibleRelation, named, relationOfSlots, uniteSlots } from './scope.js';
import { callable, calledFunctions } from './stored-function.js';

/** What one function of FROM gives. */
interface Given {
  slots: Slot[];
  /** Its value is a row, so that its alias names all columns and no value. */
  isRow: boolean;
  /** What columns of other names may hold. */
  rest: Flows | null;
}

/** One or several functions as FROM sees them. */
export function functionTable(item: FunctionTable, scope: Scope, lineage: Lineage, block: Block): VisibleRelation {
  const given = item.functions.map((part) => ofFunction(part, item, scope, lineage, block));
  const slots = given.flatMap((one) => one.slots);
  const inputs = uniteSlots(slots);
  const rest = given.find((one) => one.rest !== null)?.rest ?? null;
  // The position tells how many rows there are, and nothing of what is in them.
  if (item.ordinality) slots.push({ name: 'ordinality', flows: through(inputs, 'aggregate') });
  // A function of unknown row type may have more columns than its name tells; the alias list knows.
  while (slots.length < item.columnAliases.length) slots.push({ name: '?', flows: inputs });
  const alias = item.alias ?? item.functions[0]?.name ?? '';
  const [first] = given;
  const isValue = given.length === 1 && first !== undefined && !first.isRow && first.slots.length === 1;
  return { ...relationOfSlots(alias, slots, item.columnAliases), aliased: item.alias !== null, scalar: isValue, rest };
}

function ofFunction(part: FunctionTable['functions'][number], item: FunctionTable, scope: Scope, lineage: Lineage, block: Block): Given {
  const { name, columns } = part;
  const call = part.call.type === 'call' ? qualifiedCall(part.call, lineage) : part.call;
  const alias = item.alias !== null && item.functions.length === 1 ? item.alias : name;
  if (call.type !== 'call') return { slots: [{ name: alias, flows: through(lineage.flows(call, scope, block), 'raw') }], isRow: false, rest: null };
  const stored = ofCatalogue(call, alias, columns, scope, lineage, block);
  if (stored) return stored;
  if (call.name.at(-1) === 'unnest' && call.arguments.length > 1 && columns.length === 0) {
    const slots = call.arguments.map((argument): Slot => ({ name: 'unnest', flows: through(lineage.flows(argument, scope, block), 'raw') }));
    return { slots, isRow: true, rest: null };
  }
  const flows = through(callFlows(call, lineage, scope, block), 'raw');
  const unnested = columns.length === 0 ? ofComposites(call, scope, lineage) : null;
  if (unnested) return { slots: unnested.map((column): Slot => ({ name: column, flows })), isRow: true, rest: null };
  const known = columns.length > 0 ? columns : knownColumns(call, lineage);
  const slots = (known ?? [alias]).map((column): Slot => ({ name: column, flows }));
  const row = ofPopulated(call, scope, lineage);
  if (row && columns.length === 0) return { slots: row.map((column): Slot => ({ name: column, flows })), isRow: true, rest: null };
  // An unpacked struct has fields that no catalogue lists; so have files.
  const isOpen = known === null && (lineage.context.dialect.id !== 'postgres' || POPULATES.test(name) || !isEngineFunction(call, lineage));
  return { slots, isRow: columns.length > 0 || (known !== null && known.length > 1), rest: isOpen ? flows : null };
}

/** `unnest(former_addresses)`, an array of a composite type, gives the columns of the type. */
function ofComposites(call: Call, scope: Scope, lineage: Lineage): readonly string[] | null {
  const [array] = call.arguments;
  if (!array || call.name.at(-1) !== 'unnest' || lineage.context.dialect.id !== 'postgres') return null;
  const row = lineage.expressions.rowOf(array, scope);
  return row && row.open.length === 0 && row.columns.length > 0 ? row.columns.map((slot) => slot.name) : null;
}

function knownColumns(call: Call, { context }: Lineage): readonly string[] | null {
  const name = call.name.at(-1) ?? '';
  if (context.dialect.id === 'postgres') return FUNCTION_COLUMNS.get(name) ?? null;
  return WAREHOUSE_FUNCTION_COLUMNS.get(name) ?? FUNCTION_COLUMNS.get(name) ?? null;
}

/** A function of the catalogue in FROM: its columns are followed into its body. */
function ofCatalogue(call: Call, alias: string, columns: readonly string[], scope: Scope, lineage: Lineage, block: Block): Given | null {
  const functions = storedFunctions(call, lineage);
  if (functions.length === 0 || declaredMask(call.name, lineage.context.declaredMasks)) return null;
  const given = argumentsOf(call, lineage, scope, block);
  const result = calledFunctions(callable(functions, given), given, lineage, block);
  for (const message of result.uncertain) lineage.diagnose(message, offsetOf(call.span));
  const declared = functions.some((known) => known.columns !== null);
  const slots = result.columns.map((slot, position): Slot => {
    const name = columns[position] ?? (result.isRow || declared ? slot.name : alias);
    return named(slot, name);
  });
  const all = uniteSlots(slots);
  while (slots.length < columns.length) slots.push({ name: columns[slots.length] ?? '?', flows: all });
  return { slots, isRow: result.isRow || columns.length > 0, rest: result.isOpen && columns.length === 0 ? all : null };
}

const POPULATES = /^jsonb?_populate_record(?:set)?$/;

/** `jsonb_populate_record(NULL::shop.customer, …)`: the row type of the first argument says the columns. */
function ofPopulated(call: Call, scope: Scope, lineage: Lineage): readonly string[] | null {
  const [base] = call.arguments;
  if (!base || !POPULATES.test(call.name.at(-1) ?? '')) return null;
  const type = rowTypeOf(base);
  if (type !== null) {
    const parts = type.split('.');
    const found = lineage.context.index.find(parts.length > 1 ? (parts[0] ?? null) : null, parts.at(-1) ?? '', lineage.context.searchPath);
    if (found) return found.columns.map((column) => column.name);
  }
  const row = lineage.expressions.rowOf(base, scope);
  return row && row.open.length === 0 ? row.columns.map((slot) => slot.name) : null;
}

function rowTypeOf(expression: Expression): string | null {
  return expression.type === 'cast' ? expression.target.replace(/\[\]$/, '') : null;
}
