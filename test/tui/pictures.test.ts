import { describe, expect, test } from 'vitest';
import { chart } from '../../src/tui/chart.js';
import { textOf } from '../../src/tui/cells.js';
import { bar, length, recent, sparkline } from '../../src/tui/meter.js';
import { clock, compact, moment, percent, quantity, work } from '../../src/tui/words.js';
import { history, NOW } from './view.js';

describe('a sparkline', () => {
  test('has half its height at the limit', () => {
    expect(sparkline([0, 15, 30, 45, 60, 75, 90, 105, 120, 10_000], 60)).toBe('▁▂▃▄▅▆▇███');
  });

  test('shows a hole as a hole, and nothing known as a dashed line', () => {
    expect(sparkline([60, null, 60], 60)).toBe('▅·▅');
    expect(sparkline([null, null, null, null, null], 60)).toBe('─ ─ ─');
  });

  test('without a limit leaves a quarter above the largest value', () => {
    expect(sparkline([0, 50, 100], null)).toBe('▁▄▇');
    expect(sparkline([0, 0], null)).toBe('▁▁');
  });

  test('stands still between two parts of time', () => {
    const sawtooth = history((ago) => (NOW - ago) % 97);
    expect(recent(sawtooth, 600_000, 3_600, 20)).toEqual(recent(sawtooth, 600_179, 3_600, 20));
  });
});

describe('a bar', () => {
  test.each([
    [1, '██████████'], [0.999, '█████████░'], [0.21, '██░░░░░░░░'], [0.001, '▏░░░░░░░░░'], [0, '░░░░░░░░░░'], [-3, '░░░░░░░░░░'], [null, '──────────'],
  ])('of %s', (share, expected) => {
    expect(bar(share, 10)).toBe(expected);
  });

  test('of a duration grows by eighths', () => {
    expect([0, 0.001, 0.06, 0.5, 1].map((share) => length(share, 4))).toEqual(['', '▏', '▎', '██', '████']);
  });
});

describe('a chart', () => {
  const options = { title: 'LAG', width: 50, height: 4, now: NOW, seconds: 1_800, format: (value: number) => quantity(value, 'seconds') };

  test('has its limit on the lower bound of a line', () => {
    const growing = history((ago) => Math.max(0, 110 - ago / 10));
    expect(chart(growing, { ...options, limit: 60 }).map(textOf)).toMatchInlineSnapshot(`
      [
        " LAG        14:17 ──────────────────────── 14:47Z",
        "     90 s ┤                                 ▁▂▄▅",
        "     60 s ┤───── objective 60 s ──────▁▃▄▅▆█████",
        "     30 s ┤                     ▁▃▄▅▇███████████",
        "      0 s ┼▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▂▃▄▆▇█████████████████",
      ]
    `);
  });

  test('counts in times that people count in, far above its limit', () => {
    const far = history((ago) => 32_000 - ago);
    const labels = chart(far, { ...options, limit: 60 }).slice(1).map((line) => textOf(line).slice(0, 11).trim());
    expect(labels).toEqual(['9 h ┤', '6 h ┤', '3 h ┤', '0 s ┼']);
  });

  test('marks where there is no sample', () => {
    const rows = chart(history((ago) => (ago > 900 ? null : 30)), { ...options, limit: 60 }).map(textOf);
    expect(rows.at(-1)).toBe('      0 s ┼··················███████████████████');
  });
});

describe('words', () => {
  test('for numbers', () => {
    expect([0, 0.001, 0.02, 0.1, 3.14, 9.96, 412, 999.6, 1_940, 88_102_004, Number.NaN, null].map(compact)).toEqual(['0', '<0.01', '0.02', '0.1', '3.1', '10', '412', '1k', '1.9k', '88M', '◌', '◌']);
    expect([0.99, 0.999, 0.9995, 1, null].map(percent)).toEqual(['99 %', '99.9 %', '99.95 %', '100 %', '◌']);
    expect([0.87, 815, 12_772, null].map(work)).toEqual(['0.87 ms/s', '815 ms/s', '13 s/s', '◌']);
  });

  test('for times are in UTC, and a moment that is none is not known', () => {
    expect(clock(NOW)).toBe('14:47:23Z');
    expect(moment(NOW - 60, NOW)).toBe('14:46:23Z');
    expect(moment(NOW - 86_400, NOW)).toBe('2026-11-20 14:47Z');
    expect([Number.NaN, Infinity, 9e12, null].map(clock)).toEqual(['◌', '◌', '◌', '◌']);
  });
});
