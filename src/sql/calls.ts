import type { Call, Expression } from '../model/syntax-tree.js';
import { argumentRoles } from './argument-roles.js';
import type { Block } from './block.js';
import type { DialectId } from './dialect.js';
import { asideOf, offsetOf } from './expression-flows.js';
import { type Flows, type MaskLevel, through, unite } from './flow.js';
import { isAggregate } from './functions.js';
import type { Lineage } from './lineage.js';
import { declaredMask, masksOfCall } from './mask.js';
import { BUILTIN_FUNCTIONS } from './postgres-functions/builtin.js';
import { EXTENSION_FUNCTIONS, EXTENSION_PREFIXES } from './postgres-functions/extension.js';
import type { Scope, Slot } from './scope.js';
import { type Argument, callable, calledFunctions } from './stored-function.js';
import { readsOutside, sqlArgument } from './sql-argument.js';

/**
 * What flows into the value of a call. A function of the catalogue is expanded; `columns` then takes the columns of a row that it
 * returns.
 */
export function callFlows(written: Call, lineage: Lineage, scope: Scope, block: Block, columns: Slot[] = []): Flows {
  const call = qualifiedCall(written, lineage);
  if (call.filter) lineage.condition(call.filter, 'filter', scope, asideOf(block));
  if (call.over) lineage.expressions.window(call.over, scope, block);
  if (!ordersArgument(call)) for (const { expression } of call.orderBy) lineage.use(lineage.flows(expression, scope, block), 'condition', 'order');
  const { context } = lineage;
  const stored = storedFunctions(call, lineage);
  const declared = stored.length > 0 ? declaredMask(call.name, context.declaredMasks) : null;
  if (stored.length > 0 && declared === null) {
    const given = argumentsOf(call, lineage, scope, block);
    const result = calledFunctions(callable(stored, given), given, lineage, block);
    for (const message of result.uncertain) lineage.diagnose(message, offsetOf(call.span));
    if (result.isRow) columns.push(...result.columns);
    return through(unite(result.columns.map((slot) => slot.flows)), 'raw', isAggregate(call.name, context) ? 'aggregation' : 'transformation');
  }
  if (stored.length === 0 && declared === null) {
    const column = columnInDisguise(call, lineage, scope);
    if (column) return lineage.flows(column, scope, block);
    diagnoseUnknown(call, lineage);
  }
  const happened = isAggregate(call.name, context) ? 'aggregation' : 'transformation';
  const flows = shownArguments(call, declared, lineage, scope, block).map(([input, level]) => through(input, level, happened));
  const inner = sqlArgument(call, lineage, block);
  return unite(inner ? [...flows, ...inner.map((slot) => through(slot.flows, 'raw', happened))] : flows);
}

/** Aggregates that put their argument together in the order of WITHIN GROUP; of every other it is the argument. */
const LISTS = new Set(['listagg', 'string_agg', 'array_agg', 'group_concat', 'xmlagg']);

function ordersArgument({ withinGroup, name }: Call): boolean {
  return withinGroup && !LISTS.has(name.at(-1) ?? '');
}

/** What flows into the arguments that are shown, and how much the call leaves of each. What the others decide is noted. */
function shownArguments(call: Call, declared: MaskLevel | null, lineage: Lineage, scope: Scope, block: Block): [Flows, MaskLevel][] {
  const { dialect } = lineage.context;
  const levels = declared ? [] : lineage.expressions.masked(scope, () => masksOfCall(call, lineage.expressions.masks));
  const roles = argumentRoles(call, dialect);
  const inputs = [...call.arguments, ...(ordersArgument(call) ? call.orderBy.map(({ expression }) => expression) : [])];
  return inputs.flatMap((input, position): [Flows, MaskLevel][] => {
    if (isDatePart(input, call, dialect.id)) return [];
    const flows = lineage.flows(input, scope, block);
    const role = roles?.[position] ?? null;
    if (role === null) return [[flows, declared ?? levels[position] ?? 'raw']];
    lineage.use(flows, 'condition', role);
    return [];
  });
}

/** `email(c)` is `c.email` where no function has that name ("Using Composite Types in Queries"). */
function columnInDisguise({ name, arguments: [row, another], span }: Call, { context, expressions }: Lineage, scope: Scope): Expression | null {
  const [field] = name;
  if (context.dialect.id !== 'postgres' || name.length !== 1 || field === undefined || another || row?.type !== 'column' || isKnown(field, false)) return null;
  const known = expressions.rowOf(row, scope)?.columns.some((slot) => slot.name === field);
  return known ? { type: 'composite', kind: 'field', elements: [row], field, span } : null;
}

