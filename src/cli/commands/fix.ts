import type { Command } from 'commander';
import type { Act } from '../command.js';
import { addRemedyOptions, type RemedyKind, type RemedyOptions } from '../fix/findings/options.js';
import { addContractOptions, type ContractOptions } from '../fix/options.js';
import { addReloadOptions } from '../fix/reload/options.js';
import type { ComparisonOptions } from '../reconcile/options.js';

export function register(command: Command, act: Act): void {
  command.usage('contracts|guardrails|privacy|semantic|reload [options]');
  addContractOptions(command.command('contracts').description('contract views for who reads internal tables, with the rewritten queries')).action(
    (bundles: string[], options: ContractOptions) => act(async (context) => (await import('../fix/contracts.js')).fixContracts(context, bundles, options)),
  );
  for (const { kind, description } of REMEDIES) {
    addRemedyOptions(command.command(kind).description(description), kind).action(
      (bundles: string[], options: RemedyOptions) => act(async (context) => (await import('../fix/findings/run.js')).fixFindings(context, kind, bundles, options)),
    );
  }
  addReloadOptions(command.command('reload').description('statements that load anew what differs between both sides of a pair')).action(
    (names: string[], options: ComparisonOptions) => act(async (context) => (await import('../fix/reload/run.js')).fixReload(context, names, options)),
  );
}

const REMEDIES: readonly { kind: RemedyKind; description: string }[] = [
  { kind: 'guardrails', description: 'limits and rights for roles of reports, loads and people, each with its way back' },
  { kind: 'privacy', description: 'views without personal columns, and rights, for each relation that shows them' },
  { kind: 'semantic', description: 'a view for each metric that dashboards define for themselves' },
];
