import type { Call, Expression, Query, SqlStatement } from '../model/syntax-tree.js';
import { AGGREGATES } from '../sql/functions.js';
import { children, walkStatement } from '../sql/walk.js';

/**
 * Why the same query over the same rows may answer something else: it asks the clock, chance or the session; it cuts or orders rows
 * that nothing orders; or its numbers depend on the order in which they are added.
 */
export const UNREPRODUCIBLE_KINDS = ['clock', 'chance', 'session', 'unordered-limit', 'unordered-choice', 'unordered-aggregate', 'session-zone', 'float-sum'] as const;
export type UnreproducibleKind = (typeof UNREPRODUCIBLE_KINDS)[number];

export interface UnreproducibleReason {
  kind: UnreproducibleKind;
  /** One sentence without a full stop, as in `now() is another moment each time`. Names of functions and columns only, no literal. */
  text: string;
}

export interface ReproducibilityHints {
  /** What a column is, where a catalogue tells: a moment whose day depends on the session's zone, or a floating-point number. */
  columnKind?: (parts: readonly string[]) => 'zoned' | 'float' | null;
}

/** PostgreSQL 18 (9.9.5), DuckDB 1.5, and the dialects of the warehouses. */
const CLOCK: ReadonlySet<string> = new Set(
  `now current_date current_timestamp current_time current_datetime localtime localtimestamp transaction_timestamp statement_timestamp clock_timestamp timeofday getdate getutcdate sysdate systimestamp sysdatetime
   today curdate curtime utc_timestamp utc_date get_current_time get_current_timestamp current_localtime current_localtimestamp unix_timestamp`.split(/\s+/),
);
const BARE_CLOCK = /^(?:current_(?:date|time|timestamp)|localtime(?:stamp)?|sysdate|systimestamp)$/i;
const CHANCE: ReadonlySet<string> = new Set(
  `random random_normal rand randn uniform newid uuid gen_random_uuid uuid_generate_v1 uuid_generate_v1mc uuid_generate_v4 uuidv4 uuidv7 generate_uuid uuid_string randstr gen_random_bytes setseed generateuuidv4`.split(/\s+/),
);
const SESSION: ReadonlySet<string> = new Set(
  `current_user session_user current_role user current_setting current_schema current_schemas current_catalog current_database inet_client_addr inet_server_addr pg_backend_pid
   txid_current pg_current_xact_id pg_current_snapshot pg_current_wal_lsn nextval currval lastval setval`.split(/\s+/),
);
/** Aggregates whose answer is another in another order of rows. Not `any_value`: it is asked of what is the same in the whole group. */
const ORDERED_AGGREGATES: ReadonlySet<string> = new Set('array_agg string_agg group_concat listagg json_agg jsonb_agg list xmlagg first last array_concat_agg'.split(' '));
/** Window functions that number or pick rows by their order (PostgreSQL 18, 9.22). */
const ORDERED_WINDOWS: ReadonlySet<string> = new Set('row_number lag lead first_value last_value nth_value ntile first last'.split(' '));
/** Aggregates that add. */
const SUMS: ReadonlySet<string> = new Set('sum avg mean stddev stddev_pop stddev_samp variance var_pop var_samp total'.split(' '));
/** What asks for a part of a moment, by the session's zone where it has none of its own. */
const ZONED_PARTS: ReadonlySet<string> = new Set('date_trunc date_part extract to_char date strftime year month day hour week quarter dayofweek datetrunc datepart'.split(' '));
/** `'now'::timestamp` and its kin (PostgreSQL 18, 8.5.1.4). */
const CLOCK_WORDS = /^\s*(?:now|today|tomorrow|yesterday)\s*$/i;
const MOMENT_TYPE = /^(?:date|time|timestamp|datetime)/i;
const LOCAL_TYPE = /^(?:date$|timestamp(?:\(\d\))?(?: without time zone)?$|time|text|varchar|character varying|datetime)/i;

/**
 * Why a statement cannot be relied on to give the same result over the same rows (Part 066, section 9: a report is reproducible when the
 * exact result can be regenerated); empty where nothing speaks against it. Silent where it is not sure: ties in an order, functions of
 * the user's own and views are not judged. Each reason once, in the order of the text.
 */
export function notReproducible(statement: SqlStatement, hints: ReproducibilityHints = {}): UnreproducibleReason[] {
  const found = new Map<string, UnreproducibleReason>();
  const add = (kind: UnreproducibleKind, text: string): void => {
    const key = `${kind} ${text}`;
    if (!found.has(key)) found.set(key, { kind, text });
  };
  const tested = new Set<Query>();
  walkStatement(statement, {
    query: (query) => ofQuery(query, tested.has(query), add),
    expression: (expression) => {
      // What is only asked to be there may come in any order.
      if (expression.type === 'subquery' && expression.kind === 'exists') tested.add(expression.query);
      ofExpression(expression, hints, add);
    },
  });
  return [...found.values()];
}

type Add = (kind: UnreproducibleKind, text: string) => void;

