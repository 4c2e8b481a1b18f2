import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import { comparisonMarkdown } from '../../../src/cli/compare/markdown.js';
import { comparisonPage } from '../../../src/cli/compare/page.js';
import type { Comparison } from '../../../src/compare/comparison.js';
import { compare } from '../../../src/compare/index.js';
import type { Finding } from '../../../src/model/finding.js';
import { createPage } from '../../../src/report/layout/page.js';
import { appeals, bundleSide, findingsWithout, noAnswer, reportSide, workload } from '../../compare/sides.js';
import { caseworkReport } from '../../report/casework-report.js';

/** A consultant's spring: the cards read contracts, the heaviest is in the warehouse, and one new card reads a table. */
const verdicts = caseworkReport.verdicts.map((verdict) => {
  if (verdict.area === 'coupling') return { ...verdict, errors: 1, sentence: '9 of 318 cards read 4 internal tables; none of these has no contract view.' };
  if (verdict.area === 'workload') return { ...verdict, outcome: 'holds' as const, errors: 0, sentence: 'No analytical statement of a report runs on production.' };
  return verdict.area === 'guardrail' ? { ...verdict, outcome: 'holds' as const, sentence: 'Every reporting role has its limits.' } : verdict;
});
const metric = (verdict: 'different' | 'equal') => ({ id: 'open cases', name: 'Open cases', store: 'production', relation: 'app.case_file', verdict, definitions: 4, restsOn: [] });
const [first] = workload(0.39, { since: '2026-01-05T08:00:00.000Z', until: '2026-03-02T08:00:00.000Z' });
const march = bundleSide('march.tidemark', { readers: 61, ofInternal: 52 }, { gaps: caseworkReport.gaps.slice(1), metrics: [metric('different')], workload: first === undefined ? [] : [first] });
const june = bundleSide('june.tidemark', { readers: 9, ofInternal: 4 }, {
  takenAt: '2026-06-01T08:00:00.000Z', verdicts, workload: workload(0.06), metrics: [metric('equal')],
  findings: [...findingsWithout('dashboard-bypasses-contract', 'analytical-on-operational').map((finding) => (finding.level === 'warning' ? { ...finding, level: 'note' as const } : finding)), appeals],
  coverage: { ...caseworkReport.coverage, queries: { ...caseworkReport.coverage.queries, total: 318, parsed: 318 } },
});
const blind = reportSide('june.json', { gaps: [noAnswer], findings: findingsWithout('dashboard-bypasses-contract'), verdicts });

function text(comparison: Comparison, width_columns: number, { all = false, quiet = false } = {}): string {
  return comparisonPage(createPage(width_columns, false), comparison, { all, quiet }).map((line) => `${line}\n`).join('');
}

describe('the page', () => {
  test('at 80 columns', async () => {
    await expect(text(compare(march, june, '0.1.0'), 80)).toMatchFileSnapshot('golden/spring-80.txt');
  });

  test('at 120 columns', async () => {
    await expect(text(compare(march, june, '0.1.0'), 120)).toMatchFileSnapshot('golden/spring-120.txt');
  });

  test('of a second look that saw less', async () => {
    await expect(text(compare(reportSide('march.json'), blind, '0.1.0'), 80)).toMatchFileSnapshot('golden/blind-80.txt');
  });

  test('of nothing', async () => {
    await expect(text(compare(march, march, '0.1.0'), 80)).toMatchFileSnapshot('golden/nothing-80.txt');
    expect(text(compare(march, march, '0.1.0'), 80, { quiet: true })).toBe('');
  });

  test('when only what is worse is wanted still says what was not seen', async () => {
    const quiet = text(compare(reportSide('march.json'), blind, '0.1.0'), 80, { quiet: true });
    expect(quiet).toContain('connection refused');
    expect(text(compare(march, june, '0.1.0'), 80, { quiet: true })).toMatchInlineSnapshot(`
      "New (1)
        ✖ metabase card 301 Appeals lodged reads app.appeal directly
          error dashboard-reads-internal · owner Appeals ·
          dashboards/metabase/cards.json:1
      "
    `);
  });
});

describe('the page for somebody else', () => {
  test('is Markdown', async () => {
    await expect(comparisonMarkdown(compare(march, june, '0.1.0'))).toMatchFileSnapshot('golden/spring.md');
  });
});

/** What names from databases and dashboards may hold. */
const hostile = fc.string({ unit: fc.constantFrom('a', ' ', '\n', '|', '`', '<', '>', '@', '[', ']', '(', ')', '\u001b[31m', '\u202e', '*', '&', '漢', '\\', '#') , maxLength: 60 });

describe('hostile names', () => {
  test('stay on their line and do nothing', () => {
    fc.assert(
      fc.property(hostile, hostile, hostile, (name, owner, message) => {
        const bad: Finding = { ...appeals, consumer: name, owner, message, relation: name, ruleId: name, locations: [{ file: name, pointer: '', line: 1, column: 1 }], partialFingerprints: { boundary: 'bad' } };
        const side = (file: string, findings: Finding[]) => reportSide(file, { findings, gaps: findings.map(() => ({ subject: name, missing: message, cause: owner, remedy: null, severity: 'blind' as const })) });
        for (const comparison of [compare(side(name, []), side('b', [bad]), '1'), compare(side(name, [bad]), side('b', []), '1')]) {
          const drawn = text(comparison, 80, { all: true });
          // oxlint-disable-next-line no-control-regex
          expect(drawn).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
          expect(Math.max(...drawn.split('\n').map((line) => stringWidth(line)))).toBeLessThanOrEqual(80);
          const markdown = comparisonMarkdown(comparison);
          expect(markdown.replaceAll(/<\/?(?:details|summary)(?: open)?>/g, '')).not.toMatch(/[<>]|(?<!\\)`|@(?!\u2060)|\u001b|\u202e/);
        }
      }),
      { numRuns: 60 },
    );
  });
});
