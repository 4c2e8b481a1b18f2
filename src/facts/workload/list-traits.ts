import type { Expression, Query, SqlStatement } from '../../model/syntax-tree.js';
import type { SchemaIndex } from '../../sql/schema-index.js';
import { outerQuery } from '../../sql/shape.js';
import { conjuncts, mentionsColumn } from '../../sql/walk.js';
import { isTextSearch } from './search.js';

/** What the conditions and the order of a list say of its reader. */
export interface ListTraits {
  /** A column is compared with a value by equality. */
  compares: boolean;
  /** Some column must lie below or above a value. */
  ranges: boolean;
  /** A column must lie between two values, or above one and below another; null for none. */
  within: string | null;
  /** How far apart the two values are, where both are numbers that the text tells. */
  width: number | null;
  /** How many conditions there are. */
  conditions: number;
  /** It lies below the present moment: what is due. */
  due: boolean;
  /** A text is searched: LIKE, full text, similarity. */
  searches: boolean;
  /**
   * The column of time after whose last value it goes on, oldest first: how a table is copied piece by piece. A screen shows the
   * newest first. Null for others.
   */
  follows: string | null;
  /** It goes on above or below a value of the column that it is ordered by: the next page of a list. */
  keyset: boolean;
  /** The limit is a number that a screen shows. */
  shortLimit: boolean;
  /** It has no condition, and takes any rows, or more of them than a screen shows. */
  sample: boolean;
  /** It shows nothing but names and codes, and has no condition: what fills a list to choose from. */
  labels: boolean;
}

const SHORT_LIMIT_MAX = 500;
const NONE: ListTraits = { compares: false, ranges: false, within: null, width: null, conditions: 0, due: false, searches: false, follows: null, keyset: false, shortLimit: false, sample: false, labels: false };

export function listTraits(statement: SqlStatement, index: SchemaIndex): ListTraits {
  const query = outerQuery(statement);
  if (query === null || query.body.type !== 'select') return NONE;
  const parts = conjuncts(query.body.where);
  return {
    compares: parts.some((part) => part.type === 'operation' && (part.operator === '=' || part.operator === 'in' || part.operator === '= any') && hasValue(part.operands)),
    ranges: parts.some((part) => part.type === 'operation' && /^(?:[<>]=?|between)/.test(part.operator) && hasValue(part.operands)),
    within: withinOf(parts),
    width: widthOf(parts, withinOf(parts)),
    conditions: parts.length,
    due: parts.some(isDue),
    searches: parts.some(isTextSearch),
    follows: followed(query, parts, index),
    keyset: isKeyset(query, parts),
    shortLimit: query.limit?.type === 'literal' && Number(query.limit.value) <= SHORT_LIMIT_MAX,
    sample: parts.length === 0 && isSample(query),
    labels: parts.length === 0 && isListOfLabels(query),
  };
}

function withinOf(parts: readonly Expression[]): string | null {
  const ends = new Map<string, Set<string>>();
  for (const part of parts) {
    if (part.type !== 'operation') continue;
    const [left, ...values] = part.operands;
    if (left?.type !== 'column' || values.some(mentionsColumn)) continue;
    const column = left.parts.at(-1) ?? '';
    if (part.operator === 'between') return column;
    if (/^[<>]=?$/.test(part.operator)) ends.set(column, (ends.get(column) ?? new Set()).add(part.operator.slice(0, 1)));
  }
  return [...ends].find(([, sides]) => sides.size === 2)?.[0] ?? null;
}

function widthOf(parts: readonly Expression[], column: string | null): number | null {
  const values = parts.flatMap((part) => {
    if (part.type !== 'operation' || !/^(?:[<>]=?|between)$/.test(part.operator)) return [];
    const [left, ...others] = part.operands;
    return left?.type === 'column' && left.parts.at(-1) === column ? others : [];
  });
  const numbers = values.flatMap((value) => (value.type === 'literal' && value.kind === 'number' ? [Number(value.value)] : []));
  return numbers.length < 2 || numbers.length !== values.length ? null : Math.max(...numbers) - Math.min(...numbers);
}

/** `next_run <= now()`, and no span of time before it. */
function isDue(part: Expression): boolean {
  if (part.type !== 'operation' || (part.operator !== '<' && part.operator !== '<=')) return false;
  const [left, right] = part.operands;
  if (left?.type !== 'column' || !right) return false;
  const moment = right.type === 'cast' ? right.operand : right;
  return moment.type === 'call' && moment.arguments.length === 0 && /^(?:now|current_timestamp|current_date|getdate|sysdate|clock_timestamp|localtimestamp|sysdatetime|getutcdate|utc_timestamp|transaction_timestamp)$/.test(moment.name.at(-1) ?? '');
}

function hasValue(operands: readonly Expression[]): boolean {
  return operands.some(mentionsColumn) && operands.some((operand) => !mentionsColumn(operand));
}

function followed({ orderBy: [first], body }: Query, parts: readonly Expression[], index: SchemaIndex): string | null {
  if (body.type !== 'select' || (first !== undefined && (first.descending || first.expression.type !== 'column'))) return null;
  for (const part of parts) {
    if (part.type !== 'operation' || !/^>=?$/.test(part.operator)) continue;
    const [left, right] = part.operands;
    if (left?.type !== 'column' || !right || mentionsColumn(right)) continue;
    const column = left.parts.at(-1) ?? '';
    if (first !== undefined && first.expression.type === 'column' && first.expression.parts.at(-1) !== column) continue;
    if (isTime(column, body.from.flatMap((item) => (item.type === 'table' ? [item] : [])).map(({ schema, name }) => index.find(schema, name, schema === null ? ['public'] : []))) && first !== undefined) return column;
  }
  return null;
}

/** By its type where the catalogue has it, else by its name. */
function isTime(column: string, relations: readonly ({ columns: { name: string; type: string }[] } | null)[]): boolean {
  const types = relations.flatMap((relation) => relation?.columns.find(({ name }) => name === column)?.type ?? []);
  if (types.length > 0) return types.some((type) => /^(?:timestamp|date|datetime)/i.test(type));
  return /(?:_at|_on|_ts|_time|_date|timestamp|modified|updated|changed)$/i.test(column);
}

function isKeyset({ orderBy: [first] }: Query, parts: readonly Expression[]): boolean {
  const by = first?.expression;
  if (by?.type !== 'column') return false;
  return parts.some((part) => {
    if (part.type !== 'operation' || !/^[<>]=?$/.test(part.operator)) return false;
    const [left, right] = part.operands.map((side) => (side.type === 'composite' && side.kind === 'row' ? side.elements[0] : side));
    return left?.type === 'column' && left.parts.at(-1) === by.parts.at(-1) && right !== undefined && !mentionsColumn(right);
  });
}

function isSample({ orderBy, limit, offset }: Query): boolean {
  const [first] = orderBy;
  return first === undefined && offset === null && limit?.type === 'literal' && Number(limit.value) > SHORT_LIMIT_MAX;
}

const LABEL = /^(?:id|code|name|label|title|symbol|abbreviation|position|sort_?order|display_name|short_name|\w*_?(?:code|name|label))$/i;
const LABELS_MAX = 3;

function isListOfLabels({ body }: Query): boolean {
  if (body.type !== 'select' || body.from.length !== 1 || body.projections.length > LABELS_MAX) return false;
  const names = body.projections.map(({ expression }) => (expression.type === 'column' ? (expression.parts.at(-1) ?? '') : ''));
  return names.length >= 2 && names.every((name) => LABEL.test(name)) && names.some((name) => /name|label|title|symbol/i.test(name));
}
