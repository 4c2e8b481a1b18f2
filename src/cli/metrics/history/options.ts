import type { Command } from 'commander';

export interface HistoryOptions {
  /** Prints the statements and asks nothing. */
  sql?: boolean;
}

/** What `tidemark metrics history` takes. */
export function addHistoryOptions(command: Command): Command {
  return command
    .argument('[name...]', 'of metrics; * stands for any characters. Without one: all')
    .option('--sql', 'print the statements that would be asked, and ask nothing')
    .addHelpText('after', HELP);
}

const HELP = `
Looks at the closed periods of each declared metric, read-only, one statement a
metric, and remembers them as keyed hashes beside the journal of tidemark watch:
never a number. At the next look it tells which periods changed and which
restatement explains it. Audits, bundles and reviews read what is remembered.
docs/history.md says what is asked and when a period is closed.

Examples:
  tidemark metrics history -c tidemark.yaml
  tidemark metrics history "Revenue" -c tidemark.yaml
  tidemark metrics history -c tidemark.yaml --sql

Exit codes:
  0  no closed period changed without a restatement
  1  one did (--fail-on warning counts restatements that leave a change out)
  2  wrong usage, an unusable configuration, or a fault of tidemark
  3  nothing unexplained is known, but something could not be looked at`;
