import { compare } from '../../compare/index.js';
import type { Side } from '../../compare/side.js';
import { writeAnswer } from '../answer-forms.js';
import type { CommandContext } from '../command.js';
import type { ExitCode } from '../exit-code.js';
import { Scratch } from '../scratch.js';
import { toolVersion } from '../version.js';
import { exitCodeOfComparison } from './exit-code.js';
import { compareForms } from './forms.js';
import { judgedSide, readSide, type ReadFile } from './read-side.js';
import { recordsOf } from './records.js';
import { refuseStrangeStores } from './strangers.js';

/** `tidemark compare`. */
export async function runCompare(context: CommandContext, given: { before: string; after: string; all: boolean }): Promise<ExitCode> {
  const { lifetime, options, output, progress, redactor } = context;
  const forms = compareForms(context);
  for (const { file } of forms) if (file !== null) await output.refuseUnwritable(file);
  // Both are read before either is judged: a file that is no good should cost no time.
  const first = await readSide(context, given.before);
  const second = await readSide(context, given.after);
  refuseStrangeStores(first, second);
  const scratch = new Scratch(lifetime.signal);
  const [before, after] = await judgedBoth(context, [first, second], scratch).finally(() => scratch.close());
  // Redacted before it is JSON: what hides a password must not run over a quote.
  const comparison = redactor.redactAll(compare(before, after, toolVersion()));
  progress.end();
  const { comparisonPage } = await import('./page.js');
  for (const { id, file } of forms) {
    if (id === 'markdown') await output.printOrWrite((await import('./markdown.js')).comparisonMarkdown(comparison), file);
    else {
      const lines = (page: Parameters<typeof comparisonPage>[0]): string[] => comparisonPage(page, comparison, { all: given.all, quiet: options.quiet });
      await writeAnswer(context, [{ id, file }], { lines, json: () => comparison, records: () => recordsOf(comparison) });
    }
  }
  return exitCodeOfComparison(comparison, options.failOn);
}

/** One after the other: each takes memory for all that it reads. */
async function judgedBoth(context: CommandContext, [first, second]: readonly [ReadFile, ReadFile], scratch: Scratch): Promise<[Side, Side]> {
  const before = await judgedSide(context, first, scratch);
  return [before, await judgedSide(context, second, scratch)];
}
