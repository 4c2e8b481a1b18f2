import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { tidemarkHere } from './in-process.js';

const BUNDLE = ['fixtures/estate/estate.tidemark', '-c', 'fixtures/estate/tidemark.yaml', '--no-progress'];

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'plan-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

test('one look gives the work of an owner as text, JSON and Markdown', async () => {
  const [json, markdown] = [path.join(folder, 'plan.json'), path.join(folder, 'plan.md')];
  const { code, stdout, stderr } = await tidemarkHere(['plan', ...BUNDLE, '--owner', 'Operations*', '--format', 'text', '--format', `json:${json}`, '--markdown', markdown]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain('tidemark fix guardrails fixtures/estate/estate.tidemark --role metabase_ro --store production');
  const answer: { items: { owner: string; findings: string[] }[]; findings: { total: number; planned: number } } = JSON.parse(await readFile(json, 'utf8'));
  expect(new Set(answer.items.map(({ owner }) => owner))).toEqual(new Set(['Operations Analytics']));
  expect(answer.findings.planned).toBeGreaterThan(answer.items.flatMap(({ findings }) => findings).length);
  expect((await readFile(markdown, 'utf8')).match(/^- \[ \] /gm)).toHaveLength(answer.items.length);
});

test('who asks for work of nobody is told whose there is', async () => {
  const { code, stdout, stderr } = await tidemarkHere(['plan', '--dashboards', 'fixtures/estate/reports/compliance.sql', '--owner', 'Nobody at all', '--no-progress']);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain("no work belongs to 'Nobody at all'");
});

test('a phase that does not exist is refused before anything is read', async () => {
  const { code, stderr } = await tidemarkHere(['plan', 'no-such.tidemark', '--phase', 'tomorrow']);
  expect(code).toBe(2);
  expect(stderr).toContain('today, this-week, this-month, later');
});
