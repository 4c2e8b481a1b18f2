import type { Command } from 'commander';
import type { Act } from '../command.js';
import { addImpactOptions, type ImpactOptions } from '../impact/options.js';

export function register(command: Command, act: Act): void {
  command.usage('[options] MIGRATION…');
  addImpactOptions(command).action((files: string[], options: ImpactOptions) =>
    act(async (context) => (await import('../impact/run.js')).runImpact(context, files, options)),
  );
}
