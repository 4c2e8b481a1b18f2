import { expect, test } from 'vitest';
import { gapFile, gapIdentity, numberedGaps } from '../../../src/findings/suppressions/gap-identity.js';
import type { Gap } from '../../../src/model/snapshot.js';

function gap(subject: string, missing: string): Gap {
  return { subject, missing, cause: 'a reason', remedy: null, severity: 'partial' };
}

test('lines, counts and texts of statements are left out, names are not', () => {
  const gaps = [
    gap('metabase card 118 Open cases (dashboards/118.json:1)', 'everything it reads'),
    gap('reports/monthly.sql (reports/monthly.sql:40:2)', 'a part of what it reads'),
    gap('metabase: Production 2', 'the judgement of 3 queries'),
    gap('metabase: Production 2', 'the judgement of 1 query'),
    gap('exports/all.json', '1,204 queries that nobody saved'),
    gap('db/7.sql:12', 'what the migration changes'),
    gap('production', 'defaults of other roles for work_mem, statement_timeout'),
    gap('production', "what a statement of role metabase_ro reads (SELECT * FROM app.case_file WHERE region_code = 'DE' (…)"),
    gap('production', 'definition of view app.v_7'),
  ];
  expect(gaps.map(gapIdentity).map(({ subject, missing }) => `${subject} | ${missing}`)).toMatchInlineSnapshot(`
    [
      "metabase card 118 Open cases | everything it reads",
      "reports/monthly.sql | a part of what it reads",
      "metabase: Production 2 | the judgement of queries",
      "metabase: Production 2 | the judgement of queries",
      "exports/all.json | queries that nobody saved",
      "db/7.sql | what the migration changes",
      "production | defaults of other roles for work_mem, statement_timeout",
      "production | what a statement of role metabase_ro reads (statement 9bd6a1bece2d)",
      "production | definition of view app.v_7",
    ]
  `);
});

test('of several that are the same, each has a number', () => {
  const gaps = [gap('a.sql (a.sql:1)', 'everything it reads'), gap('b.sql', 'everything it reads'), gap('a.sql (a.sql:9)', 'everything it reads')];
  expect(numberedGaps(gaps).map(({ identity }) => `${identity.subject} | ${identity.missing}`)).toEqual(['a.sql | everything it reads', 'b.sql | everything it reads', 'a.sql | everything it reads (2)']);
});

test('the file is that of the place', () => {
  expect([gapFile(gap('a b (c d/e.sql:4)', '')), gapFile(gap('production', ''))]).toEqual(['c d/e.sql', null]);
});
