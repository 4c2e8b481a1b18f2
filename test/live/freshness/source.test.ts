import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SourceLog } from '../../../src/live/freshness/source.js';

const SETTLING = 5;

describe('the first change after a watermark', () => {
  test('is not known before the source was seen', () => {
    expect(new SourceLog().firstChangeAfter(100)).toBeNull();
  });

  test('does not exist while the newest change is not after it, and cannot be older than the last look', () => {
    const log = new SourceLog();
    log.see(100, 90);
    log.see(400, 90);
    expect(log.firstChangeAfter(95)).toEqual({ earliest: 400, latest: Infinity });
    expect(log.seen_at).toBe(400);
  });

  test('lies between the last look that did not see it and the time it was committed', () => {
    const log = new SourceLog();
    log.see(100, 90);
    log.see(400, 90);
    log.see(402, 401);
    log.see(404, 403);
    expect(log.firstChangeAfter(95)).toEqual({ earliest: 400, latest: 401 });
  });

  test('lies after the watermark where the source was seen later only', () => {
    const log = new SourceLog();
    log.see(1000, 990);
    expect(log.firstChangeAfter(200)).toEqual({ earliest: 200, latest: 990 });
  });

  test('is none when the watermark is a few seconds before the last change before a pause', () => {
    const log = new SourceLog();
    log.see(100, 98);
    log.see(102, 100);
    log.see(104, 100);
    expect(log.firstChangeAfter(97)?.latest).toBe(Infinity);
    log.see(900, 899);
    expect(log.firstChangeAfter(97)).toEqual({ earliest: 104, latest: 899 });
    // Eight seconds before it, the change is outstanding.
    expect(log.firstChangeAfter(92)).toEqual({ earliest: 92, latest: 98 });
  });

  test('on a source that never pauses begins at the watermark, to the pace of the looks', () => {
    const log = new SourceLog();
    for (let at = 0; at <= 1000; at += 2) log.see(at, at - 0.5);
    expect(log.firstChangeAfter(500)).toEqual({ earliest: 500, latest: 501.5 });
  });

  test('is looked for anew when the source went back', () => {
    const log = new SourceLog();
    log.see(1000, 990);
    log.see(1010, 500);
    expect(log.firstChangeAfter(700)).toEqual({ earliest: 1010, latest: Infinity });
  });

  test('always lies within the bounds, however much was forgotten', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 400 }),
        fc.integer({ min: 2, max: 30 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (pauses, pace, part) => {
          const changes: number[] = [];
          for (const pause of pauses) changes.push((changes.at(-1) ?? 10_000) + pause);
          const end = (changes.at(-1) ?? 0) + 200;
          const log = new SourceLog();
          for (let at = 10_000; at <= end; at += pace) {
            const newest = changes.findLast((change) => change <= at);
            if (newest !== undefined) log.see(at, newest);
          }
          const watermark = 10_000 + part * (end - 10_000);
          const truth = changes.find((change) => change > watermark) ?? Infinity;
          const settled = changes.find((change) => change > watermark + SETTLING) ?? Infinity;
          const bounds = log.firstChangeAfter(watermark);
          // The first one, or the one after the pause that follows it at once.
          expect(bounds !== null && bounds.earliest <= settled && bounds.latest >= truth).toBe(log.seen_at !== null);
          expect(bounds?.earliest ?? watermark).toBeGreaterThanOrEqual(watermark);
        },
      ),
    );
  });

  test('stays in bounded space and right over a month', () => {
    const log = new SourceLog();
    const end = 30 * 86_400;
    for (let at = 0; at <= end; at += 10) log.see(at, at - 1);
    const recent = log.firstChangeAfter(end - 3600);
    expect(recent).toEqual({ earliest: end - 3600, latest: end - 3591 });
    const old = log.firstChangeAfter(end - 10 * 86_400);
    expect(old?.earliest).toBeGreaterThanOrEqual(end - 10 * 86_400);
    expect(old?.latest).toBeGreaterThan(end - 10 * 86_400);
    expect(log.size).toBeLessThanOrEqual(2048);
  });
});
