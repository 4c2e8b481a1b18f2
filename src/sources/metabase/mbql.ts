import { isObject } from '../common/json.js';

/**
 * Metabase's query language in one form, whichever of its serialisations an export has: MBQL 4 (v0.32 and later, options
 * last, one nested map) and MBQL 5 (v0.57 and later, `lib/type`, options second, a list of stages).
 */
export interface Clause {
  /** Lower case, e.g. `field`, `=`, `time-interval`. */
  operator: string;
  options: Record<string, unknown>;
  arguments: Argument[];
}

export type Argument = Clause | string | number | boolean | null | Argument[];

export type StageSource =
  | { kind: 'table'; id: unknown }
  | { kind: 'card'; id: unknown }
  /** `tags` as they stand: a map or a list. */
  | { kind: 'native'; sql: string; tags: unknown }
  | { kind: 'stage'; stage: Stage }
  | { kind: 'none' };

export interface Join {
  alias: string;
  /** `left-join`, `inner-join`, `right-join` or `full-join`. */
  strategy: string;
  source: StageSource;
  conditions: Clause[];
  fields: 'all' | 'none' | Clause[];
}

export interface Stage {
  source: StageSource;
  joins: Join[];
  expressions: { name: string; value: Argument }[];
  filters: Clause[];
  aggregations: Clause[];
  breakouts: Clause[];
  /** Null where the stage takes what its source has. */
  fields: Clause[] | null;
  order: { direction: 'ASC' | 'DESC'; value: Clause }[];
  limit: number | null;
}

/** What stands in an export is not a query of either language, or it nests without end. */
export class MbqlError extends Error {
  override readonly name = 'MbqlError';
}

/** No question of a person nests so deep; what does was made to exhaust the reader. */
export const MBQL_DEPTH_MAX = 100;

export function isClause(argument: Argument | undefined): argument is Clause {
  return typeof argument === 'object' && argument !== null && !Array.isArray(argument);
}

/** The query of a `dataset_query` that is not native, or null where it is native. */
export function readQuery(query: Record<string, unknown>): Stage | null {
  const stages = query['stages'];
  if (Array.isArray(stages)) return readStages(stages, 0);
  const inner = query['query'];
  if (isObject(inner)) return readInner(inner, 0);
  if (query['type'] === 'native' || query['native'] !== undefined) return null;
  throw new MbqlError('it has neither stages nor a query');
}

function readStages(stages: readonly unknown[], depth: number): Stage | null {
  guard(depth);
  let stage: Stage | null = null;
  for (const [index, value] of stages.entries()) {
    guard(index);
    if (!isObject(value)) throw new MbqlError('a stage is no object');
    const native = value['native'];
    if (native !== undefined) {
      if (stages.length === 1) return null;
      if (typeof native !== 'string') throw new MbqlError('its native stage is no text');
      stage = emptyStage({ kind: 'native', sql: native, tags: value['template-tags'] });
      continue;
    }
    const source: StageSource = stage === null ? sourceOf(value, depth) : { kind: 'stage', stage };
    stage = readStage(value, source, depth);
  }
  if (stage === null) throw new MbqlError('it has no stage');
  return stage;
}

/** MBQL 4: one map, its `source-query` within. */
function readInner(inner: Record<string, unknown>, depth: number): Stage {
  guard(depth);
  return readStage(inner, sourceOf(inner, depth), depth);
}

