import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { commentSuppressions } from '../../src/findings/suppressions/comments.js';
import type { CollectedQuery } from '../../src/model/query.js';
import { source as sqlFiles } from '../../src/sources/sql-files.js';
import { SourceFile } from '../../src/sources/common/source-file.js';
import { collectedQuery } from '../support/snapshot.js';

const RULES = new Map(['dashboard-reads-internal', 'dashboard-selects-star', 'personal-data-shown'].map((id) => [id, id] as const).concat([['reads-internal', 'dashboard-reads-internal']]));

/** The queries of a script, as the source of plain SQL reads them. */
function queriesOf(text: string, path: string): CollectedQuery[] {
  return sqlFiles.read([new SourceFile(path, text)], { connection: null, gap: () => {} });
}

/** What was understood of a file, a line each. */
function told(text: string, { path = 'reports/r.sql', queries = queriesOf(text, path) }: { path?: string; queries?: CollectedQuery[] } = {}): string {
  const { entries, problems } = commentSuppressions([{ path, text }], queries, RULES);
  return [
    ...entries.map(({ rule, queryId, lines, place, reason }) => `${place.line}: ${rule} for ${queryId ?? 'no query'}${lines === undefined ? '' : ` lines ${lines.from}-${lines.to}`}: ${reason}`),
    ...problems.map(({ rule, cause, place }) => `${place.line}: ${rule === '' ? '?' : rule} unreadable: ${cause}`),
  ].join('\n');
}

describe('a comment holds for', () => {
  test('the statement below, that in which it stands, and that on whose last line it stands', () => {
    expect(told(`-- name: One
-- tidemark-ignore dashboard-reads-internal: OPS-1
SELECT a
FROM app.task;

-- name: Two
SELECT b -- tidemark-ignore dashboard-reads-internal: OPS-2
FROM app.task
WHERE c = 1; -- tidemark-ignore dashboard-selects-star: OPS-3
-- name: Three
SELECT d /* tidemark-ignore dashboard-reads-internal: OPS-4 */ FROM app.task -- tidemark-ignore personal-data-shown: OPS-5
`)).toMatchInlineSnapshot(`
  "2: dashboard-reads-internal for sql-files:reports/r.sql:One lines 3-4: OPS-1
  7: dashboard-reads-internal for sql-files:reports/r.sql:Two lines 7-9: OPS-2
  9: dashboard-selects-star for sql-files:reports/r.sql:Two lines 7-9: OPS-3
  11: dashboard-reads-internal for sql-files:reports/r.sql:Three lines 11-11: OPS-4
  11: personal-data-shown for sql-files:reports/r.sql:Three lines 11-11: OPS-5"
`);
  });
  test('the next in the same line where a block stands before it', () => {
    expect(told('SELECT 1; /* tidemark-ignore dashboard-reads-internal: OPS-1 */ SELECT 2 FROM app.task;')).toMatchInlineSnapshot(`"1: dashboard-reads-internal for sql-files:reports/r.sql:2 lines 1-1: OPS-1"`);
  });
  test('the next query, past what only sets the session', () => {
    expect(told('-- tidemark-ignore dashboard-reads-internal: OPS-1\nSET search_path = app;\nBEGIN;\nSELECT 1 FROM task;')).toMatchInlineSnapshot(`"1: dashboard-reads-internal for sql-files:reports/r.sql lines 4-4: OPS-1"`);
  });
  test('no statement that stands above, and none at the end of a file', () => {
    expect(told('SELECT 1 FROM app.task;\n-- tidemark-ignore dashboard-reads-internal: OPS-1\n')).toMatchInlineSnapshot(`"2: dashboard-reads-internal unreadable: no statement stands below it"`);
  });
  test('the statements of a migration, by their lines', () => {
    expect(told('-- tidemark-ignore dashboard-reads-internal: nobody reads it\nALTER TABLE app.task\n  DROP COLUMN due_at;\n\nDROP TABLE app.queue;', { queries: [] })).toMatchInlineSnapshot(`"1: dashboard-reads-internal for no query lines 2-3: nobody reads it"`);
  });
  test('a view of several metrics as a whole', () => {
    const queries = ['a', 'b'].map((id, index) => collectedQuery({ id, origin: { file: 'reports/r.sql', pointer: '', line: 3 + index, column: 3 } }));
    expect(told('-- tidemark-ignore dashboard-reads-internal: OPS-1\nCREATE SEMANTIC VIEW v METRICS (\n  t.a AS sum(x),\n  t.b AS sum(y)\n);', { queries })).toMatchInlineSnapshot(`"1: dashboard-reads-internal for no query lines 2-5: OPS-1"`);
  });
  test('a model whose text begins with its comments', () => {
    const text = "{{ config(materialized='table') }}\n-- it's ours\n-- tidemark-ignore dashboard-reads-internal: OPS-1\nSELECT * FROM {{ source('app', 'task') }}\n";
    expect(told(text, { queries: [collectedQuery({ id: 'dbt:model.m', kind: 'dbt', raw: text, origin: { file: 'reports/r.sql', pointer: '', line: 1, column: 1 } })] })).toMatchInlineSnapshot(`"3: dashboard-reads-internal for dbt:model.m lines 1-4: OPS-1"`);
  });
  test('one statement of a T-SQL batch file', () => {
    expect(told('SELECT 1 FROM app.a\nGO\n-- tidemark-ignore dashboard-reads-internal: OPS-1\nSELECT 2 FROM app.b\nGO\n')).toMatchInlineSnapshot(`"3: dashboard-reads-internal for sql-files:reports/r.sql:2 lines 4-4: OPS-1"`);
  });
});

