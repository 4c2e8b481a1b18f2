import type { PersonalColumn } from '../../model/personal-column.js';
import { nearestName } from '../../text/nearest-name.js';
import { writeAnswer } from '../answer-forms.js';
import type { CommandContext } from '../command.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import { formsOf } from '../forms.js';
import { UsageError } from '../usage-error.js';
import { recordsOf, type PrivacyAnswer } from './answer.js';
import { exitCodeOf } from './list.js';
import type { ShowOptions } from './options.js';
import { clean } from './words.js';

const LISTED_MAX = 12;

/** `tidemark privacy show COLUMN`: where one column goes, and what is left of it there. */
export async function show(context: CommandContext, name: string, bundles: readonly string[], options: ShowOptions): Promise<ExitCode> {
  const { output, progress, redactor } = context;
  const forms = formsOf('privacy', context.options);
  for (const { file } of forms) if (file !== null) await output.refuseUnwritable(file);
  if (bundles.length === 0 && /\.tidemark$/i.test(name)) throw new UsageError(`${clean(name)} is a bundle, and no column is named`, `as in tidemark privacy show customer.email ${clean(name)}`);
  const { lookAtPrivacy } = await import('./look.js');
  const looked = await lookAtPrivacy(context, bundles, options);
  progress.end();
  const answer = redactor.redactAll(looked);
  const found = findColumn(answer, name, options.store);
  if ('message' in found) {
    const blind = answer.gaps.filter(({ severity }) => severity === 'blind');
    if (blind.length === 0) throw new UsageError(found.message, found.hint);
    // Where not everything was seen, what is not found may be in the rest.
    output.note(`tidemark: ${found.message}; nothing could be seen of ${blind.map(({ subject }) => clean(subject)).join(', ')}`);
    return EXIT.blind;
  }
  const { privacyShowPage } = await import('./show-page.js');
  const view: PrivacyAnswer = { ...answer, columns: [found], disagreements: answer.disagreements.filter(({ place }) => place.store === found.place.store && place.relation === found.place.relation && place.column === found.place.column) };
  await writeAnswer(context, forms, { lines: (page) => privacyShowPage(page, answer, found, context.options.quiet), json: () => view, records: () => recordsOf(view) });
  return exitCodeOf(answer, [found], context);
}

function nameOf({ place }: Pick<PersonalColumn, 'place'>): string {
  return `${place.relation}.${place.column}`;
}

/** The column that a name means: whole, its last parts, a copy of it, then any part of it. */
function findColumn({ columns, disagreements }: PrivacyAnswer, wanted: string, store: string | undefined): PersonalColumn | { message: string; hint: string } {
  const candidates = store === undefined ? columns : columns.filter(({ place }) => place.store === store);
  const sought = wanted.trim().toLowerCase();
  const ways: ((column: PersonalColumn) => boolean)[] = [
    (column) => nameOf(column).toLowerCase() === sought,
    (column) => nameOf(column).toLowerCase().endsWith(`.${sought}`),
    ({ copies }) => copies.some(({ place }) => `.${place.relation}.${place.column}`.toLowerCase().endsWith(`.${sought}`)),
    (column) => sought !== '' && nameOf(column).toLowerCase().includes(sought),
  ];
  for (const fits of ways) {
    const [only, ...more] = candidates.filter(fits);
    if (only === undefined) continue;
    if (more.length === 0) return only;
    const named = [only, ...more].map((column) => `  ${clean(nameOf(column))} on ${clean(column.place.store)}`);
    const rest = named.length > LISTED_MAX ? [`  … and ${named.length - LISTED_MAX} more`] : [];
    return { message: `'${clean(wanted)}' fits ${named.length} columns`, hint: ['give one of these, with --store where the name is the same:', ...named.slice(0, LISTED_MAX), ...rest].join('\n') };
  }
  const harmless = disagreements.find(({ place, declarations }) => `.${nameOf({ place })}`.toLowerCase().endsWith(`.${sought}`) && declarations.some(({ verdict }) => verdict === 'harmless'));
  if (harmless !== undefined) {
    const by = harmless.declarations.filter(({ verdict }) => verdict === 'harmless').map((one) => clean(one.by));
    return { message: `${clean(nameOf(harmless))} on ${clean(harmless.place.store)} is declared to hold none by ${by.join(' and ')}`, hint: "what speaks against it stands in tidemark privacy under 'What was declared does not fit together'" };
  }
  const names = candidates.map(nameOf);
  const meant = nearestName(sought, candidates.map(({ place }) => place.column));
  const nearest = nearestName(sought, names) ?? candidates.filter(({ place }) => place.column === meant).map(nameOf)[0] ?? null;
  return {
    message: `there is no column of personal data '${clean(wanted)}'${nearest === null ? '' : `; did you mean '${clean(nearest)}'?`}`,
    hint: names.length === 0 ? 'tidemark privacy says what was looked at' : `columns: ${names.slice(0, LISTED_MAX).map((one) => clean(one)).join(', ')}${names.length > LISTED_MAX ? ` and ${names.length - LISTED_MAX} more` : ''}`,
  };
}
