import type { Command } from 'commander';
import type { Act } from '../command.js';
import { addContractOptions, type ContractOptions } from '../fix/options.js';

export function register(command: Command, act: Act): void {
  command.usage('contracts [options] [BUNDLE]');
  addContractOptions(command.command('contracts').description('contract views for who reads internal tables, with the rewritten queries')).action(
    (bundles: string[], options: ContractOptions) => act(async (context) => (await import('../fix/contracts.js')).fixContracts(context, bundles, options)),
  );
}
