import { describe, expect, test } from 'vitest';
import type { KeyDifference } from '../../../src/model/reconciliation.js';
import { differences, NO_ANSWERS, type Answers } from '../../../src/reconcile/judge/kinds.js';
import { observe } from '../../../src/reconcile/judge/ledger.js';
import { countsOf, nextStepOf, notesOf, stateOf, type Judged } from '../../../src/reconcile/judge/notes.js';
import type { ObservedKey } from '../../../src/reconcile/judge/state.js';
import type { PairPlan } from '../../../src/reconcile/keys/types.js';
import { NO_WATERMARK, type Watermark } from '../../../src/reconcile/position.js';
import { applied, key, look, plan, state } from './made-up.js';

const DAY = 86_400;
const NOON = Date.UTC(2026, 10, 21, 12) / 1000;

interface Case {
  watermark?: Watermark;
  provisional_seconds?: number;
  answers?: Partial<Answers>;
  plan?: PairPlan;
  earlier?: ObservedKey[];
}

/** What is told of keys at a look at noon; the watermark is an hour behind. */
function told(keys: ObservedKey[], { watermark = applied(NOON - 3600), provisional_seconds, answers = {}, plan: of = plan(), earlier = [] }: Case = {}): KeyDifference[] {
  const before = observe(new Map(), look(earlier, watermark, NOON - 60));
  const entries = observe(before, look(keys, watermark, NOON));
  const open = keys.flatMap((observed) => {
    const entry = entries.get(observed.id);
    return entry === undefined ? [] : [{ entry, observed }];
  });
  return differences(open, of, watermark, provisional_seconds ?? null, { ...NO_ANSWERS, ...answers });
}

const kinds = (keys: ObservedKey[], given: Case = {}): string[] => told(keys, given).map(({ kind }) => kind);

describe('the kind of a difference', () => {
  test('tells what each side has', () => {
    expect(told([key(1, state('20.00 paid'), null), key(2, null, state('21.00 paid')), key(3, state('20.00 paid'), state('20.00 open'))])).toMatchObject([
      { kind: 'missing', key: ['1'], columns: [] },
      { kind: 'extra', key: ['2'], columns: [] },
      { kind: 'changed', key: ['3'], columns: ['status'] },
    ]);
  });

  test('a row that the source was seen to have, or marks as deleted, was deleted there', () => {
    const gone = key(1, null, state('20.00 paid'));
    expect(kinds([gone])).toEqual(['extra']);
    expect(kinds([gone], { earlier: [key(1, state('20.00 paid'), null)] })).toEqual(['deleted']);
    expect(kinds([gone], { answers: { tombstones: new Set(['key 1']) } })).toEqual(['deleted']);
  });

  test('a key that one side has more often is a duplicate', () => {
    expect(told([key(1, state('20.00 paid'), state('40.00 paid', { rows: 2, content: '2 x' }))])).toMatchObject([{ kind: 'duplicate', source_rows: 1, target_rows: 2 }]);
  });

  test('the same values under another key are one row that got another key', () => {
    expect(told([key(7, state('20.00 paid'), null), key(9, null, state('20.00 paid'))])).toMatchObject([{ kind: 'rekeyed', key: ['7'], other_key: ['9'], source_rows: 1, target_rows: 1 }]);
  });

  test('but not where several rows have these values, or where only one column is compared', () => {
    expect(kinds([key(7, state('20.00 paid'), null), key(8, state('20.00 paid'), null), key(9, null, state('20.00 paid'))])).toEqual(['missing', 'missing', 'extra']);
    const narrow = plan({ columns: plan().columns.slice(0, 1) });
    expect(kinds([key(7, state('20.00'), null), key(9, null, state('20.00'))], { plan: narrow })).toEqual(['missing', 'extra']);
  });

  test('a row that was written into a closed period is a late correction', () => {
    const written = (period_at: number) => state('20.00 paid', { changed_at: NOON - 7200, period_at });
    const [closed, open] = [NOON - 3 * DAY, NOON - DAY];
    expect(kinds([key(1, written(closed), state('20.00 open')), key(2, written(closed), null)], { provisional_seconds: DAY })).toEqual(['correction', 'correction']);
    expect(kinds([key(1, written(open), state('20.00 open'))], { provisional_seconds: DAY })).toEqual(['changed']);
    // Nobody said when numbers are final.
    expect(kinds([key(1, written(closed), state('20.00 open'))])).toEqual(['changed']);
    expect(told([key(1, written(closed), null)])[0]?.period).toBe('2026-11-18');
  });

  test('rounding is told apart once the engines have answered', () => {
    const off = key(1, state('20.00 paid'), state('20.01 paid'));
    expect(kinds([off])).toEqual(['changed']);
    expect(kinds([off], { answers: { rounding: new Set(['key 1']) } })).toEqual(['rounding']);
  });

  test('confirmed ones come first, then by key as numbers', () => {
    const keys = [10, 9, 100].map((id) => key(id, state(`${id} paid`), null));
    expect(told(keys).map((each) => each.key?.[0])).toEqual(['9', '10', '100']);
  });
});

