import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { checkedRepository, program, root, type CheckedRepository } from './checked-repository.js';

const included = z
  .strictObject({
    variables: z.record(z.string(), z.strictObject({ value: z.string(), description: z.string() })),
    'tidemark-check': z.strictObject({
      stage: z.literal('test'),
      image: z.strictObject({ name: z.string(), entrypoint: z.tuple([z.literal('')]) }),
      rules: z.array(z.strictObject({ if: z.string() })),
      variables: z.record(z.string(), z.string()),
      script: z.array(z.string()),
      artifacts: z.strictObject({
        when: z.literal('always'),
        paths: z.array(z.string()),
        expire_in: z.string(),
        reports: z.strictObject({ codequality: z.string(), junit: z.string() }),
      }),
    }),
  })
  .parse(parse(readFileSync(path.join(root, 'ci/gitlab.yml'), 'utf8')));
const job = included['tidemark-check'];

let at: CheckedRepository;
beforeAll(() => {
  at = checkedRepository();
  const bin = path.join(at.folder, 'bin');
  mkdirSync(bin);
  writeFileSync(path.join(bin, 'tidemark'), `#!/bin/sh\nexec '${process.execPath}' '${program}' "$@"\n`);
  chmodSync(path.join(bin, 'tidemark'), 0o755);
});
afterAll(() => at.remove());

/** The script as a runner joins it, with the variables of the file and of a merge request. */
function run(variables: Record<string, string> = {}) {
  const values = Object.fromEntries(Object.entries(included.variables).map(([name, { value }]) => [name, value]));
  return spawnSync('sh', ['-e', '-c', job.script.join('\n')], {
    cwd: at.repository,
    encoding: 'utf8',
    env: {
      PATH: `${path.join(at.folder, 'bin')}:${process.env['PATH'] ?? ''}`, HOME: at.folder, CI: 'true', GITLAB_CI: 'true', CI_PROJECT_DIR: at.repository,
      CI_MERGE_REQUEST_DIFF_BASE_SHA: at.base, ...values, ...job.variables, ...variables,
    },
  });
}

const artifact = (name: string) => readFileSync(path.join(at.repository, name), 'utf8');

describe('the include for GitLab', () => {
  test('runs for merge requests, with the merge base in the clone', () => {
    expect(job.rules).toEqual([{ if: '$CI_PIPELINE_SOURCE == "merge_request_event"' }]);
    expect(job.variables).toEqual({ GIT_DEPTH: '0' });
  });

  test('uses each variable that it offers', () => {
    const text = `${job.image.name}\n${job.script.join('\n')}`;
    expect(Object.keys(included.variables).filter((name) => !new RegExp(`\\$\\{?${name}\\b`).test(text))).toEqual([]);
  });

  test('fails on a new report, and writes every artifact that it names', () => {
    const { status, stdout } = run();
    expect([status, stdout.includes('reports/orders.sql')]).toEqual([1, true]);
    const problems: { location: { path: string }; fingerprint: string }[] = JSON.parse(artifact(job.artifacts.reports.codequality));
    expect(new Set(problems.map(({ location }) => location.path))).toEqual(new Set(['reports/orders.sql']));
    expect(new Set(problems.map(({ fingerprint }) => fingerprint)).size).toBe(problems.length);
    expect(artifact(job.artifacts.reports.junit)).toContain('<testsuites');
    expect(job.artifacts.paths.filter((name) => artifact(name) === '')).toEqual([]);
  });

  test('passes where nothing is new', () => {
    expect(run({ CI_MERGE_REQUEST_DIFF_BASE_SHA: at.git('rev-parse', 'HEAD'), TIDEMARK_RATCHET: 'true', TIDEMARK_MAX_AGE: '1000000d' }).status).toBe(0);
  });

  test('runs nothing of what a variable says', () => {
    const hostile = '"; touch pwned; $(touch pwned) `touch pwned`';
    const names = ['BUNDLE', 'CONFIG', 'BASELINE', 'WAIVERS', 'FAIL_ON', 'RATCHET', 'MAX_AGE'];
    expect(run({ ...Object.fromEntries(names.map((name) => [`TIDEMARK_${name}`, hostile])), CI_MERGE_REQUEST_DIFF_BASE_SHA: hostile }).status).toBe(2);
    expect(run({ CI_MERGE_REQUEST_DIFF_BASE_SHA: hostile }).status).toBe(2);
    expect(run({ TIDEMARK_DIRECTORY: hostile }).status).not.toBe(0);
    expect(existsSync(path.join(at.repository, 'pwned'))).toBe(false);
  });
});
