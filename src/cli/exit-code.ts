import type { Level } from '../model/finding.js';
import type { Report } from '../model/report.js';

/** What a run ends with. Ended by signal n it is 128 + n. */
export const EXIT = {
  /** Looked at everything asked for, nothing at or above `--fail-on`. */
  clean: 0,
  /** Findings at or above `--fail-on`. */
  findings: 1,
  /** Wrong usage, an unusable configuration, or tidemark's own fault. */
  fault: 2,
  /** Something could not be looked at, so that clean cannot be said. */
  blind: 3,
} as const;

export type ExitCode = number;

export const FAIL_ON = ['error', 'warning', 'note', 'never'] as const;
export type FailOn = (typeof FAIL_ON)[number];

/**
 * The exit code of an audit. It asks whether the boundary holds: one violation answers that, whatever else stayed unseen,
 * so findings (1) outrank what could not be looked at (3); without a violation the unseen leaves the answer open, and
 * that is never clean. (Checking a change asks for *new* findings, which needs a whole look: there 3 outranks 1.)
 */
export function exitCodeOfAudit(report: Report, failOn: FailOn): ExitCode {
  if (report.findings.some((finding) => reaches(finding.level, failOn))) return EXIT.findings;
  return couldNotLook(report) ? EXIT.blind : EXIT.clean;
}

/** Whether a finding of a level is asked for by `--fail-on`. */
export function reaches(level: Level, failOn: FailOn): boolean {
  return failOn !== 'never' && FAIL_ON.indexOf(level) <= FAIL_ON.indexOf(failOn);
}

function couldNotLook(report: Report): boolean {
  const undetermined = report.verdicts.some((verdict) => verdict.outcome === 'undetermined');
  return undetermined || report.gaps.some((gap) => gap.severity === 'blind');
}
