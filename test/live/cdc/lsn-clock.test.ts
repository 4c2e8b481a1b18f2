import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LsnClock } from '../../../src/live/cdc/lsn-clock.js';
import { bytesBetween, formatLsn, LsnError, parseLsn } from '../../../src/live/cdc/lsn.js';

describe('a position', () => {
  test('is read and written as the server writes it', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), (lsn) => {
        expect(parseLsn(formatLsn(lsn))).toBe(lsn);
      }),
    );
    expect(formatLsn(parseLsn('2F/9A01C8E0'))).toBe('2F/9A01C8E0');
    expect(bytesBetween(parseLsn('1/FFFFFFFF'), parseLsn('2/0'))).toBe(1);
    expect(bytesBetween(parseLsn('2/0'), parseLsn('1/0'))).toBe(0);
  });

  test.each(['', '2F', '2F/', '/1', '2F/9A01C8E0F', 'G/0', '1/2/3', '-1/0'])('is refused: %j', (text) => {
    expect(() => parseLsn(text)).toThrow(LsnError);
  });
});

/** WAL as a server writes it: bursts, pauses, and at each moment a position that never goes back. */
interface Trace {
  steps: { after_seconds: number; bytes: number }[];
}

const START = 1_795_000_000;
const trace = (gap_seconds: number): fc.Arbitrary<Trace> =>
  fc.record({
    steps: fc.array(
      fc.record({
        after_seconds: fc.double({ min: 0.01, max: gap_seconds, noNaN: true }),
        bytes: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 64 }), fc.integer({ min: 1, max: 40_000_000 })),
      }),
      { minLength: 1, maxLength: 60 },
    ),
  });

function written({ steps }: Trace): { at: number; lsn: bigint }[] {
  let at = START;
  let lsn = 0x2f_0000_0000n;
  return [{ at, lsn }, ...steps.map((step) => ({ at: (at += step.after_seconds), lsn: (lsn += BigInt(step.bytes)) }))];
}

/** The position at a moment, and the moment at which a position was left. */
function positionAt(log: readonly { at: number; lsn: bigint }[], at: number): bigint {
  return log.findLast((entry) => entry.at <= at)?.lsn ?? log[0]?.lsn ?? 0n;
}
function leftAt(log: readonly { at: number; lsn: bigint }[], lsn: bigint): number | null {
  return log.find((entry) => entry.lsn > lsn)?.at ?? null;
}

