import type { Call, Expression } from '../../model/syntax-tree.js';
import { choice, isCondition, isPlain, number, renamed } from './nodes.js';

/** Aggregates that ClickHouse lets end in `If`: the last argument decides which rows count (“Combinators”, `-If`). */
const WITH_CONDITION = new Set(['count', 'sum', 'avg', 'min', 'max', 'any_value', 'stddev_pop', 'stddev_samp', 'var_pop', 'var_samp', 'uniqexact']);

/** An aggregate in the words of the standard; null for another call. */
export function canonicalAggregate(call: Call): Expression | null {
  const [name = ''] = call.name;
  switch (name) {
    case 'countif':
    case 'count_if':
      return countOf(call) ?? withCondition(call, 'count');
    case 'uniqexact':
      return call.arguments.length === 1 && !call.star && !call.distinct ? { ...renamed(call, 'count'), distinct: true } : null;
    case 'count':
      return countOfChoice(call);
    case 'sum':
      return sumOfCondition(call);
    default:
      return name.endsWith('if') ? withCondition(call, name.slice(0, -2)) : null;
  }
}

/** `COUNTIF(p)`. */
function countOf(call: Call): Expression | null {
  const [condition, more] = call.arguments;
  return condition && !more && isPlain(call) ? counted(call, condition) : null;
}

/** `sumIf(x, p)` is `sum(x) FILTER (WHERE p)`. */
function withCondition(call: Call, name: string): Expression | null {
  const [value, condition, more] = call.arguments;
  if (!value || !condition || more || !isPlain(call) || !WITH_CONDITION.has(name)) return null;
  const inner: Call = { ...renamed(call, name, [value]), filter: condition };
  return canonicalAggregate(inner) ?? inner;
}

/** MySQL: `COUNT(p OR NULL)`. */
function countOfChoice(call: Call): Expression | null {
  const [choice] = call.arguments;
  if (choice?.type !== 'operation' || choice.operator !== 'or' || !isPlain(call)) return null;
  const [condition, nothing, more] = choice.operands;
  return condition && !more && isCondition(condition) && nothing?.type === 'literal' && nothing.kind === 'null' ? counted(call, condition) : null;
}

/** MySQL, DuckDB, SQLite: the sum of a condition counts the rows for which it is true. */
function sumOfCondition(call: Call): Expression | null {
  const [value] = call.arguments;
  if (!value || !isCondition(value) || call.distinct) return null;
  const { span } = value;
  return renamed(call, 'sum', [choice([{ when: value, then: number('1', span) }], number('0', span), span)]);
}

function counted(call: Call, condition: Expression): Expression {
  return { ...renamed(call, 'count', []), star: true, filter: condition };
}
