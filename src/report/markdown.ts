import type { Finding } from '../model/finding.js';
import type { Report } from '../model/report.js';
import { count } from '../text/quantity.js';
import { markdownText } from './parts/markdown-text.js';
import { shownPlace } from './parts/place.js';
import { type Told, toldOf } from './parts/told.js';
import { firstOf, gapSentence, suppressionSentence, verdictLine } from './parts/words.js';
import type { RenderOptions } from './index.js';

/** GitHub takes comments below 65,536 characters; GitLab takes far more. */
const LENGTH_MAX = 65_000;
/** Room for the sentence that says what was cut, and for closing what is open. */
const RESERVED = 400;

/** A comment on a pull request: the verdict, what could not be looked at, new findings by file, and the rest folded. */
export function render(report: Report, options: RenderOptions): string {
  const told = toldOf(report);
  const head = [`### tidemark ${report.check === undefined ? 'audit' : 'check'}: ${markdownText(verdictLine(report, told))}`];
  const sections = [head, ...contextSection(report), unseenSection(told), ratchetSection(told), tableSection(told.fresh, report, options), ...detailSections(told), ...foldedSections(report, told)];
  return joined(sections.filter((section) => section.length > 0));
}

/** Whole lines as long as they fit. A line that opens a fold is followed by one that closes it, even where lines between are cut. */
function joined(sections: string[][]): string {
  const lines = sections.flatMap((section, index) => (index === 0 ? section : ['', ...section]));
  const kept: string[] = [];
  let length = 0;
  let open = false;
  for (const [index, line] of lines.entries()) {
    length += line.length + 1;
    if (length > LENGTH_MAX - RESERVED) {
      kept.push(...(open ? ['', '</details>'] : []), '', `**Cut here: ${count(lines.length - index, 'line')} more would not fit into a comment; the other reports hold everything.**`);
      break;
    }
    kept.push(line);
    if (line.startsWith('<details>')) open = true;
    if (line === '</details>') open = false;
  }
  return `${kept.join('\n')}\n`;
}

function contextSection({ check }: Report): string[][] {
  if (check === undefined) return [];
  const since = check.since === null ? 'Everything' : `${count(check.files.length, 'file')} changed since ${markdownText(check.since.ref, 100)} (${markdownText(check.since.commit.slice(0, 12))})`;
  return [[`${since}, judged against ${markdownText(check.bundle.file)} of ${markdownText(check.bundle.takenAt.slice(0, 10))}.`], (check.notes ?? []).map((note) => `- Note: ${markdownText(note, 500)}`)];
}

function unseenSection({ gaps }: Told): string[] {
  if (gaps.length === 0) return [];
  return ['**Could not be looked at, and is not known to be clean**', '', ...gaps.map((gap) => `- ${markdownText(gapSentence(gap), 1_000)}${gap.remedy === null ? '' : ` → ${markdownText(gap.remedy, 500)}`}`)];
}

function ratchetSection({ ratchet }: Told): string[] {
  return ratchet.length === 0 ? [] : ['**The ratchet refuses**', '', ...ratchet.map((text) => `- ${markdownText(text, 500)}`)];
}

function tableSection(fresh: readonly Finding[], { check }: Report, options: RenderOptions): string[] {
  if (fresh.length === 0) return [];
  const placed = fresh.map((finding) => ({ finding, place: shownPlace(finding, options) }));
  // Files stand in the order of their worst finding.
  const byFile = new Map<string, typeof placed>();
  for (const one of placed) byFile.set(one.place.path, [...(byFile.get(one.place.path) ?? []), one]);
  return [
    check === undefined ? '**Findings**' : '**New findings**', '',
    '| level | where | who | what | rule |', '| --- | --- | --- | --- | --- |',
    ...[...byFile.values()].flat().map(({ finding: { level, consumer, message, ruleId }, place }) => `| ${level} | ${markdownText(`${place.path}:${place.line}`)} | ${markdownText(consumer, 200)} | ${markdownText(message, 500)} | ${markdownText(ruleId, 100)} |`),
  ];
}

const DETAILED_MAX = 20;
const EVIDENCE_MAX = 8;

function detailSections({ fresh }: Told): string[][] {
  if (fresh.length === 0) return [];
  const lines = fresh.slice(0, DETAILED_MAX).flatMap(({ message, evidence, why, fix, owner }) => [
    `- ${markdownText(message, 500)}${owner === null ? '' : ` (${markdownText(owner, 100)})`}`,
    ...firstOf(evidence, EVIDENCE_MAX).map((text) => `  - ${markdownText(text)}`),
    `  - Why: ${markdownText(why, 500)}`,
    `  - Fix: ${markdownText(fix, 500)}`,
  ]);
  return [folded(`Evidence and what to do${fresh.length > DETAILED_MAX ? ` (the first ${DETAILED_MAX} of ${fresh.length})` : ''}`, lines)];
}

function foldedSections({ assumptions, check }: Report, { fixed, hidden, unchanged, knownGaps }: Told): string[][] {
  const name = (finding: Finding): string => markdownText(finding.message, 500);
  return [
    folded(`Fixed (${fixed.length})`, fixed.map((finding) => `- ${name(finding)}`)),
    folded(`Hidden by baseline, waivers and comments (${hidden.length})`, hidden.map((finding) => `- ${name(finding)}: ${(finding.suppressions ?? []).map((one) => markdownText(suppressionSentence(one), 500)).join('; ')}`)),
    folded(`Unchanged (${unchanged.length})`, unchanged.map((finding) => `- ${name(finding)}`)),
    folded(`Known not to be seen (${knownGaps.length})`, knownGaps.map((gap) => `- ${markdownText(gapSentence(gap), 500)}`)),
    check === undefined ? folded(`Assumptions (${assumptions.length})`, assumptions.map((text) => `- ${markdownText(text, 500)}`)) : [],
  ];
}

function folded(summary: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`<details><summary>${summary}</summary>`, '', ...lines, '', '</details>'];
}
