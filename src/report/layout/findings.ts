import type { Finding } from '../../model/finding.js';
import { plainText } from '../../text/plain-text.js';
import { count } from '../../text/quantity.js';
import { amount, counted } from './amounts.js';
import { paragraph, type Mark, type Page } from './page.js';
import { widthOf } from './wrap.js';

const FINDINGS_A_RULE_MAX = 3;
const NAMES_MAX = 8;
const EVIDENCE_MAX = 4;
const LINKS_MAX = 3;
/** Findings less sure than this say how sure they are. */
const CONFIDENCE_UNSAID_MIN = 0.9;

/**
 * One part for each rule, in the order of its worst finding: why stands once, the findings below. So does fix, where it
 * is the same for all; else each finding has its own.
 */
export function findingGroups(page: Page, findings: Finding[], all: boolean): string[] {
  const groups = new Map<string, Finding[]>();
  for (const finding of findings) {
    const key = `${finding.level} ${finding.ruleId}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [finding]);
    else group.push(finding);
  }
  return [...groups.values()].flatMap((group) => ['', ...findingGroup(page, group, all)]);
}

function findingGroup(page: Page, group: Finding[], all: boolean): string[] {
  const first = group[0];
  if (first === undefined) return [];
  const mark = page.level(first.level);
  const shown = all ? group : group.slice(0, FINDINGS_A_RULE_MAX);
  const sharedFix = group.every(({ fix }) => fix === first.fix);
  return [
    ...heading(page, first, mark, group.length),
    ...paragraph(page, first.why, { first: page.faint('  why  '), columns: 7 }),
    ...(sharedFix ? paragraph(page, first.fix, { first: page.faint('  fix  '), columns: 7 }) : []),
    ...shown.flatMap((finding) => [
      '',
      ...findingLines(page, finding, mark.paint(mark.glyph), all),
      ...(sharedFix ? [] : paragraph(page, finding.fix, { first: page.faint('    fix  '), columns: 9 })),
    ]),
    ...unshownLines(page, group.slice(shown.length)),
  ];
}

function heading(page: Page, { ruleId, area }: Finding, mark: Mark, number: number): string[] {
  const label = `${mark.glyph} ${mark.word}  `;
  const id = plainText(ruleId);
  const about = `${area}, ${count(number, 'finding')}`;
  const lines = paragraph(page, id, { first: mark.paint(label), columns: label.length, paint: page.strong });
  const [only] = lines;
  const fits = label.length + widthOf(id) + 2 + about.length <= page.width_columns;
  if (only !== undefined && fits) return [`${only}  ${page.faint(about)}`];
  return [...lines, ...paragraph(page, about, { first: ' '.repeat(label.length), columns: label.length, paint: page.faint })];
}

/** The rest of a long group: at least who they are and who must act. */
function unshownLines(page: Page, findings: Finding[]): string[] {
  if (findings.length === 0) return [];
  const names = findings.map(({ consumer, relation, owner }) => {
    const name = plainText(consumer === '' ? relation : consumer, 80);
    return owner === null ? name : `${name} (${plainText(owner, 40)})`;
  });
  const distinct = [...new Set(names)];
  const rest = distinct.length > NAMES_MAX ? ` and ${amount(distinct.length - NAMES_MAX)} others` : '';
  const text = `… and ${amount(findings.length)} more: ${distinct.slice(0, NAMES_MAX).join(', ')}${rest}. --all shows them.`;
  return ['', ...paragraph(page, text, { first: '    ', columns: 4 })];
}

function findingLines(page: Page, finding: Finding, glyph: string, all: boolean): string[] {
  const evidence = all ? finding.evidence : finding.evidence.slice(0, EVIDENCE_MAX);
  const hidden = finding.evidence.length - evidence.length;
  return [
    ...paragraph(page, finding.message, { first: `  ${glyph} `, columns: 4, paint: page.strong }),
    ...paragraph(page, whoAndWhere(finding), { first: '    ', columns: 4 }),
    ...evidence.flatMap((text) => paragraph(page, text, { first: '    - ', columns: 6 })),
    ...linkLines(page, finding),
    ...(hidden > 0 ? [`    - … and ${amount(hidden)} more; --all shows them`] : []),
    ...places(finding, all).flatMap((text) => paragraph(page, text, { first: '    ', columns: 4, paint: page.faint })),
  ];
}

/** Why the figures are this consumer's: below all of them what it rests on, the strongest link first. */
function linkLines(page: Page, { links = [] }: Finding): string[] {
  const [first, ...others] = links;
  if (first === undefined) return [];
  const more = others.slice(0, LINKS_MAX - 1).map(({ evidence }) => plainText(evidence, 200));
  const text = `joined with the statistics, ${amount(first.confidence, 'share')} sure: ${[plainText(first.evidence, 200), ...more].join('; ')}`;
  return paragraph(page, text, { first: '    - ', columns: 6 });
}

function whoAndWhere(finding: Finding): string {
  const parts = [finding.owner === null ? 'no known owner' : `owner ${plainText(finding.owner, 200)}`];
  // Most messages begin with the consumer; naming it twice would only make the line longer.
  if (finding.consumer !== '' && !finding.message.includes(finding.consumer)) {
    parts.unshift(`consumer ${plainText(finding.consumer, 200)}`);
  }
  if (finding.relation !== '') parts.push(plainText(finding.relation, 200));
  if (finding.store !== '') parts.push(`store ${plainText(finding.store, 200)}`);
  if (finding.confidence < CONFIDENCE_UNSAID_MIN) parts.push(`${amount(finding.confidence, 'share')} sure`);
  return parts.join(' · ');
}

function places(finding: Finding, all: boolean): string[] {
  const shown = all ? finding.locations : finding.locations.slice(0, 1);
  const hidden = finding.locations.length - shown.length;
  return shown.map((location, index) => {
    const pointer = location.pointer === '' ? '' : ` at ${location.pointer}`;
    const more = hidden > 0 && index === 0 ? `, and ${counted(hidden, 'more place')}` : '';
    return `${location.file}:${location.line}:${location.column}${pointer}${more}`;
  });
}
