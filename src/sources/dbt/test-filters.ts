import { isObject } from '../common/json.js';
import type { Place } from '../metricflow/model.js';
import { below, itemsOf } from '../metricflow/values.js';
import { macroTestShape } from './shapes.js';

/** A `where` of a generic test; the id is below that of its relation. */
export interface FoundFilter {
  nativeId: string;
  raw: string;
  place: Place;
}

const TEST_KEYS = ['tests', 'data_tests'];

/** Every `where` of the generic tests on a model, seed, snapshot or source table, and on its columns. */
export function testFilters(value: Record<string, unknown>, place: Place): FoundFilter[] {
  const taken = new Map<string, number>();
  const found = [...filtersIn(value, place, '')];
  for (const column of itemsOf(value['columns'], below(place, 'columns'))) {
    const { name } = column.value;
    if (typeof name === 'string') found.push(...filtersIn(column.value, column.place, `${name}.`));
  }
  // The same test may stand twice on a column, with another condition.
  return found.map((filter) => {
    const count = (taken.get(filter.nativeId) ?? 0) + 1;
    taken.set(filter.nativeId, count);
    return count === 1 ? filter : { ...filter, nativeId: `${filter.nativeId}#${count}` };
  });
}

function filtersIn(value: Record<string, unknown>, place: Place, prefix: string): FoundFilter[] {
  return TEST_KEYS.flatMap((key) => itemsOf(value[key], below(place, key)).flatMap((item) => filterOf(item.value, item.place, prefix)));
}

/** A test is `{ unique: { config: { where } } }`, or `{ test_name: unique, config: { where } }`, or has the arguments beside its name. */
function filterOf(value: Record<string, unknown>, place: Place, prefix: string): FoundFilter[] {
  const [first] = Object.entries(value);
  if (first === undefined) return [];
  const isNamed = typeof value['test_name'] === 'string';
  const inner = !isNamed && isObject(first[1]) ? { fields: first[1], at: below(place, first[0]) } : { fields: value, at: place };
  for (const { fields, at } of [inner, { fields: value, at: place }]) {
    const test = macroTestShape.parse(fields);
    const name = test.name ?? test.test_name ?? first[0];
    const candidates: [string | null | undefined, Place][] = [[test.config?.where, below(at, 'config', 'where')], [test.where, below(at, 'where')]];
    for (const [raw, where] of candidates) if (raw && raw.trim() !== '') return [{ nativeId: `${prefix}${name}:where`, raw, place: where }];
  }
  return [];
}