describe('the clock of positions', () => {
  test.each([
    { what: 'a minute', gap_seconds: 2 },
    { what: 'hours', gap_seconds: 600 },
    { what: 'weeks, thinned', gap_seconds: 50_000 },
  ])('holds the truth within its bounds whatever was written and whenever it was looked at: $what', ({ gap_seconds }) => {
    const places = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 2, maxLength: 400 });
    fc.assert(
      fc.property(trace(gap_seconds), places, places, (given, looks, asked) => {
        const log = written(given);
        const end = log.at(-1)?.at ?? START;
        const clock = new LsnClock();
        const times = [...new Set(looks.map((part) => START + part * (end - START)))].sort((a, b) => a - b);
        for (const at of times) clock.push(at, positionAt(log, at));
        const now = times.at(-1) ?? START;
        const from = Number(positionAt(log, times[0] ?? START) - (log[0]?.lsn ?? 0n));
        const all = Number((log.at(-1)?.lsn ?? 0n) - (log[0]?.lsn ?? 0n));
        for (const part of asked) {
          const lsn = (log[0]?.lsn ?? 0n) + BigInt(Math.floor(from + part * (all - from)));
          const reading = clock.at(lsn);
          const truth = leftAt(log, lsn);
          if (reading?.kind === 'passed') {
            expect(truth).not.toBeNull();
            expect(reading.low).toBeLessThanOrEqual(truth ?? 0);
            expect(reading.high).toBeGreaterThanOrEqual(truth ?? 0);
            expect(reading.at).toBeGreaterThanOrEqual(reading.low);
            expect(reading.at).toBeLessThanOrEqual(reading.high);
          } else if (reading?.kind === 'current') {
            expect(truth === null || truth > now).toBe(true);
          } else {
            expect(reading?.kind).toBe('before');
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  test('is off by no more than one look while looks are dense', () => {
    const clock = new LsnClock();
    for (let second = 0; second <= 590; second += 2) clock.push(START + second, BigInt(second) * 1_000_000n);
    for (let second = 0; second < 588; second += 0.5) {
      const reading = clock.at(BigInt(Math.floor(second * 1_000_000)));
      expect(reading?.kind).toBe('passed');
      if (reading?.kind === 'passed') expect(reading.high - reading.low).toBeLessThanOrEqual(2);
    }
  });

  test('keeps two weeks of looks every two seconds in bounded space, with bounds as wide as their age allows', () => {
    const clock = new LsnClock();
    const days = 16;
    for (let second = 0; second <= days * 86_400; second += 2) clock.push(START + second, BigInt(second) * 1000n);
    expect(clock.size).toBeLessThan(25_000);
    const now = days * 86_400;
    const width = (ago_seconds: number): number => {
      const reading = clock.at(BigInt(now - ago_seconds) * 1000n);
      return reading?.kind === 'passed' ? reading.high - reading.low : Number.NaN;
    };
    expect(width(300)).toBeLessThanOrEqual(2);
    expect(width(3600)).toBeLessThanOrEqual(12);
    expect(width(86_400)).toBeLessThanOrEqual(62);
    expect(clock.at(0n)?.kind).toBe('before');
  });

  test('an idle night stays a night: its end is kept however much is thinned', () => {
    const clock = new LsnClock();
    const evening = 0x10_000n;
    clock.push(START, 0x1n);
    for (let second = 2; second <= 8 * 3600; second += 2) clock.push(START + second, evening);
    const morning = START + 8 * 3600;
    for (let second = 1; second <= 4 * 3600; second += 1) clock.push(morning + second, evening + BigInt(second) * 5000n);
    const reading = clock.at(evening);
    expect(reading).toMatchObject({ kind: 'passed', low: morning });
    if (reading?.kind === 'passed') expect(reading.high).toBeLessThanOrEqual(morning + 12);
  });

  test('tells late answers from a history that is another', () => {
    const clock = new LsnClock();
    expect(clock.push(START, 100n)).toBe('kept');
    expect(clock.push(START + 2, 200n)).toBe('kept');
    expect(clock.push(START + 2, 200n)).toBe('older');
    expect(clock.push(START + 1, 150n)).toBe('older');
    expect(clock.push(START + 4, 150n)).toBe('backwards');
    expect(clock.newest()).toMatchObject({ at: START + 2, lsn: 200n });
  });

  test('follows when the server sets its clock', () => {
    const clock = new LsnClock();
    for (const second of [0, 2, 4, 6]) clock.push(START + second, BigInt(second) * 100n);
    clock.shift(3600);
    expect(clock.at(300n)).toMatchObject({ kind: 'passed', at: START + 3603 });
  });
});

describe('times of WAL files', () => {
  const MEGABYTE = 1_048_576n;

  test('date positions from before the first look, within bounds that hold the truth', () => {
    const rates = fc.array(fc.double({ min: 0.5, max: 120, noNaN: true }), { minLength: 2, maxLength: 40 });
    fc.assert(
      fc.property(rates, fc.double({ min: 0, max: 1, noNaN: true }), (seconds, part) => {
        let at = START;
        const segments = seconds.map((taken, index) => ({ at: (at += taken), lsn: BigInt(index + 1) * 16n * MEGABYTE }));
        const clock = new LsnClock();
        const first = { at: at + 5, lsn: BigInt(seconds.length) * 16n * MEGABYTE + 1n * MEGABYTE };
        clock.push(first.at, first.lsn);
        clock.addFiles(segments);
        const oldest = segments[0];
        const asked = Number(oldest?.lsn ?? 0n) + part * Number(first.lsn - (oldest?.lsn ?? 0n) - 1n);
        const index = segments.findLastIndex((segment) => Number(segment.lsn) <= asked);
        const from = segments[index] ?? { at: START, lsn: 0n };
        const to = segments[index + 1] ?? first;
        const truth = from.at + ((to.at - from.at) * (asked - Number(from.lsn))) / Number(to.lsn - from.lsn);
        const reading = clock.at(BigInt(Math.floor(asked)));
        expect(reading).toMatchObject({ kind: 'passed', fromFile: true });
        if (reading?.kind !== 'passed') return;
        expect(reading.low).toBeLessThanOrEqual(truth);
        expect(reading.high).toBeGreaterThanOrEqual(truth);
      }),
    );
  });

  test('never break the order: a file that was touched later, or one that is not yet written, is left out', () => {
    const clock = new LsnClock();
    clock.push(START + 100, 40n * MEGABYTE);
    clock.addFiles([
      { lsn: 16n * MEGABYTE, at: START + 99 },
      { lsn: 32n * MEGABYTE, at: START + 50 },
      { lsn: 48n * MEGABYTE, at: START + 10 },
    ]);
    expect(clock.size).toBe(2);
    expect(clock.at(33n * MEGABYTE)).toMatchObject({ kind: 'passed', low: START + 49, high: START + 100 });
  });

  test('fill a gap of an hour, and nothing where looks are dense', () => {
    const clock = new LsnClock();
    clock.push(START, 16n * MEGABYTE);
    clock.push(START + 2, 17n * MEGABYTE);
    clock.push(START + 3600, 80n * MEGABYTE);
    expect(clock.wantsFiles()).toBe(true);
    clock.addFiles([
      { lsn: 16n * MEGABYTE + 5n, at: START + 1 },
      { lsn: 48n * MEGABYTE, at: START + 1800 },
    ]);
    expect(clock.size).toBe(4);
    expect(clock.wantsFiles()).toBe(false);
    expect(clock.at(49n * MEGABYTE)).toMatchObject({ kind: 'passed', low: START + 1799, high: START + 3600 });
  });
});
