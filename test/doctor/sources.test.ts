import { expect, test } from 'vitest';
import { sourceExamined, type SourceReading } from '../../src/doctor/sources.js';

const reading: SourceReading = {
  name: 'exports/',
  tool: null,
  isRemote: false,
  summary: { path: 'exports/', files: 14, ignored: 2, queries: { redash: 30, metabase: 312 } },
  problems: 0,
  example: null,
  gaps: [],
};

const lines = (changes: Partial<SourceReading>): string[] => sourceExamined({ ...reading, ...changes }).checks.map(({ state, seen, remedy }) => `${state}: ${seen}${remedy === null ? '' : ` → ${remedy.text}`}`);

test('a folder with what it gave', () => {
  expect(lines({})).toEqual(['ok: 14 files, 2 files no tool knows, 342 queries (metabase 312, redash 30)']);
});

test('a tool that was asked itself', () => {
  expect(lines({ isRemote: true, tool: 'metabase', summary: { path: 'https://bi.example', files: 9, ignored: 0, queries: { metabase: 312 } } })).toEqual(['ok: it answers and lets us in: 9 answers, 312 queries (metabase 312)']);
});

test('a tool that lets nobody in, and a path that does not exist, are not available', () => {
  const gap = { subject: 'https://bi.example', missing: 'every query of this source', cause: 'the key was refused (401)', remedy: 'Correct token in tidemark.yaml.', severity: 'blind' as const };
  expect(lines({ isRemote: true, gaps: [gap] })).toEqual(['not available: the key was refused (401) → Correct token in tidemark.yaml.']);
});

test('a broken file costs itself; many are counted', () => {
  const gap = (file: number) => ({ subject: `exports/${file}.json`, missing: 'its queries', cause: 'it is no JSON', remedy: null, severity: 'partial' as const });
  expect(lines({ gaps: [1, 2, 3, 4, 5, 6, 7].map(gap) }).slice(5)).toEqual(['warning: exports/5.json: it is no JSON', 'warning: and 2 more files that could not be read → tidemark sources lists them.']);
});

test('a folder without a query is no export', () => {
  expect(lines({ summary: { path: 'exports/', files: 3, ignored: 3, queries: {} } })[0]).toMatch(/^warning: 3 files, 3 files no tool knows, 0 queries → Name the folder of the export itself/);
});

test('queries with problems are counted, with one as an example', () => {
  expect(lines({ problems: 4, example: 'the parameter region has no default' })[1]).toBe('warning: 4 queries have problems, as in: the parameter region has no default → tidemark sources lists each with its place.');
});
