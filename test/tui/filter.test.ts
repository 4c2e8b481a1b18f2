import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseFilter, type Fields } from '../../src/tui/filter.js';

interface Slot {
  name: string;
  state: string;
  owner: string;
  lag: number | null;
  held: number;
}

const fields: Fields<Slot> = {
  name: { text: ({ name }) => name },
  state: { text: ({ state }) => state },
  owner: { text: ({ owner }) => owner },
  lag: { number: ({ lag }) => lag, unit: 'seconds' },
  held: { number: ({ held }) => held, unit: 'bytes' },
};

const slots: Slot[] = [
  { name: 'case_events', state: 'breach', owner: 'Case Platform Team', lag: 79, held: 412 * 2 ** 20 },
  { name: 'shop_orders', state: 'warning', owner: 'Shop Team', lag: 2, held: 2 * 2 ** 30 },
  { name: 'ledger_feed', state: 'unknown', owner: '', lag: null, held: 0 },
];

function found(text: string): string[] {
  const filter = parseFilter(text, fields);
  expect(filter.problem).toBeNull();
  return slots.filter((slot) => filter.matches(slot)).map(({ name }) => name);
}

describe('a filter', () => {
  test.each([
    ['', ['case_events', 'shop_orders', 'ledger_feed']],
    ['SHOP', ['shop_orders']],
    ['!shop', ['case_events', 'ledger_feed']],
    ['state:breach', ['case_events']],
    ['!state:unknown', ['case_events', 'shop_orders']],
    ['lag>60', ['case_events']],
    ['lag > 1min', ['case_events']],
    ['lag<=2s', ['shop_orders']],
    ['!lag>60', ['shop_orders', 'ledger_feed']],
    ['held>=2GiB', ['shop_orders']],
    ['held<1g !unknown', ['case_events']],
    ['owner:"platform team"', ['case_events']],
    ['"case platform"', ['case_events']],
    ['name:*_orders', ['shop_orders']],
    ['owner:*', ['case_events', 'shop_orders']],
    ['team state:warning', ['shop_orders']],
    ['lag>', ['case_events', 'shop_orders', 'ledger_feed']],
    ['state:', ['case_events', 'shop_orders', 'ledger_feed']],
  ])('%j', (text, names) => {
    expect(found(text)).toEqual(names);
  });

  test('never takes a number that is not known for small or large', () => {
    expect([...found('lag>0'), ...found('lag<=0')]).not.toContain('ledger_feed');
  });

  test.each([
    ['lagg>60', "no field 'lagg'; did you mean 'lag'?; there are name, state, owner, lag, held"],
    ['lag>soon', "'soon' is no number for lag; ask for lag>2min"],
    ['name>3', 'name is a text; ask for name:3'],
  ])('%j says what is wrong and hides nothing', (text, problem) => {
    const filter = parseFilter(text, fields);
    expect(filter.problem).toBe(problem);
    expect(slots.every((slot) => filter.matches(slot))).toBe(true);
  });

  test('takes anything that can be typed', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 80 }), (text) => {
        expect(slots.filter((slot) => parseFilter(text, fields).matches(slot)).length).toBeLessThanOrEqual(slots.length);
      }),
    );
  });

  test('runs in linear time on texts made to hurt', () => {
    const long: Slot = { name: 'a'.repeat(4_000), state: '', owner: '', lag: 0, held: 0 };
    expect(parseFilter(`name:${'*a'.repeat(90)}*b`, fields).matches(long)).toBe(false);
    expect(parseFilter('"'.repeat(200), fields).matches(long)).toBe(true);
  });
});
