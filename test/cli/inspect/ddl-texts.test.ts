import { expect, test } from 'vitest';
import { joinedDdl, placedDiagnostics } from '../../../src/cli/inspect/ddl-texts.js';

const CASES = { name: 'cases.sql', text: 'CREATE TABLE app.case_file (case_id bigint);\nCREATE TABEL app.task (task_id bigint)' };
const PEOPLE = { name: 'people.sql', text: '\n  CREATE VIEW app.adult AS SELEC 1;' };

test('what is wrong with DDL stands at its line of its file', () => {
  const joined = joinedDdl([CASES, PEOPLE]);
  const wrong = ['TABEL', 'SELEC'].map((word) => ({ severity: 'error' as const, message: `syntax error at or near "${word}"`, offset: joined.indexOf(word) }));
  expect(placedDiagnostics([CASES, PEOPLE], [...wrong, { severity: 'warning', message: 'no place', offset: null }]).map(({ message }) => message)).toEqual([
    'cases.sql:2:8: syntax error at or near "TABEL"',
    'people.sql:2:28: syntax error at or near "SELEC"',
    'cases.sql: no place',
  ]);
});

test('it has no place in the text that is asked about', () => {
  expect(placedDiagnostics([CASES], [{ severity: 'error', message: 'wrong', offset: 3 }])).toEqual([
    { severity: 'error', message: 'cases.sql:1:4: wrong', offset: null, line: null, column: null },
  ]);
});
