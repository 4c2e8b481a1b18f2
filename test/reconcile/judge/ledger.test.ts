import { describe, expect, test } from 'vitest';
import { observe, recall, remember, standingOf, type Entry, type Look } from '../../../src/reconcile/judge/ledger.js';
import { emptyMemory, parseMemory } from '../../../src/reconcile/judge/memory.js';
import { NO_WATERMARK, type Watermark } from '../../../src/reconcile/position.js';
import { applied, key, look, position, state } from './made-up.js';

/** The looks one after another. */
function after(...looks: Look[]): Map<string, Entry> {
  return looks.reduce((entries, each) => observe(entries, each), new Map<string, Entry>());
}

function confirmedBy(...looks: Look[]): string | null | undefined {
  return after(...looks).get('key 1')?.confirmed?.by ?? null;
}

const paid = state('20.00 paid');
const open = state('20.00 open');

describe('a difference is confirmed', () => {
  test('once the watermark has passed the moment after which the source was in that state', () => {
    const seen = look([key(1, paid, open)], applied(90), 100);
    expect(confirmedBy(seen)).toBeNull();
    expect(confirmedBy(seen, look([key(1, paid, open)], applied(100.9), 110))).toBeNull();
    expect(confirmedBy(seen, look([key(1, paid, open)], applied(101), 110))).toBe('watermark');
  });

  test('never by the look that saw it first, however far the watermark is', () => {
    expect(confirmedBy(look([key(1, paid, open)], applied(1_000), 100))).toBeNull();
  });

  test('anew from the start where the source has gone on to another state', () => {
    const shipped = state('20.00 shipped');
    const looks = [look([key(1, paid, open)], applied(90), 100), look([key(1, shipped, open)], applied(101), 110)];
    expect(confirmedBy(...looks)).toBeNull();
    expect(confirmedBy(...looks, look([key(1, shipped, open)], applied(110.5), 120))).toBeNull();
    expect(confirmedBy(...looks, look([key(1, shipped, open)], applied(111), 120))).toBe('watermark');
  });

  test('no longer where the source has gone on since', () => {
    const confirmed = [look([key(1, paid, open)], applied(90), 100), look([key(1, paid, open)], applied(101), 110)];
    expect(confirmedBy(...confirmed, look([key(1, state('20.00 shipped'), open)], applied(110), 120))).toBeNull();
  });

  test('though the target shows yet another wrong state', () => {
    expect(confirmedBy(look([key(1, paid, open)], applied(90), 100), look([key(1, paid, state('9.00 paid'))], applied(101), 110))).toBe('watermark');
  });

  test('only by a second look where nothing marks the change of a row: it may have gone to another state and back', () => {
    const [left, right] = [state('1 yes', { marked: false }), state('1 no', { marked: false })];
    const looks = [look([key(1, left, right)], applied(90), 100), look([key(1, left, right)], applied(101), 110)];
    expect(confirmedBy(...looks)).toBeNull();
    expect(confirmedBy(...looks, look([key(1, left, right)], applied(110.5), 120))).toBeNull();
    expect(confirmedBy(...looks, look([key(1, left, right)], applied(111), 120))).toBe('watermark');
    // The target is still being written, so the first look counts no more.
    expect(confirmedBy(...looks, look([key(1, left, state('1 maybe', { marked: false }))], applied(111), 120))).toBeNull();
  });

  test('for a deleted row by one look where the target has what was written before, else by two', () => {
    const old = state('20.00 paid', { changed_at: 50 });
    expect(confirmedBy(look([key(1, null, old)], applied(90), 100), look([key(1, null, old)], applied(101), 110))).toBe('watermark');
    expect(confirmedBy(look([key(1, null, paid)], applied(90), 100), look([key(1, null, paid)], applied(101), 110))).toBeNull();
  });

  test('at once where the row was last changed before every transaction that the watermark could leave out', () => {
    const old = state('20.00 paid', { changed_at: 50 });
    expect(confirmedBy(look([key(1, old, open)], applied(90), 100, { settled_at: 50 }))).toBe('unchanged');
    expect(confirmedBy(look([key(1, old, null)], applied(90), 100, { settled_at: 50 }))).toBe('unchanged');
    expect(confirmedBy(look([key(1, old, open)], applied(90), 100, { settled_at: 49.9 }))).toBeNull();
    expect(confirmedBy(look([key(1, null, old)], applied(90), 100, { settled_at: 89 }))).toBeNull();
  });

  test('not at once where the target has the row more often: the like of it may have been deleted just now', () => {
    const once = state('20.00 paid', { changed_at: 50 });
    const twice = state('20.00 paid', { changed_at: 50, rows: 2, content: '2 40.00' });
    expect(confirmedBy(look([key(1, once, twice)], applied(90), 100, { settled_at: 89 }))).toBeNull();
    const before = state('20.00 paid', { changed_at: 40 });
    expect(confirmedBy(look([key(1, twice, before)], applied(90), 100, { settled_at: 89 }))).toBe('unchanged');
  });

  test('not at once where the target has another row of the same time: one side was written without a new one', () => {
    const stamped = (content: string) => state(content, { changed_at: 50 });
    const seen = (watermark: Watermark, at: number) => look([key(1, stamped('20.00 paid by hand'), stamped('20.00 paid'))], watermark, at, { settled_at: 89 });
    expect(confirmedBy(seen(applied(90), 100))).toBeNull();
    expect(confirmedBy(seen(applied(90), 100), seen(applied(102), 110))).toBe('watermark');
    expect(confirmedBy(seen({ ...applied(90), from: 'column', standsAtSource: true }, 100))).toBe('unchanged');
  });

  test('by position in the log once the target has one from behind the look', () => {
    const at = (lsn: bigint): Watermark => ({ ...NO_WATERMARK, from: 'column', kind: 'lsn', lsn });
    const seen = { ...look([key(1, paid, open)], at(0x50n), 100), fence: { at: 100, lsn: 0x100n, version: null } };
    const again = (lsn: bigint) => ({ ...look([key(1, paid, open)], at(lsn), 110), fence: { at: 110, lsn: 0x180n, version: null } });
    expect(confirmedBy(seen, again(0xffn))).toBeNull();
    expect(confirmedBy(seen, again(0x100n))).toBe('watermark');
  });

  test('by version only once the target has one that the source did not have at the look', () => {
    const at = (version: bigint): Watermark => ({ ...NO_WATERMARK, from: 'column', kind: 'version', version });
    const seen = { ...look([key(1, paid, open)], at(40n), 100), fence: { at: 100, lsn: null, version: 50n } };
    const again = (version: bigint) => ({ ...look([key(1, paid, open)], at(version), 110), fence: { at: 110, lsn: null, version: 60n } });
    expect(confirmedBy(seen, again(50n))).toBeNull();
    expect(confirmedBy(seen, again(51n))).toBe('watermark');
  });

  test('three times by the newest business time, as rows need not arrive in its order', () => {
    const newest = (at: number): Watermark => ({ ...applied(at), from: 'newest-row' });
    const looks = [90, 101, 111, 121].map((at, index) => look([key(1, paid, open)], newest(at), 100 + index * 10));
    expect(confirmedBy(...looks.slice(0, 3))).toBeNull();
    expect(confirmedBy(...looks)).toBe('watermark');
  });
});

