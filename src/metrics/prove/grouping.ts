import type { Call, Expression } from '../../model/syntax-tree.js';
import { mapExpression } from '../../sql/map-tree.js';
import { type Block, columnOf, nullableAliases, type Session } from './block.js';
import { asAggregate, column, columnPart, conjunction, conjuncts, equation, hasAggregate, hasWindow, isConstant, isNull, keyOf, nameOf, number, operation, uniqueBy } from './expression.js';
import { withoutDetermined } from './determined.js';
import type { Rule } from './joins.js';
import { hasNoFanOut, isNeverNull, keysOf, restOnKey } from './keys.js';

const STANDARD = new Set(['count', 'sum', 'avg', 'min', 'max']);

/** Aggregates in one spelling: the condition of a CASE and of COUNT's argument as FILTER. */
export const plainAggregates: Rule = (block, session) => {
  if (block.group === null) return null;
  let changed = false;
  const implied = new Set(block.implied);
  const map = (expression: Expression): Expression =>
    mapExpression(expression, {
      keepsQueries: true,
      expression: (inner) => {
        const aggregate = asAggregate(inner);
        if (aggregate === null) return inner;
        const [argument] = aggregate.arguments;
        if (aggregate.name[0] === 'count' && argument !== undefined && argument.type !== 'case') implied.add(keyOf(operation('is_not_null', argument)));
        const plain = plainAggregate(aggregate, block, session);
        if (keyOf(plain) === keyOf(inner)) return inner;
        changed = true;
        return plain;
      },
    });
  const order = block.limit && { ...block.limit, order: block.limit.order.map((item) => ({ ...item, expression: map(item.expression) })) };
  const mapped = { ...block, outputs: block.outputs.map(map), having: block.having.map(map), limit: order, implied: [...implied] };
  return changed ? mapped : null;
};

function plainAggregate(call: Call, block: Block, session: Session): Expression {
  const [name = ''] = call.name;
  if (!STANDARD.has(name) || call.over !== null) return call;
  const base: Call = { ...call, orderBy: [], distinct: call.distinct && name !== 'min' && name !== 'max' };
  const [argument] = base.arguments;
  const filter = conjuncts(base.filter);
  if (argument?.type === 'case' && argument.operand === null && argument.branches.length === 1 && (argument.otherwise === null || isNull(argument.otherwise))) {
    const [branch] = argument.branches;
    if (branch !== undefined) return { ...base, arguments: [branch.then], filter: conjunction([...filter, ...conjuncts(branch.when)]) };
  }
  const excluded = name === 'count' && !base.distinct ? exclusion(argument) : null;
  if (excluded !== null) return { ...base, star: true, arguments: [], filter: conjunction([...filter, excluded]) };
  const ordered = filter.length === 0 ? null : conjunction(filter.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1)));
  if (name !== 'count' || argument === undefined) return { ...base, filter: ordered };
  if (base.distinct) return isKeyOfRows(argument, block, session) ? { ...base, distinct: false, star: true, arguments: [], filter: ordered } : { ...base, filter: ordered };
  if (isNeverNull(argument, block, session, [...block.where, ...filter])) return { ...base, star: true, arguments: [], filter: ordered };
  return { ...base, star: true, arguments: [], filter: conjunction([...filter, operation('is_not_null', argument)]) };
}

/** What COUNT(CASE WHEN p THEN NULL ELSE 1 END) counts: rows for which p is not true. */
function exclusion(argument: Expression | undefined): Expression | null {
  if (argument?.type !== 'case' || argument.operand !== null || argument.otherwise?.type !== 'literal' || isNull(argument.otherwise)) return null;
  const [branch, more] = argument.branches;
  return branch !== undefined && more === undefined && isNull(branch.then) ? operation('is_not_true', branch.when) : null;
}

/** A column that is unique and never NULL, or several that are unique together, of a source whose rows no join multiplies. */
function isKeyOfRows(argument: Expression, block: Block, session: Session): boolean {
  const names = argument.type === 'composite' && argument.kind === 'row' ? argument.elements.flatMap((element) => nameOf(element) ?? []) : [nameOf(argument) ?? '.'];
  for (const source of block.sources) {
    if (nullableAliases(block.tree).has(source.alias)) continue;
    const whole = argument.type === 'composite';
    // Within a group, and under a condition, some columns have one value.
    const fixed = new Set([...(block.group ?? []).flatMap((expression) => nameOf(expression) ?? []), ...block.where.flatMap(fixedName)]);
    const key = keysOf(source, session).find(({ columns, nullsEqual }) => {
      const counted = columns.filter((part) => !fixed.has(`${source.alias}.${part}`) || names.includes(`${source.alias}.${part}`));
      if (counted.length === 0 || !counted.every((part) => names.includes(`${source.alias}.${part}`))) return false;
      return columns.every((part) => (nullsEqual === true && (whole || !counted.includes(part))) || isNeverNull(columnOf(source, part), block, session));
    });
    if (key === undefined || !hasNoFanOut(block, source.alias, session)) continue;
    restOnKey(key, session);
    return true;
  }
  return false;
}