function ofQuery(query: Query, isTested: boolean, add: Add): void {
  const { body, limit, offset, orderBy } = query;
  const isCut = (limit !== null && !(limit.type === 'literal' && limit.kind === 'null')) || offset !== null;
  if (isCut && orderBy.length === 0 && !isTested && !givesOneRow(query)) add('unordered-limit', 'LIMIT without ORDER BY takes whichever rows come first');
  if (body.type !== 'select') return;
  if (Array.isArray(body.distinct) && orderBy.length <= body.distinct.length) add('unordered-choice', 'DISTINCT ON without a further ORDER BY keeps any row of each group');
  // `qualify` and projections alike number rows.
  const named = new Map(body.windows.map(({ name, window }) => [name, window]));
  const calls = [...body.projections.map(({ expression }) => expression), ...orderBy.map(({ expression }) => expression), ...(body.qualify === null ? [] : [body.qualify])].flatMap(callsOf);
  for (const { name, over } of calls) {
    const last = name.at(-1) ?? '';
    if (over === null || !ORDERED_WINDOWS.has(last)) continue;
    const order = over.orderBy.length > 0 ? over.orderBy : (named.get(over.reference ?? '')?.orderBy ?? []);
    if (order.length === 0) add('unordered-choice', `${last}() over rows that nothing orders takes them as they come`);
  }
}

function givesOneRow({ body }: Query): boolean {
  if (body.type === 'values') return body.rows.length <= 1;
  if (body.type !== 'select') return false;
  if (body.groupBy.length === 0 && body.projections.some(({ expression }) => callsOf(expression).some(isAggregation))) return true;
  return body.from.length === 0;
}

function isAggregation({ name, over }: Call): boolean {
  return over === null && AGGREGATES.has(name.at(-1) ?? '');
}

/** Every call in an expression, not those within sub-queries. */
function callsOf(expression: Expression): Call[] {
  const own = expression.type === 'call' ? [expression] : [];
  return [...own, ...children(expression).flatMap(callsOf)];
}

function ofExpression(expression: Expression, hints: ReproducibilityHints, add: Add): void {
  if (expression.type === 'call') return ofCall(expression, hints, add);
  // Some front ends give words of the session as columns.
  if (expression.type === 'column' && expression.parts.length === 1 && BARE_CLOCK.test(expression.parts[0] ?? '')) return add('clock', `${(expression.parts[0] ?? '').toLowerCase()} is another moment each time`);
  if (expression.type !== 'cast') return;
  const { operand, target } = expression;
  if (operand.type === 'literal' && operand.kind === 'string' && MOMENT_TYPE.test(target) && CLOCK_WORDS.test(operand.value ?? '')) add('clock', `a cast of '${(operand.value ?? '').trim().toLowerCase()}' is another moment each time`);
  if (LOCAL_TYPE.test(target)) zoned(operand, `a cast to ${/^date/i.test(target) ? 'date' : /^time/i.test(target) ? 'a time without a zone' : 'text'}`, hints, add);
}

function ofCall(call: Call, hints: ReproducibilityHints, add: Add): void {
  const name = (call.name.at(-1) ?? '').toLowerCase();
  const isOwn = call.name.length === 1 || ['pg_catalog', 'main', 'system'].includes(call.name[0] ?? '');
  if (!isOwn) return;
  const written = BARE_CLOCK.test(name) ? name : `${name}()`;
  if (CLOCK.has(name) && !(name === 'unix_timestamp' && call.arguments.length > 0)) add('clock', `${written} is another moment each time`);
  else if (name === 'age' && call.arguments.length === 1) add('clock', 'age() of one moment counts up to today');
  else if (CHANCE.has(name) && !(name === 'uuid' && call.arguments.length > 0)) add('chance', `${name}() answers by chance`);
  else if (SESSION.has(name)) add('session', `${name}() depends on who asks, or when`);
  if (call.over === null && ORDERED_AGGREGATES.has(name) && call.orderBy.length === 0 && !call.withinGroup) add('unordered-aggregate', `${name}() without ORDER BY takes rows in the order in which they come`);
  const [first] = call.arguments;
  if (SUMS.has(name) && first !== undefined && kindOf(first, hints) === 'float') add('float-sum', `${name}() over a floating-point number depends on the order in which rows are added`);
  if (ZONED_PARTS.has(name) && !(name === 'date_trunc' && call.arguments.length > 2)) for (const argument of call.arguments) zoned(argument, `${name}()`, hints, add);
}

function zoned(operand: Expression, what: string, hints: ReproducibilityHints, add: Add): void {
  if (operand.type === 'column' && hints.columnKind?.(operand.parts) === 'zoned') add('session-zone', `${what} of ${operand.parts.at(-1) ?? ''} depends on the time zone of the session`);
}

function kindOf(expression: Expression, { columnKind }: ReproducibilityHints): 'zoned' | 'float' | null {
  if (expression.type === 'column') return columnKind?.(expression.parts) ?? null;
  if (expression.type === 'cast') return /^(?:double|float|real)/i.test(expression.target) ? 'float' : null;
  return null;
}
