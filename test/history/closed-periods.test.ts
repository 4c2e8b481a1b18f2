import { describe, expect, test } from 'vitest';
import { foldJournal, lineOf, type Look } from '../../src/history/fold.js';
import { judgedHistory } from '../../src/history/index.js';
import { parseJournalLine, sameHash, type JournalLine } from '../../src/history/journal-line.js';
import { closedBuckets } from '../../src/history/period.js';
import type { ControlRecords, RestatementRecord } from '../../src/model/control-record.js';
import { storeSnapshot } from '../support/snapshot.js';

const MONTHS = ['2026-01-01', '2026-02-01', '2026-03-01', '2026-04-01'];
const ONE = '1'.repeat(32);
const TWO = '2'.repeat(32);
const THREE = '3'.repeat(32);

function look(at: string, hashes: Record<string, string> = {}, given: Partial<Look> = {}): Look {
  return {
    at: `2026-0${at}T03:00:00.000Z`, key: 'k', metric: 'Revenue', owner: 'Finance', store: 'warehouse', relation: 'analytics.fact_order', product: 'orders', definition: 'd', period: 'month',
    hashes: MONTHS.map((bucket) => ({ bucket, hash: hashes[bucket] ?? ONE })), ...given,
  };
}

/** As a run does it: each look adds a line with what is new in it. */
function remembered(looks: readonly Look[]): JournalLine[] {
  return looks.reduce<JournalLine[]>((lines, one) => {
    const line = lineOf(one, foldJournal(lines)[0], lines.at(-1)?.key);
    const read = line === null ? null : parseJournalLine(JSON.stringify(line));
    return read === null ? lines : [...lines, read];
  }, []);
}

function restatement(given: Partial<RestatementRecord> = {}): RestatementRecord {
  return { relation: 'ctl.data_restatement_run', id: 'r1', products: ['orders'], periodStart: '2026-03-01', periodEnd: '2026-03-31', executedAt: '2026-06-01T12:00:00.000Z', status: 'SUCCEEDED', missing: [], ...given };
}

function judged(looks: readonly Look[], restatements: readonly RestatementRecord[] = [], controlGiven: ControlRecords | null | undefined = undefined) {
  const control: ControlRecords = { tables: [{ kind: 'restatement', relation: 'ctl.data_restatement_run', lacking: [] }], watermarks: [], pipelines: [], reports: [], restatements: [...restatements] };
  const store = storeSnapshot({ name: 'warehouse', role: 'warehouse', ...(controlGiven === null ? {} : { control: controlGiven ?? control }) });
  const [only] = judgedHistory({ stores: [store], gaps: [], closedPeriods: foldJournal(remembered(looks)) });
  if (only === undefined) throw new Error('nothing is remembered');
  return only.facts;
}

const CHANGED = [look('5-31'), look('6-02', { '2026-03-01': TWO })];

describe('what is remembered', () => {
  test('a look that finds nothing new adds no hash, and tells that it looked', () => {
    const lines = remembered([look('5-31'), look('6-02')]);
    expect(lines.map(({ seen }) => Object.keys(seen).length)).toEqual([4, 0]);
    expect(foldJournal(lines)[0]?.buckets[0]).toEqual({ bucket: '2026-01-01', firstSeenAt: '2026-05-31T03:00:00.000Z', lastSeenAt: '2026-06-02T03:00:00.000Z', hashes: [{ at: '2026-05-31T03:00:00.000Z', hash: ONE }] });
  });

  test('a change keeps when the value before was seen last, and a change back is another change', () => {
    const lines = remembered([look('5-30'), look('5-31'), look('6-02', { '2026-03-01': TWO }), look('6-03')]);
    expect(foldJournal(lines)[0]?.buckets[2]?.hashes).toEqual([
      { at: '2026-05-30T03:00:00.000Z', hash: ONE, lastSeenAt: '2026-05-31T03:00:00.000Z' },
      { at: '2026-06-02T03:00:00.000Z', hash: TWO, lastSeenAt: '2026-06-02T03:00:00.000Z' },
      { at: '2026-06-03T03:00:00.000Z', hash: ONE },
    ]);
  });

  test('two writers that see the same change make one of it, in whatever order their lines come', () => {
    const lines = remembered(CHANGED);
    const [, second] = lines;
    const another = second === undefined ? [] : [{ ...second, at: '2026-06-02T03:00:05.000Z' }];
    expect(foldJournal([...another, ...lines].reverse())[0]?.buckets[2]?.hashes).toHaveLength(2);
  });

  test('history begins anew with another definition, and with another key', () => {
    const redefined = foldJournal(remembered([look('5-31'), look('6-02', { '2026-03-01': TWO }, { definition: 'other' })]))[0];
    expect([redefined?.redefinedAt, redefined?.buckets[2]?.hashes.length]).toEqual(['2026-06-02T03:00:00.000Z', 1]);
    const keyed = foldJournal(remembered([look('5-31'), look('6-02', { '2026-03-01': TWO }, { key: 'other' })]))[0];
    expect([keyed?.redefinedAt, keyed?.buckets[2]?.hashes.length]).toEqual([undefined, 1]);
  });

  test('of a binary number one of two hashes is enough', () => {
    expect(sameHash(`${ONE}:${TWO}`, `${ONE}:${THREE}`)).toBe(true);
    expect(sameHash(`${ONE}:${TWO}`, `${THREE}:${TWO}`)).toBe(true);
    expect(sameHash(`${ONE}:${TWO}`, `${TWO}:${ONE}`)).toBe(false);
    expect(sameHash(ONE, TWO)).toBe(false);
    expect(sameHash('', ONE)).toBe(false);
  });

  test.each(['', '{', '{"schemaVersion":2}', 'null', JSON.stringify({ ...remembered([look('5-31')])[0], at: 'yesterday' }), JSON.stringify({ ...remembered([look('5-31')])[0], seen: { '2026-01-01': 'a value' } })])('a line that is none is none: %s', (text) => {
    expect(parseJournalLine(text)).toBe(null);
  });
});

