import type { CheckSummary } from '../../model/check.js';
import type { Finding, Level } from '../../model/finding.js';
import type { Report } from '../../model/report.js';
import type { SuppressionKind } from '../../model/suppression.js';
import { plainText } from '../../text/plain-text.js';
import { amount, counted, levelCounts } from './amounts.js';
import { findingGroups } from './findings.js';
import { assumptionLines, gapLines } from './looked-at.js';
import { type Page, paragraph } from './page.js';
import { pad } from './wrap.js';

const LISTED_MAX = 5;
const COMMIT_LENGTH = 12;

interface Told {
  /** New, and nothing hides them. */
  fresh: Finding[];
  unchanged: Finding[];
  hidden: Finding[];
}

/** The page of a check: what could not be looked at, then what is new, then a line for everything that lets the rest pass. */
export function checkLines(page: Page, report: Report, check: CheckSummary, { quiet, all }: { quiet: boolean; all: boolean }): string[] {
  const told = toldOf(report.findings);
  const unseen = gapLines(page, report.gaps, all);
  const groups = findingGroups(page, told.fresh, all).slice(1);
  const ratchet = ratchetLines(page, check.ratchet);
  const sections = quiet
    ? [unseen, groups, ratchet]
    : [
        [...headLines(page, check), ...outcomeLines(page, report, check, told)],
        unseen,
        groups,
        ratchet,
        [...listed(page, 'Fixed', check.fixed, all), ...listed(page, 'Unchanged', told.unchanged, all), ...hiddenLines(page, told.hidden), ...knownGapLines(page, check)],
        [...readLines(page, check), ...noteLines(page, check)],
        // Most speak of stores, which the change does not touch; the nightly audit tells them.
        all ? assumptionLines(page, report.assumptions, all) : assumptionCount(page, report.assumptions),
        told.fresh.length > 0 || report.gaps.length > 0 ? [...outcomeLines(page, report, check, told), ...hintLines(page, told)] : [],
      ];
  return sections.filter((section) => section.length > 0).flatMap((section, index) => (index === 0 ? section : ['', ...section]));
}

function toldOf(findings: readonly Finding[]): Told {
  const shown = findings.filter(({ suppressions = [] }) => suppressions.length === 0);
  return {
    fresh: shown.filter(({ baselineState }) => baselineState !== 'unchanged'),
    unchanged: shown.filter(({ baselineState }) => baselineState === 'unchanged'),
    hidden: findings.filter(({ suppressions = [] }) => suppressions.length > 0),
  };
}

function headLines(page: Page, check: CheckSummary): string[] {
  const { bundle, since, files } = check;
  const taken = bundle.takenAt.replace(/^(.{10})T(.{5}).*$/, '$1 $2 UTC');
  const age = bundle.age_days === undefined ? '' : `, ${bundle.age_days === 0 ? 'under a day old' : `${counted(bundle.age_days, 'day')} old`}`;
  const what = since === null ? (isJudged(check) ? 'everything' : 'nothing') : `${counted(files.length, 'file')} changed since ${plainText(since.ref, 60)} (${since.commit.slice(0, COMMIT_LENGTH)})`;
  return paragraph(page, `${what} · against ${plainText(bundle.file, 200)} of ${taken}${age}`, { first: `${page.strong('tidemark check')}  `, columns: 16, paint: page.faint });
}

/** The whole in one line: what is new by its level, then what lets the rest pass. */
function outcomeLines(page: Page, { gaps }: Report, check: CheckSummary, told: Told): string[] {
  const mark = gaps.length > 0 ? page.unknown : page.outcome(told.fresh.length > 0 || check.ratchet.length > 0 ? 'violated' : 'holds', worst(told.fresh));
  const label = mark.paint(pad(`${mark.glyph} ${mark.word}`, 11));
  return paragraph(page, outcome(gaps.length, check, told), { first: label, columns: 11, paint: page.strong });
}

function worst(findings: readonly Finding[]): Level {
  return (['error', 'warning'] as const).find((level) => findings.some((finding) => finding.level === level)) ?? (findings.length > 0 ? 'note' : 'error');
}

function outcome(gaps: number, check: CheckSummary, { fresh, unchanged, hidden }: Told): string {
  if (check.since !== null && check.files.length === 0 && fresh.length === 0 && gaps === 0) return `Nothing changed since ${plainText(check.since.ref, 60)}.`;
  const number = (level: Level): number => fresh.filter((finding) => finding.level === level).length;
  const levels = levelCounts(number('error'), number('warning'), number('note'));
  const passed = [
    ...(check.fixed.length > 0 ? [`${amount(check.fixed.length)} fixed`] : []),
    ...(unchanged.length > 0 ? [`${amount(unchanged.length)} unchanged`] : []),
    ...kindsOf(hidden).map(([kind, { length }]) => `${amount(length)} ${HIDDEN_WORDS[kind]}`),
  ];
  return [
    ...(gaps > 0 ? [`${counted(gaps, 'thing')} could not be looked at.`] : []),
    ...(levels === '' ? (isJudged(check) ? ['Nothing new.'] : []) : [`New: ${levels}.`]),
    ...(check.ratchet.length > 0 ? ['The ratchet refuses.'] : []),
    ...(passed.length > 0 ? [`${passed.join(', ')}.`] : []),
  ].join(' ');
}

