import type { Area, Finding } from '../model/finding.js';
import type { Report, Verdict } from '../model/report.js';
import { plainText } from '../text/plain-text.js';
import { amount, counted, levelCounts } from './layout/amounts.js';
import { checkLines } from './layout/check.js';
import { findingGroups } from './layout/findings.js';
import { assumptionLines, costLines, coverageLines, gapLines } from './layout/looked-at.js';
import { createPage, paragraph, type Page } from './layout/page.js';
import { workloadLines } from './layout/workload.js';
import { pad, unbroken } from './layout/wrap.js';
import type { RenderOptions } from './index.js';

/** Wider lines are hard to follow with the eye; below the least nothing can be laid out. */
const WIDTH_MAX = 120;
const WIDTH_MIN = 40;
const OWNERS_MAX = 6;

const AREAS: Record<Area, string> = {
  workload: 'Workload',
  drift: 'Drift',
  coupling: 'Coupling',
  privacy: 'Privacy',
  guardrail: 'Guardrails',
  correctness: 'Correctness',
  movement: 'Movement',
  ownership: 'Ownership',
};

/** The report for people: the verdict first, then the findings worst first, then what was and was not looked at. */
export function render(report: Report, options: RenderOptions): string {
  const page = createPage(Math.min(WIDTH_MAX, Math.max(WIDTH_MIN, options.width_columns)), options.color);
  return linesOf(page, report, options).map((line) => `${line}\n`).join('');
}

function linesOf(page: Page, report: Report, { quiet, all }: RenderOptions): string[] {
  if (report.check !== undefined) return checkLines(page, report, report.check, { quiet, all });
  return quiet ? quietLines(page, report, all) : allLines(page, report, all);
}

function quietLines(page: Page, report: Report, all: boolean): string[] {
  const undetermined = report.verdicts.filter(({ outcome }) => outcome === 'undetermined').flatMap((verdict) => verdictLines(page, verdict));
  const unseen = [...undetermined, ...gapLines(page, report.gaps, all)];
  const groups = findingGroups(page, report.findings, all);
  return [...unseen, ...(unseen.length === 0 ? groups.slice(1) : groups)];
}

function allLines(page: Page, report: Report, all: boolean): string[] {
  const sections = [
    [...headLines(page, report), '', ...report.verdicts.flatMap((verdict) => verdictLines(page, verdict))],
    workloadLines(page, report.workload ?? []),
    [...summaryLines(page, report), ...ownerLines(page, report.findings), ...findingGroups(page, report.findings, all)],
    [...coverageLines(page, report.coverage), ...costLines(page, report.stores)],
    gapLines(page, report.gaps, all),
    assumptionLines(page, report.assumptions, all),
    // The verdict has scrolled away by now: a terminal shows the end of what was printed.
    report.findings.length > 0 ? [...summaryLines(page, report), ...hintLines(page)] : [],
  ];
  return sections.filter((section) => section.length > 0).flatMap((section, index) => (index === 0 ? section : ['', ...section]));
}

function headLines(page: Page, report: Report): string[] {
  const stores = report.stores.map(({ name, engine, role, version }) => `${name} (${role}, ${engine} ${version})`);
  const taken = report.takenAt.replace(/^(.{10})T(.{5}).*$/, '$1 $2 UTC');
  const text = [`${taken}`, ...(stores.length === 0 ? ['no store'] : stores)].join(' · ');
  return paragraph(page, text, { first: `${page.strong('tidemark')}  `, columns: 10, paint: page.faint });
}

function verdictLines(page: Page, verdict: Verdict): string[] {
  const worst = verdict.errors > 0 ? 'error' : verdict.warnings > 0 ? 'warning' : 'note';
  const mark = page.outcome(verdict.outcome, worst);
  const label = mark.paint(pad(`${mark.glyph} ${mark.word}`, 11));
  const counts = levelCounts(verdict.errors, verdict.warnings, verdict.notes);
  const text = counts === '' ? verdict.sentence : `${verdict.sentence} (${counts})`;
  return paragraph(page, text, { first: `${label}${page.strong(pad(AREAS[verdict.area], 12))}`, columns: 23 });
}

function summaryLines(page: Page, report: Report): string[] {
  const number = (level: string) => report.findings.filter((finding) => finding.level === level).length;
  const counts = levelCounts(number('error'), number('warning'), number('note'));
  const blind = report.gaps.filter((gap) => gap.severity === 'blind').map((gap) => gap.subject);
  const open = report.verdicts.filter((verdict) => verdict.outcome === 'undetermined').length;
  const undetermined = open === 0 ? '' : `; ${open} of ${counted(report.verdicts.length, 'area')} could not be determined`;
  const text = `${counts === '' ? 'No findings' : counts}${undetermined}.`;
  const unseen = blind.length === 0 ? '' : ` Nothing could be seen of ${blind.join(', ')}.`;
  return paragraph(page, text + unseen, { first: '', columns: 0, paint: page.strong });
}

/** Who has to act: owners by their number of errors and warnings, those without a known owner among them. */
function ownerLines(page: Page, findings: Finding[]): string[] {
  const owners = new Map<string, number>();
  for (const { owner, level } of findings) {
    const name = owner === null ? 'nobody known' : plainText(owner, 60);
    if (level !== 'note') owners.set(name, (owners.get(name) ?? 0) + 1);
  }
  if (owners.size === 0) return [];
  const sorted = [...owners].sort((left, right) => right[1] - left[1] || (left[0] < right[0] ? -1 : 1));
  const shown = sorted.slice(0, OWNERS_MAX).map(([name, number]) => unbroken(`${name} ${amount(number)}`));
  if (sorted.length > OWNERS_MAX) shown.push(counted(sorted.length - OWNERS_MAX, 'other'));
  return paragraph(page, `Errors and warnings by owner: ${shown.join(' · ')}`, { first: '', columns: 0 });
}

function hintLines(page: Page): string[] {
  return paragraph(page, 'tidemark rules show ID explains a rule.', { first: '', columns: 0, paint: page.faint });
}
