import { numberedGaps } from '../findings/suppressions/gap-identity.js';
import type { Gap } from '../model/snapshot.js';
import { gapsOf, type Side } from './side.js';

export interface GapChanges {
  opened: Gap[];
  closed: Gap[];
  standing: number;
}

/** Which gaps came and went. A gap that was partial and is blind now has opened. */
export function changedGaps(before: Side, after: Side): GapChanges {
  const [first, second] = [keyed(gapsOf(before)), keyed(gapsOf(after))];
  const opened = [...second].flatMap(([key, gap]) => (worsened(first.get(key), gap) ? [gap] : []));
  const closed = [...first].flatMap(([key, gap]) => (worsened(second.get(key), gap) ? [gap] : []));
  return { opened, closed, standing: second.size - opened.length };
}

function keyed(gaps: readonly Gap[]): Map<string, Gap> {
  return new Map(numberedGaps(gaps).map(({ gap, identity }) => [JSON.stringify([identity.subject, identity.missing]), gap]));
}

function worsened(known: Gap | undefined, gap: Gap): boolean {
  return known === undefined || (known.severity === 'partial' && gap.severity === 'blind');
}
