import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import type { Finding } from '../../src/model/finding.js';
import type { Report } from '../../src/model/report.js';
import type { RenderOptions } from '../../src/report/index.js';
import { render } from '../../src/report/text.js';
import { caseworkReport } from './casework-report.js';
import { hostileReport } from './hostile-report.js';

function text(report: Report, options: Partial<RenderOptions> = {}): string {
  return render(report, { width_columns: 80, color: false, all: false, quiet: false, ...options });
}

describe('the report', () => {
  test('at 80 columns', async () => {
    await expect(text(caseworkReport)).toMatchFileSnapshot('golden/casework-80.txt');
  });

  test('at 120 columns', async () => {
    await expect(text(caseworkReport, { width_columns: 120 })).toMatchFileSnapshot('golden/casework-120.txt');
  });

  test('of an estate in which everything holds', async () => {
    await expect(text(clean)).toMatchFileSnapshot('golden/clean-80.txt');
  });

  test('when only findings are wanted still says what could not be looked at', async () => {
    await expect(text(caseworkReport, { quiet: true })).toMatchFileSnapshot('golden/quiet-80.txt');
    expect(text(clean, { quiet: true })).toBe('');
  });

  test('is no wider than 120 columns, however wide the terminal', () => {
    expect(text(caseworkReport, { width_columns: 400 })).toBe(text(caseworkReport, { width_columns: 120 }));
  });
});

const clean: Report = {
  ...caseworkReport,
  verdicts: caseworkReport.verdicts.map((verdict) => ({
    ...verdict,
    outcome: 'holds',
    sentence: 'Nothing was found.',
    errors: 0,
    warnings: 0,
    notes: 0,
  })),
  findings: [],
  gaps: [],
  assumptions: [],
  coverage: {
    statements: { total: 212, parsed: 212, partial: 0, unparsed: 0 },
    queries: { total: 0, parsed: 0, partial: 0, unparsed: 0, problems: 0 },
    relations: 1,
    views: { total: 0, agree: 0, differ: 0 },
    columns: { resolved: 0, total: 0 },
    attributedBlockShare: null,
  },
};

describe('the fix', () => {
  const [first] = caseworkReport.findings;
  const two = (fixes: string[]) => ({ ...caseworkReport, findings: fixes.flatMap((fix) => (first === undefined ? [] : [{ ...first, fix }])) });

  test('stands once where it is the same for all findings of a rule', () => {
    expect(text(two(['Drop the column.', 'Drop the column.'])).match(/Drop the column/g)).toHaveLength(1);
  });

  test('stands with each finding where it names things of that finding', () => {
    const shown = text(two(['Drop shop.customer.email.', 'Drop shop.customer.phone.']));
    expect(shown).toContain('    fix  Drop shop.customer.email.\n');
    expect(shown).toContain('    fix  Drop shop.customer.phone.\n');
    expect(shown).not.toMatch(/^ {2}fix/m);
  });
});

describe('colour', () => {
  test('only repeats what the words say', () => {
    expect(withoutColor(text(caseworkReport, { color: true }))).toBe(text(caseworkReport));
  });

  test('is one of the 16 of the terminal', () => {
    const codes = new Set([...text(caseworkReport, { color: true }).matchAll(/\u001B\[([\d;]*)m/g)].map((match) => Number(match[1])));
    expect([...codes].filter((code) => !(code <= 39 || (code >= 90 && code <= 97)))).toEqual([]);
  });
});

describe('long lists', () => {
  const [first] = caseworkReport.findings;
  const many = (number: number): Finding[] =>
    Array.from({ length: number }, (_, index) => ({ ...clone(first), consumer: `metabase card ${index}`, message: `metabase card ${index} aggregates`, owner: null }));

  test('are cut, and say by how much and how to see all', () => {
    const report = { ...caseworkReport, findings: many(50) };
    expect(text(report)).toContain('… and 47 more: metabase card 3, metabase card 4');
    expect(text(report)).toContain('and 39 others. --all shows them.');
    expect(text(report)).not.toContain('metabase card 49');
  });

  test('are whole with all', () => {
    const shown = text({ ...caseworkReport, findings: many(50) }, { all: true });
    expect(shown).toContain('metabase card 49 aggregates');
    expect(shown).toContain('the tool runs it every 30 s unasked');
    expect(shown).toContain('dashboards.json:1:977');
    expect(shown).not.toContain('--all');
  });

  test('never hide that a whole store was not seen', () => {
    const [blind, partial] = caseworkReport.gaps;
    const gaps = [...Array.from({ length: 40 }, () => clone(partial)), clone(blind)];
    const shown = text({ ...caseworkReport, gaps });
    expect(shown).toContain('… and 30 more; --all shows them');
    expect(shown).toContain('nothing seen  replica');
  });

  function clone<T>(value: T | undefined): T {
    if (value === undefined) throw new Error('the report of the case work has lost what this test needs');
    return structuredClone(value);
  }
});

describe('whatever the texts', () => {
  const printable = /^[^\p{Cc}\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}\u2028\u2029]*$/u;

  test('nothing but line breaks and what is seen leaves', () => {
    fc.assert(
      fc.property(hostileReport, fc.integer({ min: 1, max: 200 }), fc.boolean(), fc.boolean(), (report, width_columns, all, quiet) => {
        const shown = text(report, { width_columns, all, quiet });
        for (const line of shown.split('\n')) expect(line).toMatch(printable);
      }),
      { numRuns: 50 },
    );
  });

  test('colour adds only the colours', () => {
    fc.assert(
      fc.property(hostileReport, (report) => {
        for (const line of withoutColor(text(report, { color: true })).split('\n')) expect(line).toMatch(printable);
      }),
      { numRuns: 50 },
    );
  });

  test('no line is wider than the page', () => {
    fc.assert(
      fc.property(hostileReport, fc.integer({ min: 60, max: 120 }), (report, width_columns) => {
        for (const line of text(report, { width_columns }).split('\n')) expect(stringWidth(line)).toBeLessThanOrEqual(width_columns);
      }),
      { numRuns: 50 },
    );
  });
});

function withoutColor(shown: string): string {
  return shown.replace(/\u001B\[\d+m/g, '');
}
