import type { Command } from 'commander';
import { addCheckOptions, type CheckOptions } from '../check/options.js';
import type { Act } from '../command.js';

export function register(command: Command, act: Act): void {
  addCheckOptions(command).action((options: CheckOptions) => act(async (context) => (await import('../check/run.js')).runCheck(context, options)));
}
