import { describe, expect, test } from 'vitest';
import { lastUsedDays, usageClock } from '../../src/graph/usage.js';
import type { CollectedQuery } from '../../src/model/query.js';
import { card } from '../support/estate.js';

const takenAt = '2026-09-01T08:00:00.000Z';
const used = (lastUsedAt: string | null): CollectedQuery => card('SELECT 1', { usage: { views: 12, lastUsedAt } });

describe('how long ago a card was opened', () => {
  test('is counted in whole days up to the snapshot', () => {
    const clock = usageClock({ takenAt, queries: [] }, 90);
    expect([used('2026-08-31T09:00:00Z'), used('2026-03-01T08:00:00Z'), used('2026-09-02T00:00:00Z')].map((query) => lastUsedDays(query, clock))).toEqual([0, 184, 0]);
  });

  test('is not known without a moment, or with one that is none', () => {
    const clock = usageClock({ takenAt, queries: [] }, 90);
    expect([used(null), used('yesterday'), card('SELECT 1')].map((query) => lastUsedDays(query, clock))).toEqual([Number.NaN, Number.NaN, Number.NaN]);
  });

  test('is not known where the whole export is old, which is told', () => {
    const queries = ['2026-01-04', '2026-02-11', '2026-02-12', '2026-03-01', '2025-11-30'].map((day) => used(`${day}T08:00:00Z`));
    const clock = usageClock({ takenAt, queries }, 90);
    expect(clock.notes).toEqual(['the export of metabase seems to be of 2026-03-01, when a card was last opened: which cards are unused today is not judged']);
    expect(queries.map((query) => lastUsedDays(query, clock))).toEqual(queries.map(() => Number.NaN));
    // One that was opened lately shows that the others were not.
    expect(usageClock({ takenAt, queries: [...queries, used('2026-08-20T08:00:00Z')] }, 90).notes).toEqual([]);
    expect(usageClock({ takenAt, queries: queries.slice(0, 4) }, 90).notes).toEqual([]);
  });
});
