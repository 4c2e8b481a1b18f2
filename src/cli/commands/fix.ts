import type { Command } from 'commander';
import type { Act } from '../command.js';
import { addContractOptions, type ContractOptions } from '../fix/options.js';
import { addReloadOptions } from '../fix/reload/options.js';
import type { ComparisonOptions } from '../reconcile/options.js';

export function register(command: Command, act: Act): void {
  command.usage('contracts|reload [options]');
  addContractOptions(command.command('contracts').description('contract views for who reads internal tables, with the rewritten queries')).action(
    (bundles: string[], options: ContractOptions) => act(async (context) => (await import('../fix/contracts.js')).fixContracts(context, bundles, options)),
  );
  addReloadOptions(command.command('reload').description('statements that load anew what differs between both sides of a pair')).action(
    (names: string[], options: ComparisonOptions) => act(async (context) => (await import('../fix/reload/run.js')).fixReload(context, names, options)),
  );
}
