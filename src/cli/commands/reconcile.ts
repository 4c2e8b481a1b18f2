import type { Command } from 'commander';
import type { Act } from '../command.js';
import { addReconcileOptions, type ReconcileOptions } from '../reconcile/options.js';

export function register(command: Command, act: Act): void {
  addReconcileOptions(command).action((names: string[], options: ReconcileOptions) => act(async (context) => (await import('../reconcile/run.js')).reconcile(context, names, options)));
}
