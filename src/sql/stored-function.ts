import type { StoredFunction } from '../model/catalog.js';
import { type Block, copyBlock, emptyBlock } from './block.js';
import { type Flow, type Flows, afterwards, identityFlow, mergeFlows, placedAs, through, unite } from './flow.js';
import { Lineage } from './lineage.js';
import type { Use } from './resolution.js';
import { type Slot, type VisibleRelation, openColumn, relation, starOf } from './scope.js';
import { combineBranches, rename } from './slots.js';
import { withoutSpans } from './stored-relation.js';

/** What a function means, in terms of its arguments: sources that begin with `PARAMETER` stand for them. */
export interface FunctionResolution {
  columns: Slot[];
  uses: Use[];
  base: Set<string>;
  block: Block;
  /** What is uncertain, in words. */
  uncertain: string[];
  /** Its value is a row of these columns, and no single value. */
  isRow: boolean;
  /** The columns of its row are not known. */
  isOpen: boolean;
}

/** Sources of a function's own argument, `<mark><position>`, and of a field of it, `<mark><position>.<field>`. */
const PARAMETER = '\u0000';

/** An argument of a call; `name` where the call names it. */
export interface Argument {
  name: string | null;
  slot: Slot;
}

/** Those of several functions of one name that a call with these arguments can mean. */
export function callable(functions: readonly StoredFunction[], given: readonly Argument[]): StoredFunction[] {
  const fitting = functions.filter((candidate) => {
    const inputs = inputsOf(candidate);
    const isVariadic = inputs.at(-1)?.mode === 'variadic';
    const required = inputs.length - candidate.defaults - (isVariadic ? 1 : 0);
    if (given.length < required || (!isVariadic && given.length > inputs.length)) return false;
    return given.every(({ name }) => name === null || inputs.some((input) => input.name === name));
  });
  return fitting.length > 0 ? fitting : [...functions];
}

function inputsOf({ arguments: all }: StoredFunction): StoredFunction['arguments'] {
  return all.filter(({ mode }) => mode !== 'out');
}

/** What a call of a function gives: its columns with the arguments put in. Notes what the body reads and by what it decides. */
export function calledFunction(known: StoredFunction, given: readonly Argument[], lineage: Lineage, block: Block | null): Pick<FunctionResolution, 'columns' | 'uncertain' | 'isRow' | 'isOpen'> {
  const resolution = resolutionOf(known, lineage);
  const values = bound(known, given);
  const substitute = (flows: Flows): Flows => substituted(flows, values);
  for (const table of resolution.base) lineage.result.base.add(table);
  for (const use of resolution.uses) {
    for (const [column, { mask, transformation }] of substitute(new Map([[use.column, flowOf(use)]]))) lineage.noteUse({ ...use, column, mask, transformation });
  }
  const place = lineage.nextPlace();
  block?.children.push(copyBlock(resolution.block, (name) => `${name}/${place}`));
  const columns = resolution.columns.map((slot): Slot => ({ name: slot.name, flows: substitute(slot.flows) }));
  return { ...resolution, columns };
}

/** Several functions of one name that a call may mean: it gives what any of them gives. */
export function calledFunctions(functions: readonly StoredFunction[], given: readonly Argument[], lineage: Lineage, block: Block | null): ReturnType<typeof calledFunction> {
  const results = functions.map((known) => calledFunction(known, given, lineage, block));
  const [first, ...others] = results;
  if (!first) return { columns: [], uncertain: [], isRow: false, isOpen: true };
  return others.reduce((all, one) => ({
    columns: combineBranches(all.columns, one.columns, false),
    uncertain: [...all.uncertain, ...one.uncertain],
    isRow: all.isRow || one.isRow,
    isOpen: all.isOpen || one.isOpen,
  }), first);
}

function flowOf({ mask, transformation }: Use): Flow {
  return { mask, transformation, identity: mask === 'raw' && transformation === 'identity', spans: [] };
}

/** The arguments by their position in the definition; those of VARIADIC are one. */
function bound(known: StoredFunction, given: readonly Argument[]): Slot[] {
  const inputs = inputsOf(known);
  const values = inputs.map(({ name }): Slot => ({ name, flows: new Map() }));
  given.forEach(({ name, slot }, position) => {
    const index = name === null ? Math.min(position, inputs.length - 1) : inputs.findIndex((input) => input.name === name);
    const value = values[index];
    if (!value) return;
    values[index] = value.flows.size === 0 ? { ...slot, name: value.name } : { name: value.name, flows: mergeFlows(new Map(value.flows), slot.flows) };
  });
  return values;
}

function substituted(flows: Flows, values: readonly Slot[]): Flows {
  const result: Flows = new Map();
  for (const [source, flow] of flows) {
    if (!source.startsWith(PARAMETER)) {
      mergeFlows(result, new Map([[source, flow]]));
      continue;
    }
    const [position = '', field = null] = source.slice(PARAMETER.length).split('.');
    const value = values[Number(position) - 1];
    if (value) mergeFlows(result, new Map([...valueOf(value, field)].map(([column, argument]) => [column, afterwards(argument, flow)])));
  }
  return result;
}

