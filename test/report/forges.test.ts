import fc from 'fast-check';
import { SaxesParser } from 'saxes';
import { describe, expect, test } from 'vitest';
import type { RenderOptions } from '../../src/report/index.js';
import { render as github } from '../../src/report/github.js';
import { render as gitlab } from '../../src/report/gitlab.js';
import { render as html } from '../../src/report/html.js';
import { render as junit } from '../../src/report/junit.js';
import { render as markdown } from '../../src/report/markdown.js';
import { render as sarif } from '../../src/report/sarif.js';
import { checkReport } from './check-report.js';
import { hostileText } from './hostile-report.js';

const options: RenderOptions = { width_columns: 100, color: false, all: false, quiet: false };
// oxlint-disable-next-line no-control-regex
const CONTROLS = /[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069]|\p{Cs}/u;
const MARKUP = ['<script>alert(1)</script>', ']]>', '-->', '</title>', '"\' onload=x', '[a](http://x.example)', '|', '`', '::error::x', '@everyone #1', '\uFFFE', '%0A'];

const hostileCheck = fc.array(fc.oneof(hostileText, fc.constantFrom(...MARKUP)), { minLength: 4, maxLength: 9 }).map((texts) => {
  let next = 0;
  const fixed = new Set(['level', 'area', 'severity', 'takenAt', 'baselineState', 'kind', 'by']);
  const replaced = JSON.parse(JSON.stringify(checkReport), (key, value) => (typeof value === 'string' && !fixed.has(key) ? (texts[next++ % texts.length] ?? '') : value));
  return { ...checkReport, ...replaced };
});

function elements(xml: string): string[] {
  const names: string[] = [];
  const parser = new SaxesParser();
  parser.on('error', (error) => { throw error; });
  parser.on('opentag', ({ name }) => names.push(name));
  parser.write(xml).close();
  return names;
}

describe('whatever the texts', () => {
  test('every format parses, keeps its shape and holds no control character', () => {
    const shape = elements(junit(checkReport, options));
    fc.assert(
      fc.property(hostileCheck, (report) => {
        expect(JSON.parse(sarif(report, options)).runs[0].results).toHaveLength(5);
        expect(JSON.parse(gitlab(report, options))).toHaveLength(4);
        expect(elements(junit(report, options))).toEqual(shape);
        expect(github(report, options)).toMatch(/^(::(error|warning|notice) file=[^\n]*::[^\n]*\n)+$/);
        expect(markdown(report, options).replaceAll(/<\/?(details|summary)>/g, '')).not.toMatch(/<|\]\(|@(?!\u2060)/);
        expect(html(report)).not.toMatch(/<script|<img|onload=x"|<a /);
        for (const render of [sarif, gitlab, junit, github, markdown, html]) expect(render(report, options)).not.toMatch(CONTROLS);
      }),
      { numRuns: 50 },
    );
  });
});

describe('github', () => {
  test('annotates what is new, and nothing that is hidden or known', () => {
    expect(github(checkReport, { ...options, folder: 'analytics' })).toMatchInlineSnapshot(`
      "::error file=analytics/dashboards/metabase/collection-9.json,line=1,col=1,title=could-not-look::dashboards/metabase/collection-9.json: could not look at its cards: the JSON ends in the middle, at line 1, column 65536
      ::error file=analytics/tidemark.yaml,line=1,col=1,title=ratchet::dashboard-bypasses-contract rose from 6 to 7
      ::error file=analytics/dashboards/metabase/cards.json,line=1,col=48210,title=analytical-on-operational::metabase card 118 Backlog by age aggregates app.case_file and app.transition on production without a key%0APoint the card at the replicated relation in the warehouse; until then give its role a statement_timeout.
      ::notice file=analytics/reports/ageing.sql,line=12,col=5,title=metric-undecided::"Median age" could not be compared: reports/ageing.sql uses a function that has no definition here%0AGive the definition of app.working_days, or compare the two by hand.
      "
    `);
  });

  test('says what it leaves out', () => {
    const [finding] = checkReport.findings;
    const many = { ...checkReport, findings: Array.from({ length: 30 }, () => finding).flatMap((one) => one ?? []) };
    expect(github(many, options).trimEnd().split('\n')).toHaveLength(11);
    expect(github(many, options)).toContain('22 more annotations');
  });
});

test('gitlab gives each issue a fingerprint of its own, and the same in each run', () => {
  const [finding] = checkReport.findings;
  const twice = { ...checkReport, findings: [finding, finding].flatMap((one) => one ?? []) };
  const prints = JSON.parse(gitlab(twice, options)).map(({ fingerprint }: { fingerprint: string }) => fingerprint);
  expect(new Set(prints).size).toBe(prints.length);
  expect(gitlab(twice, options)).toBe(gitlab(twice, options));
});

test('junit fails for what fails the run', () => {
  expect(junit(checkReport, options)).toContain('tests="7" failures="2" errors="1"');
  expect(junit(checkReport, { ...options, failOn: 'note' })).toContain('failures="3"');
});

test('sarif tells what is new, known, hidden and gone, and that something could not be looked at', () => {
  const [run] = JSON.parse(sarif(checkReport, options)).runs;
  expect(run.results.map(({ baselineState, suppressions }: { baselineState: string; suppressions?: unknown[] }) => `${baselineState} ${suppressions?.length ?? 0}`)).toEqual(['new 0', 'new 0', 'unchanged 0', 'new 1', 'absent 0']);
  expect(run.invocations[0].executionSuccessful).toBe(false);
});

test('markdown stays below the limit of a comment and says that it was cut', () => {
  const [finding] = checkReport.findings;
  const text = markdown({ ...checkReport, findings: Array.from({ length: 2_000 }, () => finding).flatMap((one) => one ?? []) }, options);
  expect(text.length).toBeLessThan(65_536);
  expect(text).toContain('Cut here');
});
