import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import type { MetricsAnswer } from '../../../src/cli/metrics/answer.js';
import { findPair } from '../../../src/cli/metrics/find.js';
import { metricsPage, type PageOptions } from '../../../src/cli/metrics/page.js';
import { showPage, type ShowPageOptions } from '../../../src/cli/metrics/show-page.js';
import { knowsUtf8 } from '../../../src/cli/locale.js';
import { asciiLines } from '../../../src/cli/metrics/signs.js';
import { runnable } from '../../../src/cli/metrics/sql-lines.js';
import type { MetricGroup } from '../../../src/model/metric-report.js';
import { createPage } from '../../../src/report/layout/page.js';
import { hostileText } from '../../report/hostile-report.js';
import { caseworkMetrics, claim, comparison, openCases } from './support/casework-metrics.js';

function list(width: number, options: Partial<PageOptions> = {}, answer: MetricsAnswer = caseworkMetrics, color = false): string[] {
  return metricsPage(createPage(width, color), answer, { filters: {}, limit: 20, quiet: false, ...options });
}

function shown(width: number, options: Partial<ShowPageOptions> = {}, group: MetricGroup = openCases, color = false): string[] {
  return showPage(createPage(width, color), caseworkMetrics, group, { limit: 20, quiet: false, pair: null, ...options });
}

const text = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');

describe('the pages', () => {
  test.each([120, 80])('of all metrics at %i columns', async (width) => {
    await expect(text(list(width))).toMatchFileSnapshot(`golden/list-${width}.txt`);
  });

  test.each([120, 80])('of one metric at %i columns', async (width) => {
    await expect(text(shown(width))).toMatchFileSnapshot(`golden/show-${width}.txt`);
  });

  test('of one metric on a terminal without UTF-8', async () => {
    await expect(text(asciiLines(shown(80)))).toMatchFileSnapshot('golden/show-ascii-80.txt');
  });
});