/** `schema.f(x)` where a dialect knows method calls, too: a parser takes the schema for the column that the method is called on. */
export function qualifiedCall(call: Call, { context: { dialect, index } }: Lineage): Call {
  const [first, ...others] = call.arguments;
  if (dialect.id === 'postgres' || index.functions.length === 0 || call.name.length > 1 || first?.type !== 'column' || first.parts.length > 1) return call;
  const [schema = ''] = first.parts;
  return index.functionsNamed(schema, call.name[0] ?? '', []).length > 0 ? { ...call, name: [schema, ...call.name], arguments: others } : call;
}

/** The arguments of a call with what flows into each. */
export function argumentsOf(call: Call, lineage: Lineage, scope: Scope, block: Block): Argument[] {
  return call.arguments.map((argument) => {
    const isNamed = argument.type === 'operation' && argument.operator.endsWith(' =>');
    const value = isNamed ? (argument.operands[0] ?? argument) : argument;
    const row = lineage.expressions.rowOf(value, scope);
    const slot: Slot = { name: '', flows: lineage.flows(value, scope, block), ...(row ? { row } : {}) };
    return { name: isNamed ? argument.operator.slice(0, -' =>'.length) : null, slot };
  });
}

/** The functions of the catalogue that a call may mean. The engine's own come first: pg_catalog is at the head of every path. */
export function storedFunctions(call: Call, { context }: Lineage): ReturnType<typeof callable> {
  if (context.index.functions.length === 0) return [];
  if (call.name.length === 1 && context.dialect.id === 'postgres' && BUILTIN_FUNCTIONS.has(call.name[0] ?? '')) return [];
  return context.index.functionsNamed(call.name.at(-2) ?? null, call.name.at(-1) ?? '', context.searchPath);
}

/** Schemas of engines and extensions, whose functions stand in no catalogue of the business. */
const KNOWN_SCHEMAS = new Set(
  `pg_catalog information_schema anon cron partman postgis topology tiger pgmq timescaledb_information _timescaledb_internal
   safe net keys hll_count ml ai st aead kll_quantiles bqutil sys system builtin dbms_lob dbms_random snowflake`.split(/\s+/),
);

function diagnoseUnknown(call: Call, lineage: Lineage): void {
  const outside = readsOutside(call);
  if (outside !== null) return lineage.diagnose(outside, offsetOf(call.span));
  if (isEngineFunction(call, lineage) || declaredMask(call.name, lineage.context.declaredMasks)) return;
  lineage.diagnose(`the function ${call.name.join('.')} is not known: what it reads is not known, and its value may be any of its arguments`, offsetOf(call.span));
}

/** Whether a function that the catalogue does not have is the engine's own or an extension's. */
export function isEngineFunction({ name: parts }: Call, { context: { dialect } }: Lineage): boolean {
  const name = parts.at(-1) ?? '';
  const schema = parts.at(-2);
  if (schema !== undefined && KNOWN_SCHEMAS.has(schema.toLowerCase())) return true;
  // Of the other dialects no list of functions is complete: an unqualified name is taken for the engine's own.
  return dialect.id === 'postgres' ? isKnown(name, schema !== undefined) : schema === undefined;
}

function isKnown(name: string, qualified: boolean): boolean {
  if (EXTENSION_FUNCTIONS.has(name) || EXTENSION_PREFIXES.some((prefix) => name.startsWith(prefix))) return true;
  return !qualified && BUILTIN_FUNCTIONS.has(name);
}

const DATE_PARTS = new Set(
  `microsecond microseconds millisecond milliseconds second seconds minute minutes hour hours day days week weeks isoweek month months
   quarter quarters year years isoyear decade century millennium epoch dow isodow doy dayofweek dayofyear dayofmonth weekday yy yyyy qq mm
   dd hh mi ss ms ns us nanosecond nanoseconds date`.split(/\s+/),
);

const DATE_FUNCTIONS =
  /^(?:date|datetime|time|timestamp|ts)_?(?:trunc|diff|add|sub|part|bucket|bin)|^(?:timestampdiff|timestampadd|dateadd|datediff|datepart|datename|date_bucket|last_day|next_day|extract|round|trunc|to_start_of_interval|generate_date_array|generate_timestamp_array)$/;

/** `DATE_TRUNC(ordered_at, MONTH)`: the part of a date that some parsers take for a column. */
function isDatePart(input: Expression, { name }: Call, dialect: DialectId): boolean {
  if (dialect === 'postgres' || input.type !== 'column' || input.parts.length !== 1) return false;
  return DATE_PARTS.has((input.parts[0] ?? '').toLowerCase()) && DATE_FUNCTIONS.test(name.at(-1) ?? '');
}
