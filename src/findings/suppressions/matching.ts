import type { Gap } from '../../model/snapshot.js';
import type { SuppressionEntry } from '../../model/suppression.js';
import { like } from '../../text/glob.js';
import type { Occurrence } from '../occurrences.js';
import { gapFile, gapLine, type GapIdentity } from './gap-identity.js';

type Named = Pick<Occurrence, 'ruleId' | 'consumer' | 'store' | 'relation' | 'queryId' | 'queryIds' | 'location'>;

/**
 * Whether an entry speaks of an occurrence, statements aside. In a baseline names are exact, and a name that is left out is an empty
 * one: it is written for what was there. In a waiver `*` stands for any letters, and a name that is left out for all.
 */
export function matches(entry: SuppressionEntry, occurrence: Named): boolean {
  if (entry.rule !== occurrence.ruleId || (entry.store !== null && entry.store !== occurrence.store)) return false;
  if (entry.by === 'comment') return isCommented(entry, occurrence);
  return fits(entry.by, entry.consumer, occurrence.consumer) && fits(entry.by, entry.relation, occurrence.relation);
}

/** Whether an entry for what could not be looked at speaks of a gap. */
export function speaksOfGap(entry: SuppressionEntry, { subject, missing }: GapIdentity, gap: Gap): boolean {
  if (entry.by === 'comment') return gapFile(gap) === entry.place.file && isWithin(entry, gapLine(gap));
  return (entry.consumer === null || fits(entry.by, entry.consumer, subject)) && (entry.relation === null || fits(entry.by, entry.relation, missing));
}

/** How the consumer of an occurrence was called before its file was renamed; null where it was not. */
export function consumerBefore({ consumer, location }: Pick<Occurrence, 'consumer' | 'location'>, renames: ReadonlyMap<string, string>): string | null {
  const before = location === null ? undefined : renames.get(location.file);
  return location === null || before === undefined ? null : consumer.replace(location.file, () => before);
}

function fits(by: SuppressionEntry['by'], named: string | null, name: string): boolean {
  if (by === 'baseline') return (named ?? '') === name;
  return named === null || like(name, named);
}

function isCommented(entry: SuppressionEntry, { queryId, queryIds, location }: Named): boolean {
  if (entry.queryId !== undefined && entry.queryId !== null) return queryId === entry.queryId || (queryIds ?? []).includes(entry.queryId);
  return location?.file === entry.place.file && isWithin(entry, location.line);
}

/** Whether a line of the file of a comment lies in the statement that the comment speaks of. */
function isWithin({ lines, place }: SuppressionEntry, line: number | null): boolean {
  if (line === null) return false;
  return lines === undefined ? line === place.line : line >= lines.from && line <= lines.to;
}
