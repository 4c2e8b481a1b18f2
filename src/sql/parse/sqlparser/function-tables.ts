import type { Expression, FromItem, FunctionTable, Join, Span } from '../../../model/syntax-tree.js';
import { call } from './build.js';
import { type Context, expressions, isDialect } from './context.js';
import { functionName, lowerArgument } from './functions.js';
import { type Alias, aliasOf, dotted, ident, nameParts, NO_ALIAS } from './names.js';
import { flag, isAbsent, list, member } from './node.js';

/** A function in FROM. As in PostgreSQL it sees what stands to its left. */
export function functionTable(name: string | string[], args: Expression[], span: Span, alias: Alias, ordinality = false): FunctionTable {
  const names = typeof name === 'string' ? [name] : name;
  return {
    type: 'function',
    functions: [{ call: call(names, args, span), name: names.at(-1) ?? '', columns: [] }],
    ...alias,
    ordinality,
    lateral: true,
  };
}

/** UNNEST (…) [WITH OFFSET], whose alias names the element. */
export function lowerUnnest(content: unknown, at: Context): FromItem {
  const arrays = expressions(list(content, 'array_exprs'), at);
  const alias = aliasOf(member(content, 'alias'), at);
  const table = functionTable('unnest', arrays, at.positions.around(content), alias);
  if (flag(content, 'with_ordinality')) return { ...table, ordinality: true };
  if (!flag(content, 'with_offset')) return table;
  const given = member(content, 'with_offset_alias');
  const offset = isAbsent(given) ? 'offset' : ident(given, at);
  return { ...table, ordinality: true, columnAliases: [alias.columnAliases[0] ?? alias.alias ?? 'unnest', offset] };
}

/** LATERAL FLATTEN (…) and TABLE (…). */
export function lowerFunctionTable(tag: string, content: unknown, at: Context): FromItem {
  const alias = aliasOf(member(content, 'alias'), at);
  if (tag === 'Function') {
    const { name, span } = functionName(member(content, 'name'), at);
    const args = list(content, 'args').flatMap((argument) => lowerArgument(argument, at));
    return functionTable(name, args, span, alias, flag(content, 'with_ordinality'));
  }
  const expression = at.expression(member(content, 'expr'));
  const name = expression.type === 'call' ? (expression.name.at(-1) ?? '') : '';
  return { type: 'function', functions: [{ call: expression, name, columns: [] }], ...alias, ordinality: false, lateral: true };
}

/** ClickHouse's ARRAY JOIN unfolds arrays of the row; without an alias the elements take the array's name. */
export function lowerArrayJoin(left: FromItem, relation: unknown, kind: Join['kind'], at: Context): Join {
  const table = member(relation, 'Table');
  const parts = nameParts(member(table, 'name'));
  const alias = aliasOf(member(table, 'alias'), at);
  const { span, parts: names } = dotted(parts, at);
  const array: Expression = { type: 'column', parts: names, span };
  const last = alias.alias ?? names.at(-1) ?? null;
  const right = parts.length > 0 && isDialect(at, 'clickhouse') ? functionTable('arrayjoin', [array], span, { alias: last, columnAliases: alias.columnAliases }) : at.fromItem(relation);
  return { type: 'join', kind, natural: false, left, right, on: null, using: [], ...NO_ALIAS };
}
