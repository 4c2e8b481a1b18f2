import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeBundle } from '../../../src/snapshot/bundle.js';
import { production } from '../casework-snapshot.js';
import { tidemarkHere } from '../in-process.js';

const folder = mkdtempSync(path.join(tmpdir(), 'tidemark-review-'));
const review = (...args: string[]) => tidemarkHere(['review', ...args, '--no-progress'], { cwd: folder });
const content = (name: string) => readFileSync(path.join(folder, name), 'utf8');

beforeAll(async () => {
  await writeBundle(path.join(folder, 'casework.tidemark'), { takenAt: '2026-11-22T08:00:00.000Z', stores: [production], queries: [], sources: [], gaps: [] });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('a bundle is reviewed into a page, HTML and Markdown, and compared with the review before', async () => {
  const first = await review('casework.tidemark', '--html', 'one.html', '--markdown', 'one.md', '--title', 'Casework, autumn');
  expect(first).toMatchObject({ code: 3, stderr: '' });
  expect(first.stdout).toContain('Boundary review: Casework, autumn');
  expect(first.stdout).toContain('the whole review is in one.html and one.md');
  expect(content('one.md')).toMatch(/^# Boundary review: Casework, autumn\n/);
  const second = await review('casework.tidemark', '--previous', 'one.html', '--format', 'json');
  expect(second).toMatchObject({ code: 3, stderr: '' });
  expect(JSON.parse(second.stdout)).toMatchObject({ schemaVersion: 1, title: 'production', difference: { since: '2026-11-22T08:00:00.000Z', findings: { fixed: 0, added: 0 }, answers: [] } });
});

test('open questions are written, answered, read again and never overwritten', async () => {
  expect(await review('casework.tidemark', '-q', '--write-questions')).toMatchObject({ code: 3, stderr: expect.stringMatching(/^wrote \d+ open questions to tidemark.review.yaml\n$/) });
  writeFileSync(path.join(folder, 'tidemark.review.yaml'), content('tidemark.review.yaml').replace('# Q25: { answer: yes, by: NAME', 'Q25: { answer: yes, by: Dana'));
  const answered = await review('casework.tidemark', '--format', 'ndjson', '--write-questions');
  expect(answered.stderr).toBe('tidemark.review.yaml has every open question already\n');
  const lines = answered.stdout.trimEnd().split('\n').map((line): unknown => JSON.parse(line));
  expect(lines).toContainEqual(expect.objectContaining({ type: 'question', number: 25, answer: 'yes', by: 'person', value: 1 }));
});

test.each([
  [['casework.tidemark', '--previous', 'none.html'], '--previous none.html: there is no such file'],
  [['casework.tidemark', '--previous', '.'], '--previous .: it is not a file'],
  [['casework.tidemark', '--previous', 'casework.tidemark'], '--previous casework.tidemark: it holds no review'],
  [['casework.tidemark', '--answers', 'none.yaml'], 'none.yaml does not exist'],
  [['casework.tidemark', '--html', 'none/x.html'], 'cannot write none/x.html'],
  [['casework.tidemark', '--format', 'sarif'], "review has no format 'sarif'"],
  [['casework.tidemark', '--answers', ''], 'the name of the file of answers is empty'],
  [['casework.tidemark', '--write-questions', '--answers', 'none/a.yaml'], 'cannot write none/a.yaml: there is no folder'],
  [['none.tidemark'], 'none.tidemark'],
])('%j is refused', async (args, message) => {
  const ended = await review(...args);
  expect(ended).toMatchObject({ code: 2, stdout: '' });
  expect(ended.stderr).toContain(message);
});
