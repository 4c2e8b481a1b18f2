import type { Finding, Link } from '../model/finding.js';
import { compareText, orderFindings } from './order.js';

const evidenceMax = 20;
const linksMax = 10;

/**
 * One finding for each fingerprint, worst first. The worst of the same fingerprint speaks; the others add their evidence
 * (at most 20 lines in all, the rest counted) and their locations. Does not depend on the order of the input.
 */
export function deduplicate(findings: readonly Finding[]): Finding[] {
  const groups = new Map<string, Finding[]>();
  for (const finding of orderFindings(findings)) {
    const key = finding.partialFingerprints.boundary;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [finding]);
    else group.push(finding);
  }
  return orderFindings([...groups.values()].flatMap(merge));
}

function merge([worst, ...others]: Finding[]): Finding[] {
  if (worst === undefined) return [];
  if (others.length === 0) return [worst];
  const evidence = new Set([worst, ...others].flatMap((finding) => finding.evidence));
  const links = new Map([worst, ...others].flatMap((finding) => finding.links ?? []).map((link) => [JSON.stringify(link), link]));
  const locations = new Map([worst, ...others].flatMap((finding) => finding.locations).map((place) => [JSON.stringify(place), place]));
  return [
    {
      ...worst,
      owner: worst.owner ?? others.find((finding) => finding.owner !== null)?.owner ?? null,
      evidence: shorten([...evidence]),
      ...(links.size > 0 ? { links: orderLinks([...links.values()]) } : {}),
      locations: [...locations.values()].sort(
        (a, b) => compareText(a.file, b.file) || compareText(a.pointer, b.pointer) || a.line - b.line || a.column - b.column,
      ),
    },
  ];
}

function orderLinks(links: Link[]): Link[] {
  return links.sort((a, b) => b.confidence - a.confidence || compareText(a.by, b.by) || compareText(a.evidence, b.evidence)).slice(0, linksMax);
}

function shorten(lines: string[]): string[] {
  if (lines.length <= evidenceMax) return lines;
  return [...lines.slice(0, evidenceMax), `and ${lines.length - evidenceMax} more lines of evidence`];
}
