import type { Command } from 'commander';
import type { Act } from '../command.js';
import { addExplainOptions, type ExplainOptions } from '../explain/options.js';

export function register(command: Command, act: Act): void {
  addExplainOptions(command).action((what: string, bundles: string[], options: ExplainOptions) =>
    act(async (context) => (await import('../explain/run.js')).explain(context, what, bundles, options)),
  );
}