describe('where nothing tells how far the target is, a difference', () => {
  const seen = look([key(1, paid, open)], NO_WATERMARK, 100);
  const again = (fence: number, target_moved_at: number | null) => look([key(1, paid, open)], NO_WATERMARK, fence, { target_moved_at });

  test('is confirmed by standing while the target is loaded', () => {
    expect(confirmedBy(seen, again(1_800, 1_000))).toBeNull();
    expect(confirmedBy(seen, again(1_900, null))).toBeNull();
    expect(confirmedBy(seen, again(1_900, 90))).toBeNull();
    expect(confirmedBy(seen, again(1_900, 1_000))).toBe('repetition');
  });

  test('or for a day and a half without a load that was seen', () => {
    expect(confirmedBy(seen, again(100 + 36 * 3600, null))).toBe('repetition');
  });

  test('is not where a watermark tells that the target stands still', () => {
    const stuck = (fence: number) => look([key(1, paid, open)], applied(90), fence, { target_moved_at: 1_000 });
    expect(confirmedBy(stuck(100), stuck(100_000), stuck(300_000))).toBeNull();
  });

  test('is where the largest value of the column cannot move, as the source has no larger one', () => {
    const standing: Watermark = { ...applied(90), from: 'column', standsAtSource: true };
    const old = state('20.00 paid', { changed_at: 50 });
    expect(confirmedBy(look([key(1, null, old)], standing, 100), look([key(1, null, old)], standing, 2_000, { target_moved_at: 1_000 }))).toBe('repetition');
  });
});

