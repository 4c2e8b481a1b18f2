import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { observe, recall, remember, type Entry } from '../../../src/reconcile/judge/ledger.js';
import { emptyMemory } from '../../../src/reconcile/judge/memory.js';
import { SettledTime } from '../../../src/reconcile/position-settled.js';
import { History, type Marks, type Tells, type Transaction } from './history.js';
import { key, look } from './made-up.js';

const ROWS = 5;
/** A row that is written all the time, as on a living system. */
const BUSY = ROWS;
const END = 3_000;
const RUNS = Number(process.env['TIDEMARK_PROPERTY_RUNS'] ?? 200);

const transaction = fc.record({
  row: fc.integer({ min: 0, max: ROWS - 1 }),
  /** Of the span of the history. */
  share: fc.integer({ min: 0, max: 10_000 }).map((part) => part / 10_000),
  lasts: fc.oneof({ weight: 4, arbitrary: fc.constantFrom(0, 0.1) }, fc.integer({ min: 0, max: 250 })),
  deletes: fc.boolean(),
});

/** When the looks begin, and how long their four parts and the rest until the next one take. */
const looks = fc.array(fc.tuple(fc.nat(20), fc.nat(20), fc.nat(20), fc.oneof({ weight: 3, arbitrary: fc.nat(30) }, fc.nat(600))), { minLength: 4, maxLength: 20 });

const world = fc.record({
  transactions: fc.array(transaction, { minLength: 1, maxLength: 80 }),
  /** Short ones change rows between the looks at them. */
  span: fc.constantFrom(200, 500, END),
  looks,
  begin: fc.integer({ min: 0, max: 5_000 }).map((part) => part / 10_000),
  lag: fc.oneof({ weight: 3, arbitrary: fc.nat(30) }, fc.nat(900)),
  batch: fc.constantFrom(1, 1, 15, 400),
  marks: fc.constantFrom<Marks>('time', 'none'),
  tells: fc.constantFrom<Tells>('product', 'column'),
  forget: fc.integer({ min: 1, max: 5 }),
});

interface World {
  transactions: { row: number; share: number; lasts: number; deletes: boolean }[];
  span: number;
  looks: [number, number, number, number][];
  begin: number;
  lag: number;
  batch: number;
  marks: Marks;
  tells: Tells;
  forget: number;
}

function historyOf({ transactions, span, lag, batch, marks, tells }: World, lost: number | null): History {
  const made = transactions.map(({ row, share, lasts, deletes }, index): Transaction => ({ row, begins_at: share * span, commits_at: share * span + lasts, value: deletes ? null : index, isLost: index === lost }));
  const busy = Array.from({ length: (END + 8_000) / 5 }, (_, index): Transaction => ({ row: BUSY, begins_at: index * 5, commits_at: index * 5, value: 1_000 + index, isLost: false }));
  // A loader that applies what was committed before its last batch began.
  return new History([...made, ...busy], marks, tells, (now) => Math.floor((now - lag) / batch) * batch);
}

/** All looks of a run, each of which takes its time; some begin by what a file kept. */
function* observed(history: History, { looks: pauses, forget }: World, begin: number, longer: number[] = []): Generator<Map<string, Entry>> {
  const settled = new SettledTime(300);
  let entries = new Map<string, Entry>();
  let now = begin;
  const all: [number, number, number, number][] = [...pauses, ...longer.map((rest): [number, number, number, number] => [1, 1, 1, rest])];
  for (const [index, [toTarget, toSource, toFence, rest]] of all.entries()) {
    settled.add(history.open(now));
    const watermark = history.watermark(now);
    const targets = Array.from({ length: ROWS }, (_, row) => history.target(row, (now += toTarget / ROWS)));
    const sources = Array.from({ length: ROWS }, (_, row) => history.source(row, (now += toSource / ROWS)));
    now += toFence;
    settled.add(history.open(now));
    const settled_at = watermark.at === null ? null : settled.before(watermark.at);
    const keys = sources.map((source, row) => key(row, source, targets[row] ?? null));
    const each = look(index % 2 === 0 ? keys : keys.reverse(), watermark, now, { settled_at });
    entries = observe(observe(entries, each), each);
    if (index % forget === forget - 1) entries = recall({ ...emptyMemory('plan'), entries: remember(entries) });
    yield entries;
    now += rest;
  }
}

describe('over any history of a source', () => {
  test('nothing is ever confirmed of a target that applies it all, however late and however long transactions are', () => {
    fc.assert(
      fc.property(world, (each) => {
        for (const entries of observed(historyOf(each, null), each, each.begin * each.span)) {
          expect([...entries.values()].filter(({ confirmed }) => confirmed !== null)).toEqual([]);
        }
      }),
      { numRuns: RUNS },
    );
  });

  test('a change that the target has lost is confirmed once the watermark has passed it, and nothing else is', () => {
    fc.assert(
      fc.property(world, (each) => {
        // The last change of a row: what comes after it would mend the loss.
        const lost = each.transactions.reduce((last, { share, lasts }, index) => {
          const other = each.transactions[last];
          return other === undefined || share * each.span + lasts > other.share * each.span + other.lasts ? index : last;
        }, 0);
        const history = historyOf(each, lost);
        const row = each.transactions[lost]?.row ?? 0;
        const waits = Array.from({ length: 8 }, () => each.lag + each.batch + 300);
        let final = new Map<string, Entry>();
        for (const entries of observed(history, each, each.begin * END + END, waits)) {
          expect([...entries.values()].filter(({ id, confirmed }) => confirmed !== null && id !== `key ${row}`)).toEqual([]);
          final = entries;
        }
        const [at, target] = [END + 1_000_000, history.target(row, END + 1_000_000)];
        const differs = history.source(row, at)?.content !== target?.content;
        expect(final.get(`key ${row}`)?.confirmed !== undefined && final.get(`key ${row}`)?.confirmed !== null).toBe(differs);
      }),
      { numRuns: RUNS },
    );
  });
});
