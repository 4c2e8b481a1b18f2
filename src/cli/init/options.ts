import type { Command } from 'commander';
import type { Targets } from '../../config/defaults.js';
import { addTargetOptions } from '../target-options.js';

export interface InitOptions extends Partial<Targets> {
  force?: boolean;
}

/** What `tidemark init` takes. */
export function addInitOptions(command: Command): Command {
  return addTargetOptions(command.argument('[bundle...]', 'a file that tidemark collect wrote; nothing is connected to'))
    .option('--force', 'replace the file that is there')
    .addHelpText('after', `
Examples:
  tidemark init --postgres postgresql://audit_ro@db.example/casework --duckdb warehouse.duckdb --dashboards exports/
  tidemark init casework.tidemark -o casework.yaml
  tidemark init casework.tidemark -o -

Looks once and writes tidemark.yaml, or the file of -o; -o - prints it. Nothing is
asked, and a file that is there is kept. What was guessed says so and why; what
only a person can decide is a proposal behind a #. docs/init.md describes it.

Exit codes:
  0  written
  2  wrong usage, a file that is there already, or a fault of tidemark
  3  written, but something could not be looked at`);
}
