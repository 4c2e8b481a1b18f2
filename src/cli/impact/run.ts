import { LIKELY } from '../../impact/likely.js';
import { writeAnswer } from '../answer-forms.js';
import type { CommandContext } from '../command.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import { type ImpactAnswer, recordsOf } from './answer.js';
import { impactForms } from './forms.js';
import type { ImpactOptions } from './options.js';

/** `tidemark impact`. */
export async function runImpact(context: CommandContext, given: readonly string[], options: ImpactOptions): Promise<ExitCode> {
  const { output, progress, redactor, options: flags } = context;
  const forms = impactForms(context);
  for (const { file } of forms) if (file !== null) await output.refuseUnwritable(file);
  const { lookAtImpact } = await import('./look.js');
  const looked = await lookAtImpact(context, given, options);
  progress.end();
  // Redacted before it is JSON: what hides a password must not run over a quote.
  const answer = redactor.redactAll(looked);
  const { impactPage } = await import('./page.js');
  for (const { id, file } of forms) {
    if (id === 'markdown') await output.printOrWrite((await import('./markdown.js')).impactMarkdown(answer), file);
    else await writeAnswer(context, [{ id, file }], { lines: (page) => impactPage(page, answer, { quiet: flags.quiet }), json: () => answer, records: () => recordsOf(answer) });
  }
  return flags.failOn === 'never' ? exitCodeOf(answer, 'never') : exitCodeOf(answer, options.failFor ?? 'any');
}

/** A known hit answers the question, whatever stayed unseen; without one the unseen leaves it open. */
export function exitCodeOf({ impacts, unknown, unread, gaps }: ImpactAnswer, failFor: 'breaks' | 'any' | 'never'): ExitCode {
  if (failFor !== 'never' && impacts.some(({ effect, confidence }) => confidence >= LIKELY && (failFor === 'any' || effect === 'breaks'))) return EXIT.findings;
  return unknown.length > 0 || unread.length > 0 || gaps.some(({ severity }) => severity === 'blind') ? EXIT.blind : EXIT.clean;
}