/** False where the bundle was too old to be judged by. */
function isJudged({ since, looked }: CheckSummary): boolean {
  return since !== null || looked.queries + looked.statements + looked.relations > 0;
}

const HIDDEN_WORDS: Record<SuppressionKind, string> = { baseline: 'in the baseline', waiver: 'waived', comment: 'let pass by a comment' };

function kindsOf(hidden: readonly Finding[]): [SuppressionKind, Finding[]][] {
  const kinds: readonly SuppressionKind[] = ['baseline', 'waiver', 'comment'];
  return kinds.map((kind): [SuppressionKind, Finding[]] => [kind, hidden.filter(({ suppressions = [] }) => suppressions[0]?.by === kind)]).filter(([, own]) => own.length > 0);
}

/** Findings that need nobody now, one a line. */
function listed(page: Page, heading: string, findings: readonly Finding[], all: boolean): string[] {
  if (findings.length === 0) return [];
  const shown = all ? findings : findings.slice(0, LISTED_MAX);
  const hidden = findings.length - shown.length;
  return [
    page.strong(`${heading} (${findings.length})`),
    ...shown.flatMap((finding) => paragraph(page, nameOf(finding), { first: '  - ', columns: 4 })),
    ...(hidden > 0 ? [`  - … and ${amount(hidden)} more; --all shows them`] : []),
  ];
}

function nameOf({ ruleId, consumer, relation, store }: Finding): string {
  return [ruleId, consumer, relation === '' ? store : relation].filter((part) => part !== '').map((part) => plainText(part, 200)).join(' · ');
}

/** What hides findings, by kind, with the day on which the first of it ends. */
function hiddenLines(page: Page, hidden: readonly Finding[]): string[] {
  return kindsOf(hidden).flatMap(([kind, findings]) => {
    const files = [...new Set(findings.flatMap(({ suppressions = [] }) => suppressions.map(({ place }) => place.file)))];
    const [first] = findings.flatMap(({ suppressions = [] }) => suppressions.flatMap(({ until }) => until ?? [])).toSorted();
    const ends = first === undefined ? '' : `; the first ends on ${first}`;
    return paragraph(page, `${files.map((file) => plainText(file, 100)).join(', ')}${ends}`, { first: `${page.strong(`${HEADINGS[kind]} (${findings.length})`)}  `, columns: HEADINGS[kind].length + String(findings.length).length + 5 });
  });
}

const HEADINGS: Record<SuppressionKind, string> = { baseline: 'In the baseline', waiver: 'Waived', comment: 'Let pass by a comment' };

function knownGapLines(page: Page, { knownGaps, since }: CheckSummary): string[] {
  if (knownGaps.length === 0) return [];
  const heading = `Not looked at before either (${knownGaps.length})`;
  const why = since === null ? 'as the baseline says' : 'the same without the change, or in the baseline';
  return paragraph(page, why, { first: `${page.strong(heading)}  `, columns: heading.length + 2 });
}

function ratchetLines(page: Page, ratchet: readonly string[]): string[] {
  if (ratchet.length === 0) return [];
  const { glyph, paint } = page.level('error');
  return [page.strong('The ratchet refuses'), ...ratchet.flatMap((text) => paragraph(page, text, { first: `  ${paint(glyph)} `, columns: 4 }))];
}

/** What was judged of the change, and how much of the bundle was read again for it. */
function readLines(page: Page, check: CheckSummary): string[] {
  const { files, looked, since } = check;
  if (!isJudged(check) || (since !== null && files.length === 0)) return [];
  const number = (judgedAs: CheckSummary['files'][number]['judgedAs']): number => files.filter((file) => file.judgedAs === judgedAs).length;
  const parts = [
    ...(number('queries') > 0 ? [`${counted(number('queries'), 'file')} with queries`] : []),
    ...(number('migration') > 0 ? [counted(number('migration'), 'migration')] : []),
    ...(number('configuration') > 0 ? ['the configuration'] : []),
    ...(number('nothing') > 0 ? [`${counted(number('nothing'), 'other file')}, not judged`] : []),
  ];
  const again = `${counted(looked.queries, 'query', 'queries')}, ${counted(looked.statements, 'statement')} and ${counted(looked.relations, 'relation')} of the bundle`;
  const text = [...parts, ...(since === null ? [again] : [`read again: ${again}`])].join(' · ');
  return paragraph(page, text, { first: `${page.strong('Looked at')}  `, columns: 11 });
}

function assumptionCount(page: Page, assumptions: readonly string[]): string[] {
  if (assumptions.length === 0) return [];
  return paragraph(page, `${counted(assumptions.length, 'assumption')}, as in the audit: --all lists them.`, { first: '', columns: 0, paint: page.faint });
}

function noteLines(page: Page, { notes = [] }: CheckSummary): string[] {
  return notes.flatMap((note) => paragraph(page, note, { first: `${page.strong('Note')}  `, columns: 6 }));
}

function hintLines(page: Page, { fresh }: Told): string[] {
  if (fresh.length === 0) return [];
  return paragraph(page, 'tidemark rules show ID explains a rule.', { first: '', columns: 0, paint: page.faint });
}