/** The column that a condition gives one value: `pump = 1`. */
function fixedName(condition: Expression): string[] {
  const [left, right] = equation(condition) ?? [];
  const name = nameOf(left) ?? nameOf(right);
  const value = nameOf(left) === null ? left : right;
  return name !== null && value?.type === 'literal' ? [name] : [];
}

/** Without groups, a condition that every aggregate has: the filter of the rows. */
export const commonFilter: Rule = (block) => {
  if (block.group === null || block.group.length > 0 || block.having.length > 0 || block.limit !== null) return null;
  const aggregates: Call[] = [];
  let other = false;
  const collect = (expression: Expression): void => {
    const aggregate = asAggregate(expression);
    if (aggregate !== null) {
      aggregates.push(aggregate);
      return;
    }
    other ||= expression.type === 'column' || (expression.type === 'call' && expression.name[0] === '%sub');
    for (const part of partsOf(expression)) collect(part);
  };
  block.outputs.forEach(collect);
  if (other || aggregates.length === 0) return null;
  const relevant = aggregates.map((aggregate) => new Map(relevance(aggregate).map((condition) => [keyOf(condition), condition])));
  const common = [...(relevant[0] ?? new Map<string, Expression>())].filter(([key]) => relevant.every((conditions) => conditions.has(key)));
  const known = new Set(block.where.map(keyOf));
  const moved = new Set(common.map(([key]) => key));
  const added = common.filter(([key]) => !known.has(key)).map(([, condition]) => condition);
  const inFilters = aggregates.some((aggregate) => conjuncts(aggregate.filter).some((condition) => moved.has(keyOf(condition))));
  if (added.length === 0 && !inFilters) return null;
  const map = (expression: Expression): Expression =>
    mapExpression(expression, {
      keepsQueries: true,
      expression: (inner) => {
        const aggregate = asAggregate(inner);
        if (aggregate?.filter == null) return inner;
        const kept = conjuncts(aggregate.filter).filter((condition) => !moved.has(keyOf(condition)));
        return { ...aggregate, filter: kept.length === 0 ? null : conjunction(kept) };
      },
    });
  return { ...block, where: [...block.where, ...added], outputs: block.outputs.map(map) };
};

/** The conditions without which a row does not matter to an aggregate. */
function relevance(aggregate: Call): Expression[] {
  const filter = conjuncts(aggregate.filter);
  const [argument] = aggregate.arguments;
  if (argument === undefined || !STANDARD.has(aggregate.name[0] ?? '')) return filter;
  return [...filter, ...strictParts(argument).map((part) => operation('is_not_null', part))];
}

function strictParts(expression: Expression): Expression[] {
  if (expression.type === 'column') return [expression];
  if (expression.type === 'cast') return strictParts(expression.operand);
  return expression.type === 'operation' && ['+', '-', '*'].includes(expression.operator) ? expression.operands.flatMap(strictParts) : [];
}

/** The direct parts of an expression. */
export function partsOf(expression: Expression): Expression[] {
  switch (expression.type) {
    case 'operation':
      return expression.operands;
    case 'call':
      return [...expression.arguments, ...(expression.filter === null ? [] : [expression.filter])];
    case 'cast':
      return [expression.operand];
    case 'case':
      return [...(expression.operand === null ? [] : [expression.operand]), ...expression.branches.flatMap(({ when, then }) => [when, then]), ...(expression.otherwise === null ? [] : [expression.otherwise])];
    case 'composite':
      return expression.elements;
    default:
      return [];
  }
}

/** DISTINCT is a grouping by all outputs. */
export const distinctGroups: Rule = (block) => {
  if (!block.distinct || block.outputs.some(hasWindow)) return null;
  if (block.group === null) return { ...block, distinct: false, group: uniqueBy(block.outputs, keyOf) };
  const keys = new Set(block.outputs.map(keyOf));
  return block.group.every((expression) => keys.has(keyOf(expression))) ? { ...block, distinct: false } : null;
};

/** Groups by the fewest expressions: not twice by one, nor by a constant, nor by what a key decides. */
export const fewestGroups: Rule = (block, session) => {
  if (block.group === null || block.group.length === 0) return null;
  let group = uniqueBy(block.group.map(periodOf), keyOf);
  const varying = group.filter((expression) => !isConstant(expression));
  if (varying.length > 0) group = varying;
  group = withoutDetermined(group, block, session);
  const same = group.length === block.group.length && group.every((expression, place) => keyOf(expression) === keyOf(block.group?.[place] ?? expression));
  return same ? null : { ...block, group };
};

