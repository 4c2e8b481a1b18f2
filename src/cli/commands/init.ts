import type { Command } from 'commander';
import type { Act } from '../command.js';
import { addInitOptions, type InitOptions } from '../init/options.js';

export function register(command: Command, act: Act): void {
  addInitOptions(command).action((bundles: string[], options: InitOptions) => act(async (context) => (await import('../init/run.js')).init(context, bundles, options)));
}
