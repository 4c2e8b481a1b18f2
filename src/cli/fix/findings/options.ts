import type { Command } from 'commander';
import type { Targets } from '../../../config/defaults.js';
import { addTargetOptions } from '../../target-options.js';

export interface RemedyOptions extends Partial<Targets> {
  role?: string;
  relation?: string;
  metric?: string;
  store?: string;
}

const SELECTORS = {
  guardrails: ['--role <pattern>', 'only for such roles; * stands for any characters, here and below'],
  privacy: ['--relation <pattern>', 'only for such relations, as schema.name; * stands for any characters, here and below'],
  semantic: ['--metric <pattern>', 'only for such metrics; * stands for any characters, here and below'],
} as const satisfies Record<string, readonly [flag: string, description: string]>;

export type RemedyKind = keyof typeof SELECTORS;

/** What `tidemark fix guardrails|privacy|semantic` take. */
export function addRemedyOptions(command: Command, kind: RemedyKind): Command {
  const [flag, description] = SELECTORS[kind];
  return addTargetOptions(command.argument('[bundle...]', 'a file that tidemark collect wrote; nothing is connected to'))
    .option(flag, description)
    .option('--store <pattern>', 'only on such stores')
    .addHelpText('after', `
Examples:
  tidemark fix ${kind} casework.tidemark
  tidemark fix ${kind} -c tidemark.yaml -o ${kind}.sql

Prints SQL and nothing else to standard output: a script to review and to run by
hand. Nothing is run on a store. What would take a right away is a comment until
somebody has looked. docs/fix.md is the contract of --format json and ndjson.

Exit codes:
  0  printed, or there is nothing to mend
  2  wrong usage, an unusable configuration, or a fault of tidemark
  3  something could not be looked at, so that statements may be missing`);
}
