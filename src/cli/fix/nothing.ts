import { readersOf } from '../../contracts/readers.js';
import type { StoreBoundary } from '../../graph/boundary.js';
import { like } from '../../text/glob.js';
import { nearestName } from '../../text/nearest-name.js';
import { plainText } from '../../text/plain-text.js';

/** Patterns that were given. */
interface Chosen {
  relation: string | undefined;
  consumer: string | undefined;
  store: string | undefined;
}

const NAMES_MAX = 12;

/**
 * Why a pattern chooses nothing, with what there is; null where each of them alone chooses something, or nothing is coupled at all.
 */
export function nothingFits(boundaries: readonly StoreBoundary[], chosen: Chosen): string | null {
  const readers = boundaries.flatMap((boundary) => readersOf(boundary).map((reader) => ({ store: boundary.store.name, ...reader })));
  if (readers.length === 0 && chosen.store === undefined) return null;
  const choices = [
    { what: 'store', pattern: chosen.store, names: boundaries.map(({ store }) => store.name), short: (name: string) => name },
    { what: 'internal relation that is read from outside', pattern: chosen.relation, names: readers.flatMap(({ relations }) => relations), short: (name: string) => name.slice(name.indexOf('.') + 1) },
    { what: 'consumer of an internal relation', pattern: chosen.consumer, names: readers.map(({ consumer }) => consumer), short: (name: string) => name },
  ];
  for (const { what, pattern, names, short } of choices) {
    if (pattern === undefined || names.some((name) => like(name, pattern) || like(short(name), pattern))) continue;
    const known = [...new Set(names)].sort();
    const nearest = pattern.includes('*') ? null : nearestName(pattern, known.flatMap((name) => [name, short(name)]));
    const meant = nearest === null ? '.' : `; did you mean '${plainText(nearest, 80)}'?`;
    const rest = known.length - NAMES_MAX;
    const there = known.length === 0 ? '' : ` There are: ${known.slice(0, NAMES_MAX).map((name) => plainText(name, 80)).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}.`;
    return `No ${what} matches '${plainText(pattern, 60)}'${meant}${there}`;
  }
  return null;
}