describe('the order of looks', () => {
  test('does not matter for one that comes late', () => {
    const [first, second] = [look([key(1, paid, open)], applied(90), 100), look([key(1, paid, open)], applied(95), 110)];
    expect(after(first, second, first)).toEqual(after(first, second));
  });

  test('nor that of the keys in one', () => {
    const keys = [key(1, paid, open), key(2, null, paid), key(3, paid, null)];
    expect(after(look([...keys].reverse(), applied(90), 100)).get('key 2')).toEqual(after(look(keys, applied(90), 100)).get('key 2'));
  });

  test('a key that is equal is forgotten, one that was not looked at stays', () => {
    const entries = after(look([key(1, paid, open), key(2, null, paid)], applied(90), 100), look([key(1, paid, paid)], applied(95), 110));
    expect([...entries.keys()]).toEqual(['key 2']);
  });
});

describe('until it is confirmed, a difference', () => {
  const standing = (each: Look) => {
    const [observed] = each.keys;
    const entry = after(each).get('key 1');
    if (observed === undefined || entry === undefined) throw new Error('there is no difference');
    return standingOf(entry, observed, each.watermark);
  };

  test('is late where the row was changed after the watermark', () => {
    expect(standing(look([key(1, state('20.00 paid', { changed_at: 95 }), open)], applied(90), 100))).toBe('late');
    expect(standing(look([key(1, state('20.00 paid', { changed_at: 90 }), open)], applied(90), 100))).toBe('candidate');
  });

  test('is late where its business time says so and it is new', () => {
    const row = (period_at: number) => state('20.00 paid', { period_at });
    expect(standing(look([key(1, row(95), null)], applied(90), 100))).toBe('late');
    expect(standing(look([key(1, row(95), open)], applied(90), 100))).toBe('candidate');
    // A date of delivery lies ahead and tells nothing.
    expect(standing(look([key(1, row(5_000), null)], applied(90), 100))).toBe('candidate');
  });

  test('is a candidate where the row is gone at the source: a delete leaves no time', () => {
    expect(standing(look([key(1, null, state('20.00 paid', { changed_at: 50 }))], applied(90), 100))).toBe('candidate');
  });

  test('is late where the source was seen to change after the watermark', () => {
    const entries = after(look([key(1, paid, open)], applied(80), 100), look([key(1, state('20.00 shipped'), open)], applied(90), 110));
    const entry = entries.get('key 1');
    expect(entry && standingOf(entry, key(1, state('20.00 shipped'), open), applied(90))).toBe('late');
    expect(entry && standingOf(entry, key(1, state('20.00 shipped'), open), applied(105))).toBe('candidate');
  });
});

describe('from one run to the next', () => {
  test('a candidate is judged by what the earlier run saw', () => {
    const entries = after({ ...look([key(1, null, paid)], applied(90), 100), fence: { at: 100, lsn: 2n ** 63n, version: 7n } });
    const kept: unknown = JSON.parse(JSON.stringify({ ...emptyMemory('plan'), entries: remember(entries) }));
    const file = parseMemory(kept, 'plan');
    expect(parseMemory(kept, 'another plan')).toBeNull();
    if (file === null) throw new Error('it was not kept');
    const old = state('20.00 paid', { changed_at: 50 });
    const [before, now] = [recall(file), recall({ ...file, entries: file.entries.map((entry) => ({ ...entry, target: old.id })) })];
    expect(before.get('key 1')).toMatchObject({ fence: { at: 100, lsn: 2n ** 63n, version: 7n }, since: 100, source: null });
    expect(observe(now, look([key(1, null, old)], applied(86_400), 90_000)).get('key 1')?.confirmed).toEqual({ at: 90_000, by: 'watermark' });
    expect(position(100)).toEqual({ at: 100, lsn: null, version: null });
  });

  test('what was tampered with counts as not there', () => {
    expect(parseMemory({ version: 1, plan: 'plan', entries: [{ key: 'x' }] }, 'plan')).toBeNull();
    expect(parseMemory('{', 'plan')).toBeNull();
    expect(parseMemory(null, 'plan')).toBeNull();
  });
});
