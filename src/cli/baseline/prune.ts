import { prunedEntries } from '../../findings/suppressions/pruned.js';
import { writeBaseline } from '../../findings/suppressions/write.js';
import { paragraph } from '../../report/layout/page.js';
import { count } from '../../text/quantity.js';
import { writeAnswer } from '../answer-forms.js';
import type { CommandContext } from '../command.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import { formsOf } from '../forms.js';
import { remark } from '../lines.js';
import { entryLines, entryRecord } from './lines.js';
import { lookAtBaseline, todayOf } from './look.js';
import type { PruneOptions } from './options.js';

/** `tidemark baseline prune`. */
export async function prune(context: CommandContext, options: PruneOptions): Promise<ExitCode> {
  const { output, progress, redactor } = context;
  const forms = formsOf('baseline prune', context.options);
  for (const { file } of forms) if (file !== null) await output.refuseUnwritable(file);
  const today = todayOf(new Date());
  const { before, suppressed, file, shown } = await lookAtBaseline(context, options, { today, needed: true });
  progress.end();
  const pruned = prunedEntries(before?.read.entries ?? [], suppressed, { today, expired: options.expired ?? false });
  const text = writeBaseline(pruned.entries, before, today);
  const isSame = pruned.gone.length + pruned.changed.length === 0;
  if (!isSame) {
    await output.refuseUnwritable(file);
    await output.printOrWrite(text, file);
  }
  const { entries, changed, gone } = redactor.redactAll(pruned);
  const of = (why: 'expired' | 'unused'): (typeof gone)[number]['entry'][] => gone.flatMap((one) => (one.why === why ? [one.entry] : []));
  const left = suppressed.problems.filter(({ by, fault }) => by === 'baseline' && fault === 'expired').length - of('expired').length;
  const fewer = changed.length === 0 ? '' : `${gone.length === 0 ? '' : ', and '}${count(changed.length, 'entry', 'entries')} of fewer statements`;
  await writeAnswer(context, forms, {
    lines: (page) => [
      ...paragraph(page, isSame ? `nothing to prune: ${shown} holds ${count(entries.length, 'entry', 'entries')}` : `pruned ${gone.length === 0 ? '' : count(gone.length, 'entry', 'entries')}${fewer} in ${shown}, which holds ${count(entries.length, 'entry', 'entries')} now`, { first: '', columns: 0 }),
      ...(left > 0 ? remark(page, `${count(left, 'entry is', 'entries are')} past and stay${left === 1 ? 's' : ''}: --expired takes ${left === 1 ? 'it' : 'them'} out`, 0) : []),
      ...entryLines(page, 'that hid nothing any more', of('unused')),
      ...entryLines(page, 'of which the time was over', of('expired')),
    ],
    json: () => ({ schemaVersion: 1, file: shown, entries: entries.length, gone: gone.map(({ entry, why }) => ({ ...entryRecord(entry), why })), changed: changed.map(entryRecord) }),
    records: () => [
      ...gone.map(({ entry, why }) => ({ type: 'entry', change: 'gone', ...entryRecord(entry), why })),
      ...changed.map((entry) => ({ type: 'entry', change: 'changed', ...entryRecord(entry) })),
      { type: 'summary', file: shown, entries: entries.length, gone: gone.length, changed: changed.length },
    ],
  });
  return EXIT.clean;
}
