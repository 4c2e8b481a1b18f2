import type { CommandContext } from '../command.js';
import type { ExitCode } from '../exit-code.js';
import { formsOf } from '../forms.js';
import { UsageError } from '../usage-error.js';
import type { ReconcileOptions } from './options.js';

/** `tidemark reconcile`: pairs of relations, compared to the key; or what that would run, or which pairs there may be. */
export async function reconcile(context: CommandContext, names: readonly string[], options: ReconcileOptions): Promise<ExitCode> {
  const { host, output } = context;
  const forms = formsOf('reconcile', context.options);
  for (const { file } of forms) if (file !== null) await output.refuseUnwritable(file);
  if (options.suggest === true) {
    if (options.explain === true) throw new UsageError('either --suggest or --explain', '--suggest proposes pairs, --explain prints the SQL of pairs that there are');
    return (await import('./suggest.js')).suggest(context, names, options, forms);
  }
  const { chosenPairs, compareAll } = await import('./look.js');
  const chosen = await chosenPairs(context, names, options);
  if (options.explain === true) return (await import('./explain.js')).explain(context, chosen, options, forms);
  const report = await compareAll(context, chosen, options);
  const [{ writeAnswer }, { reconcilePage }, { exitCodeOf, recordsOf, withoutKeys }] = await Promise.all([import('../answer-forms.js'), import('./page.js'), import('./answer.js')]);
  const shown = options.showKeys === true ? report : withoutKeys(report);
  for (const form of forms) {
    const isTerminal = form.file === null && host.stdout.isTTY;
    await writeAnswer(context, [form], {
      lines: (page) => reconcilePage(page, isTerminal ? report : shown, { quiet: context.options.quiet, keys: isTerminal || options.showKeys === true }),
      json: () => shown,
      records: () => recordsOf(shown),
    });
  }
  return exitCodeOf(report.pairs);
}
