import type { SuppressionEntry } from '../../model/suppression.js';
import { compareText } from '../order.js';

type Named = Pick<SuppressionEntry, 'rule' | 'consumer' | 'store' | 'relation'>;

/** What two entries that speak of the same have in common. */
export function entryKey({ rule, consumer, store, relation }: Named): string {
  return JSON.stringify([rule, consumer, store, relation]);
}

/** The order in a file: by rule, consumer, store and relation, and then by what else they say. By UTF-16 unit, never by locale. */
export function compareEntries(one: SuppressionEntry, other: SuppressionEntry): number {
  return (
    compareText(one.rule, other.rule) ||
    compareText(one.consumer ?? '', other.consumer ?? '') ||
    compareText(one.store ?? '', other.store ?? '') ||
    compareText(one.relation ?? '', other.relation ?? '') ||
    compareText(JSON.stringify(one.statements), JSON.stringify(other.statements)) ||
    compareText(JSON.stringify([one.by, one.reason, one.owner, one.until]), JSON.stringify([other.by, other.reason, other.owner, other.until])) ||
    compareText(one.place.file, other.place.file) ||
    one.place.line - other.place.line
  );
}
