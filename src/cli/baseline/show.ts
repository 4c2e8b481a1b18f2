import { isPast } from '../../findings/suppressions/apply.js';
import { daysBetween } from '../../findings/suppressions/date.js';
import { compareEntries } from '../../findings/suppressions/entry-key.js';
import type { SuppressionEntry, SuppressionProblem } from '../../model/suppression.js';
import { type Page, paragraph } from '../../report/layout/page.js';
import { NOT_KNOWN, table } from '../../report/layout/table.js';
import { count } from '../../text/quantity.js';
import { writeAnswer } from '../answer-forms.js';
import type { CommandContext } from '../command.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import { formsOf } from '../forms.js';
import { heading, remark } from '../lines.js';
import { entryRecord } from './lines.js';
import { lookAtBaseline, todayOf } from './look.js';
import type { LookOptions } from './options.js';

/** An entry and what is to be thought of it. */
interface Stated {
  entry: SuppressionEntry;
  state: 'used' | 'unused' | 'expired';
  /** Findings and gaps that it hides. */
  hides: number;
  /** Until its last day, that day not counted; negative for past; null for no end. */
  days_left: number | null;
}

interface Shown {
  file: string;
  entries: Stated[];
  unreadable: SuppressionProblem[];
}

/** `tidemark baseline show`. */
export async function show(context: CommandContext, options: LookOptions): Promise<ExitCode> {
  const { output, progress, redactor } = context;
  const forms = formsOf('baseline show', context.options);
  for (const { file } of forms) if (file !== null) await output.refuseUnwritable(file);
  const today = todayOf(new Date());
  const { before, suppressed, shown: file } = await lookAtBaseline(context, options, { today, needed: true });
  progress.end();
  const unused = new Set(suppressed.problems.filter(({ fault }) => fault === 'unused').map(({ place }) => place));
  const entries = (before?.read.entries ?? []).toSorted(compareEntries).map((entry): Stated => ({
    entry,
    state: isPast(entry, today) ? 'expired' : unused.has(entry.place) ? 'unused' : 'used',
    hides: suppressed.used.get(entry) ?? 0,
    days_left: entry.until === null ? null : daysBetween(today, entry.until),
  }));
  const shown: Shown = redactor.redactAll({ file, entries, unreadable: before?.read.problems ?? [] });
  await writeAnswer(context, forms, {
    lines: (page) => showPage(page, shown),
    json: () => ({ schemaVersion: 1, file, entries: shown.entries.map(recordOf), unreadable: shown.unreadable }),
    records: () => [...shown.entries.map((one) => ({ type: 'entry', ...recordOf(one) })), ...shown.unreadable.map((one) => ({ type: 'unreadable', ...one }))],
  });
  if (context.options.failOn === 'never') return EXIT.clean;
  return shown.unreadable.length > 0 || shown.entries.some(({ state }) => state === 'expired') ? EXIT.findings : EXIT.clean;
}

function recordOf({ entry, state, hides, days_left }: Stated): object {
  return { ...entryRecord(entry), state, hides, days_left };
}

/** Counts first, then a table for each rule, then what cannot be read. */
export function showPage(page: Page, { file, entries, unreadable }: Shown): string[] {
  const of = (state: Stated['state']): number => entries.filter((one) => one.state === state).length;
  const counted = [`${of('used')} used`, `${of('unused')} unused`, `${of('expired')} expired`, ...(unreadable.length > 0 ? [`${unreadable.length} unreadable`] : [])].join(', ');
  const rules = [...new Set(entries.map(({ entry }) => entry.rule))];
  return [
    ...heading(page, `${file}: ${count(entries.length, 'entry', 'entries')}${entries.length === 0 && unreadable.length === 0 ? '' : `, ${counted}`}`),
    ...rules.flatMap((rule) => ruleLines(page, rule, entries.filter(({ entry }) => entry.rule === rule))),
    ...(unreadable.length === 0 ? [] : ['', ...heading(page, 'cannot be read')]),
    ...unreadable.flatMap(({ place, cause, rule, consumer }) => paragraph(page, `${place.file}:${place.line} ${[rule, consumer].filter((name) => name !== '').join(' of ')}${rule + consumer === '' ? '' : ': '}${cause}`, { first: '  ', columns: 2 })),
    ...(of('unused') + of('expired') === 0 ? [] : ['', ...remark(page, `tidemark baseline prune${of('expired') > 0 ? ' --expired' : ''} takes out what is ${[...(of('unused') > 0 ? ['unused'] : []), ...(of('expired') > 0 ? ['expired'] : [])].join(' and ')}`, 0)]),
  ];
}

function ruleLines(page: Page, rule: string, stated: readonly Stated[]): string[] {
  const { head, rows } = table(page, [
    { head: 'state', cells: stated.map(({ state }) => state), align: 'left', leaves: 0 },
    { head: 'consumer', cells: stated.map(({ entry }) => entry.consumer ?? NOT_KNOWN), align: 'left', leaves: 0, wraps: true },
    { head: 'relation', cells: stated.map(({ entry }) => entry.relation ?? NOT_KNOWN), align: 'left', leaves: 1, wraps: true },
    { head: 'hides', cells: stated.map(({ hides }) => String(hides)), align: 'right', leaves: 4 },
    { head: 'owner', cells: stated.map(({ entry }) => entry.owner ?? NOT_KNOWN), align: 'left', leaves: 3 },
    { head: 'until', cells: stated.map(untilText), narrow: stated.map(({ entry }) => entry.until ?? NOT_KNOWN), align: 'left', leaves: 2 },
  ]);
  return ['', ...paragraph(page, `${rule}: ${count(stated.length, 'entry', 'entries')}`, { first: '', columns: 0, paint: page.strong }), head, ...rows.flat()];
}

function untilText({ entry: { until }, days_left }: Stated): string {
  if (until === null || days_left === null) return NOT_KNOWN;
  return `${until}, ${days_left < 0 ? `${count(-days_left, 'day')} past` : days_left === 0 ? 'its last day' : `${count(days_left, 'day')} left`}`;
}
