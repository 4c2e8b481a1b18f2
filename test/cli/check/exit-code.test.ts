import { expect, test } from 'vitest';
import { exitCodeOfCheck } from '../../../src/cli/check/exit-code.js';
import type { Report } from '../../../src/model/report.js';
import { checked } from './checked-report.js';

const [fresh, warning, unchanged, , , waived] = checked.findings;
const quiet: Report = { ...checked, findings: [], gaps: [], check: undefined };

function withFindings(...findings: readonly (Report['findings'][number] | undefined)[]): Report {
  return { ...quiet, findings: findings.filter((finding) => finding !== undefined) };
}

test('what could not be looked at outranks what is new, and only new and unhidden findings fail', () => {
  expect(exitCodeOfCheck(checked, 'error')).toBe(3);
  expect(exitCodeOfCheck(withFindings(fresh, unchanged), 'error')).toBe(1);
  expect(exitCodeOfCheck(withFindings(unchanged, waived), 'note')).toBe(0);
  expect(exitCodeOfCheck(quiet, 'note')).toBe(0);
});

test('--fail-on says from which level on, and a refused ratchet fails at any', () => {
  expect(exitCodeOfCheck(withFindings(warning), 'error')).toBe(0);
  expect(exitCodeOfCheck(withFindings(warning), 'warning')).toBe(1);
  expect(exitCodeOfCheck(withFindings(fresh), 'never')).toBe(0);
  const refused: Report = { ...quiet, check: checked.check };
  expect(exitCodeOfCheck(refused, 'error')).toBe(1);
  expect(exitCodeOfCheck(refused, 'never')).toBe(0);
});