describe('a comment is written', () => {
  test('as a line, a block, with #, in Jinja, for several rules, in any case, and with the former id of a rule', () => {
    expect(told(`/* Board pack.
 * tidemark-ignore dashboard-reads-internal , dashboard-selects-star: OPS-1: see the wiki
 */
# tidemark-ignore personal-data-shown: it's agreed with the works council
{#- tidemark-ignore reads-internal: OPS-2 -#}
--Tidemark-Ignore dashboard-selects-star:OPS-3
SELECT 1;`)).toMatchInlineSnapshot(`
  "2: dashboard-reads-internal for sql-files:reports/r.sql lines 4-7: OPS-1: see the wiki
  2: dashboard-selects-star for sql-files:reports/r.sql lines 4-7: OPS-1: see the wiki
  4: personal-data-shown for sql-files:reports/r.sql lines 4-7: it's agreed with the works council
  5: dashboard-reads-internal for sql-files:reports/r.sql lines 4-7: OPS-2
  6: dashboard-selects-star for sql-files:reports/r.sql lines 4-7: OPS-3"
`);
  });
  test('with a reason, for a rule that there is; what is wrong is told, and the rest is used', () => {
    expect(told(`-- tidemark-ignore dashboard-reads-internal
-- tidemark-ignore dashboard-reads-internal:
-- tidemark-ignore dashboard-reads-internal: --
-- tidemark-ignore dashboard-reads-internal because of OPS-1
-- tidemark-ignore: OPS-1
-- tidemark-ignore
-- tidemark-ignore dashboard-read-internal, dashboard-selects-star: OPS-1
-- tidemark-ignore *: OPS-1
-- tidemark-ignore-next-line dashboard-reads-internal: OPS-1
-- tidemark-disable dashboard-reads-internal: OPS-1
-- tidemark-ignore could-not-look: words of another vendor
-- what tidemark-ignore does is told in the wiki
-- tidemark: read by the audit
SELECT 1;`)).toMatchInlineSnapshot(`
  "7: dashboard-selects-star for sql-files:reports/r.sql lines 14-14: OPS-1
  11: could-not-look for sql-files:reports/r.sql lines 14-14: words of another vendor
  1: dashboard-reads-internal unreadable: it gives no reason; write -- tidemark-ignore RULE: why it may stay
  2: dashboard-reads-internal unreadable: it gives no reason; write -- tidemark-ignore RULE: why it may stay
  3: dashboard-reads-internal unreadable: it gives no reason; write -- tidemark-ignore RULE: why it may stay
  4: dashboard-reads-internal unreadable: it gives no reason; write -- tidemark-ignore RULE: why it may stay
  5: ? unreadable: it names no rule; write -- tidemark-ignore RULE: why it may stay
  6: ? unreadable: it names no rule; write -- tidemark-ignore RULE: why it may stay
  7: dashboard-read-internal unreadable: there is no rule 'dashboard-read-internal'; did you mean 'dashboard-reads-internal'?
  8: * unreadable: there is no rule '*'
  9: ? unreadable: 'tidemark-ignore-next-line' is not understood; write -- tidemark-ignore RULE: why it may stay
  10: ? unreadable: 'tidemark-disable' is not understood; write -- tidemark-ignore RULE: why it may stay"
`);
  });
  test('and shown as one harmless line', () => {
    expect(told('-- tidemark-ignore dash\u001b[31mboard: a\n-- tidemark-ignore dashboard-selects-star: a\u001b[2Jb\u202ec\nSELECT 1;')).toMatchInlineSnapshot(`
      "2: dashboard-selects-star for sql-files:reports/r.sql lines 3-3: abc
      1: dashboard unreadable: there is no rule 'dashboard'"
    `);
  });
});