function valueOf(value: Slot, field: string | null): Flows {
  if (field === null || field === '*') return value.flows;
  const column = value.row?.columns.find(({ name }) => name === field);
  if (column) return placedAs(column.flows, value.flows);
  const group = value.row?.open[0];
  return group ? openColumn(group, field) : through(value.flows, 'raw');
}

function resolutionOf(known: StoredFunction, lineage: Lineage): FunctionResolution {
  const { context, within } = lineage;
  const signature = `${known.schema}.${known.name}(${inputsOf(known).map(({ type }) => type).join(', ')})`;
  const resolved = context.functions.get(signature);
  if (resolved) return resolved;
  // A function within itself adds nothing that its other branches do not read; its value may be any of its arguments.
  if (within.expanding.has(signature)) return shaped(known, [], lineage, { uses: [], base: new Set(), block: emptyBlock(), uncertain: [] });
  const resolution = known.language === 'sql' && known.body !== null ? expanded(known, known.body, signature, lineage) : unread(known, lineage);
  context.functions.set(signature, resolution);
  return resolution;
}

/** A function whose body is not read: its value may hold any of its arguments. */
function unread(known: StoredFunction, lineage: Lineage): FunctionResolution {
  const what = `what ${known.schema}.${known.name} reads is not known`;
  const why = known.dynamic ? 'it builds SQL at run time' : known.language === 'sql' ? 'its body is not in the catalogue' : `its language is ${known.language}`;
  const isEngineCode = known.language === 'internal' || known.kind === 'aggregate' || known.kind === 'window';
  return shaped(known, [], lineage, { uses: [], base: new Set(), block: emptyBlock(), uncertain: isEngineCode ? [] : [`${what}: ${why}`] });
}

function expanded(known: StoredFunction, body: string, signature: string, lineage: Lineage): FunctionResolution {
  const { context, within } = lineage;
  const { statements, diagnostics } = context.parse(body);
  const name = `${known.schema}.${known.name}`;
  if (statements.length === 0 && diagnostics.length > 0) {
    return shaped(known, [], lineage, { uses: [], base: new Set(), block: emptyBlock(), uncertain: [`what ${name} reads is not known: its body could not be read`] });
  }
  const inner = new Lineage(context, { expanding: new Set([...within.expanding, signature]), parameters: parametersOf(known) });
  for (const { statement } of statements) inner.statement(statement);
  const { result } = inner;
  const uncertain = [...result.diagnostics.map(({ message }) => message), ...[...result.opaque].map((what) => `${what} is not understood in full`)];
  const last = statements.at(-1)?.statement;
  const shown = known.returns === 'void' || last === undefined ? [] : result.outputs;
  return shaped(known, shown, lineage, {
    uses: result.uses.map((use) => ({ ...use, span: null })), base: result.base, block: result.block,
    uncertain: uncertain.map((message) => `in the function ${name}: ${message}`),
  }, true);
}

/** The parameters as the body sees them: by name, by `function.name`, and by number. */
function parametersOf(known: StoredFunction): VisibleRelation {
  const columns = inputsOf(known).map(({ name }, position): Slot => {
    const source = `${PARAMETER}${position + 1}`;
    const fields = relation(name, [], { open: [new Map([[`${source}.*`, identityFlow()]])] });
    return { name, flows: new Map([[source, identityFlow()]]), row: fields };
  });
  return relation(known.name, columns);
}

/** The columns of a function's value under the names of its declaration. */
function shaped(known: StoredFunction, shown: readonly Slot[], lineage: Lineage, read: Pick<FunctionResolution, 'uses' | 'base' | 'block' | 'uncertain'>, isRead = false): FunctionResolution {
  const row = rowType(known, lineage);
  const names = known.columns?.map(({ name }) => name) ?? row;
  const isRow = names !== null && (known.columns === null || known.columns.length !== 1);
  const isOpen = names === null && !isRead && RECORD.test(known.returns);
  if (!isRead) {
    const all = unite(inputsOf(known).map((_, position): Flows => new Map([[`${PARAMETER}${position + 1}`, identityFlow()]])));
    const aggregates = known.kind === 'aggregate' ? 'aggregation' : 'transformation';
    return { ...read, isRow, isOpen, columns: (names ?? [known.name]).map((name) => ({ name, flows: through(all, 'raw', aggregates) })) };
  }
  const [only, another] = shown;
  const isWholeRow = only?.row !== undefined && !another && names !== null && (names.length > 1 || row !== null);
  const columns = (isWholeRow && only.row ? starOf(only.row) : [...shown]).map((slot): Slot => ({ name: slot.name, flows: withoutSpans(slot.flows) }));
  if (names === null) return { ...read, isRow: columns.length > 1, isOpen: false, columns: columns.length === 1 ? rename(columns, [known.name]) : columns };
  return { ...read, isRow, isOpen: false, columns: rename(columns, names) };
}

/** Types of which nobody knows the columns. */
const RECORD = /^(?:record|anyelement|anycompatible|trigger)$|\./;

/** The columns of the relation whose row a function returns; null for other types. */
function rowType({ returns }: StoredFunction, { context }: Lineage): string[] | null {
  const [schema = null, name = ''] = returns.includes('.') ? returns.replaceAll('"', '').split('.') : [null, returns.replaceAll('"', '')];
  const found = context.index.find(schema, name, context.searchPath);
  return found ? found.columns.map((column) => column.name) : null;
}
