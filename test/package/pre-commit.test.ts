import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { checkedRepository, program, root, type CheckedRepository } from './checked-repository.js';

// The keys that pre-commit takes, without those that we leave out.
const [hook] = z
  .tuple([
    z.strictObject({
      id: z.literal('tidemark-check'),
      name: z.string(),
      description: z.string(),
      entry: z.string(),
      args: z.array(z.string()),
      language: z.literal('node'),
      pass_filenames: z.literal(false),
      require_serial: z.literal(true),
      files: z.string(),
    }),
  ])
  .parse(parse(readFileSync(path.join(root, '.pre-commit-hooks.yaml'), 'utf8')));

let at: CheckedRepository;
beforeAll(() => {
  at = checkedRepository();
});
afterAll(() => at.remove());

function commit() {
  const [name, ...words] = hook.entry.split(' ');
  expect(name).toBe('tidemark');
  const env = { PATH: process.env['PATH'], HOME: at.folder };
  return spawnSync(process.execPath, [program, ...words, ...hook.args], { cwd: at.repository, encoding: 'utf8', env });
}

test('judges what is about to be committed, and not what was before', () => {
  expect(commit().status).toBe(0);
  writeFileSync(path.join(at.repository, 'reports/refunds.sql'), 'SELECT status, count(*) AS refunds FROM shop.refund GROUP BY status;\n');
  at.git('add', '--all');
  const { status, stdout } = commit();
  expect([status, stdout.includes('reports/refunds.sql'), stdout.includes('reports/orders.sql')]).toEqual([1, true, false]);
});

test.each([
  ['reports/orders.sql', true],
  ['dashboards/card-1.json', true],
  ['models/schema.yml', true],
  ['tidemark.yaml', true],
  ['views/orders.view.lkml', true],
  ['app/src/main/java/Orders.java', true],
  ['exports/workbook.twbx', true],
  ['logo.svg', false],
  ['Makefile', false],
])('runs for %s: %s', (file, runs) => {
  expect(new RegExp(hook.files).test(file)).toBe(runs);
});
