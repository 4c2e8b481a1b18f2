import { expect, test } from 'vitest';
import { occurrencesOf } from '../../src/findings/occurrences.js';
import { statementDigest } from '../../src/findings/statement-digest.js';
import { collectedQuery } from '../support/snapshot.js';
import { finding } from './occurrence.js';

const place = (line: number, pointer = '') => ({ file: 'reports/tasks.sql', pointer, line, column: 1 });
const first = collectedQuery({ id: 'sql-files:reports/tasks.sql:1', title: 'tasks 1', raw: 'SELECT 1 FROM app.task', origin: place(1) });
const second = collectedQuery({ id: 'sql-files:reports/tasks.sql:2', title: 'tasks 2', raw: 'SELECT 2 FROM app.task', origin: place(3) });

test('a finding of one consumer is there once for each of its statements', () => {
  const both = finding({ locations: [place(1), place(3)] });
  expect(occurrencesOf([both], [second, first]).map(({ location, digest, queryId }) => [location?.line, digest, queryId])).toEqual([
    [1, statementDigest(first), first.id],
    [3, statementDigest(second), second.id],
  ]);
});

test('a finding without a place, or at a line that no query begins on, has no digest', () => {
  const [role, migration] = occurrencesOf([finding({ consumer: 'role metabase_ro' }), finding({ locations: [place(2)] })], [first, second]);
  expect([role?.location, role?.digest, role?.queryId]).toEqual([null, '', '']);
  expect([migration?.location?.line, migration?.digest, migration?.queryId]).toEqual([2, '', '']);
  expect(role).not.toHaveProperty('queryIds');
});

test('a finding on a group is there once, however many definitions the group has, and names its queries', () => {
  const group = finding({ ruleId: 'metric-definitions-differ', consumer: '', relation: 'Open cases', locations: [place(3), place(1)] });
  expect(occurrencesOf([group], [first, second])).toEqual([
    { finding: group, ruleId: 'metric-definitions-differ', consumer: '', store: 'production', relation: 'Open cases', digest: '', queryId: '', location: place(3), queryIds: [first.id, second.id] },
  ]);
});

test('of several queries at one place the one counts that the consumer is named by', () => {
  const metrics = ['orders', 'orders of the web'].map((title) => collectedQuery({ id: `sql-files:v.sql:metric:${title}`, title, raw: title, origin: place(1) }));
  const [found] = occurrencesOf([finding({ consumer: 'v.sql orders of the web', locations: [place(1)] })], metrics);
  expect(found?.queryId).toBe('sql-files:v.sql:metric:orders of the web');
});
