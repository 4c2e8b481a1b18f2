import type { Comparison } from '../../compare/comparison.js';
import { isLetPass } from '../../compare/side.js';
import { EXIT, type ExitCode, type FailOn, reaches } from '../exit-code.js';

/**
 * The exit code of a comparison. As a check it asks for what is new, which needs a whole look: what the second side did not see of
 * what the first saw (3) outranks what became worse (1).
 */
export function exitCodeOfComparison({ unseen, counts, findings }: Comparison, failOn: FailOn): ExitCode {
  if (unseen.length > 0 || counts.unseen > 0) return EXIT.blind;
  const isWorse = findings.some(({ change, finding }) => (change === 'new' || change === 'risen') && !isLetPass(finding) && reaches(finding.level, failOn));
  return isWorse ? EXIT.findings : EXIT.clean;
}
