import { bare, fieldKey } from './field-key.js';
import { isClause, type Argument, type Clause, type Stage } from './mbql.js';
import { identifier, type TypedSql } from './sql-text.js';
import { isExtraction } from './temporal.js';

/** A sub-select aliased "source" and what its columns stand for, by `fieldKey` or `expression <name>`. */
export interface NestedColumns {
  sql: string;
  columns: Map<string, TypedSql>;
}

/** Whether groups or aggregates use custom columns, or run cumulatively over buckets of time. */
export function needsNesting(stage: Stage): boolean {
  const heads = [...stage.breakouts, ...stage.aggregations];
  if (stage.expressions.length > 0 && heads.some((clause) => mentions(clause, (one) => one.operator === 'expression'))) return true;
  return isCumulativeOverBuckets(stage);
}

function isCumulativeOverBuckets(stage: Stage): boolean {
  const cumulative = stage.aggregations.some((clause) => mentions(clause, ({ operator }) => operator.startsWith('cum-')));
  return cumulative && stage.breakouts.some(isBucketed);
}

function isBucketed(clause: Clause): boolean {
  const unit = clause.options['temporal-unit'];
  return typeof unit === 'string' && unit !== 'default' && !isExtraction(unit);
}

/** The sub-select keeps source, joins, custom columns, and the filters unless one of these uses a custom column. */
export function nestedStage(stage: Stage): { inner: Stage; outer: Stage } {
  const staysOutside = stage.filters.some((filter) => mentions(filter, ({ operator }) => operator === 'expression'));
  const inner: Stage = { ...stage, filters: staysOutside ? [] : stage.filters, aggregations: [], breakouts: [], fields: null, order: [], limit: null };
  const outer: Stage = { ...stage, filters: staysOutside ? stage.filters : [], joins: [], expressions: [] };
  return { inner, outer };
}

interface InnerColumns {
  field(clause: Clause): { name: string; sql: TypedSql };
  expression(name: string): { name: string; sql: TypedSql };
  breakout(clause: Clause): { name: string; sql: TypedSql };
}

/**
 * The select list of the sub-select, and in `nested` what the outer query finds there: the fields that it uses, buckets of
 * a cumulative aggregation, then its custom columns.
 */
export function addNested(stage: Stage, nested: NestedColumns, columns: InnerColumns): string[] {
  const selected: string[] = [];
  const names = new Set<string>();
  const add = (key: string, { name, sql }: { name: string; sql: TypedSql }): void => {
    if (nested.columns.has(key)) return;
    let alias = name;
    for (let count = 2; names.has(alias); count++) alias = `${name}_${count}`;
    names.add(alias);
    selected.push(`${sql.sql} AS ${identifier(alias)}`);
    nested.columns.set(key, { ...sql, sql: identifier('source', alias) });
  };
  if (isCumulativeOverBuckets(stage)) {
    for (const breakout of stage.breakouts) if (isBucketed(breakout)) add(fieldKey(breakout), columns.breakout(breakout));
  }
  const outside = nestedStage(stage).outer;
  const used = [...stage.breakouts, ...stage.aggregations, ...stage.order.map(({ value }) => value), ...outside.filters];
  const expressions: Clause[] = [];
  for (const clause of used.flatMap((one) => leaves(one))) {
    if (clause.operator === 'expression') expressions.push(clause);
    else if (!nested.columns.has(fieldKey(clause))) add(fieldKey(bare(clause)), columns.field(bare(clause)));
  }
  for (const { arguments: [name] } of expressions) add(`expression ${String(name)}`, columns.expression(String(name)));
  return selected;
}

function mentions(clause: Clause, test: (clause: Clause) => boolean): boolean {
  return test(clause) || clause.arguments.some((argument) => mentionsArgument(argument, test));
}

function mentionsArgument(argument: Argument, test: (clause: Clause) => boolean): boolean {
  if (isClause(argument)) return mentions(argument, test);
  return Array.isArray(argument) && argument.some((item) => mentionsArgument(item, test));
}

/** The fields and custom columns within a clause. */
function leaves(argument: Argument): Clause[] {
  if (Array.isArray(argument)) return argument.flatMap((item) => leaves(item));
  if (!isClause(argument)) return [];
  return argument.operator === 'field' || argument.operator === 'expression' ? [argument] : argument.arguments.flatMap((item) => leaves(item));
}
