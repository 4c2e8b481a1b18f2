import type { Impact } from '../../model/impact-report.js';
import { amount, counted } from '../../report/layout/amounts.js';
import { assumptionLines, gapLines } from '../../report/layout/looked-at.js';
import { paragraph, type Page } from '../../report/layout/page.js';
import { heading, remark } from '../lines.js';
import type { ImpactAnswer } from './answer.js';
import { changeInWords } from '../../impact/change-words.js';
import { LIKELY } from '../../impact/likely.js';
import { clean, EFFECT_WORDS, headline, listed, phaseInWords } from './words.js';

const ALL_FLAG = '--format json';
const IMPACTS_MAX = 25;
const NAMES_MAX = 8;

/** The answer first, then what each change hits, the safe order, whom to tell, and what could not be looked at. Pure. */
export function impactPage(page: Page, answer: ImpactAnswer, { quiet }: { quiet: boolean }): string[] {
  const sections = [
    quiet ? [] : paragraph(page, `${answer.takenAt.replace(/^(.{10})T(.{5}).*$/, '$1 $2 UTC')} · ${clean(answer.store)}`, { first: `${page.strong('tidemark')}  `, columns: 10, paint: page.faint }),
    heading(page, headline(answer)),
    ...changeSections(page, answer),
    quiet ? [] : harmlessLines(page, answer),
    orderLines(page, answer),
    tellLines(page, answer),
    openLines(page, answer),
    gapLines(page, answer.gaps, false, ALL_FLAG),
    quiet ? [] : assumptionLines(page, answer.assumptions, false, ALL_FLAG),
    quiet ? [] : lookedLines(page, answer),
  ];
  return sections.filter((section) => section.length > 0).flatMap((section, index) => (index === 0 ? section : ['', ...section]));
}

/** One section for each change that hits someone. An impact of several changes stands at the first of them. */
function changeSections(page: Page, { changes, impacts }: ImpactAnswer): string[][] {
  return changes.flatMap((change, place) => {
    const own = impacts.filter((impact) => impact.changes[0] === place);
    if (own.length === 0) return [];
    const likely = own.filter(({ confidence }) => confidence >= LIKELY);
    const hints = own.filter(({ confidence }) => confidence < LIKELY);
    const shown = likely.slice(0, IMPACTS_MAX);
    const rest = likely.length - shown.length;
    return [[
      ...paragraph(page, `${clean(changeInWords(change), 300)}`, { first: `${page.strong(`${place + 1}`)}${' '.repeat(Math.max(1, 4 - String(place + 1).length))}`, columns: 4, paint: page.strong }),
      ...paragraph(page, `${clean(change.place.file, 200)}:${change.place.line} · ${phaseInWords(change.phase)}`, { first: '    ', columns: 4, paint: page.faint }),
      ...shown.flatMap((impact) => impactLines(page, impact)),
      ...(rest > 0 ? remark(page, `… and ${amount(rest)} more; ${ALL_FLAG} has them`, 4) : []),
      ...hintLines(page, hints),
    ]];
  });
}

const WORD_COLUMNS = 12;

function impactLines(page: Page, { effect, thing, through, sentence, remedy, calls }: Impact): string[] {
  const mark = page.level(effect === 'breaks' || effect === 'contract' ? 'error' : 'warning');
  const word = `${mark.glyph} ${EFFECT_WORDS[effect]}`;
  const first = `    ${mark.paint(word)}${' '.repeat(Math.max(1, WORD_COLUMNS - word.length))}`;
  const columns = 4 + Math.max(WORD_COLUMNS, word.length + 1);
  const who = [
    thing.kind === 'card' || thing.kind === 'role' ? clean(thing.name) : `${thing.kind} ${clean(thing.name)}`,
    ...(thing.dashboard === null ? [] : [clean(thing.dashboard, 60)]),
    thing.owner === null ? (thing.kind === 'card' ? 'no known owner' : '') : clean(thing.owner, 60),
    ...(calls === null ? [] : [`${counted(calls, 'call')} in the statistics`]),
  ].filter((part) => part !== '');
  return [
    ...paragraph(page, who.join(' · '), { first, columns, paint: page.strong }),
    ...paragraph(page, clean(sentence, 700).replaceAll(/(^|; )fails: /g, '$1'), { first: ' '.repeat(columns), columns }),
    ...(through.length === 0 ? [] : paragraph(page, `through ${through.map((one) => clean(one)).join(' → ')}`, { first: ' '.repeat(columns), columns, paint: page.faint })),
    ...(remedy === null ? [] : paragraph(page, clean(remedy, 400), { first: `${' '.repeat(columns - 2)}${page.faint('→')} `, columns })),
  ];
}

