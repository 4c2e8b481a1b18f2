import { Option, type Command } from 'commander';
import { FAIL_ON, type FailOn } from './exit-code.js';
import type { ColorChoice } from './color.js';

const COLORS = ['auto', 'always', 'never'] as const satisfies readonly ColorChoice[];

/** The flags that every command knows. */
export interface GlobalOptions {
  config: string | undefined;
  /** As written: `json` or `json:FILE`. */
  format: string[];
  output: string | undefined;
  quiet: boolean;
  verbose: boolean;
  color: ColorChoice;
  progress: boolean;
  failOn: FailOn;
  debug: boolean;
}

export function addGlobalOptions(program: Command): void {
  program
    .addOption(new Option('-c, --config <file>', 'the configuration; default: the nearest tidemark.yaml upwards'))
    .addOption(
      new Option('--format <format[:file]>', 'text, json or ndjson, to standard output or a file; may be repeated. audit and check: also sarif, github, gitlab, junit, markdown, html').argParser(
        (value: string, previous: string[] | undefined) => [...(previous ?? []), value],
      ),
    )
    .addOption(new Option('-o, --output <file>', 'write what would go to standard output to a file'))
    .addOption(new Option('-q, --quiet', 'only findings and what could not be looked at'))
    .addOption(new Option('-v, --verbose', 'each stage with its time, on standard error'))
    .addOption(new Option('--color <when>', 'colours').choices(COLORS).default('auto'))
    .addOption(new Option('--no-progress', 'no progress on standard error'))
    .addOption(new Option('--fail-on <level>', 'the least level that exits with 1').choices(FAIL_ON).default('error'))
    .addOption(new Option('--debug', 'stack traces'));
}

export function globalOptions(program: Command): GlobalOptions {
  const given = program.opts<Partial<GlobalOptions>>();
  return {
    config: given.config,
    format: given.format ?? [],
    output: given.output,
    quiet: given.quiet ?? false,
    verbose: given.verbose ?? false,
    color: given.color ?? 'auto',
    progress: given.progress ?? true,
    failOn: given.failOn ?? 'error',
    debug: given.debug ?? false,
  };
}
