/** With so many parameters all subsets are few enough; with more, only those are given that set one, or leave one out. */
const ALL_SUBSETS_MAX = 3;
/** Texts that are rendered to find eight different ones. */
const CANDIDATES_MAX = 20;

/**
 * Which parameters may be set together, apart from none and all of them: each by itself first, since people filter by one
 * thing at a time, then by more.
 */
export function combinations(names: readonly string[]): ReadonlySet<string>[] {
  if (names.length < 2) return [];
  const single = names.map((name) => new Set([name]));
  if (names.length === 2) return single;
  const without = names.slice(0, CANDIDATES_MAX / 2).map((left) => new Set(names.filter((name) => name !== left)));
  return [...single.slice(0, CANDIDATES_MAX / 2), ...(names.length > ALL_SUBSETS_MAX ? without : without.toReversed())];
}