/** What is right and hardly matters, in one paragraph. */
function hintLines(page: Page, hints: readonly Impact[]): string[] {
  if (hints.length === 0) return [];
  const names = [...new Set(hints.map(({ thing }) => clean(thing.name)))];
  const [first] = hints;
  return paragraph(page, `${amount(names.length)} more may want to know, as ${clean(first?.sentence ?? '', 160)}: ${listed(names, NAMES_MAX)}`, { first: '    ', columns: 4, paint: page.faint });
}

function harmlessLines(page: Page, { changes, impacts }: ImpactAnswer): string[] {
  const hit = new Set(impacts.flatMap(({ changes: own }) => own));
  const free = changes.flatMap((change, place) => (hit.has(place) ? [] : [{ change, place }]));
  if (free.length === 0) return [];
  const shown = free.slice(0, IMPACTS_MAX);
  const rest = free.length - shown.length;
  return [
    ...heading(page, hit.size === 0 ? 'Changes' : 'Changes that nobody notices'),
    ...shown.flatMap(({ change, place }) => paragraph(page, `${clean(changeInWords(change), 200)}: ${clean(change.because ?? phaseInWords(change.phase), 300)}`, { first: `${String(place + 1).padEnd(3)} `, columns: 4 })),
    ...(rest > 0 ? remark(page, `… and ${amount(rest)} more; ${ALL_FLAG} has them`, 4) : []),
  ];
}

function orderLines(page: Page, { changes, expandContract }: ImpactAnswer): string[] {
  if (!changes.some(({ phase }) => phase !== 'now')) return [];
  const now = changes.flatMap(({ phase }, place) => (phase === 'now' ? [`${place + 1}`] : []));
  const later = changes.flatMap((change, place) => (change.phase === 'now' ? [] : [{ change, place }]));
  return [
    ...heading(page, 'A safe order'),
    ...(now.length === 0 ? [] : paragraph(page, `now: ${listed(now, 40)}`, { first: '  ', columns: 2 })),
    ...later.flatMap(({ change, place }) => {
      const plan = expandContract.find((one) => one.change === place);
      const waits = change.waitsFor.length === 0 ? '' : `: ${listed(change.waitsFor.map((name) => clean(name)), NAMES_MAX)}`;
      return [
        ...paragraph(page, `${place + 1} ${phaseInWords(change.phase)}${waits}`, { first: '  ', columns: 2 }),
        ...(plan === undefined ? [] : sqlLines(page, 'before', plan.expand)),
        ...(plan === undefined ? [] : sqlLines(page, 'after', plan.contract)),
      ];
    }),
  ];
}

/** Statements to run by hand: never wrapped, so that they can be copied. */
function sqlLines(page: Page, word: string, statements: readonly string[]): string[] {
  if (statements.length === 0) return [];
  return [`    ${page.faint(`${word} they move:`)}`, ...statements.map((sql) => `      ${clean(sql, 2_000)}`)];
}

function tellLines(page: Page, { notify }: ImpactAnswer): string[] {
  if (notify.length === 0) return [];
  return [
    ...heading(page, 'Tell'),
    ...notify.flatMap(({ owner, consumers, breaks, meaning }) => {
      const what = [...(breaks > 0 ? [`${amount(breaks)} ${breaks === 1 ? 'fails' : 'fail'}`] : []), ...(meaning > 0 ? [`${amount(meaning)} ${meaning === 1 ? 'changes' : 'change'}`] : [])].join(', ');
      return paragraph(page, `${owner === null ? 'nobody is known to own these' : clean(owner, 60)} (${what}): ${listed(consumers.map((name) => clean(name)), NAMES_MAX)}`, { first: '  - ', columns: 4 });
    }),
  ];
}

function openLines(page: Page, { unknown, unread }: ImpactAnswer): string[] {
  if (unknown.length + unread.length === 0) return [];
  const first = `  ${page.unknown.paint(page.unknown.glyph)} `;
  return [
    ...heading(page, 'May be hit too, and could not be looked at'),
    ...unknown.slice(0, IMPACTS_MAX).flatMap(({ place, why }) => paragraph(page, `${clean(place.file, 200)}:${place.line}: ${clean(why, 300)}${place.text === '' ? '' : ` (${clean(place.text, 80)})`}`, { first, columns: 4 })),
    ...unread.slice(0, IMPACTS_MAX).flatMap((text) => paragraph(page, clean(text, 300), { first, columns: 4 })),
    ...(unknown.length > IMPACTS_MAX || unread.length > IMPACTS_MAX ? remark(page, `… and more; ${ALL_FLAG} has them`, 4) : []),
  ];
}

function lookedLines(page: Page, { files, looked: { consumers, views, metrics } }: ImpactAnswer): string[] {
  const text = [counted(files.length, 'file'), counted(consumers, 'consumer'), counted(views, 'view'), ...(metrics === 0 ? [] : [counted(metrics, 'metric that several define', 'metrics that several define')])].join(' · ');
  return paragraph(page, text, { first: `${page.strong('Looked at')}  `, columns: 11 });
}
