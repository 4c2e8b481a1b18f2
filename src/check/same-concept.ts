import { conceptOf, wordsOfRelation } from '../metrics/claim/concept.js';
import type { CollectedQuery } from '../model/query.js';

const ALIAS = /\bas\s+"?([\p{L}_][\p{L}\p{N}_$]*)"?/giu;
const ALIASES_MAX = 20;

/**
 * Tells queries that may show what others show under the same words, whatever they read: the same metric in a semantic view, the same
 * name for another thing (see `metrics/group/group.ts`). By titles and names of columns; more than what is meant, never less.
 *
 * @param relations names that the queries mention, whose words name the thing that is counted
 */
export function sharesConcept(queries: readonly CollectedQuery[], relations: Iterable<string>): (query: CollectedQuery) => boolean {
  const things = new Set([...relations].flatMap((name) => [...wordsOfRelation(name)]));
  const known = new Map<string, readonly string[] | null>();
  /** Null for a name that says nothing; none for one that says no more than the thing. */
  const wordsOf = (name: string): readonly string[] | null => {
    const kept = known.get(name);
    if (kept !== undefined) return kept;
    const words = conceptOf(name, '', { dimensions: true, additive: true })?.key.filter((word) => !things.has(word)) ?? null;
    known.set(name, words);
    return words;
  };
  const keysOf = (query: CollectedQuery): string[] => {
    const { title, variants: [variant], declaration } = query;
    const titled = wordsOf(declaration?.label ?? declaration?.name ?? title ?? '');
    const aliases = [...(variant?.sql ?? '').matchAll(ALIAS)].slice(0, ALIASES_MAX).flatMap(([, alias = '']) => { const words = wordsOf(alias); return words === null ? [] : [words]; });
    // A title that says something is the name, and narrows the measures of a card that shows several.
    const names = titled === null ? aliases : [titled, ...aliases.map((words) => [...words, ...titled])];
    return names.map((words) => [...new Set(words)].toSorted().join(' '));
  };
  const wanted = new Set(queries.flatMap(keysOf));
  return (query) => keysOf(query).some((key) => wanted.has(key));
}