function sourceOf(value: Record<string, unknown>, depth: number): StageSource {
  const table = value['source-table'];
  // The serialisation names a card by its entity id alone.
  if (typeof table === 'string' && table !== '') return { kind: 'card', id: table.replace(/^card__/, '') };
  if (table !== undefined && table !== null) return { kind: 'table', id: table };
  const card = value['source-card'];
  if (card !== undefined && card !== null) return { kind: 'card', id: card };
  const query = value['source-query'];
  if (isObject(query)) {
    if (typeof query['native'] === 'string') return { kind: 'native', sql: query['native'], tags: query['template-tags'] };
    return { kind: 'stage', stage: readInner(query, depth + 1) };
  }
  const stages = value['stages'];
  if (Array.isArray(stages)) {
    const only: unknown = stages[0];
    if (isObject(only) && stages.length === 1 && typeof only['native'] === 'string') {
      return { kind: 'native', sql: only['native'], tags: only['template-tags'] };
    }
    const stage = readStages(stages, depth + 1);
    if (stage !== null) return isPlainSource(stage) ? stage.source : { kind: 'stage', stage };
  }
  return { kind: 'none' };
}

/** A joined stage that only names a table or a card is that table or card. */
function isPlainSource(stage: Stage): boolean {
  return (
    stage.joins.length + stage.expressions.length + stage.filters.length + stage.aggregations.length + stage.breakouts.length === 0 &&
    stage.fields === null &&
    stage.limit === null
  );
}

function emptyStage(source: StageSource): Stage {
  return { source, joins: [], expressions: [], filters: [], aggregations: [], breakouts: [], fields: null, order: [], limit: null };
}

function readStage(value: Record<string, unknown>, source: StageSource, depth: number): Stage {
  const filters = value['filters'] ?? (value['filter'] === undefined ? [] : [value['filter']]);
  return {
    ...emptyStage(source),
    joins: listOf(value['joins']).filter(isObject).map((join) => readJoin(join, depth)),
    expressions: readExpressions(value['expressions']),
    filters: readClauses(filters).flatMap(conjuncts),
    aggregations: readClauses(severalOf(value['aggregation'])),
    breakouts: readClauses(severalOf(value['breakout'])),
    fields: Array.isArray(value['fields']) ? readClauses(value['fields']) : null,
    order: readClauses(listOf(value['order-by'])).flatMap(readOrder),
    limit: typeof value['limit'] === 'number' ? value['limit'] : null,
  };
}

function readJoin(join: Record<string, unknown>, depth: number): Join {
  const condition = join['conditions'] ?? (join['condition'] === undefined ? [] : [join['condition']]);
  const fields = join['fields'];
  return {
    alias: typeof join['alias'] === 'string' ? join['alias'] : 'source',
    strategy: typeof join['strategy'] === 'string' ? join['strategy'] : 'left-join',
    source: sourceOf(join, depth + 1),
    conditions: readClauses(condition),
    fields: Array.isArray(fields) ? readClauses(fields) : fields === 'all' ? 'all' : 'none',
  };
}

/** MBQL 4 has a map by name, MBQL 5 a list whose options carry the name. */
function readExpressions(value: unknown): { name: string; value: Argument }[] {
  if (Array.isArray(value)) {
    return readClauses(value).map((clause) => ({ name: String(clause.options['lib/expression-name'] ?? clause.operator), value: clause }));
  }
  if (!isObject(value)) return [];
  return Object.entries(value).map(([name, expression]) => ({ name, value: readArgument(expression, 0) }));
}

function readOrder(clause: Clause): Stage['order'] {
  const [first, second] = clause.arguments;
  // Before v0.32: `[field, "ascending"]`.
  const value = isClause(first) ? first : clause;
  const direction = clause.operator === 'desc' || second === 'descending' ? 'DESC' : 'ASC';
  return [{ direction, value }];
}