describe('a period is closed', () => {
  const now_seconds = Date.parse('2026-05-07T12:00:00Z') / 1000;
  const given = { period: 'month' as const, now_seconds, provisional_seconds: 5 * 86_400, newest: '2026-05-01', watermark_seconds: null };

  test('when late data had its time', () => {
    expect(closedBuckets(given).at(-1)).toBe('2026-04-01');
    expect(closedBuckets({ ...given, now_seconds: now_seconds - 3 * 86_400 }).at(-1)).toBe('2026-03-01');
    expect(closedBuckets(given)).toHaveLength(36);
  });

  test('when something came after it: a load that stands still has not brought all of it', () => {
    expect(closedBuckets({ ...given, newest: '2026-04-01' }).at(-1)).toBe('2026-03-01');
    expect(closedBuckets({ ...given, newest: null })).toEqual([]);
  });

  test('when the watermark of its product is past it', () => {
    expect(closedBuckets({ ...given, watermark_seconds: Date.parse('2026-04-20T00:00:00Z') / 1000 }).at(-1)).toBe('2026-03-01');
  });
});

describe('a changed period', () => {
  test('is unexplained without a restatement', () => {
    expect(judged(CHANGED)).toMatchObject({
      periods: 4, changed: 1, unexplained: ['2026-03'], unexplained_count: 1, first_unexplained: '2026-03', understated_count: 0, restatements_known: true,
      unexplained_between: ['2026-03: as before at 2026-05-31 03:00 UTC, another at 2026-06-02 03:00 UTC'],
    });
  });

  test('is told of nobody where restatements could not be looked at', () => {
    expect(judged(CHANGED, [], null).restatements_known).toBe(false);
  });

  test.each([
    ['its product', {}],
    ['its relation', { products: ['analytics.fact_order'] }],
    ['its own name, written otherwise', { products: ['REVENUE'] }],
    ['a part of the period', { periodStart: '2026-03-09', periodEnd: '2026-03-10' }],
    ['no time of its run', { executedAt: null }],
  ])('is explained by a restatement that names %s', (_, given) => {
    expect(judged(CHANGED, [restatement(given)])).toMatchObject({ changed: 1, unexplained_count: 0, understated_count: 0 });
  });

  test.each([
    ['was run before', { executedAt: '2026-05-01T00:00:00Z' }],
    ['was run after', { executedAt: '2026-06-05T00:00:00Z' }],
    ['failed', { status: 'FAILED' }],
    ['is of another product and another period', { products: ['cases'], periodStart: '2025-01-01', periodEnd: '2025-01-31' }],
  ])('is not explained by one that %s', (_, given) => {
    expect(judged(CHANGED, [restatement(given)])).toMatchObject({ unexplained_count: 1, understated_count: 0 });
  });

  test('beside the period of its restatement is understated', () => {
    const wider = [look('5-31'), look('6-02', { '2026-02-01': TWO, '2026-03-01': TWO })];
    expect(judged(wider, [restatement()])).toMatchObject({ changed: 2, unexplained_count: 0, understated: ['2026-02'], understating: ['restatement r1 of 2026-06-01 (orders; 2026-03-01 to 2026-03-31) leaves out 2026-02'] });
  });

  test('of a product that its restatement does not name is understated', () => {
    expect(judged(CHANGED, [restatement({ products: ['cases'] })])).toMatchObject({ unexplained_count: 0, understated: ['2026-03'], understating: [expect.stringMatching(/leaves out orders$/)] });
  });

  test('is none where a retention took the oldest', () => {
    expect(judged([look('5-31'), look('6-02', { '2026-01-01': '', '2026-02-01': '' })])).toMatchObject({ changed: 2, removed: 2, unexplained_count: 0 });
    expect(judged([look('5-31'), look('6-02', { '2026-02-01': '' })])).toMatchObject({ removed: 0, unexplained: ['2026-02'] });
  });
});

describe('a restatement without a change', () => {
  test('is told when its periods were seen before and after', () => {
    const same = [look('5-31'), look('6-02')];
    expect(judged(same, [restatement()]).without_change).toEqual(['restatement r1 of 2026-06-01 (orders; 2026-03-01 to 2026-03-31)']);
    expect(judged(CHANGED, [restatement()]).without_change).toEqual([]);
    expect(judged(same, [restatement({ executedAt: '2026-05-01T00:00:00Z' })]).without_change).toEqual([]);
    expect(judged(same, [restatement({ periodStart: '2020-01-01' })]).without_change).toEqual([]);
    expect(judged(same, [restatement({ products: ['cases'] })]).without_change).toEqual([]);
    expect(judged(same, [restatement({ status: 'FAILED' })]).without_change).toEqual([]);
  });
});
