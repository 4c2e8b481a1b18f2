import { expect, test } from 'vitest';
import { choosePairs } from '../../../src/cli/reconcile/choose.js';
import type { ReconcilePair } from '../../../src/model/configuration.js';

function pair(name: string): ReconcilePair {
  const side = { store: 'production', relation: `shop.${name}`, query: null, time_column: null, deleted_column: null };
  return { name, source: side, target: { ...side, store: 'warehouse' }, period: 'day', periods: 14, sums: [], tolerance_ratio: 0, product: null, provisional_seconds: null, key: null, columns: null, except: [], watermark: null, every_seconds: null };
}

const pairs = ['orders', 'order_line', 'refunds'].map(pair);

test('without a name all, else what the names and globs choose, in the order of the configuration', () => {
  expect(choosePairs(pairs, []).map(({ name }) => name)).toEqual(['orders', 'order_line', 'refunds']);
  expect(choosePairs(pairs, ['refunds', 'order*']).map(({ name }) => name)).toEqual(['orders', 'order_line', 'refunds']);
  expect(choosePairs(pairs, ['order_line']).map(({ name }) => name)).toEqual(['order_line']);
});

test('where the configuration has none, both ways to one are told', () => {
  expect(() => choosePairs([], [])).toThrow(expect.objectContaining({
    message: 'there is no pair to reconcile: the configuration has no reconcile:',
    hint: 'tidemark reconcile --suggest proposes pairs\nor name two relations, as in --pair production:shop.orders=warehouse:raw.orders',
  }));
});

test('of many names the first are told, hostile ones without their sequences', () => {
  const many = Array.from({ length: 20 }, (_, index) => pair(`pair_${index}\u001b[31m`));
  expect(() => choosePairs(many, ['nothing\u001b]0;owned\u0007'])).toThrow(expect.objectContaining({ message: "no pair is called 'nothing'", hint: expect.stringMatching(/^pairs: pair_0, pair_1, .* and 8 more$/) }));
});
