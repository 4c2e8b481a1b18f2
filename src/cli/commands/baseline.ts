import type { Command } from 'commander';
import { addPruneOptions, addShowOptions, addWriteOptions, type LookOptions, type PruneOptions, type WriteOptions } from '../baseline/options.js';
import type { Act } from '../command.js';

export function register(command: Command, act: Act): void {
  command.usage('write|prune|show [options]');
  addWriteOptions(command.command('write').description('an entry for everything that is found, so that only what is new fails')).action((options: WriteOptions) =>
    act(async (context) => (await import('../baseline/write.js')).write(context, options)),
  );
  addPruneOptions(command.command('prune').description('take out what hides nothing any more')).action((options: PruneOptions) =>
    act(async (context) => (await import('../baseline/prune.js')).prune(context, options)),
  );
  addShowOptions(command.command('show').description('the entries by rule: used, unused or expired, and for how long')).action((options: LookOptions) =>
    act(async (context) => (await import('../baseline/show.js')).show(context, options)),
  );
}
