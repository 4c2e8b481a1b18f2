import type { Call, ParseOutcome } from '../../model/syntax-tree.js';
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
      expression: (expression) => {
        if (expression.type === 'call') unitAsLiteral(expression);
      },
    });
  }
  return outcome;
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
