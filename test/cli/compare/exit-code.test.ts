import { describe, expect, test } from 'vitest';
import { exitCodeOfComparison } from '../../../src/cli/compare/exit-code.js';
import type { Comparison } from '../../../src/compare/comparison.js';
import { compare } from '../../../src/compare/index.js';
import { appeals, noAnswer, reportSide } from '../../compare/sides.js';
import { caseworkReport } from '../../report/casework-report.js';

const march = reportSide('march.json');
const later = (changes: Parameters<typeof reportSide>[1]): Comparison => compare(march, reportSide('june.json', changes), '0.1.0');
const warning = { ...appeals, level: 'warning' as const };
const letPass = { ...appeals, suppressions: [{ kind: 'external' as const, by: 'waiver' as const, justification: 'until the contract is there', owner: null, until: null, place: { file: 'waivers.yaml', line: 3 } }] };

describe('the exit code', () => {
  test('is 0 where nothing is worse, however much there is', () => {
    expect(exitCodeOfComparison(later({}), 'note')).toBe(0);
  });

  test('is 1 for what is new at or above the level', () => {
    const comparison = later({ findings: [...caseworkReport.findings, warning] });
    expect((['error', 'warning', 'note', 'never'] as const).map((level) => exitCodeOfComparison(comparison, level))).toEqual([0, 1, 1, 0]);
    expect(exitCodeOfComparison(later({ findings: [...caseworkReport.findings, letPass] }), 'note')).toBe(0);
  });

  test('is 1 for what rose to the level', () => {
    const [...findings] = caseworkReport.findings.map((finding) => (finding.level === 'note' ? { ...finding, level: 'error' as const } : finding));
    expect(exitCodeOfComparison(later({ findings }), 'error')).toBe(1);
  });

  test('is 3 where the second side saw less, whatever is new, and whatever fails', () => {
    const comparison = later({ findings: [...caseworkReport.findings, appeals], gaps: [noAnswer] });
    expect((['error', 'never'] as const).map((level) => exitCodeOfComparison(comparison, level))).toEqual([3, 3]);
  });
});
