import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { nextCommands } from '../../../src/cli/explain/next.js';
import { caseworkReport } from '../../report/casework-report.js';
import { tidemarkHere } from '../in-process.js';

const estate = fileURLToPath(new URL('../../../fixtures/estate', import.meta.url));
const explain = (...args: string[]) => tidemarkHere(['explain', ...args, '--no-progress'], { cwd: estate });

test('shows what fits a part of a name whole, and how to go on', async () => {
  const { stdout, code } = await explain('card 101', 'estate.tidemark');
  expect(code).toBe(0);
  expect(stdout).toMatch(/\d\sfindings/);
  expect(stdout).toContain('joined with the statistics, 90 % sure');
  expect(stdout).toContain('tidemark fix contracts estate.tidemark --relation app.case_file');
  expect(stdout).not.toContain('--all');
});

test('takes the beginning of a fingerprint, and a rule', async () => {
  const asJson = await explain('role-without-lock-timeout', 'estate.tidemark', '--format', 'json');
  const found: unknown = JSON.parse(asJson.stdout);
  expect(found).toMatchObject({ schemaVersion: 1, findings: [{ ruleId: 'role-without-lock-timeout', consumer: 'role metabase_ro' }] });
  const fingerprint = /"boundary": "([0-9a-f]{64})"/.exec(asJson.stdout)?.[1] ?? '';
  const again = await explain(fingerprint.slice(0, 10), 'estate.tidemark');
  expect(again.stdout).toContain(`fingerprint ${fingerprint}`);
});

test('says what it cannot find, and that a rule found nothing', async () => {
  expect(await explain('metabase card 1011 Open cases', 'estate.tidemark')).toMatchObject({
    code: 2, stdout: '', stderr: "tidemark: no finding fits 'metabase card 1011 Open cases'; did you mean 'metabase card 101 Open cases'?\n  tidemark audit lists the findings, tidemark rules the rules\n",
  });
  const silent = await explain('replica-cancels-reports', 'estate.tidemark');
  expect(silent).toMatchObject({ code: 0, stdout: '', stderr: 'replica-cancels-reports found nothing here; tidemark rules show replica-cancels-reports says what it looks for\n' });
});

test('what goes on from a finding can be typed as it stands', () => {
  for (const finding of caseworkReport.findings) for (const command of nextCommands(finding, [path.join('a b', 'estate.tidemark')])) expect(command).toMatch(/^tidemark [a-z]+( ('[^']*'|[\w./:@-]+))*$/);
  const [first] = caseworkReport.findings;
  if (first === undefined) throw new Error('no finding');
  expect(nextCommands({ ...first, area: 'drift', relation: "it's \u001b[31mred" }).join()).not.toContain('\u001b');
});