function conjuncts(clause: Clause): Clause[] {
  return clause.operator === 'and' ? clause.arguments.filter(isClause).flatMap(conjuncts) : [clause];
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

/** One clause or a list of them: `["count"]` and `[["count"]]` both occur. */
function severalOf(value: unknown): unknown[] {
  const list = listOf(value);
  return typeof list[0] === 'string' ? [list] : list;
}

function readClauses(value: unknown): Clause[] {
  return listOf(value).map((item) => readArgument(item, 0)).filter(isClause);
}

/** The field of `[dimension, [field, …]]`, to which a dashboard's filter is mapped; null for a tag of a native question. */
export function readFieldTarget(target: unknown): Clause | null {
  const [kind, value] = listOf(target);
  const [operator, ...rest] = listOf(value);
  if (kind !== 'dimension' || (operator !== 'field' && operator !== 'field-id' && operator !== 'expression')) return null;
  const id = rest.find((part) => typeof part === 'number' || typeof part === 'string' || Array.isArray(part));
  const options = Object.entries(rest.find(isObject) ?? {}).filter(([, option]) => typeof option === 'string' || typeof option === 'number');
  const path = Array.isArray(id) ? listOf(id).slice(0, PATH_LENGTH_MAX).map(scalar) : scalar(id);
  return path === null ? null : { operator: operator === 'field-id' ? 'field' : operator, options: Object.fromEntries(options), arguments: [path] };
}

/** `[database, schema, table, field, …]` with the keys of a JSON column. */
const PATH_LENGTH_MAX = 30;

function readArgument(value: unknown, depth: number): Argument {
  guard(depth);
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  if (!Array.isArray(value)) return null;
  const [head, ...rest] = value;
  if (typeof head !== 'string' || !isOperator(head)) return value.map((item) => readArgument(item, depth + 1));
  return readClause(head.toLowerCase(), rest, depth);
}

/** Portable ids (`[database, schema, table, field]`) are lists of strings too; an operator has none of their letters' case. */
function isOperator(head: string): boolean {
  return /^([a-z][a-z0-9>-]*|[=<>!+*/-]+|:[a-z-]+)$/i.test(head) || head === 'fk->';
}

/** Operators whose arguments may be portable ids, which must not be read as clauses. */
const TAKES_ID = new Set(['field', 'field-id', 'metric', 'segment', 'measure']);

function readClause(operator: string, rest: readonly unknown[], depth: number): Clause {
  let options: Record<string, unknown> = {};
  let values = rest;
  const first = rest[0];
  const last = rest.at(-1);
  if (isObject(first)) {
    options = first;
    values = rest.slice(1);
  } else if (isObject(last)) {
    options = last;
    values = rest.slice(0, -1);
  }
  const read = values.map((item) => {
    if (TAKES_ID.has(operator) && Array.isArray(item) && typeof item[0] === 'string' && item.length >= 3) return item.map((part) => scalar(part));
    return readArgument(item, depth + 1);
  });
  return modernise({ operator, options, arguments: read });
}

function scalar(value: unknown): Argument {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null;
}

/** The clauses of MBQL 3 as `field` with options. */
function modernise(clause: Clause): Clause {
  const [first, second] = clause.arguments;
  switch (clause.operator) {
    // Without options MBQL 4 has a null in their place.
    case 'field':
      return clause.arguments.length > 1 ? { ...clause, arguments: [first ?? null] } : clause;
    case 'field-id':
    case 'field-literal':
      return isClause(first) ? first : { operator: 'field', options: clause.options, arguments: [first ?? null] };
    case 'datetime-field':
      return withOption(first, 'temporal-unit', second === 'as' ? clause.arguments[2] : second);
    case 'joined-field':
      return withOption(second, 'join-alias', first);
    case 'fk->':
      return withOption(second, 'source-field', isClause(first) ? first.arguments[0] : first);
    case 'binning-strategy':
      return withOption(first, 'binning', null);
    default:
      return clause;
  }
}

function withOption(field: Argument | undefined, name: string, value: unknown): Clause {
  const clause = isClause(field) ? field : { operator: 'field', options: {}, arguments: [field ?? null] };
  return { ...clause, options: { ...clause.options, [name]: value } };
}

function guard(depth: number): void {
  if (depth > MBQL_DEPTH_MAX) throw new MbqlError(`it nests deeper than ${MBQL_DEPTH_MAX}`);
}
