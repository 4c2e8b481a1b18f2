import type { Expression, GroupItem } from '../../model/syntax-tree.js';
import { asAggregate, hasAggregate, hasWindow, keyOf, NULL, number, Refused, replaceParts } from './expression.js';

const SETS_MAX = 16;

/** The sets that GROUP BY groups by, one after the other: PostgreSQL 18, "GROUPING SETS, CUBE, and ROLLUP". One without any of these. */
export function groupingSets(items: readonly GroupItem[]): GroupItem[][] {
  return product(items.map(setsOf));
}

function product(lists: readonly GroupItem[][][]): GroupItem[][] {
  let found: GroupItem[][] = [[]];
  for (const list of lists) {
    found = found.flatMap((before) => list.map((set) => [...before, ...set]));
    if (found.length > SETS_MAX) throw new Refused('there are more grouping sets than are compared');
  }
  return found;
}

function setsOf(item: GroupItem): GroupItem[][] {
  if (item.type !== 'sets') return [unitOf(item)];
  if (item.kind === 'empty') return [[]];
  if (item.kind === 'sets') return item.items.flatMap(setsOf);
  const units = item.items.map((unit) => product([setsOf(unit)]).flat());
  if (units.length > 4) throw new Refused('there are more grouping sets than are compared');
  if (item.kind === 'rollup') return [...units.keys(), units.length].toReversed().map((length) => units.slice(0, length).flat());
  return product(units.map((unit) => [unit, []]));
}

/** `(a, b)` in a set stands for both. */
function unitOf(item: GroupItem): GroupItem[] {
  if (item.type !== 'expression' || item.expression.type !== 'composite' || item.expression.kind !== 'row') return [item];
  return item.expression.elements.map((expression) => ({ ...item, expression }));
}

export function groupOf(items: readonly GroupItem[], outputs: readonly Expression[], reference: (expression: Expression, aliasFirst: boolean) => Expression): Expression[] {
  return items.flatMap((item) => {
    if (item.type === 'all') return outputs.filter((output) => !hasAggregate(output));
    return item.type === 'expression' ? [reference(item.expression, false)] : [];
  });
}

/** What is grouped by in another set is NULL in this one, but not for what is aggregated; GROUPING() tells which. */
export function absentParts(all: readonly Expression[], group: readonly Expression[]): (expression: Expression) => Expression {
  const own = new Set(group.map(keyOf));
  const absent = new Set(all.map(keyOf).filter((key) => !own.has(key)));
  return (expression) => {
    if (all.length === 0) return expression;
    if (hasWindow(expression)) throw new Refused('a window function over grouping sets is not compared');
    return replaceParts(expression, (part) => {
      if (part.type === 'call' && part.name[0] === 'grouping') return number(part.arguments.reduce((bits, argument) => bits * 2 + (absent.has(keyOf(argument)) ? 1 : 0), 0));
      if (asAggregate(part) !== null) return part;
      return absent.has(keyOf(part)) ? NULL : null;
    });
  };
}