/** The columns that a line fills without its colours. */
// oxlint-disable-next-line no-control-regex
const plain = (line: string): string => line.replace(/\u001B\[\d+m/g, '');

describe('claims that share a name and no table', () => {
  const rejected: MetricGroup = {
    ...openCases, name: 'Rejected rows', relation: 'control.pipeline_run', nameClashes: [], possibleSynonyms: [], verdict: 'different', partial: null,
    members: [claim({ title: 'Rejected rows', consumer: 'grafana panel Loads / Rejected rows', relations: ['control.pipeline_run'] }), claim({ title: 'Rejected rows', consumer: 'metabase card 12', relations: ['control.report_run'] })],
    definitions: [0, 1].map((member) => ({ members: [member], sql: 'SELECT count(*)', words: 'count of rows', unreadable: null })),
    pairs: [{ first: 0, second: 1, comparison: comparison({ verdict: 'different', kind: 'source', why: 'They have a name in common and no table.' }) }],
  };

  test('are no metric that is defined differently', () => {
    const lines = list(120, {}, { ...caseworkMetrics, groups: [rejected] });
    expect(lines.join('\n')).toContain('No metric is defined more than once');
    expect(lines).toContain('  - Rejected rows: grafana panel Loads / Rejected rows (control.pipeline_run); “Rejected rows” of metabase card 12');
    expect(lines.join('\n')).not.toContain('≠');
  });
});

describe('what is drawn', () => {
  test('says the same without colours', () => {
    expect(list(80, {}, caseworkMetrics, true).map(plain)).toEqual(list(80));
    expect(shown(80, {}, openCases, true).map(plain)).toEqual(shown(80));
    expect(list(80, {}, caseworkMetrics, true).join('')).toContain('\u001B[31m⊃ looser\u001B[39m');
    expect(list(80).join('')).not.toContain('\u001B');
  });

  test('keeps its columns on a terminal without UTF-8', () => {
    for (const lines of [list(80), shown(80), list(80, {}, caseworkMetrics, true)]) {
      const ascii = asciiLines(lines);
      expect(ascii.map((line) => plain(line).length)).toEqual(lines.map((line) => stringWidth(plain(line))));
      // oxlint-disable-next-line no-control-regex
      expect(ascii.map(plain).join('')).toMatch(/^[ -~]*$/);
    }
    expect([{ LANG: 'C' }, { LC_ALL: 'POSIX', LANG: 'de_DE.UTF-8' }, { LANG: 'de_DE.UTF-8' }, {}].map(knowsUtf8)).toEqual([false, false, true, true]);
  });

  test('when only little is wanted has what differs or is open, and what was not looked at', () => {
    const quiet = text(list(80, { quiet: true }));
    expect(quiet).toContain('Overdue tasks');
    expect(quiet).not.toContain('Licences');
    expect(quiet).not.toContain('Assumed');
    expect(quiet).toContain('nothing seen  replica');
  });

  test('is one pair where one is asked for', () => {
    expect(text(shown(80, { pair: findPair(openCases, ['D', 'C']) }))).toMatchInlineSnapshot(`
      "⊃ looser  Open cases
        app.case_file on production · 4 definitions, of which proof leaves 3, shown by
        5 · Case Management, Data Platform, Field Offices and 2 more
        open cases @ production/app.case_file

      Definitions
        C  count of rows where status in (OPEN, IN_REVIEW, ESCALATED) · 1 card
           SELECT count(*) FROM app.case_file WHERE status IN ('OPEN', 'IN_REVIEW',
             'ESCALATED')
        D  count of rows where status not in (CLOSED, CANCELLED, DUPLICATE) · 1 card
           SELECT count(*) FROM app.case_file WHERE status NOT IN ('CLOSED',
             'CANCELLED', 'DUPLICATE')

        C ⊂ D  C counts only some of the rows that D counts: which rows count
          only D counts status is any other value
          a case_file with status PENDING is counted by Open cases (dbt) and not by
          Cases in progress
          app.case_file
            id  status
            7   PENDING
          there C answers 0, and D 1
          they would be equal if this held, which nobody enforces: accepted_values of
          app.case_file.status (dbt)
          shown on rows, replayed on tables with the real constraints
      "
    `);
  });

  test("has today's numbers where they were asked for", () => {
    const measuredGroup: MetricGroup = {
      ...openCases,
      members: openCases.members.map((member, index) => ({ ...member, value: index === 4 ? { error: 'not run: it locks rows' } : { text: ['1666667', '1666667', '1666667', '1000001.50'][index] ?? '', rows: 1 } })),
      pairs: openCases.pairs.map((pair) => (pair.first === 0 && pair.second === 2 ? { ...pair, today: { rows: 666666 } } : pair.second === 3 ? { ...pair, today: { error: 'they read different tables' } } : pair)),
    };
    const lines = text(shown(120, {}, measuredGroup));
    expect(lines.split('\n').filter((line) => line.includes('today'))).toMatchInlineSnapshot(`
      [
        "     today 1,666,667",
        "     today 1,666,667",
        "     today 1,000,001.50",
        "     today not known: not run: it locks rows",
        "    today A 1,666,667, C 1,000,001.50; 666,666 rows part them",
        "    today A 1,666,667, D not known: not run: it locks rows; how many rows part them is not known: they read different",
        "    today C 1,000,001.50, D not known: not run: it locks rows; how many rows part them is not known: they read different",
        "    today A 1,666,667, B 1,666,667",
      ]
    `);
    expect(list(120, {}, { ...caseworkMetrics, groups: [measuredGroup] }).filter((line) => line.includes('today'))).toMatchInlineSnapshot(`
      [
        "      today: A 1,666,667 · B 1,666,667 · C 1,000,001.50 · D not known: not run: it locks rows",
      ]
    `);
  });

  test('of many definitions is cut, and says so', () => {
    const many: MetricGroup = {
      ...openCases,
      members: Array.from({ length: 60 }, (_, index) => claim({ title: `Open cases ${index}`, container: `Board ${index}`, owner: 'Case Management' })),
      definitions: Array.from({ length: 60 }, (_, index) => ({ members: [index], sql: `SELECT count(*) FROM app.case_file WHERE id > ${index}`, words: `count of rows where id > ${index}`, unreadable: null })),
      pairs: Array.from({ length: 39 }, (_, index) => ({ first: index, second: index + 1, comparison: comparison({ verdict: 'looser', kind: 'boundary', why: 'one more case counts' }) })),
      partial: 'more than 40 definitions: the rest was only compared with the first of each class',
    };
    const lines = shown(80, {}, many);
    expect(Math.max(...lines.map((line) => stringWidth(line)))).toBeLessThanOrEqual(80);
    expect(text(lines)).toContain('… and 40 more cards, 34 more definitions; --limit all shows them');
    expect(text(lines)).toContain('◌ Not all of it was compared: more than 40 definitions');
    expect(text(shown(80, { limit: Number.POSITIVE_INFINITY }, many))).not.toContain('--limit all');
    expect(text(lines)).toContain('?');
  });

  test('of nothing says so', () => {
    const nothing = { ...caseworkMetrics, groups: [], gaps: [], assumptions: [], stores: [] };
    expect(text(list(80, {}, nothing))).toContain('No metric is defined more than once among the queries that were read.');
  });
});

describe('text from dashboards and databases', () => {
  const FIXED = new Set(['verdict', 'kind', 'by', 'conforms', 'clock', 'part']);

  /** The group with every text of it replaced that comes from outside. */
  function hostile(group: MetricGroup, texts: readonly string[]): MetricGroup {
    let next = 0;
    const replace = (value: object): void => {
      for (const [key, inner] of Object.entries(value)) {
        if (FIXED.has(key)) continue;
        if (typeof inner === 'string') Reflect.set(value, key, texts[next++ % texts.length] ?? '');
        else if (typeof inner === 'object' && inner !== null) replace(inner);
      }
    };
    const copy = structuredClone(group);
    replace(copy);
    for (const { comparison: { witness } } of copy.pairs) if (witness !== null) witness.rows = { [texts[0] ?? '']: [{ [texts[1] ?? '']: texts[2] ?? null, [`${texts[3]} `]: texts[4] ?? null }] };
    return copy;
  }

  test('never breaks a line, a table or the terminal', () => {
    const texts = fc.array(hostileText, { minLength: 5, maxLength: 5 });
    fc.assert(
      fc.property(texts, fc.integer({ min: 48, max: 120 }), (given, width) => {
        const group = hostile(openCases, given);
        for (const lines of [list(width, {}, { ...caseworkMetrics, groups: [group] }), shown(width, {}, group)]) {
          for (const line of lines) {
            // oxlint-disable-next-line no-control-regex
            expect(line).not.toMatch(/[\u0000-\u001F\u007F-\u009F\u2028\u2029\u202A-\u202E\u2066-\u2069]/);
            expect({ line, fits: stringWidth(line) <= width }).toEqual({ line, fits: true });
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  test('of any size is cut', () => {
    const huge = hostile(openCases, ['x'.repeat(10_000_000), "SELECT '\u001B[31m\n".repeat(500_000)]);
    const lines = [...shown(80, {}, huge), ...list(80, {}, { ...caseworkMetrics, groups: [huge] })];
    expect(lines.join('\n').length).toBeLessThan(100_000);
    expect(Math.max(...lines.map((line) => stringWidth(line)))).toBeLessThanOrEqual(80);
  });

  test('is harmless in SQL that is to be run, and otherwise as it is', () => {
    expect(runnable("SELECT 1; \u001B[31m--\u001B]0;owned\u0007 red\n  SELECT '事務所',\r\n    2;\n\n")).toBe("SELECT 1; -- red\n  SELECT '事務所',\n    2;");
    expect(runnable(`SELECT '${'x'.repeat(1_000_000)}';`)).toHaveLength(1_000_010);
  });

  test('shows personal data by its kind only', () => {
    const marked = hostile(openCases, ["SELECT count(*) FROM t WHERE officer = 'tm#email#71160252fc55'"]);
    expect(text(shown(80, {}, marked))).toContain('‹email›');
    expect(text(shown(80, {}, marked))).not.toContain('71160252fc55');
  });
});
