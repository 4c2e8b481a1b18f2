import { describe, expect, test } from 'vitest';
import { EXIT, exitCodeOfAudit } from '../../src/cli/exit-code.js';
import type { Level } from '../../src/model/finding.js';
import type { Outcome, Report } from '../../src/model/report.js';
import { caseworkReport } from '../report/casework-report.js';

function first<T>([value]: readonly T[]): T {
  if (value === undefined) throw new Error('the report of the case work has lost what this test needs');
  return value;
}

function report(parts: { levels?: Level[]; gap?: 'blind' | 'partial'; outcome?: Outcome }): Report {
  return {
    ...caseworkReport,
    findings: (parts.levels ?? []).map((level) => ({ ...first(caseworkReport.findings), level })),
    gaps: parts.gap === undefined ? [] : [{ ...first(caseworkReport.gaps), severity: parts.gap }],
    verdicts: [{ ...first(caseworkReport.verdicts), outcome: parts.outcome ?? 'holds' }],
  };
}

describe('the exit code of an audit', () => {
  test('is 0 where everything was looked at and nothing found', () => {
    expect(exitCodeOfAudit(report({}), 'error')).toBe(EXIT.clean);
  });

  test.each([
    ['error', ['error', 'note'], 1],
    ['error', ['warning', 'note'], 0],
    ['warning', ['warning'], 1],
    ['warning', ['note'], 0],
    ['note', ['note'], 1],
    ['note', [], 0],
    ['never', ['error'], 0],
  ] as const)('with --fail-on %s and %j is %d', (failOn, levels, code) => {
    expect(exitCodeOfAudit(report({ levels: [...levels] }), failOn)).toBe(code);
  });

  test('is 3 where a store or source was not seen at all, even if no finding counts', () => {
    expect(exitCodeOfAudit(report({ gap: 'blind' }), 'error')).toBe(EXIT.blind);
    expect(exitCodeOfAudit(report({ gap: 'blind', levels: ['error'] }), 'never')).toBe(EXIT.blind);
  });

  test('is 3 where a verdict could not be determined: unseen is never clean', () => {
    expect(exitCodeOfAudit(report({ gap: 'partial', outcome: 'undetermined' }), 'error')).toBe(EXIT.blind);
    expect(exitCodeOfAudit(report({ gap: 'partial' }), 'error')).toBe(EXIT.clean);
  });

  test('is 1 where something was found, whatever was not seen: one violation answers the question', () => {
    expect(exitCodeOfAudit(report({ gap: 'blind', levels: ['error'] }), 'error')).toBe(EXIT.findings);
  });
});
