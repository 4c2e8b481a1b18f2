import type { Command } from 'commander';
import type { Targets } from '../../config/defaults.js';
import { addTargetOptions } from '../target-options.js';

export interface InitOptions extends Partial<Targets> {
  force?: boolean;
}

/** What `tidemark init` takes. */
export function addInitOptions(command: Command): Command {
  return addTargetOptions(command.argument('[bundle...]', 'a file that tidemark collect wrote; nothing is connected to'))
    .option('--force', 'write over a file that is there')
    .addHelpText('after', `
Examples:
  tidemark init --postgres postgresql://audit_ro@db.example/casework --dashboards exports/
  tidemark init casework.tidemark -o casework.yaml
  tidemark init --dashboards exports/ -o -

Looks once and writes tidemark.yaml: stores, zones, sources, consumers with their
owners, logins with their purposes, data products, pairs, metrics. What is guessed
is marked with its reason; it asks nothing and overwrites nothing. Addresses stand
as variables, never as text. -o names another file, -o - prints it.

Exit codes:
  0  written
  2  wrong usage, a file that is there, or a fault of tidemark
  3  written, and something could not be looked at: it is listed in the file`);
}
