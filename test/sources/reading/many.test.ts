import { expect, test } from 'vitest';
import { readSources } from '../../../src/sources/reading/read.js';
import { folder } from '../folder.js';

test('of 1,000 dashboards of which ten are broken, 990 are read and ten are named', async () => {
  const dashboard = (index: number): string =>
    JSON.stringify({ uid: `d${index}`, title: `Dashboard ${index}`, schemaVersion: 39, panels: [{ id: 1, title: 'Backlog', datasource: { uid: 'pg', type: 'postgres' }, targets: [{ refId: 'A', rawSql: `SELECT count(*) FROM app.case_file WHERE office = ${index}` }] }] });
  const base = await folder(Object.fromEntries(Array.from({ length: 1_000 }, (_, index) => [`d${index}.json`, index % 100 === 7 ? dashboard(index).slice(0, -40) : dashboard(index)])));
  const { queries, gaps, sources } = await readSources([{ path: '.', tool: 'grafana', store: null }], { baseDirectory: base });
  expect(queries).toHaveLength(990);
  expect(sources[0]).toMatchObject({ files: 1_000, ignored: 0, queries: { grafana: 990 } });
  expect(gaps.map(({ subject }) => subject).toSorted()).toEqual(Array.from({ length: 10 }, (_, index) => `d${index * 100 + 7}.json`).toSorted());
  expect(gaps.every(({ severity, cause }) => severity === 'partial' && cause.startsWith('the JSON is malformed at line 1, column '))).toBe(true);
});
