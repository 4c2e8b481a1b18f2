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
        expect(markdown(report, options).replaceAll(/<\/?(details|summary)>/g, '')).not.toMatch(/<|(?<!\\)\]\(|@(?!\u2060)/);
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

test('the comment on a pull request', () => {
  expect(markdown(checkReport, options)).toMatchInlineSnapshot(`
    "### tidemark check: 1 thing could not be looked at, the ratchet refuses, 1 new error, 1 new note, 1 unchanged, 1 hidden, 1 fixed

    1 file changed since origin/main (9e3779b97f4a), judged against nightly.tidemark of 2026-03-02.

    - Note: reports/old.sql is covered by no source

    **Could not be looked at, and is not known to be clean**

    - dashboards/metabase/collection-9.json: could not look at its cards: the JSON ends in the middle, at line 1, column 65536

    **The ratchet refuses**

    - dashboard-bypasses-contract rose from 6 to 7

    **New findings**

    | level | where | who | what | rule |
    | --- | --- | --- | --- | --- |
    | error | dashboards/metabase/cards.json:1 | metabase card 118 Backlog by age | metabase card 118 Backlog by age aggregates app.case\\_file and app.transition on production without a key | analytical-on-operational |
    | note | reports/ageing.sql:12 | reports/ageing.sql | "Median age" could not be compared: reports/ageing.sql uses a function that has no definition here | metric-undecided |

    <details><summary>Evidence and what to do</summary>

    - metabase card 118 Backlog by age aggregates app.case\\_file and app.transition on production without a key (Operations Analytics)
      - 22 % of all blocks read on production: 12,480 a call, 412 calls an hour
      - groups by office and month, and orders by a window over the whole history
      - no condition on a key or on the leading column of an index
      - writes 1.2 GiB of temporary files
      - the tool runs it every 30 s unasked
      - Why: A statement that aggregates without a key reads whole tables. On the operational store it pushes the working set out of memory and holds vacuum back for as long as it runs; on the warehouse it is the normal case.
      - Fix: Point the card at the replicated relation in the warehouse; until then give its role a statement\\_timeout.
    - "Median age" could not be compared: reports/ageing.sql uses a function that has no definition here (Finance)
      - Why: What was not compared is not known to agree.
      - Fix: Give the definition of app.working\\_days, or compare the two by hand.

    </details>

    <details><summary>Fixed (1)</summary>

    - metabase card 13 Cases closed a day reads app.case\\_file directly although integration.v\\_case\\_opened\\_v1 offers all that it uses

    </details>

    <details><summary>Hidden by baseline, waivers and comments (1)</summary>

    - metabase card 77 Refund queue reads app.case\\_file directly although integration.v\\_case\\_opened\\_v1 offers all that it uses: waived, .tidemark/waivers.yaml:4 until 2027-01-31, Payments: OPS-231, moves with the casework contract

    </details>

    <details><summary>Unchanged (1)</summary>

    - metabase card 12 Cases opened a day reads app.case\\_file directly although integration.v\\_case\\_opened\\_v1 offers all that it uses

    </details>

    <details><summary>Known not to be seen (1)</summary>

    - production: could not look at the texts of 212 statements of other roles: the role tidemark\\_ro is not a member of pg\\_read\\_all\\_stats

    </details>
    "
  `);
});
