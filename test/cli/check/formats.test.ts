import { readFileSync } from 'node:fs';
import path from 'node:path';
import { SaxesParser } from 'saxes';
import { afterAll, expect, test } from 'vitest';
import { tidemark } from '../tidemark.js';
import { board, caseworkClone } from './casework-clone.js';

const clone = await caseworkClone({}, 'analytics');
afterAll(() => clone.remove());

test('one check writes every format beside the page, names files from the root of the repository, and adds to the summary of the step', async () => {
  clone.write('analytics/reports/late.sql', '-- title: Late cases\nSELECT id, opened_at FROM app.case_file ORDER BY opened_at\n');
  clone.write('analytics/boards/floor.json', `<<<<<<< HEAD\n${board({ Oldest: 'SELECT 1' })}`);
  clone.write('summary.md', '### Tests\n');
  const ids = ['sarif', 'github', 'gitlab', 'junit', 'markdown', 'html', 'json', 'ndjson'];
  const file = (name: string): string => path.join(clone.folder, name);
  const read = (id: string): string => readFileSync(file(`report.${id}`), 'utf8');
  const { code, stdout, stderr } = await tidemark(
    ['check', '--since', 'HEAD', '--no-progress', '--format', 'text', ...ids.flatMap((id) => ['--format', `${id}:${file(`report.${id}`)}`])],
    { cwd: file('analytics'), env: { COLUMNS: '100', LANG: 'C.UTF-8', HOME: clone.folder, GITHUB_STEP_SUMMARY: file('summary.md') } },
  );
  expect(code, stderr).toBe(3);
  expect(stdout).toContain('reports/late.sql');

  const [run] = JSON.parse(read('sarif')).runs;
  expect(run.invocations[0].executionSuccessful).toBe(false);
  expect(run.invocations[0].toolExecutionNotifications).toContainEqual(expect.objectContaining({ locations: [expect.objectContaining({ physicalLocation: expect.objectContaining({ artifactLocation: { uri: 'analytics/boards/floor.json', uriBaseId: '%SRCROOT%' } }) })] }));
  expect(run.results.map(({ locations }: { locations: [{ physicalLocation: { artifactLocation: { uri: string } } }] }) => locations[0].physicalLocation.artifactLocation.uri)).toContain('analytics/reports/late.sql');
  expect(read('github')).toMatch(/^::error file=analytics\/boards\/floor\.json,line=1,/m);
  expect(JSON.parse(read('gitlab')).map(({ location }: { location: { path: string } }) => location.path)).toEqual(expect.arrayContaining(['analytics/boards/floor.json', 'analytics/reports/late.sql']));
  expect(() => new SaxesParser().write(read('junit')).close()).not.toThrow();
  expect(read('html')).toMatch(/^<!doctype html>[^]*reports\/late\.sql[^]*<\/html>\n$/);
  expect(JSON.parse(read('json')).check.since.ref).toBe('HEAD');
  expect(JSON.parse(read('ndjson').trimEnd().split('\n').at(-1) ?? '')).toMatchObject({ type: 'check' });
  expect(readFileSync(file('summary.md'), 'utf8')).toBe(`### Tests\n\n${read('markdown')}`);
});
