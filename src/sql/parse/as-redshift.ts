import type { Call, FromItem, ParseOutcome } from '../../model/syntax-tree.js';
import { walkStatement } from '../walk.js';
import { isUnitWord, takesUnit } from './units.js';

/** Where nodes of the tree keep names. Literals, operators and types stand under other keys. */
const NAME_KEYS = new Set([
  'name', 'schema', 'catalog', 'alias', 'columns', 'columnAliases', 'parts', 'qualifier', 'using', 'column', 'field', 'reference', 'parameters', 'except',
]);

/**
 * A fresh reading by the PostgreSQL grammar as Redshift means it: names have no case, quoted ones neither, and the unit of
 * `DATEADD(day, …)` is no column. Changes the tree in place.
 */
export function asRedshift(outcome: ParseOutcome): ParseOutcome {
  for (const { statement } of outcome.statements) {
    foldWithin(statement);
    walkStatement(statement, {
      query: ({ body }) => {
        if (body.type === 'select') body.from = body.from.map((item, index) => arrayOf(item, body.from.slice(0, index)));
      },
      expression: (expression) => {
        if (expression.type === 'call') unitAsLiteral(expression);
      },
    });
  }
  return outcome;
}

/** `FROM events e, e.payload.items AS i`: what looks like a table is an array of one before it. */
function arrayOf(item: FromItem, before: readonly FromItem[]): FromItem {
  if (item.type !== 'table' || item.schema === null) return item;
  const parts = [item.catalog, item.schema, item.name].flatMap((part) => part ?? []);
  if (!before.some((known) => namesOf(known).includes(parts[0] ?? ''))) return item;
  const call: Call = {
    type: 'call', name: ['unnest'], arguments: [{ type: 'column', parts, span: item.span }], distinct: false, star: false, filter: null, orderBy: [], withinGroup: false, over: null, span: item.span,
  };
  return { type: 'function', functions: [{ call, name: 'unnest', columns: [] }], alias: item.alias ?? item.name, columnAliases: item.columnAliases, ordinality: false, lateral: true };
}

function namesOf(item: FromItem): string[] {
  if (item.type === 'join' && item.alias === null) return [...namesOf(item.left), ...namesOf(item.right)];
  return [item.alias ?? (item.type === 'table' ? item.name : '')];
}

function unitAsLiteral(call: Call): void {
  const [name, qualified] = call.name;
  const [first] = call.arguments;
  if (name === undefined || qualified !== undefined || !takesUnit(name) || first?.type !== 'column') return;
  const [word, more] = first.parts;
  if (word !== undefined && more === undefined && isUnitWord(word)) call.arguments[0] = { type: 'literal', kind: 'string', value: word, span: first.span };
}

function foldWithin(node: object): void {
  for (const [key, value] of Object.entries(node)) {
    if (typeof value === 'string') {
      if (NAME_KEYS.has(key)) Reflect.set(node, key, value.toLowerCase());
    } else if (Array.isArray(value)) {
      value.forEach((item: unknown, index) => {
        if (typeof item === 'string' && NAME_KEYS.has(key)) Reflect.set(value, index, item.toLowerCase());
        else if (typeof item === 'object' && item !== null) foldWithin(item);
      });
    } else if (typeof value === 'object' && value !== null) foldWithin(value);
  }
}
