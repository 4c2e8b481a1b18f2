import { type Command, Help, type Option } from 'commander';
import type { Act } from '../command.js';
import { addCompareOptions, type CompareOptions } from '../metrics/compare/options.js';
import { addHistoryOptions, type HistoryOptions } from '../metrics/history/options.js';
import { addListOptions, addShowOptions, type ListOptions, type ShowOptions } from '../metrics/options.js';

export function register(command: Command, act: Act): void {
  command.usage('[BUNDLE | show NAME [BUNDLE] | compare A B | history]');
  addListOptions(command).action((bundles: string[], options: ListOptions) =>
    act(async (context) => (await import('../metrics/list.js')).list(context, bundles, options)),
  );
  // A flag that both commands know is taken by the outer one wherever it stands.
  addShowOptions(command.command('show').description('one metric: dashboards by definitions, and the rows on which they part')).action(
    (name: string, bundles: string[], _options: ShowOptions, self: Command) =>
      act(async (context) => (await import('../metrics/show.js')).show(context, name, bundles, self.optsWithGlobals<ShowOptions>())),
  );
  const comparing = command.command('compare');
  comparing.configureHelp({ ...command.configureHelp(), visibleGlobalOptions: (self) => flagsOf(rootOf(self)) });
  addCompareOptions(comparing.description('whether two queries always give the same, and if not, on which rows')).action(
    (a: string | undefined, b: string | undefined, _options: CompareOptions, self: Command) =>
      act(async (context) => (await import('../metrics/compare/run.js')).compare(context, a, b, self.optsWithGlobals<CompareOptions>())),
  );
  const remembering = command.command('history');
  remembering.configureHelp({ ...command.configureHelp(), visibleGlobalOptions: (self) => flagsOf(rootOf(self)) });
  addHistoryOptions(remembering.description('closed periods of declared metrics: what changed since they were remembered, and what explains it')).action(
    (names: string[], options: HistoryOptions) => act(async (context) => (await import('../metrics/history/run.js')).history(context, names, options)),
  );
}

/** The outermost command, whose flags all commands know. */
function rootOf(command: Command): Command {
  return command.parent === null ? command : rootOf(command.parent);
}

/** Its flags without its help; those of the listing mean nothing to a comparison. */
function flagsOf(command: Command): Option[] {
  return new Help().visibleOptions(command).filter(({ long }) => long !== '--help');
}
