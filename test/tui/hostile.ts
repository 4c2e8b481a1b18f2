import fc from 'fast-check';
import { STATES, type LiveView } from '../../src/model/live.js';
import { busyView, caseworkView, blindView, emptyView } from './view.js';

/** Words that mean something to the program; any other text may hold anything. */
const OURS = new Set<string>([
  ...STATES, 'overview', 'cdc', 'freshness', 'reconciliation', 'statements', 'findings', 'probes', 'lag', 'wal', 'standby', 'pipeline', 'workload', 'transaction',
  'flowing', 'idle-source', 'nothing-pending', 'catching-up', 'stalled-capture', 'stalled-load', 'stalled-transform', 'disconnected', 'held-by-transaction', 'will-be-lost', 'lost',
  'logical slot', 'physical slot', 'subscription', 'operational', 'analytical', 'mixed', 'error', 'note', 'equal', 'late', 'candidate', 'confirmed', 'provisional', 'unread',
]);

export const hostileText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.constantFrom(
    '\x1b[31mred\x1b[0m', '\x1b]52;c;ZXZpbA==\x07paste', '\x1b[2J\x1b[H', '\x9b2J', '\x1bP+q\x1b\\', 'a\rb\nc\td', '\u202e\u2066gnirts\u2069', 'z\u200bero\u200d\u2060\ufeffwidth',
    '日本語のテーブル'.repeat(20), '한국어 뷰', '👩‍👩‍👧‍👦👍🏽🇩🇪', 'e\u0301\u0302\u0303\u0304\u0305\u0306'.repeat(30), '\ud800 lone', 'ﷺ﷽', 'x'.repeat(5_000), '', ' ', '\u2028\u2029', '\u{e0041}\u{e0042}tags',
  ),
);

const hostileNumber = fc.oneof(
  fc.constantFrom(0, -0, 1, -1, 0.004, 59.96, 119.95, 1e-12, 1e9, 1e18, -1e18, Number.MAX_VALUE, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 8.64e12, 9e12),
  fc.double(),
  fc.integer(),
);

interface Poison {
  texts: readonly string[];
  numbers: readonly number[];
  /** Which values stay as they are, in turn. */
  keep: readonly boolean[];
}

/** A view of ours in which texts and numbers are others' and lists are cut. */
export function poisoned(view: LiveView, { texts, numbers, keep }: Poison): LiveView {
  let turn = 0;
  const next = <Item>(items: readonly Item[], otherwise: Item): Item => items[turn++ % items.length] ?? otherwise;
  const numbersOf = (values: readonly (number | null)[]): (number | null)[] => values.map((value) => (next(keep, true) ? value : next(numbers, 0)));
  const poison = (value: unknown): unknown => {
    if (typeof value === 'string') return OURS.has(value) || next(keep, true) ? value : next(texts, '');
    if (typeof value === 'number') return next(keep, true) ? value : next(numbers, 0);
    if (typeof value === 'function') return (...parameters: unknown[]) => numbersOf(Reflect.apply(value, undefined, parameters));
    if (Array.isArray(value)) return value.slice(0, next(keep, true) || value.length < 3 ? undefined : 2).map(poison);
    if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, name === 'counts' ? inner : poison(inner)]));
    return value;
  };
  // What was made has the form of the view: only values were replaced by others of their type.
  return Object.assign({ ...view }, poison({ ...view }), { at: view.at });
}

export const hostileView: fc.Arbitrary<LiveView> = fc
  .record({
    view: fc.constantFrom(caseworkView, caseworkView, blindView, emptyView, busyView(60, 3)),
    texts: fc.array(hostileText, { minLength: 1, maxLength: 12 }),
    numbers: fc.array(hostileNumber, { minLength: 1, maxLength: 12 }),
    keep: fc.array(fc.boolean(), { minLength: 1, maxLength: 9 }),
  })
  .map(({ view, ...poison }) => poisoned(view, poison));
