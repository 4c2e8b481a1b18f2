import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { appendToSummary } from '../../src/cli/step-summary.js';

const folder = mkdtempSync(path.join(tmpdir(), 'tidemark-summary-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('a report is added below what the step has written', async () => {
  const file = path.join(folder, 'summary.md');
  expect(await appendToSummary(file, '### one\n')).toBeNull();
  expect(await appendToSummary(file, '### two\n')).toBeNull();
  expect(readFileSync(file, 'utf8')).toBe('### one\n\n### two\n');
});

test('what would make GitHub refuse the whole summary is left out, and said', async () => {
  const file = path.join(folder, 'full.md');
  writeFileSync(file, 'x'.repeat(1024 * 1024 - 5));
  expect(await appendToSummary(file, '### three\n')).toBe('the step summary has no room for the report: 1048571 of 1048576 bytes are taken');
  expect(statSync(file).size).toBe(1024 * 1024 - 5);
});

test('a summary that cannot be written fails nothing', async () => {
  expect(await appendToSummary(path.join(folder, 'none', 'summary.md'), '### four\n')).toMatch(/^the step summary could not be written: /);
});
