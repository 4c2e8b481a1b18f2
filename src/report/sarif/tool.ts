import type { Finding } from '../../model/finding.js';
import type { Gap } from '../../model/snapshot.js';
import type { RenderOptions } from '../index.js';
import { gapPlace } from '../parts/place.js';
import { gapSentence } from '../parts/words.js';
import { messageText } from './message-text.js';
import { physicalLocation } from './result.js';

export interface SarifRule {
  id: string;
  shortDescription: { text: string };
  fullDescription: { text: string };
  help: { text: string };
  defaultConfiguration: { level: Finding['level'] };
  properties: { tags: string[] };
}

/** A rule for each id among the findings, sorted by id. GitHub takes at most 1,024 characters of a description. */
export function rulesOf(findings: readonly Finding[]): SarifRule[] {
  const first = new Map<string, Finding>();
  for (const finding of findings) if (!first.has(finding.ruleId)) first.set(finding.ruleId, finding);
  return [...first.values()]
    .toSorted((left, right) => (left.ruleId < right.ruleId ? -1 : 1))
    .map(({ ruleId, clause, why, fix, level, area }) => ({
      id: ruleId,
      shortDescription: { text: messageText(clause) },
      fullDescription: { text: messageText(why) },
      help: { text: `${messageText(why)}\n\n${messageText(fix)}\n\ntidemark rules show explains it.` },
      defaultConfiguration: { level },
      properties: { tags: [area] },
    }));
}

export function gapNotification(gap: Gap, level: 'error' | 'note', options: RenderOptions): object {
  const remedy = gap.remedy === null ? '' : `; ${messageText(gap.remedy)}`;
  return {
    descriptor: { id: 'could-not-look', index: 0 },
    level,
    message: { text: `${messageText(gapSentence(gap))}${remedy}` },
    locations: [{ physicalLocation: physicalLocation(gapPlace(gap, options)) }],
    properties: { severity: gap.severity },
  };
}