describe('no comment is', () => {
  test('what stands in a text, a name, a dollar quote or a template', () => {
    expect(told(`SELECT '
-- tidemark-ignore dashboard-reads-internal: OPS-1
', "
-- tidemark-ignore dashboard-reads-internal: OPS-1
", $body$
-- tidemark-ignore dashboard-reads-internal: OPS-1
# tidemark-ignore dashboard-reads-internal: OPS-1
$body$, {{ "-- tidemark-ignore dashboard-reads-internal: OPS-1" }}
FROM app.task`)).toBe('');
  });
  test('that of a dashboard: whoever edits a card would waive it', () => {
    const raw = '-- tidemark-ignore dashboard-reads-internal: OPS-1\nSELECT 1';
    for (const path of ['cards/card-1.json', 'export.zip!/charts/a.yaml', 'charts/a.yaml']) {
      const queries = [collectedQuery({ raw, origin: { file: path, pointer: '/dataset_query/native/query', line: 1, column: 1 } })];
      expect(told(JSON.stringify({ dataset_query: { native: { query: raw } } }), { path, queries })).toBe('');
    }
  });
});

test('in pages and programs only comments within the SQL are read, with the lines of the file', () => {
  const raw = '-- tidemark-ignore dashboard-reads-internal: OPS-1\nSELECT 1\n-- tidemark-ignore dashboard-selects-star: OPS-2\n';
  const page = `# Tasks\n\ntidemark-ignore dashboard-reads-internal: prose\n\n\`\`\`sql tasks\n${raw}\`\`\`\n`;
  const queries = [collectedQuery({ id: 'evidence:tasks', kind: 'evidence', raw, origin: { file: 'pages/tasks.md', pointer: '', line: 6, column: 1 } })];
  expect(told(page, { path: 'pages/tasks.md', queries })).toMatchInlineSnapshot(`
    "6: dashboard-reads-internal for evidence:tasks: OPS-1
    8: dashboard-selects-star for evidence:tasks: OPS-2"
  `);
});

test('in a notebook lines are those of its JSON, so the cell is named by where it begins', () => {
  const raw = 'SELECT 1\n-- tidemark-ignore dashboard-reads-internal: OPS-1';
  const queries = [collectedQuery({ id: 'notebook:cell-3', kind: 'notebook', raw, origin: { file: 'n.ipynb', pointer: 'cell 3', line: 41, column: 8 } })];
  expect(told(`{"cells": [${JSON.stringify(raw)}]}`, { path: 'n.ipynb', queries })).toMatchInlineSnapshot(`"41: dashboard-reads-internal for notebook:cell-3: OPS-1"`);
});

test('nothing is said of files of other queries', () => {
  const { entries } = commentSuppressions([{ path: 'a.sql', text: '-- tidemark-ignore dashboard-reads-internal: OPS-1\nSELECT 1' }], [collectedQuery({ origin: { file: 'b.sql', pointer: '', line: 2, column: 1 } })]);
  expect(entries).toMatchObject([{ queryId: null, lines: { from: 2, to: 2 } }]);
});

test('hostile files are read without a throw, in time that grows with their length', () => {
  const directive = '-- tidemark-ignore dashboard-reads-internal: OPS-1\n';
  const parts = ['SELECT 1', ';', '\n', "'", '"', '$$', '/*', '*/', '{{', '}}', '{#', '#}', '#', '\\copy t from x', directive, 'GO\n', 'DELIMITER //\n', 'tidemark-ignore', '\u0000'];
  fc.assert(fc.property(fc.array(fc.constantFrom(...parts), { maxLength: 40 }), (some) => {
    const text = some.join('');
    const { entries, problems } = commentSuppressions([{ path: 'r.sql', text }], queriesOf(text, 'r.sql'), RULES);
    const lines = text.split(/\n/).length;
    for (const { place } of [...entries, ...problems]) expect(place.line >= 1 && place.line <= lines).toBe(true);
  }), { numRuns: 200 });
  for (const part of [...parts, directive.trimEnd(), `SELECT 1; ${directive}`, '{# x', '# x\n']) {
    commentSuppressions([{ path: 'r.sql', text: `-- tidemark\n${part.repeat(Math.ceil(200_000 / part.length))}` }], [], RULES);
  }
}, 60_000);
