import type { Command } from 'commander';
import type { Act } from '../command.js';
import { addListOptions, addShowOptions, type ListOptions, type ShowOptions } from '../privacy/options.js';
import { UsageError } from '../usage-error.js';

export function register(command: Command, act: Act): void {
  command.usage('[options] [BUNDLE | --ddl FILE | show COLUMN [BUNDLE]]');
  addListOptions(command).action((bundles: string[], options: ListOptions) =>
    act(async (context) => {
      const { ddl, dialect } = options;
      if (ddl === undefined) {
        if (dialect !== undefined) throw new UsageError('--dialect tells how --ddl is written, and there is none');
        return (await import('../privacy/list.js')).list(context, bundles, options);
      }
      const other = bundles[0] ?? options.postgres?.[0] ?? options.duckdb?.[0] ?? options.warehouse?.[0] ?? options.dashboards?.[0];
      if (other !== undefined) throw new UsageError('--ddl classifies columns without any store, bundle or dashboard', `leave ${other} out, or leave --ddl out`);
      return (await import('../privacy/ddl.js')).answerDdl(context, { ddl, ...(dialect === undefined ? {} : { dialect }) });
    }),
  );
  // A flag that both commands know is taken by the outer one wherever it stands.
  addShowOptions(command.command('show').description('one column: where it goes, what is left of it there, and who uses it')).action(
    (name: string, bundles: string[], _options: ShowOptions, self: Command) =>
      act(async (context) => (await import('../privacy/show.js')).show(context, name, bundles, self.optsWithGlobals<ShowOptions>())),
  );
}
