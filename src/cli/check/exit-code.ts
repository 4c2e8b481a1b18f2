import type { Finding } from '../../model/finding.js';
import type { Report } from '../../model/report.js';
import { EXIT, type ExitCode, type FailOn, reaches } from '../exit-code.js';

/**
 * The exit code of a check. It asks for what is new, which needs a whole look: what could not be looked at (3), unless it could not
 * before or stands in the baseline, outranks new findings and a refused ratchet (1).
 */
export function exitCodeOfCheck({ gaps, findings, check }: Pick<Report, 'gaps' | 'findings' | 'check'>, failOn: FailOn): ExitCode {
  if (gaps.length > 0) return EXIT.blind;
  const isRatchetRefused = failOn !== 'never' && (check?.ratchet ?? []).length > 0;
  return isRatchetRefused || findings.some((finding) => fails(finding, failOn)) ? EXIT.findings : EXIT.clean;
}

/** Whether a finding alone ends a check with 1: it is new, nothing hides it, and its level is high enough. */
export function fails({ level, baselineState, suppressions = [] }: Finding, failOn: FailOn): boolean {
  return baselineState !== 'unchanged' && baselineState !== 'absent' && suppressions.length === 0 && reaches(level, failOn);
}
