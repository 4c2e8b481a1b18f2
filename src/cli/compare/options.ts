import type { Command } from 'commander';

export function addCompareOptions(command: Command): Command {
  return command
    .argument('<before>', 'a file that tidemark collect wrote, or a JSON report of audit or check')
    .argument('<after>', 'the same of a later day')
    .option('--all', 'do not cut long lists')
    .addHelpText('after', HELP);
}

const HELP = `
Examples:
  tidemark compare march.tidemark june.tidemark
  tidemark compare march.json june.json --format markdown:progress.md
  tidemark compare march.tidemark june.tidemark --format json --fail-on never

Bundles are judged now, both with the same rules and configuration; reports as
they were judged then. What the second one did not look at is never called
fixed. docs/compare.md is the contract of --format json and ndjson.

Exit codes:
  0  nothing is worse at or above --fail-on
  1  something is: new, or at a higher level than before
  2  wrong usage, an unusable configuration or file, or a fault of tidemark
  3  the second one could not see what the first one saw`;
