import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import type { Report } from '../../../src/model/report.js';
import type { RenderOptions } from '../../../src/report/index.js';
import { render } from '../../../src/report/text.js';
import { checked } from './checked-report.js';

function text(report: Report, options: Partial<RenderOptions> = {}): string {
  return render(report, { width_columns: 80, color: false, all: false, quiet: false, ...options });
}

const passed: Report = {
  ...checked,
  findings: checked.findings.filter(({ baselineState, suppressions = [] }) => baselineState === 'unchanged' || suppressions.length > 0),
  gaps: [],
  ...(checked.check === undefined ? {} : { check: { ...checked.check, ratchet: [], notes: [] } }),
};

describe('the page of a check', () => {
  test('at 120 columns', async () => {
    await expect(text(checked, { width_columns: 120 })).toMatchFileSnapshot('golden/check-120.txt');
  });

  test('at 80 columns', async () => {
    await expect(text(checked)).toMatchFileSnapshot('golden/check-80.txt');
  });

  test('fits on a terminal of 24 lines where nothing is new', async () => {
    const shown = text(passed);
    await expect(shown).toMatchFileSnapshot('golden/passed-80.txt');
    expect(shown.split('\n').length).toBeLessThan(24);
  });

  test('when only findings are wanted has what is new, what could not be looked at, and the ratchet', () => {
    const shown = text(checked, { quiet: true });
    expect(shown).toMatch(/^Not looked at[\s\S]*Late cases[\s\S]*The ratchet refuses/);
    expect(shown).not.toContain('card 118');
    expect(text(passed, { quiet: true })).toBe('');
  });

  test('is never wider than the terminal and lets no control character through', () => {
    const hostile = fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('\u001b[31mred\u001b[0m', 'a\r\nb', '\u202Eevil', 'x'.repeat(500)));
    fc.assert(fc.property(hostile, fc.integer({ min: 60, max: 120 }), (word, width_columns) => {
      const { check } = checked;
      const report: Report = { ...checked, findings: checked.findings.map((finding) => ({ ...finding, consumer: word, relation: word })), ...(check === undefined ? {} : { check: { ...check, since: { ref: word, commit: 'c0ffee' }, notes: [word], ratchet: [word], fixed: check.fixed.map((finding) => ({ ...finding, consumer: word })) } }) };
      const lines = text(report, { width_columns }).split('\n');
      expect(lines.filter((line) => stringWidth(line) > width_columns)).toEqual([]);
      // oxlint-disable-next-line no-control-regex
      expect(lines.filter((line) => /[\x00-\x1f\x7f-\x9f\u202E]/.test(line))).toEqual([]);
    }), { numRuns: 60 });
  });
});
