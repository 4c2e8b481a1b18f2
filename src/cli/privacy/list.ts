import type { Level } from '../../model/finding.js';
import type { PersonalColumn } from '../../model/personal-column.js';
import { writeAnswer } from '../answer-forms.js';
import type { CommandContext } from '../command.js';
import { EXIT, FAIL_ON, type ExitCode } from '../exit-code.js';
import { formsOf } from '../forms.js';
import { recordsOf, type PrivacyAnswer } from './answer.js';
import { nothingMatches, viewOf } from './filter.js';
import { hasAskedFindings } from './ask/answer.js';
import type { Filters, ListOptions } from './options.js';
import { levelOf, reachOf } from './reach.js';

const ROWS_DEFAULT = 20;

/** `tidemark privacy`: every column of personal data, where it arrives, and how. */
export async function list(context: CommandContext, bundles: readonly string[], options: ListOptions): Promise<ExitCode> {
  const { output, progress, redactor } = context;
  const forms = formsOf('privacy', context.options);
  for (const { file } of forms) if (file !== null) await output.refuseUnwritable(file);
  const filters = filtersOf(options);
  const { lookAtPrivacy } = await import('./look.js');
  const looked = await lookAtPrivacy(context, bundles, options);
  progress.end();
  // Redacted before it is JSON: what hides a password must not run over a quote.
  const answer = redactor.redactAll(looked);
  const columns = viewOf(answer.columns, filters);
  const nothing = nothingMatches(answer.columns, filters);
  if (nothing !== null && forms.some(({ id }) => id !== 'text')) output.note(nothing);
  const { privacyPage } = await import('./page.js');
  const view = { ...answer, columns: isFiltered(filters) ? columns : answer.columns };
  await writeAnswer(context, forms, {
    lines: (page) => privacyPage(page, answer, { filters, limit: options.limit ?? ROWS_DEFAULT, quiet: context.options.quiet }),
    json: () => view,
    records: () => recordsOf(view),
  });
  return exitCodeOf(answer, columns, context);
}

/** What gets too far answers the question, whatever stayed unseen; without it the unseen leaves it open. */
export function exitCodeOf({ gaps, asked }: PrivacyAnswer, columns: readonly PersonalColumn[], { options: { failOn } }: CommandContext): ExitCode {
  const counts = (level: Level | null): boolean => level !== null && failOn !== 'never' && FAIL_ON.indexOf(level) <= FAIL_ON.indexOf(failOn);
  if (columns.some((column) => counts(levelOf(reachOf(column))))) return EXIT.findings;
  if (failOn !== 'never' && asked !== undefined && hasAskedFindings({ ...asked, gaps: [] })) return EXIT.findings;
  return gaps.some(({ severity }) => severity === 'blind') ? EXIT.blind : EXIT.clean;
}

function isFiltered(filters: Filters): boolean {
  return Object.keys(filters).length > 0;
}

function filtersOf({ kind, class: columnClass, store, relation, consumer, reach }: ListOptions): Filters {
  return {
    ...(kind === undefined ? {} : { kind }),
    ...(columnClass === undefined ? {} : { class: columnClass }),
    ...(store === undefined ? {} : { store }),
    ...(relation === undefined ? {} : { relation }),
    ...(consumer === undefined ? {} : { consumer }),
    ...(reach === undefined ? {} : { reach }),
  };
}
