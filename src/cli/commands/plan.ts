import type { Command } from 'commander';
import type { Act } from '../command.js';
import { addPlanOptions, type PlanOptions } from '../plan/options.js';

export function register(command: Command, act: Act): void {
  addPlanOptions(command).action((bundles: string[], options: PlanOptions) => act(async (context) => (await import('../plan/run.js')).plan(context, bundles, options)));
}