const LABELS: Record<string, string> = { 'YYYY-MM': 'month', 'YYYYMM': 'month', 'YYYY': 'year', 'YYYY-MM-DD': 'day', 'YYYYMMDD': 'day', 'IYYY-IW': 'week', 'YYYY-Q': 'quarter' };

/** Labels of a period group as the period does. Years before Christ and beyond 9999 aside, a label is one period. */
function periodOf(expression: Expression): Expression {
  if (expression.type === 'cast' && expression.target === 'date') return { ...trunc('day', expression.operand) };
  if (expression.type !== 'call' || expression.name[0] !== 'to_char') return expression;
  const [value, format] = expression.arguments;
  const unit = format?.type === 'literal' ? LABELS[format.value ?? ''] : undefined;
  return unit === undefined || value === undefined ? expression : trunc(unit, value);
}

function trunc(unit: string, value: Expression): Expression {
  if (value.type === 'call' && value.name[0] === 'date_trunc' && value.arguments[0]?.type === 'literal') {
    const order = ['day', 'week', 'month', 'quarter', 'year'];
    if (order.indexOf(value.arguments[0].value ?? '') >= order.indexOf(unit) && order.includes(value.arguments[0].value ?? '')) return value;
  }
  if (value.type === 'cast' && value.target === 'date') return trunc(unit, value.operand);
  return { type: 'call', name: ['date_trunc'], arguments: [{ type: 'literal', kind: 'string', value: unit, span: value.span }, value], distinct: false, star: false, filter: null, orderBy: [], withinGroup: false, over: null, span: value.span };
}

/** Groups of one row each, of which nothing is aggregated: no groups. */
export const singleRows: Rule = (block, session) => {
  if (block.group === null || block.group.length === 0 || block.having.length > 0 || block.outputs.some(hasAggregate)) return null;
  const outside = nullableAliases(block.tree);
  for (const source of block.sources) {
    if (outside.has(source.alias)) continue;
    const key = keysOf(source, session).find(({ columns, nullsEqual }) => columns.every((name) => block.group?.some((expression) => nameOf(expression) === `${source.alias}.${name}`) && (nullsEqual === true || isNeverNull(columnOf(source, name), block, session))));
    if (key === undefined || !hasNoFanOut(block, source.alias, session)) continue;
    restOnKey(key, session);
    return { ...block, group: null };
  }
  return null;
};

/** A condition of HAVING that aggregates nothing is a condition on the rows. */
export const plainHaving: Rule = (block) => {
  if (block.group === null || block.group.length === 0 || !block.having.some((condition) => !hasAggregate(condition))) return null;
  return { ...block, where: uniqueBy([...block.where, ...block.having.filter((condition) => !hasAggregate(condition))], keyOf), having: block.having.filter(hasAggregate) };
};

/** COUNT(DISTINCT child.fk): the parents that have such a child. */
export const countedParents: Rule = (block, session) => {
  const [output, more] = block.outputs;
  const aggregate = output === undefined ? null : asAggregate(output);
  const [source, another] = block.sources;
  if (aggregate === null || more !== undefined || another !== undefined || source?.table == null || block.group?.length !== 0 || block.having.length > 0) return null;
  const name = nameOf(aggregate.arguments[0]);
  if (aggregate.name[0] !== 'count' || !aggregate.distinct || aggregate.filter !== null || name === null) return null;
  const key = source.table.foreignKeys.find(({ columns, id }) => columns.length === 1 && columns[0] === columnPart(name) && session.facts.holds(id));
  const parent = key === undefined ? undefined : session.facts.tables.get(key.parent);
  const unique = parent?.keys.find(({ columns, id }) => columns.length === 1 && columns[0] === key?.parentColumns[0] && session.facts.holds(id));
  if (key === undefined || parent === undefined || unique === undefined) return null;
  session.facts.rest([key.id, unique.id]);
  const made = session.source({ table: parent, node: null, opaque: null, columns: parent.relation.columns });
  const notNull = keyOf(operation('is_not_null', column(name)));
  const matched = operation('=', column(name), columnOf(made, key.parentColumns[0] ?? ''));
  const exists = session.sub('exists', { ...block, where: [...block.where.filter((condition) => keyOf(condition) !== notNull), matched], group: null, outputs: [number(1)], names: ['1'] }, null);
  return {
    ...block, sources: [made], tree: { type: 'source', alias: made.alias }, where: [exists], outputs: [{ ...aggregate, distinct: false, star: true, arguments: [] }],
  };
};
