import type { Command } from 'commander';
import { parseDuration } from '../../config/quantity.js';
import { UsageError } from '../usage-error.js';

/** As commander gives them. */
export interface CheckOptions {
  bundle?: string;
  since?: string;
  baseline?: string;
  waivers?: string;
  ratchet?: boolean;
  maxAge?: string;
  all?: boolean;
}

export function addCheckOptions(command: Command): Command {
  return command
    .option('--bundle <file>', 'what tidemark collect wrote of the stores; default: .tidemark/bundle.tidemark beside the configuration')
    .option('--since <ref>', 'judge what changed since this branch and HEAD parted, with what is not committed; without it all is judged')
    .option('--baseline <file>', 'what stood before and does not fail; default: .tidemark/baseline.yaml beside the configuration')
    .option('--waivers <file>', 'what is let pass by hand; default: .tidemark/waivers.yaml beside the configuration')
    .option('--ratchet', 'fail where a rule is broken more often than before, though the baseline lets it')
    .option('--max-age <duration>', 'do not judge by a bundle that is older, as in 36h or 3d')
    .option('--all', 'do not cut long lists')
    .addHelpText('after', HELP);
}

const HELP = `
Nothing is connected to, and no secret is needed: stores are known by the bundle, changes by git.

  tidemark check --since origin/main --format text --format sarif:tidemark.sarif

Exit codes:
  0  looked at everything that changed, nothing new at or above --fail-on
  1  something new at or above --fail-on that nothing lets pass, or --ratchet refused
  2  wrong usage, an unusable configuration, or a fault of tidemark
  3  could not look at everything, unless it could not before or that stands in the baseline`;

/** @throws UsageError for what is no duration */
export function maxAgeSeconds(text: string | undefined): number | null {
  if (text === undefined) return null;
  const seconds = parseDuration(text);
  if (seconds === null || seconds <= 0) throw new UsageError(`--max-age takes a duration, not '${text}'`, 'as in --max-age 36h or --max-age 3d');
  return seconds;
}
