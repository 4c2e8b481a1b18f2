import type { Finding, Suppression } from '../../model/finding.js';
import type { Report } from '../../model/report.js';
import type { Gap } from '../../model/snapshot.js';
import { nameMarkers } from '../../text/marker.js';
import { plainText } from '../../text/plain-text.js';
import { count } from '../../text/quantity.js';
import type { Told } from './told.js';

const TEXT_LENGTH_MAX = 1_000;

/** Text from outside as one line without anything that acts on a terminal or hides in a page. */
export function oneLine(text: string, limit = TEXT_LENGTH_MAX): string {
  return plainText(nameMarkers(text), limit);
}

/** The first `most` of the items as they are, and in words how many more there are. */
export function firstOf(items: readonly string[], most: number): string[] {
  return items.length <= most ? [...items] : [...items.slice(0, most), `… and ${items.length - most} more`];
}

export function gapSentence({ subject, missing, cause }: Gap): string {
  return `${oneLine(subject, 300)}: could not look at ${oneLine(missing, 300)}: ${oneLine(cause, 500)}`;
}

/** `waived by .tidemark/waivers.yaml:4 until 2027-01-31, Finance: moves with OPS-231`. */
export function suppressionSentence({ by, place, until, owner, justification }: Suppression): string {
  const how = { baseline: 'in the baseline', waiver: 'waived', comment: 'let pass by a comment' }[by];
  const end = until === null ? '' : ` until ${oneLine(until, 20)}`;
  return `${how}, ${oneLine(place.file, 300)}:${place.line}${end}${owner === null ? '' : `, ${oneLine(owner, 100)}`}: ${oneLine(justification, 500)}`;
}

/** The whole in one line: what could not be looked at before anything else, for it outranks what was found. */
export function verdictLine(report: Report, { fresh, gaps, fixed, hidden, unchanged, ratchet }: Told): string {
  const number = (level: Finding['level']): number => fresh.filter((finding) => finding.level === level).length;
  const kind = report.check === undefined ? '' : 'new ';
  const found = [['error', number('error')], ['warning', number('warning')], ['note', number('note')]] as const;
  const parts = [
    ...(gaps.length > 0 ? [`${count(gaps.length, 'thing')} could not be looked at`] : []),
    ...(ratchet.length > 0 ? ['the ratchet refuses'] : []),
    ...found.flatMap(([level, many]) => (many > 0 ? [count(many, `${kind}${level}`)] : [])),
    ...(fresh.length === 0 ? [`no ${kind}findings`] : []),
    ...(unchanged.length > 0 ? [`${unchanged.length} unchanged`] : []),
    ...(hidden.length > 0 ? [`${hidden.length} hidden`] : []),
    ...(fixed.length > 0 ? [`${fixed.length} fixed`] : []),
  ];
  return parts.join(', ');
}
