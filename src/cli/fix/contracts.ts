import type { CommandContext } from '../command.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import { formsOf } from '../forms.js';
import type { ContractOptions } from './options.js';

/** `tidemark fix contracts`: the views that would take the place of internal tables, and every query on them. */
export async function fixContracts(context: CommandContext, bundles: readonly string[], options: ContractOptions): Promise<ExitCode> {
  const { output, progress, redactor } = context;
  const forms = formsOf('fix contracts', context.options);
  for (const { file } of forms) if (file !== null) await output.refuseUnwritable(file);
  const { refuseTaken, writeFiles } = await import('./files.js');
  if (options.write !== undefined) await refuseTaken(context, options.write);
  const { proposeFor } = await import('./look.js');
  const { answer, nothing } = redactor.redactAll(await proposeFor(context, bundles, options));
  progress.end();
  const written = options.write === undefined ? null : await writeFiles(context, options.write, answer.proposals);
  const [{ writeAnswer }, { fixPage }, { recordsOf }] = await Promise.all([import('../answer-forms.js'), import('./page.js'), import('./answer.js')]);
  await writeAnswer(context, forms, { lines: (page) => fixPage(page, answer, { quiet: context.options.quiet, options, nothing }), json: () => answer, records: () => recordsOf(answer) });
  if (nothing !== null && forms.some(({ id }) => id !== 'text')) output.note(nothing);
  if (written !== null) output.note(written);
  return answer.gaps.some(({ severity }) => severity === 'blind') ? EXIT.blind : EXIT.clean;
}