describe('what is said of them', () => {
  const judged = (overrides: Partial<Judged>): Judged => ({ plan: plan(), watermark: applied(NOON - 3600), differences: [], more: { at_least: 0, about: 0 }, columns_everywhere: [], source_read_at: NOON, ...overrides });
  const late = told([key(1, state('20.00 paid', { changed_at: NOON - 60 }), null), key(2, state('21.00 paid', { changed_at: NOON - 50 }), null)]);

  test('rows on their way do not make a pair differ', () => {
    const these = judged({ differences: late });
    expect(stateOf(these)).toBe('equal');
    expect(countsOf(these.differences)).toEqual([{ kind: 'missing', standing: 'late', keys: 2 }]);
    expect(notesOf(these)).toMatchInlineSnapshot(`
      [
        "2 rows of production were changed after 2026-11-21 11:00:00 UTC, which is as far as the warehouse has come: they are on their way",
      ]
    `);
    expect(nextStepOf('equal', these)).toBeNull();
  });

  test('what may still arrive leaves it open, with the reason', () => {
    const candidate = told([key(1, null, state('20.00 paid'))]);
    const these = judged({ differences: candidate });
    expect(stateOf(these)).toBe('unconfirmed');
    expect(notesOf(these)).toMatchInlineSnapshot(`
      [
        "1 difference is not confirmed: the warehouse has come to 2026-11-21 11:00:00 UTC, and production was read at 2026-11-21 12:00:00 UTC",
      ]
    `);
    expect(notesOf(judged({ differences: candidate, watermark: NO_WATERMARK }))).toMatchInlineSnapshot(`
      [
        "1 difference is not confirmed: nothing tells how far the warehouse has come",
      ]
    `);
    expect(notesOf(judged({ differences: candidate, watermark: { ...NO_WATERMARK, from: 'column', kind: 'lsn', lsn: 0x16b3748n } }))).toMatchInlineSnapshot(`
      [
        "1 difference is not confirmed: the warehouse has come to 0/16B3748, which is before production was read, so it may still arrive",
      ]
    `);
    expect(nextStepOf('unconfirmed', these)).toMatchInlineSnapshot(`"Run tidemark reconcile orders again: what was seen now is remembered, and judged once the warehouse has passed it."`);
  });

  test('a column that was to be compared and was not leaves the pair undetermined', () => {
    const pair = { ...plan().pair, columns: [{ source: 'payload', target: 'payload', decimals: null }] };
    const these = judged({ plan: plan({ pair, leftOut: [{ column: 'payload', because: 'warehouse has it as UNION, which is not compared' }] }) });
    expect(stateOf(these)).toBe('undetermined');
    expect(notesOf(these)).toEqual(['payload was not compared: warehouse has it as UNION, which is not compared']);
  });

  test('more than was looked at is never equal', () => {
    const these = judged({ more: { at_least: 1_000, about: 52_000 }, columns_everywhere: ['amount'] });
    expect(stateOf(these)).toBe('unconfirmed');
    expect(notesOf(these)).toMatchInlineSnapshot(`
      [
        "amount differs in every row that both sides have and that differs: a form or a rule of the load rather than single rows",
        "about 52,000 more keys differ (1,000 at least) and were not looked at one by one",
      ]
    `);
  });
});
