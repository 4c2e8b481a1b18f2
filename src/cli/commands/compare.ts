import type { Command } from 'commander';
import { addCompareOptions } from '../compare/options.js';
import type { Act } from '../command.js';

export function register(command: Command, act: Act): void {
  addCompareOptions(command).action((before: string, after: string, options: { all?: boolean }) =>
    act(async (context) => (await import('../compare/run.js')).runCompare(context, { before, after, all: options.all ?? false })),
  );
}
