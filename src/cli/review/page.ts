import type { Review } from '../../model/review.js';
import { amount, counted } from '../../report/layout/amounts.js';
import { type Mark, type Page, paragraph } from '../../report/layout/page.js';
import { pad } from '../../report/layout/wrap.js';
import { headLines, heading, remark } from '../lines.js';
import { ANSWER_WORDS, REVIEW_AREA_WORDS, scoreInWords, workInWords } from './words.js';

const POINTS_MAX = 8;
const QUESTIONS_MAX = 10;

export interface PageOptions {
  /** Only the verdict and the score. */
  quiet: boolean;
  all: boolean;
  /** The file of people's answers, as a person would write it. */
  answers: string;
  /** Files that this run has written. */
  written: readonly string[];
}

/** The first page of a review for people: verdict, score, what to do first, what changed, what waits for an answer. Pure. */
export function reviewPage(page: Page, review: Review, options: PageOptions): string[] {
  const sections = [
    [...headLines(page, review), ...verdictLines(page, review, options.all)],
    scoreLines(page, review),
    ...(options.quiet ? [] : [differenceLines(page, review), firstLines(page, review), stepLines(page, review), questionLines(page, review, options), gapLines(page, review, options.all), closing(page, review, options)]),
  ];
  return sections.filter((section) => section.length > 0).flatMap((section, index) => (index === 0 ? section : ['', ...section]));
}

function verdictLines(page: Page, { title, verdict, findings }: Review, all: boolean): string[] {
  const worst = findings.find(({ level }) => level === 'error')?.level ?? findings[0]?.level ?? null;
  const mark = page.outcome(verdict.outcome, worst);
  const points = all ? verdict.points : verdict.points.slice(0, POINTS_MAX);
  return [
    '', ...heading(page, `Boundary review: ${title}`),
    ...paragraph(page, `${verdict.outcome}: ${verdict.sentence}`, { first: `${mark.paint(mark.glyph)} `, columns: 2, paint: page.strong }),
    ...points.flatMap((text) => paragraph(page, text, { first: '  - ', columns: 4 })),
    ...(verdict.points.length > points.length ? remark(page, `… and ${amount(verdict.points.length - points.length)} more; --all shows them`) : []),
  ];
}

function scoreLines(page: Page, { score }: Review): string[] {
  return [
    ...heading(page, `Score: ${scoreInWords(score.total)}`),
    ...paragraph(page, score.arithmetic, { first: '  ', columns: 2, paint: page.faint }),
    ...score.areas.flatMap(({ area, score: own, arithmetic }) => {
      const mark = markOf(page, own);
      return paragraph(page, arithmetic, { first: `  ${mark.paint(pad(`${mark.glyph} ${REVIEW_AREA_WORDS[area]}`, 16))}${pad(own === null ? '–' : String(own), 5)}`, columns: 23, paint: page.faint });
    }),
  ];
}

/** The colours of the score: half is not enough, and four fifths are good. */
function markOf(page: Page, score: number | null): Mark {
  if (score === null) return page.unknown;
  return score < 50 ? page.level('error') : score < 80 ? page.level('warning') : page.outcome('holds', null);
}

function differenceLines(page: Page, { difference }: Review): string[] {
  if (difference === null) return [];
  return [
    ...heading(page, `Since ${difference.since.slice(0, 10)}`),
    ...paragraph(page, difference.sentence, { first: '  ', columns: 2 }),
    ...difference.answers.flatMap(({ number, before, after }) => paragraph(page, `Q${number}: ${ANSWER_WORDS[before]} → ${ANSWER_WORDS[after]}`, { first: '  - ', columns: 4 })),
  ];
}

function firstLines(page: Page, { firstThings }: Review): string[] {
  if (firstThings.length === 0) return [];
  return [
    ...heading(page, firstThings.length === 1 ? 'Do first' : `${firstThings.length} things to do first`),
    ...firstThings.flatMap((item, index) => [
      ...paragraph(page, item.title, { first: `  ${index + 1}. `, columns: 5 }),
      ...paragraph(page, workInWords(item), { first: '     ', columns: 5, paint: page.faint }),
      ...(item.command === null ? [] : paragraph(page, item.command, { first: '     ', columns: 5, paint: page.faint })),
    ]),
  ];
}

function stepLines(page: Page, { stabilisation: { concepts, done, steps, next } }: Review): string[] {
  return [
    ...heading(page, `Stabilisation: ${done} of ${steps.length} steps taken for ${concepts.length === 0 ? 'no concept' : counted(concepts.length, 'concept')}`),
    ...paragraph(page, `next: ${next}`, { first: '  ', columns: 2 }),
  ];
}

function questionLines(page: Page, { checklist }: Review, { all, answers }: PageOptions): string[] {
  const open = checklist.filter(({ by, answer }) => by === 'open' || by === 'proposed' || by === 'stale' || (by === 'machine' && answer === 'unknown'));
  if (open.length === 0) return [];
  const shown = all ? open : open.slice(0, QUESTIONS_MAX);
  return [
    ...heading(page, `${counted(open.length, 'question')} of ${checklist.length} without a settled answer`),
    ...shown.flatMap(({ number, question, answer, by }) => {
      const state = by === 'stale' ? 'answered too long ago' : by === 'proposed' ? `proposed: ${ANSWER_WORDS[answer]}` : by === 'open' ? 'waits for a person' : 'could not be seen';
      return paragraph(page, `${question} (${state})`, { first: pad(`  Q${number}`, 6), columns: 6 });
    }),
    ...(open.length > shown.length ? remark(page, `… and ${amount(open.length - shown.length)} more; --all shows them`) : []),
    ...remark(page, `answers stand in ${answers}; --write-questions adds these to it`),
  ];
}

function gapLines(page: Page, { gaps }: Review, all: boolean): string[] {
  if (gaps.length === 0) return [];
  const shown = all ? gaps : gaps.slice(0, 5);
  return [
    ...heading(page, 'Could not be looked at, and is not known to be clean'),
    ...shown.flatMap(({ subject, missing, cause }) => paragraph(page, `${subject}: ${missing}: ${cause}`, { first: `  ${page.unknown.paint(page.unknown.glyph)} `, columns: 4 })),
    ...(gaps.length > shown.length ? remark(page, `… and ${amount(gaps.length - shown.length)} more; --all shows them`) : []),
  ];
}

function closing(page: Page, { consumers, findings, decisions }: Review, { written }: PageOptions): string[] {
  const said = [counted(consumers.length, 'consumer'), counted(findings.length, 'finding'), counted(decisions.length, 'decision record')].join(', ');
  if (written.length > 0) return remark(page, `${said}: the whole review is in ${written.join(' and ')}`, 0);
  return remark(page, `${said}: --html review.html or --markdown review.md writes the whole review`, 0);
}
