import { isObject } from '../common/json.js';
import type { Place } from '../metricflow/model.js';
import { below, itemsOf } from '../metricflow/values.js';
import type { GenericTest } from './model.js';
import { configShape, macroTestShape } from './shapes.js';

/** A generic test as its list says it; the id is below that of the relation that it stands at. */
export type StatedTest = Pick<GenericTest, 'macro' | 'title' | 'column' | 'args' | 'where' | 'config' | 'place' | 'description'> & { nativeId: string };

const TEST_KEYS = ['tests', 'data_tests'];
/** Tests of one list, at most. */
const TESTS_MAX = 10_000;
/** What stands beside the arguments of the macro (dbt's documentation, "Data test configurations"). */
const NO_ARGUMENTS = new Set([
  'name', 'test_name', 'config', 'description', 'where', 'severity', 'tags', 'limit', 'warn_if', 'error_if', 'fail_calc', 'store_failures', 'store_failures_as',
  'enabled', 'meta', 'database', 'schema', 'alias', 'group', 'docs', 'arguments', 'column_name', 'model',
]);

/** Every generic test on a model, seed, snapshot or source table, and on its columns. */
export function statedTests(value: Record<string, unknown>, place: Place): StatedTest[] {
  const taken = new Map<string, number>();
  const found = [...testsIn(value, place, null)];
  for (const column of itemsOf(value['columns'], below(place, 'columns'))) {
    const { name, quote } = column.value;
    if (typeof name === 'string') found.push(...testsIn(column.value, column.place, { name, isQuoted: quote === true }));
  }
  // The same test may stand twice on a column, with other arguments.
  return found.map((test) => {
    const count = (taken.get(test.nativeId) ?? 0) + 1;
    taken.set(test.nativeId, count);
    return count === 1 ? test : { ...test, nativeId: `${test.nativeId}#${count}` };
  });
}

interface Column {
  name: string;
  isQuoted: boolean;
}

function testsIn(value: Record<string, unknown>, place: Place, column: Column | null): StatedTest[] {
  return TEST_KEYS.flatMap((key) => {
    const list = value[key];
    if (!Array.isArray(list)) return [];
    return list.slice(0, TESTS_MAX).flatMap((item: unknown, index) => {
      const at = below(place, key, index);
      if (typeof item === 'string') return item === '' ? [] : [statedTest(item, {}, {}, at, column)];
      return isObject(item) ? (testOf(item, at, column) ?? []) : [];
    });
  });
}

/** A test is `{ unique: { config: { where } } }`, or `{ test_name: unique, config: { where } }`, or has its settings beside its name. */
function testOf(value: Record<string, unknown>, place: Place, column: Column | null): StatedTest | null {
  const [first] = Object.entries(value);
  if (first === undefined) return null;
  if (typeof value['test_name'] === 'string') return statedTest(value['test_name'], value, {}, place, column);
  const [macro, inner] = first;
  const { [macro]: _, ...beside } = value;
  return statedTest(macro, isObject(inner) ? inner : {}, beside, isObject(inner) ? below(place, macro) : place, column, place);
}

function statedTest(macro: string, fields: Record<string, unknown>, beside: Record<string, unknown>, at: Place, column: Column | null, outer: Place = at): StatedTest {
  const inner = macroTestShape.parse(fields);
  const around = macroTestShape.parse(beside);
  const own = Object.entries(fields).filter(([key]) => !NO_ARGUMENTS.has(key));
  const named = isObject(fields['arguments']) ? Object.entries(fields['arguments']) : [];
  const stated = fields['column_name'] ?? named.find(([key]) => key === 'column_name')?.[1];
  const title = inner.name ?? around.name ?? null;
  return {
    nativeId: `${column === null ? '' : `${column.name}.`}${title ?? macro}`,
    macro,
    title,
    description: inner.description ?? around.description ?? null,
    column: column === null ? (typeof stated === 'string' ? stated : null) : column.isQuoted ? `"${column.name.replaceAll('"', '""')}"` : column.name,
    args: Object.fromEntries([...own, ...named].filter(([key]) => key !== 'column_name')),
    where: whereOf([[inner.config?.where, below(at, 'config', 'where')], [inner.where, below(at, 'where')], [around.config?.where, below(outer, 'config', 'where')], [around.where, below(outer, 'where')]]),
    config: configShape.parse({ ...beside, ...around.config, ...fields, ...inner.config }),
    place: outer,
  };
}

function whereOf(candidates: readonly [string | null | undefined, Place][]): GenericTest['where'] {
  for (const [raw, place] of candidates) if (raw && raw.trim() !== '') return { raw, place };
  return null;
}
